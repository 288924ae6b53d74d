//! Undo and redo: of the view, and of what was said about files.

use super::protocol::Answers;
use super::session::Session;

/// Steps that undo remembers.
const MAX_STEPS: usize = 200;

/// How things were before a step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// The view.
    View(Box<Session>),
    /// What was said about one of the user's files: its source, pickers and changes to single galaxies.
    Answered(u32, Box<Answers>),
}

/// Which way to step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Undo,
    Redo,
}

/// The steps so far, and those taken back.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    past: Vec<Step>,
    future: Vec<Step>,
}

impl Steps {
    /// Remembers how things were before a new step.
    pub fn push(&mut self, before: Step) {
        self.past.push(before);
        let surplus = self.past.len().saturating_sub(MAX_STEPS);
        self.past.drain(..surplus);
        self.future.clear();
    }

    /// The step to take back, or to take again.
    pub fn pop(&mut self, direction: Direction) -> Option<Step> {
        match direction {
            Direction::Undo => self.past.pop(),
            Direction::Redo => self.future.pop(),
        }
    }

    /// Remembers how things are now, so that the step just [popped](Self::pop) can be reversed.
    pub fn reverse(&mut self, direction: Direction, now: Step) {
        match direction {
            Direction::Undo => self.future.push(now),
            Direction::Redo => self.past.push(now),
        }
    }

    /// Forgets views: they belonged to another tree.
    pub fn clear_views(&mut self) {
        for steps in [&mut self.past, &mut self.future] {
            steps.retain(|step| !matches!(step, Step::View(_)));
        }
    }

    /// Forgets all steps: they belonged to other galaxies.
    pub fn clear(&mut self) {
        self.past.clear();
        self.future.clear();
    }
}
