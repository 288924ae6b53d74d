//! What cannot be done: each failure ends in a verdict or a sentence, and no galaxy that was read is lost.

use super::file_list::{self, ReportSummary};
use super::{encoding, reading, shelve, study, tables, view};
use crate::count::galaxies;
use crate::intake::Refusal;
use crate::page_model::collection::CutoutBatch;
use crate::page_model::files::FileRow;
use crate::page_model::insight::Topic;
use crate::page_model::protocol::{Request, Verdict};
use crate::page_model::session::SetOrigin;
use crate::page_model::stage::{DeviceState, Notice, Offer, Stage};
use crate::page_model::state::PageState;

/// A job was given up.
pub fn lost<F: Clone>(
    page: &mut PageState<F>,
    request: &Request,
    reason: &str,
    has_time: &mut dyn FnMut() -> bool,
) {
    match request {
        Request::Read { file, .. } | Request::Fetch { file, .. } => {
            let verdict = match file_list::galaxies_of(page, *file) {
                0 => Verdict::Refused {
                    reason: format!("the reader broke off on this file ({reason})"),
                    remedy: "drop it again; if that fails too, the file is probably damaged: save it again, or convert it with `grove convert`"
                        .to_owned(),
                },
                before => Verdict::Remarked(vec![format!(
                    "reading broke off after {} ({reason}); the rest was left out",
                    galaxies(before)
                )]),
            };
            end_source(page, *file, verdict, has_time);
        }
        Request::Simulate {
            file, first, count, ..
        } => {
            let refusal = Refusal::new(
                format!("the simulator broke off ({reason})"),
                "reload the page to try again",
            );
            let name = format!(
                "simulated galaxies {first} to {}",
                first + count.saturating_sub(1)
            );
            let row = FileRow::missing(name, refusal.clone());
            page.files_mut().push(row);
            end_source(page, *file, refusal.into(), has_time);
        }
        Request::Join { file, name, .. } => {
            let verdict = Verdict::Refused {
                reason: format!("the reader broke off on this table ({reason})"),
                remedy: "write it again, as CSV for example".to_owned(),
            };
            let joined = tables::Joined {
                name,
                verdict,
                questions: Vec::new(),
                replaced: Default::default(),
                more: false,
            };
            tables::joined(page, *file, joined);
        }
        Request::Reconstruct { .. } => {
            page.complain(format!(
                "This galaxy could not be decoded from its codes: {reason}."
            ));
        }
        Request::ReconstructMany { .. } => {
            page.complain(format!(
                "Some galaxies could not be decoded from their codes: {reason}."
            ));
            encoding::decode_next(page);
        }
        Request::Measure { tree, .. } => study::lost(page, Topic::Structure, *tree, reason),
        Request::TestSteadiness { tree, .. } => study::lost(page, Topic::Steadiness, *tree, reason),
        Request::MeasureQuality { tree, .. } => study::lost(page, Topic::Quality, *tree, reason),
        Request::MakeMap { tree, .. } => study::lost(page, Topic::Map, *tree, reason),
        _ => give_up(
            page,
            format!("The work was given up after three tries: {reason}."),
            true,
        ),
    }
}

fn end_source<F: Clone>(
    page: &mut PageState<F>,
    source: u32,
    verdict: Verdict,
    has_time: &mut dyn FnMut() -> bool,
) {
    reading::arrived(
        page,
        ReportSummary::end(source, verdict),
        CutoutBatch::default(),
        has_time,
    );
}

/// No device works here.
pub fn unusable<F: Clone>(page: &mut PageState<F>, reason: &str) {
    page.set_device(DeviceState::Unusable(reason.to_owned()));
    let text = format!("The model cannot run in this browser: {reason}. Reload the page to try again.");
    give_up(page, text, false);
}

/// Ends all work. What was read is kept, and the work can go on.
fn give_up<F: Clone>(page: &mut PageState<F>, text: String, offer: bool) {
    page.cancel_jobs();
    let interrupted = page.work.to_read > 0;
    let busy = page.stage.busy();
    if interrupted {
        let refusal = Refusal::new(
            "it was not read, because the work was given up",
            "drop it again to read it",
        );
        reading::keep_what_was_read(page);
        file_list::end_waiting(page, &refusal, "the work was given up");
        let count = page.collection.len();
        page.set_count(count);
        page.pictures_changed();
        if count == 0 && page.session.source != SetOrigin::Files && shelve::back_to_before(page) {
            return page.complain(format!("{text} The previous set is shown again."));
        }
    }
    let has_tree = page.tree.as_ref().is_some_and(|tree| tree.leaves() == page.count);
    if has_tree {
        view::name_recipe(page);
    }
    if busy || interrupted {
        page.set_stage(if has_tree { Stage::Ready } else { Stage::Idle });
    }
    let mut notice = Notice::bad(text);
    if offer && !has_tree && page.count > 0 {
        notice = notice.offering(Offer::GoOn);
    }
    page.set_notice(Some(notice));
}
