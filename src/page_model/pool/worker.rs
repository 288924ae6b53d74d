//! One worker, as the pool knows it.

use super::messages::TimerId;
use super::queue::Task;
use crate::page_model::protocol::Backend;

/// What a worker is at.
#[derive(Debug)]
pub(super) enum State<F> {
    /// Its program is loaded; it has yet to say hello.
    Starting,
    /// It loads and tests the model.
    Loading,
    /// It waits for a job.
    Idle,
    /// It is at a job.
    Working(Task<F>),
}

/// A deadline that runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Running {
    /// The timer's number.
    pub timer: TimerId,
    /// What the worker was given in all when it runs out.
    pub seconds: u32,
    /// The deadline itself is past.
    pub grace: bool,
}

/// One worker.
#[derive(Debug)]
pub(super) struct Worker<F> {
    /// Its program.
    pub backend: Backend,
    /// Its model passed the test.
    pub ready: bool,
    /// What it is at.
    pub state: State<F>,
    /// The deadline for what it is at. None when it is idle.
    pub deadline: Option<Running>,
}

impl<F> Worker<F> {
    /// A worker that is being started.
    pub fn new(backend: Backend) -> Self {
        Self {
            backend,
            ready: false,
            state: State::Starting,
            deadline: None,
        }
    }

    /// It has nothing to do.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// It did all that was asked of it so far, where the model is to run on `backend`.
    pub fn is_proven(&self, backend: Backend) -> bool {
        self.ready || (self.backend != backend && !matches!(self.state, State::Starting))
    }

    /// Makes it idle.
    pub fn rest(&mut self) {
        (self.state, self.deadline) = (State::Idle, None);
    }
}
