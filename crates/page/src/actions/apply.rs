//! The one way to change the page: an action goes in, the state changes, and what it wants done is done.

use super::timing;
use crate::store::{Action, Effect, Page};
use crate::work::clock::now;
use crate::work::workers::Workers;
use galaxy_grove::cutout::prepare::Override;
use galaxy_grove::intake::QuestionKey;
use galaxy_grove::page_model::session::Session;
use galaxy_grove::page_model::{Notice, Sheet};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

/// Milliseconds that one turn of moving galaxies into the collection may take.
const APPEND_BUDGET_MS: f64 = 12.0;

thread_local! {
    /// Actions that arrived while another one was carried out.
    static QUEUE: RefCell<VecDeque<Action>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static POOL: RefCell<Option<Workers>> = const { RefCell::new(None) };
    /// When the reading began, in milliseconds since the page was opened.
    static BEGUN: Cell<f64> = const { Cell::new(0.0) };
}

/// Gives the page its workers.
pub fn set_pool(pool: Workers) {
    POOL.set(Some(pool));
}

/// Changes the page by what happened. An action that another one causes waits until that one is done.
pub fn apply(page: Page, action: Action) {
    QUEUE.with_borrow_mut(|queue| queue.push_back(action));
    if BUSY.replace(true) {
        return;
    }
    while let Some(action) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
        let until = now() + APPEND_BUDGET_MS;
        for effect in page.change(action, &mut || now() <= until) {
            carry_out(page, effect);
        }
    }
    BUSY.set(false);
}

fn carry_out(page: Page, effect: Effect) {
    let pool = POOL.with_borrow(Clone::clone);
    match effect {
        Effect::Submit(jobs) => {
            if let Some(pool) = pool {
                pool.submit_all(jobs);
            }
        }
        Effect::CancelJobs => {
            // What these jobs have just brought is not wanted any more.
            QUEUE.with_borrow_mut(|queue| {
                queue.retain(|action| !matches!(action, Action::Worker(event) if event.concerns_jobs()));
            });
            if let Some(pool) = pool {
                pool.cancel();
            }
        }
        Effect::RefreshWorkers => {
            if let Some(pool) = pool {
                pool.refresh();
            }
        }
        Effect::SettleLater => set_timeout(move || apply(page, Action::Settle), Duration::ZERO),
        Effect::NoteStart => BEGUN.set(now()),
        Effect::NoteGroups => timing::first_groups(BEGUN.get()),
    }
}

/// Changes the view; the change can be undone.
pub fn change(page: Page, edit: impl FnOnce(&mut Session)) {
    apply(page, Action::ChangeView(edited(page, edit)));
}

/// Changes the view in the middle of a drag: the whole drag is one step for undo, remembered by [`remember`].
pub fn change_quietly(page: Page, edit: impl FnOnce(&mut Session)) {
    apply(page, Action::DragView(edited(page, edit)));
}

/// Remembers the view before a drag for undo, unless nothing has changed since.
pub fn remember(page: Page, before: Session) {
    apply(page, Action::RememberView(Box::new(before)));
}

fn edited(page: Page, edit: impl FnOnce(&mut Session)) -> Box<Session> {
    let mut view = page.session.get_untracked();
    edit(&mut view);
    Box::new(view)
}

/// Goes from the galaxy that is looked at to its neighbour in the order of the tree.
pub fn step(page: Page, by: isize) {
    apply(page, Action::StepThroughTree(by));
}

/// Does something differently for galaxies of one of the user's files, which is read again.
pub fn change_galaxies(page: Page, source: u32, changes: Vec<(String, Override)>) {
    apply(page, Action::ChangeGalaxies { source, changes });
}

/// Reads one of the user's files again with another answer to what it left open.
pub fn answer(page: Page, source: u32, key: QuestionKey, answer: &str) {
    let answer = answer.to_owned();
    apply(page, Action::Answer { source, key, answer });
}

/// Says a sentence above the panels.
pub fn say(page: Page, text: impl Into<String>) {
    apply(page, Action::ShowNotice(Some(Notice::plain(text))));
}

/// Says what failed above the panels.
pub fn complain(page: Page, text: impl Into<String>) {
    apply(page, Action::ShowNotice(Some(Notice::bad(text))));
}

/// Shows a sheet over the page, or none.
pub fn show_sheet(page: Page, sheet: Option<Sheet>) {
    apply(page, Action::ShowSheet(sheet));
}
