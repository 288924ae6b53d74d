//! From cutouts to codes, and from codes to pictures where only codes came.

use super::linkage;
use crate::count::galaxies;
use crate::grouping::Linkage;
use crate::page_model::action::Effect;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Buffer, Request};
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::stage::Stage;
use crate::page_model::state::PageState;

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
    if !settle_recipe(page) {
        return;
    }
    show(page);
    if done(page) == page.collection.len() {
        return linkage::build(page);
    }
    for _ in 0..JOBS_AHEAD {
        encode_next(page);
    }
}

/// Sees to it that all galaxies have what they are to be compared by; another recipe is taken where they have not, and the page says why.
/// False when there is none.
fn settle_recipe<F>(page: &mut PageState<F>) -> bool {
    if let SetOrigin::Hosted(path) = &page.session.source
        && path.has_levels()
        && page.collection.level().is_none()
    {
        page.set_stage(Stage::Idle);
        page.complain("Only some galaxies of this part are there, and its tree is that of all of them: reload the page.");
        return false;
    }
    let all = &page.collection;
    let (count, with_vectors, vectors_only) = (all.len(), all.with_vectors(), all.vectors_only());
    let has_vectors = all.vector_width().is_some();
    let asked = page.session.grouped_by;
    let (taken, reason) = match asked {
        GroupedBy::Vectors if has_vectors => (asked, None),
        _ if has_vectors && all.level().is_some() => (GroupedBy::Vectors, None),
        _ if vectors_only > 0 && has_vectors => (
            GroupedBy::Vectors,
            Some(format!(
                "{} came as vectors, without pictures, so that they are grouped by these.",
                galaxies(vectors_only)
            )),
        ),
        _ if vectors_only > 0 => {
            page.set_stage(Stage::Idle);
            page.complain(format!(
                "{} came as vectors of another length, or without pictures beside galaxies without vectors: they cannot be compared with the others. \
                 Open files of one kind at a time.",
                galaxies(vectors_only)
            ));
            return false;
        }
        GroupedBy::Vectors if all.without_pictures() == 0 => (
            GroupedBy::Shape,
            // A link asks for vectors in case there are any.
            (with_vectors > 0).then(|| {
                format!(
                    "{with_vectors} of {} came with vectors of one length: all are grouped by shape instead.",
                    galaxies(count)
                )
            }),
        ),
        GroupedBy::Shape | GroupedBy::Vectors if all.without_pictures() > 0 => (
            GroupedBy::Reference,
            Some(format!(
                "{} came as codes, without pictures, so that they are grouped with the recipe “reference”; “shape” needs the pictures.",
                galaxies(all.without_pictures())
            )),
        ),
        _ => (asked, None),
    };
    if taken != asked {
        // Said once: the session then asks for what can be done.
        let view = Session {
            grouped_by: taken,
            ..page.session.clone()
        };
        page.set_session(view);
        if let Some(reason) = reason {
            page.say(reason);
        }
    }
    true
}

/// Galaxies that are ready for the tree of the session's recipe.
fn done<F>(page: &PageState<F>) -> usize {
    match page.session.grouped_by {
        GroupedBy::Reference => page.collection.encoded(),
        GroupedBy::Shape => page.collection.placed(),
        GroupedBy::Vectors => page.collection.with_vectors(),
    }
}

fn encode_next<F>(page: &mut PageState<F>) {
    let from = page.work.next_to_encode;
    let rows = match page.session.grouped_by {
        GroupedBy::Reference => page.collection.to_encode(from, CHUNK),
        GroupedBy::Shape => page.collection.to_place(from, PLACE_CHUNK),
        GroupedBy::Vectors => None,
    };
    if let Some(rows) = rows {
        page.work.next_to_encode = rows.end;
        let first = rows.start as u32;
        let images = Buffer::F32(page.collection.images(rows));
        let request = match page.session.grouped_by {
            GroupedBy::Reference => Request::Encode { first },
            GroupedBy::Shape | GroupedBy::Vectors => Request::Place { first },
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
pub fn group_by<F>(page: &mut PageState<F>, recipe: GroupedBy, linkage: Linkage) {
    if (page.session.grouped_by, page.session.linkage) == (recipe, linkage) {
        return;
    }
    if page.collection.level().is_some() && recipe != GroupedBy::Vectors {
        // A tree of the pictures that stand for others would look like a tree of the galaxies, and be none.
        return page.say("This set is opened part by part, with the tree that came with it: it cannot be grouped otherwise.");
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
        page.pictures_changed();
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
    if page.collection.is_encoded(row) && !codes.is_empty() {
        let job = Job::new(Request::Reconstruct { row: row as u32 }, vec![Buffer::U8(codes)]);
        page.effects.push(Effect::Submit(vec![job]));
    }
}
