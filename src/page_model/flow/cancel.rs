//! What a person stops.

use super::file_list;
use super::shelve;
use super::stop::stop;
use super::view;
use crate::count::galaxies;
use crate::intake::Refusal;
use crate::page_model::stage::{Notice, Offer, Stage};
use crate::page_model::state::PageState;
use std::collections::BTreeSet;

/// Stops what runs. The galaxies of the tree that is shown stay; without a tree, those that were all read.
pub fn cancel<F: Clone>(page: &mut PageState<F>) {
    let was_reading = matches!(page.stage, Stage::Reading { .. });
    stop(page);
    let shown = page.tree.as_ref().map(|tree| tree.leaves());
    let kept = shown.unwrap_or(page.count);
    page.collection.truncate(kept);
    let gone = if was_reading || shown.is_some() {
        drop_cancelled(page)
    } else {
        BTreeSet::new()
    };
    let refusal = Refusal::new("cancelled", "drop it again to read it");
    for file in page.files_mut() {
        if gone.contains(&file.source) && !file.is_refused() {
            (file.verdict, file.galaxies) = (Some(refusal.clone().into()), 0);
        }
    }
    file_list::end_waiting(page, &refusal, "it was cancelled");
    page.set_count(kept);
    if kept == 0 && shelve::back_to_before(page) {
        return page.say("Cancelled. The previous set is shown again.");
    }
    page.pictures_changed();
    if shown.is_some() {
        view::name_recipe(page);
        page.set_stage(Stage::Ready);
        return page.say("Cancelled. The galaxies that were here before are still here.");
    }
    page.set_stage(Stage::Idle);
    if was_reading || kept == 0 {
        return page.say("Cancelled. Drop galaxies, or open a demo, to go on.");
    }
    let text = format!("Cancelled. {} were read, and have no tree yet.", galaxies(kept));
    page.set_notice(Some(Notice::plain(text).offering(Offer::GoOn)));
}

/// Forgets the files whose galaxies are not here any more, so that they are new when they are dropped again. Returns
/// their sources.
fn drop_cancelled<F>(page: &mut PageState<F>) -> BTreeSet<u32> {
    let mut gone = std::mem::take(&mut page.work.fresh);
    for galaxy in page.collection.galaxies() {
        gone.remove(&galaxy.source);
    }
    page.sources.files.retain(|source, _| !gone.contains(source));
    page.work.tables.retain(|source| !gone.contains(source));
    gone
}
