//! The inputs and effects of a pool.

use super::job::Job;
use crate::page_model::protocol::{Backend, Buffer, Report, Request};
use std::rc::Rc;

/// A worker's number. Never used again: whatever comes from a worker that was ended is known by it, and ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub(super) u32);

/// A timer's number. Never used again: a timer that is out of date is known by it, and ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(pub(super) u64);

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input<F> {
    /// There is work to do. It goes to the ends of the queues.
    Submit(Vec<Job<F>>),
    /// Forget all jobs. Workers that are at one are replaced. Nothing more is reported of these jobs.
    CancelAll,
    /// Replace the CPU workers that have nothing to do, to give their memory back: WebAssembly's never shrinks.
    Refresh,
    /// A worker said something.
    Answer {
        /// Which one.
        worker: WorkerId,
        /// What.
        report: Report,
        /// With which arrays.
        buffers: Vec<Buffer>,
    },
    /// A worker's script is missing, it threw an exception, or its message cannot be understood.
    WorkerFailed {
        /// Which one.
        worker: WorkerId,
        /// A clause, empty where the browser gives none.
        reason: String,
    },
    /// The browser did not start a worker.
    NotSpawned {
        /// Which one.
        worker: WorkerId,
        /// A clause, empty where the browser gives none.
        reason: String,
    },
    /// The last message to a worker could not be posted. The worker itself is as it was.
    NotPosted {
        /// Which one.
        worker: WorkerId,
        /// A clause, empty where the browser gives none.
        reason: String,
    },
    /// A timer ran out.
    TimerFired {
        /// The worker that it was set for.
        worker: WorkerId,
        /// Its number.
        timer: TimerId,
    },
}

/// What to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect<F> {
    /// Start a worker.
    Spawn {
        /// Under this number.
        worker: WorkerId,
        /// With the program for this device.
        backend: Backend,
    },
    /// End a worker, and ignore what it still sends.
    Terminate {
        /// Which one.
        worker: WorkerId,
    },
    /// Send a message to a worker.
    Post {
        /// To which one.
        worker: WorkerId,
        /// The message. The pool keeps it too, in case it must be sent again: so arrays are copied on the way, not moved.
        message: Rc<Job<F>>,
    },
    /// Set a worker's timer. It takes the place of the one that was set for this worker before.
    SetTimer {
        /// The worker.
        worker: WorkerId,
        /// The timer's number, which comes back with [`Input::TimerFired`].
        timer: TimerId,
        /// When.
        seconds: u32,
    },
    /// Send an event to the rest of the page.
    Notify(Event),
}

/// The events that the pool sends to the rest of the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A worker's report: progress, or a job's answer. Never [`Report::Hello`], [`Report::Failed`],
    /// [`Report::Crashed`], [`Report::Unusable`] or [`Report::Timed`], which are the pool's own business.
    Report {
        /// The report.
        report: Report,
        /// Its arrays.
        buffers: Vec<Buffer>,
    },
    /// A job was given up.
    Lost {
        /// The job.
        request: Request,
        /// A clause, without a full stop.
        reason: String,
    },
    /// The device cannot be used, and the pool goes on with another: the CPU workers load the model now.
    FellBack {
        /// A clause, without a full stop.
        reason: String,
    },
    /// No worker can be used any more. Every job that was queued or running was reported as [`Event::Lost`] just before, and
    /// every job submitted from now on is reported as lost at once.
    Unusable {
        /// A clause, without a full stop.
        reason: String,
    },
}

impl Event {
    /// It is about jobs. Whoever carries out effects later than they were asked for drops those of these events that
    /// are still waiting when all jobs are cancelled.
    pub fn concerns_jobs(&self) -> bool {
        match self {
            Self::Report { report, .. } => !matches!(report, Report::Loading { .. } | Report::Ready(_)),
            Self::Lost { .. } => true,
            Self::FellBack { .. } | Self::Unusable { .. } => false,
        }
    }
}
