//! The jobs that wait for a worker.

use super::job::Job;
use super::messages::WorkerId;
use std::collections::VecDeque;
use std::rc::Rc;

/// A job and the outcome of it so far.
#[derive(Debug)]
pub(super) struct Task<F> {
    /// The job. Shared with the message that carries it.
    pub job: Rc<Job<F>>,
    /// How often it failed.
    pub failures: u8,
    /// The worker that it failed on last, which is there still.
    pub failed_on: Option<WorkerId>,
}

impl<F> Task<F> {
    /// A new job.
    pub fn new(job: Job<F>) -> Self {
        Self {
            job: Rc::new(job),
            failures: 0,
            failed_on: None,
        }
    }
}

/// The jobs that wait for a worker.
#[derive(Debug)]
pub(super) struct Queue<F> {
    /// Those that need the model, and those that do not.
    modelled: VecDeque<Task<F>>,
    plain: VecDeque<Task<F>>,
}

/// What a worker can take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capabilities {
    /// The worker.
    pub worker: WorkerId,
    /// Its model is ready.
    pub model: bool,
    /// It takes jobs that need no model.
    pub plain: bool,
    /// Another worker can take, now or later, the jobs that need the model.
    pub others_model: bool,
    /// Another worker can take, now or later, the jobs that need no model.
    pub others_plain: bool,
}

impl<F> Queue<F> {
    /// No jobs.
    pub fn new() -> Self {
        Self {
            modelled: VecDeque::new(),
            plain: VecDeque::new(),
        }
    }

    /// A new job.
    pub fn add(&mut self, task: Task<F>) {
        self.of(&task).push_back(task);
    }

    /// A job that failed.
    pub fn put_back(&mut self, task: Task<F>) {
        self.of(&task).push_front(task);
    }

    /// The next job for a worker. What needs the model comes first: somebody may be waiting for a picture. A job that
    /// failed on this worker is left to another one if there is any.
    pub fn take(&mut self, able: Capabilities) -> Option<Task<F>> {
        let mut next = |model: bool, others: bool| {
            let queue = if model {
                &mut self.modelled
            } else {
                &mut self.plain
            };
            let place = queue
                .iter()
                .position(|task| !others || task.failed_on != Some(able.worker))?;
            queue.remove(place)
        };
        let modelled = able.model.then(|| next(true, able.others_model)).flatten();
        modelled.or_else(|| able.plain.then(|| next(false, able.others_plain)).flatten())
    }

    /// All jobs, in no useful order.
    pub fn drain(&mut self) -> Vec<Task<F>> {
        self.modelled.drain(..).chain(self.plain.drain(..)).collect()
    }

    fn of(&mut self, task: &Task<F>) -> &mut VecDeque<Task<F>> {
        if task.job.needs_model() {
            &mut self.modelled
        } else {
            &mut self.plain
        }
    }
}
