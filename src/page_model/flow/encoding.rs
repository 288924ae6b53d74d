//! From cutouts to codes, and from codes to pictures where only codes came.

use super::linkage;
use crate::count::galaxies;
use crate::grouping::Linkage;
use crate::page_model::action::Effect;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Buffer, Request};
use crate::page_model::session::Session;
use crate::page_model::stage::Stage;
use crate::page_model::state::PageState;
use crate::sorted::RecipeName;

/// Galaxies that one job holds: large enough to keep a device busy, small enough to show progress.
const CHUNK: usize = 32;
/// The same for the recipe `shape`, whose network looks at each galaxy sixteen times.
const PLACE_CHUNK: usize = 8;
/// Encoding jobs under way at once: two for each of four workers, so that none waits for the page.
const JOBS_AHEAD: usize = 8;

/// Sends the first chunks to the model; [`encoded`] sends one more for each that comes back, so that the images of a
/// large set are not all copied into the queue.
pub fn encode<F>(page: &mut PageState<F>) {
    (page.work.next_to_encode, page.work.next_to_decode) = (0, 0);
    decode_next(page);
    if page.session.grouped_by == RecipeName::Shape && page.collection.without_pictures() > 0 {
        // Said once: the session then asks for what can be done.
        let count = page.collection.without_pictures();
        let view = Session {
            grouped_by: RecipeName::Reference,
            ..page.session.clone()
        };
        page.set_session(view);
        page.say(format!(
            "{} came as codes, without pictures, so that they are grouped with the recipe “reference”; “shape” needs the pictures.",
            galaxies(count)
        ));
    }
    show(page);
    if done(page) == page.collection.len() {
        return linkage::build(page);
    }
    for _ in 0..JOBS_AHEAD {
        encode_next(page);
    }
}

/// Galaxies that are ready for the tree of the session's recipe.
fn done<F>(page: &PageState<F>) -> usize {
    match page.session.grouped_by {
        RecipeName::Reference => page.collection.encoded(),
        RecipeName::Shape => page.collection.placed(),
    }
}

fn encode_next<F>(page: &mut PageState<F>) {
    let from = page.work.next_to_encode;
    let rows = match page.session.grouped_by {
        RecipeName::Reference => page.collection.to_encode(from, CHUNK),
        RecipeName::Shape => page.collection.to_place(from, PLACE_CHUNK),
    };
    if let Some(rows) = rows {
        page.work.next_to_encode = rows.end;
        let first = rows.start as u32;
        let images = Buffer::F32(page.collection.images(rows));
        let request = match page.session.grouped_by {
            RecipeName::Reference => Request::Encode { first },
            RecipeName::Shape => Request::Place { first },
        };
        let job = Job::new(request, vec![images]);
        page.effects.push(Effect::Submit(vec![job]));
    }
}

fn show<F>(page: &mut PageState<F>) {
    let (done, total) = (done(page), page.collection.len());
    page.set_stage(Stage::Encoding { done, total });
}

/// Codes came back.
pub fn encoded<F>(page: &mut PageState<F>, first: usize, codes: &[u8], margins: &[f32]) {
    page.collection.set_codes(first, codes, margins);
    go_on(page);
}

/// Places by the recipe `shape` came back.
pub fn placed<F>(page: &mut PageState<F>, first: usize, vectors: &[f64], unlike: &[f64]) {
    page.collection.set_places(first, vectors, unlike);
    go_on(page);
}

fn go_on<F>(page: &mut PageState<F>) {
    show(page);
    encode_next(page);
    if done(page) == page.collection.len() {
        linkage::build(page);
    }
}

/// Groups the galaxies by another recipe, or by another linkage. What was computed for either recipe is kept.
pub fn group_by<F>(page: &mut PageState<F>, recipe: RecipeName, linkage: Linkage) {
    if (page.session.grouped_by, page.session.linkage) == (recipe, linkage) {
        return;
    }
    let is_computing = matches!(page.stage, Stage::Encoding { .. } | Stage::BuildingTree { .. });
    if is_computing {
        page.cancel_jobs();
    }
    // The cut and the branch belong to the tree of the other recipe.
    let view = Session {
        grouped_by: recipe,
        linkage,
        groups: None,
        edits: Vec::new(),
        branch: None,
        window: (0.0, 1.0),
        ..page.session.clone()
    };
    page.steps.clear_views();
    page.set_session(view);
    // What is still being read is grouped when it is there.
    if (is_computing || !page.stage.busy()) && !page.collection.is_empty() {
        page.set_notice(None);
        encode(page);
    }
}

/// Has the next galaxies decoded that came as codes only. Beside the building of the tree: it needs no pictures.
pub fn decode_next<F>(page: &mut PageState<F>) {
    let from = page.work.next_to_decode;
    if let Some(rows) = page.collection.to_reconstruct(from, CHUNK) {
        page.work.next_to_decode = rows.end;
        let first = rows.start as u32;
        let codes = Buffer::U8(page.collection.codes_of(rows).to_vec());
        let job = Job::new(Request::ReconstructMany { first }, vec![codes]);
        page.effects.push(Effect::Submit(vec![job]));
    } else if from > 0 {
        page.work.next_to_decode = 0;
        page.effects.push(Effect::ReconstructThumbnails);
    }
}

/// Pictures came back.
pub fn decoded<F>(page: &mut PageState<F>, first: usize, images: &[f32]) {
    page.collection.set_pictures(first, images);
    decode_next(page);
}

/// Has one galaxy decoded from its codes.
pub fn reconstruct<F>(page: &mut PageState<F>, row: usize) {
    let codes = page.collection.codes(row).to_vec();
    if !codes.is_empty() {
        let job = Job::new(Request::Reconstruct { row: row as u32 }, vec![Buffer::U8(codes)]);
        page.effects.push(Effect::Submit(vec![job]));
    }
}
