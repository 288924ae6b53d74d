//! The trial of a graphics processor beside the processor.

use crate::page_model::protocol::{Backend, Ready, TimedWork, Timing, TrialOutcome};

/// A CPU worker's first answers are slow: the browser is still compiling its program.
const FIRST_ANSWERS: u32 = 3;

/// What is known so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Trial {
    encode: Speeds,
    place: Speeds,
    /// The WebGPU worker, which passed its test.
    pub candidate: Option<Ready>,
    answers: u32,
}

/// The highest speeds at one kind of work, in galaxies a second and worker.
#[derive(Debug, Clone, Copy, Default)]
struct Speeds {
    graphics: f64,
    processor: f64,
}

impl Trial {
    /// Notes a worker's speed. One that is no number says nothing.
    pub fn note(&mut self, backend: Backend, timing: Timing) {
        let speeds = match timing.work {
            TimedWork::Encode => &mut self.encode,
            TimedWork::Place => &mut self.place,
        };
        match backend {
            Backend::WebGpu => speeds.graphics = speeds.graphics.max(timing.per_second),
            Backend::Cpu => {
                speeds.processor = speeds.processor.max(timing.per_second);
                self.answers += 1;
            }
        }
    }

    /// The speeds of both at the same work, when they are known.
    pub fn outcome(&self, cpu_workers: usize) -> Option<TrialOutcome> {
        if self.candidate.is_none() || self.answers <= FIRST_ANSWERS {
            return None;
        }
        let known = |speeds: &&Speeds| speeds.graphics > 0.0 && speeds.processor > 0.0;
        let speeds = [self.place, self.encode];
        let speeds = speeds.iter().find(known)?;
        Some(TrialOutcome {
            graphics: speeds.graphics,
            processor: speeds.processor * cpu_workers as f64,
        })
    }
}
