//! What a person says about files, and undo.

use super::{open, shelve};
use crate::page_model::protocol::Answers;
use crate::page_model::state::PageState;
use crate::page_model::steps::{Direction, Step};

/// Says something else about one of the user's files, which is read again; that can be undone.
pub fn answer_for_source<F: Clone>(page: &mut PageState<F>, source: u32, edit: impl FnOnce(&mut Answers)) {
    let Some(before) = page.answers_of(source).cloned() else {
        return;
    };
    let mut after = before.clone();
    edit(&mut after);
    if after == before {
        return;
    }
    page.steps.push(Step::Answered(source, Box::new(before)));
    set(page, source, after);
}

/// Takes a step back, or again.
pub fn step<F: Clone>(page: &mut PageState<F>, direction: Direction) {
    match page.steps.pop(direction) {
        Some(Step::View(view)) => {
            let now = Box::new(page.session.clone());
            page.steps.reverse(direction, Step::View(now));
            page.set_session(*view);
        }
        Some(Step::Answered(source, stated)) => {
            // A file that is gone has nothing to take back.
            if let Some(now) = page.answers_of(source).cloned() {
                page.steps
                    .reverse(direction, Step::Answered(source, Box::new(now)));
                set(page, source, *stated);
            }
        }
        None if direction == Direction::Undo => shelve::restore_shelved(page),
        None => {}
    }
}

fn set<F: Clone>(page: &mut PageState<F>, source: u32, stated: Answers) {
    if let Some(given) = page.sources.files.get_mut(&source) {
        given.answers = stated;
    }
    open::read_again(page, source);
}
