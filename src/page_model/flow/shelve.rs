//! No click throws galaxies away: what is set aside for another set is kept, and comes back when a person wants it, or when
//! the other set cannot be opened.

use super::stop::stop;
use crate::count::galaxies;
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::shelf::Shelf;
use crate::page_model::stage::{Notice, Offer, Stage};
use crate::page_model::state::{MAX_GALAXIES, PageState, Resume};
use std::mem::take;

/// Keeps what is shown, because another set is about to be. A person's files are kept until further files take their place;
/// a demo until the next set is there.
pub fn keep<F>(page: &mut PageState<F>) {
    let was_reading = page.work.to_read > 0;
    let was_working = page.stage.busy();
    stop(page);
    let is_worth_it = if page.session.source == SetOrigin::Files {
        !page.collection.is_empty() || !page.sources.files.is_empty()
    } else {
        !page.collection.is_empty() && !was_working
    };
    if !is_worth_it {
        return;
    }
    let shelf = Box::new(Shelf {
        session: page.session.clone(),
        // What was said of other sets is over.
        notice: page.notice.take().filter(|notice| {
            let mut offers = notice.offers.iter();
            !offers.any(|offer| matches!(offer, Offer::BringBack | Offer::OpenLink))
        }),
        rows: take(page.files_mut()),
        collection: take(&mut page.collection),
        tree: page.tree.take(),
        fields: take(page.fields_mut()),
        field: page.field.take(),
        files: take(&mut page.sources.files),
        missing: take(&mut page.sources.missing),
        tables: take(&mut page.work.tables),
        unjoined: {
            let unmatched_table = take(&mut page.work.unmatched_table);
            take(&mut page.work.unjoined)
                .union(&unmatched_table)
                .copied()
                .collect()
        },
        cut: take(&mut page.work.cut),
        fresh: take(&mut page.work.fresh),
        steps: take(&mut page.steps),
        surveys: take(&mut page.surveys),
        unsaved: take(&mut page.unsaved),
        was_reading,
        was_working,
    });
    page.before = None;
    page.left_files = shelf.is_users();
    if shelf.is_users() {
        page.set_shelf(Some(shelf));
    } else {
        page.before = Some(shelf);
    }
}

/// Says that the files which were set aside can come back.
pub fn offer<F>(page: &mut PageState<F>, lead: &str) {
    let Some(shelf) = page.shelf.as_ref() else {
        return;
    };
    let text = match shelf.len() {
        0 => format!("{lead} Your files are kept."),
        kept => format!("{lead} The {} of your files are kept.", galaxies(kept)),
    };
    page.set_notice(Some(Notice::plain(text).offering(Offer::BringBack)));
}

/// The new set is there. What it replaced is kept only if a person brought it, and if there is room for both.
pub fn arrived<F>(page: &mut PageState<F>) {
    page.before = None;
    page.left_files = false;
    let kept = page.shelf.as_ref().map_or(0, |shelf| shelf.len());
    if kept + page.collection.len() > MAX_GALAXIES {
        page.set_shelf(None);
        page.say(format!(
            "The {} that were set aside before could not be kept any longer: there is room for {MAX_GALAXIES} in all.",
            galaxies(kept)
        ));
    }
}

/// Of the new set nothing came: what was shown before it is shown again. False if there is nothing to show.
pub fn back_to_before<F>(page: &mut PageState<F>) -> bool {
    let before = match page.before.take() {
        None if page.left_files => page.take_shelf(),
        before => before,
    };
    let Some(before) = before else { return false };
    page.left_files = false;
    put_back(page, *before);
    true
}

/// Shows the files again that were set aside. Files that are shown now are set aside, and can be brought back in turn.
pub fn restore_shelved<F>(page: &mut PageState<F>) {
    let Some(shelf) = page.take_shelf() else { return };
    keep(page);
    page.before = None;
    page.left_files = false;
    put_back(page, *shelf);
    if page.notice.is_none() {
        offer(page, "Here are the files from before.");
    }
}

fn put_back<F>(page: &mut PageState<F>, shelf: Shelf<F>) {
    stop(page);
    page.work.reopen = None;
    page.work.from_link = false;
    page.set_session(shelf.session);
    page.set_notice(shelf.notice);
    *page.files_mut() = shelf.rows;
    page.collection = shelf.collection;
    page.set_tree(shelf.tree);
    *page.fields_mut() = shelf.fields;
    page.set_field(shelf.field);
    page.sources.files = shelf.files;
    page.sources.missing = shelf.missing;
    page.work.tables = shelf.tables;
    page.work.unjoined = shelf.unjoined;
    page.work.cut = shelf.cut;
    page.work.fresh = shelf.fresh;
    page.steps = shelf.steps;
    page.surveys = shelf.surveys;
    page.unsaved = shelf.unsaved;
    page.set_hover(None);
    page.set_reconstruction(None);
    let count = page.collection.len();
    page.set_count(count);
    page.pictures_changed();
    let has_tree = page.tree.as_ref().is_some_and(|tree| tree.leaves() == count);
    page.set_stage(if has_tree { Stage::Ready } else { Stage::Idle });
    page.work.resume = if shelf.was_reading {
        Some(Resume::Reading)
    } else {
        shelf.was_working.then_some(Resume::Encoding)
    };
    if count > 0 && !has_tree && page.work.resume.is_none() && page.notice.is_none() {
        let text = format!("{} have no tree yet.", galaxies(count));
        page.set_notice(Some(Notice::plain(text).offering(Offer::GoOn)));
    }
}

/// An address names another set than the user's files: it is opened when the user says so.
pub fn offer_link<F>(page: &mut PageState<F>, wanted: Session) {
    let set = match &wanted.source {
        SetOrigin::Simulated { count, .. } => format!("{} made by the simulator", galaxies(*count as usize)),
        SetOrigin::HubbleDeepField => "the Hubble Deep Field".to_owned(),
        SetOrigin::Hosted(path) => format!("the set {}", path.name()),
        SetOrigin::Files | SetOrigin::Nothing => "no galaxies".to_owned(),
    };
    page.linked = Some(Box::new(wanted));
    let text = format!("The address names {set}. Your files are still shown.");
    let mut notice = Notice::plain(text).offering(Offer::OpenLink);
    if page.count > 0 && page.tree.is_none() && !page.stage.busy() {
        // What was offered before it.
        notice = notice.offering(Offer::GoOn);
    }
    page.set_notice(Some(notice));
    // The address is written again as what is shown.
    page.set_session(page.session.clone());
}
