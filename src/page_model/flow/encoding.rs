//! From cutouts to codes, and from codes to pictures where only codes came.

use super::linkage;
use crate::page_model::action::Effect;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Buffer, Request};
use crate::page_model::stage::Stage;
use crate::page_model::state::PageState;

/// Galaxies that one job holds: large enough to keep a device busy, small enough to show progress.
const CHUNK: usize = 32;
/// Encoding jobs under way at once: two for each of four workers, so that none waits for the page.
const JOBS_AHEAD: usize = 8;

/// Sends the first chunks to the model; [`encoded`] sends one more for each that comes back, so that the images of a
/// large set are not all copied into the queue.
pub fn encode<F>(page: &mut PageState<F>) {
    show(page);
    (page.work.next_to_encode, page.work.next_to_decode) = (0, 0);
    decode_next(page);
    if page.collection.encoded() == page.collection.len() {
        return linkage::build(page);
    }
    for _ in 0..JOBS_AHEAD {
        encode_next(page);
    }
}

fn encode_next<F>(page: &mut PageState<F>) {
    let rows = page.collection.to_encode(page.work.next_to_encode, CHUNK);
    if let Some(rows) = rows {
        page.work.next_to_encode = rows.end;
        let first = rows.start as u32;
        let images = Buffer::F32(page.collection.images(rows));
        let job = Job::new(Request::Encode { first }, vec![images]);
        page.effects.push(Effect::Submit(vec![job]));
    }
}

fn show<F>(page: &mut PageState<F>) {
    let (done, total) = (page.collection.encoded(), page.collection.len());
    page.set_stage(Stage::Encoding { done, total });
}

/// Codes came back.
pub fn encoded<F>(page: &mut PageState<F>, first: usize, codes: &[u8], margins: &[f32]) {
    page.collection.set_codes(first, codes, margins);
    show(page);
    encode_next(page);
    if page.collection.encoded() == page.collection.len() {
        linkage::build(page);
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
