//! Undo and redo: of the view, and of what was said about files.

use crate::store::state::Page;
use galaxy_grove::page_model::protocol::Answers;
use galaxy_grove::page_model::session::Session;
use leptos::prelude::*;

/// Steps that undo remembers.
const MOST: usize = 200;

/// How things were before a step.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// The view.
    View(Box<Session>),
    /// What was said about one of the user's files: its source, pickers and changes to single galaxies.
    Said(u32, Box<Answers>),
}

/// The steps so far, and those taken back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Steps {
    past: RwSignal<Vec<Step>>,
    future: RwSignal<Vec<Step>>,
}

impl Steps {
    fn push(&self, before: Step) {
        self.past.update(|past| {
            past.push(before);
            let surplus = past.len().saturating_sub(MOST);
            past.drain(..surplus);
        });
        self.future.set(Vec::new());
    }
}

impl Page {
    /// Changes the view; the change can be undone.
    pub fn change(&self, edit: impl FnOnce(&mut Session)) {
        let before = self.session.get_untracked();
        let mut after = before.clone();
        edit(&mut after);
        if after == before {
            return;
        }
        self.steps.push(Step::View(Box::new(before)));
        self.session.set(after);
    }

    /// Changes the view in the middle of a drag: the whole drag is one step for undo, remembered by
    /// [`Self::remember`].
    pub fn change_quietly(&self, edit: impl FnOnce(&mut Session)) {
        let mut after = self.session.get_untracked();
        edit(&mut after);
        if self.session.with_untracked(|now| *now != after) {
            self.session.set(after);
        }
    }

    /// Remembers `before` for undo, unless nothing has changed since.
    pub fn remember(&self, before: Session) {
        if self.session.with_untracked(|now| *now != before) {
            self.steps.push(Step::View(Box::new(before)));
        }
    }

    /// Says something else about one of the user's files, which is read again; that can be undone.
    pub fn say_of(&self, source: u32, edit: impl FnOnce(&mut Answers)) {
        let Some(before) = self.said_of(source) else {
            return;
        };
        let mut after = before.clone();
        edit(&mut after);
        if after == before {
            return;
        }
        self.steps.push(Step::Said(source, Box::new(before)));
        self.set_said(source, after);
        self.read_again(source);
    }

    /// Takes the last step back.
    pub fn undo(&self) {
        self.step(self.steps.past, self.steps.future);
    }

    /// Does again what was undone.
    pub fn redo(&self) {
        self.step(self.steps.future, self.steps.past);
    }

    fn step(&self, from: RwSignal<Vec<Step>>, to: RwSignal<Vec<Step>>) {
        match from.try_update(Vec::pop).flatten() {
            Some(Step::View(view)) => {
                let now = Box::new(self.session.get_untracked());
                to.update(|to| to.push(Step::View(now)));
                self.session.set(*view);
            }
            Some(Step::Said(source, said)) => {
                // A file that is gone has nothing to take back.
                if let Some(now) = self.said_of(source) {
                    to.update(|to| to.push(Step::Said(source, Box::new(now))));
                    self.set_said(source, *said);
                    self.read_again(source);
                }
            }
            None => {}
        }
    }

    /// Forgets views: they belonged to another tree.
    pub fn forget_views(&self) {
        for steps in [self.steps.past, self.steps.future] {
            steps.update(|steps| steps.retain(|step| !matches!(step, Step::View(_))));
        }
    }

    /// Forgets all steps: they belonged to other galaxies.
    pub fn forget_steps(&self) {
        self.steps.past.set(Vec::new());
        self.steps.future.set(Vec::new());
    }
}
