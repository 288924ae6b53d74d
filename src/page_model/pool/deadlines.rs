//! How long a worker is waited for. Generous: a deadline is there to end a wait that would last forever, not to hurry a
//! slow machine. Progress starts it again.

use super::job::Job;
use crate::page_model::protocol::{Backend, Buffer, Request};

/// For a worker to say hello. Its program has to arrive: some megabytes, over what may be a phone's connection.
const HELLO: u32 = 30;
/// The program with the WebGPU engine is several times as large.
const HELLO_WEBGPU: u32 = 90;
/// For the next piece of the model to arrive. After the last one the known answer is computed, which takes seconds.
const LOADING: u32 = 60;
/// The known answer needs every shader compiled; a software adapter takes minutes.
const LOADING_WEBGPU: u32 = 180;
/// For the first galaxies of a file, or the next ones.
const READING: u32 = 60;
/// A file is unpacked and searched at this many bytes a second, on a slow machine.
const READING_SPEED: u64 = 1_000_000;
/// A bundle of the page's own is fetched, which reports no progress, and then read.
const FETCHING: u32 = 180;
/// For galaxies made by the simulator: a second's work on an ordinary machine.
const SIMULATING: u32 = 60;
/// For a chunk of galaxies to be encoded or decoded: a second or two on an ordinary machine, with one core for each worker.
const MODEL: u32 = 60;
/// A software adapter computes tens of times slower than the processor's own SIMD.
const MODEL_WEBGPU: u32 = 180;
/// For the structure of a chunk of galaxies: a tenth of a second on an ordinary machine.
const MEASURING: u32 = 60;
/// For the next merges of the tree.
const BUILDING_TREE: u32 = 60;
/// Pairs of galaxies whose distances are computed in a second, on a slow machine, before the first merge.
const TREE_SPEED: u64 = 5_000_000;
/// After the deadline: a laptop that wakes up lets all timers run out at once, before any message has been delivered.
const GRACE: u32 = 30;

/// Deadlines, scaled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    factor: f64,
}

impl Deadlines {
    /// Deadlines that are `factor` times the usual ones.
    pub fn new(factor: f64) -> Self {
        let usable = factor.is_finite() && factor > 0.0;
        Self {
            factor: if usable { factor } else { 1.0 },
        }
    }

    /// For a worker to say hello.
    pub fn hello(self, backend: Backend) -> u32 {
        self.scaled(match backend {
            Backend::Cpu => HELLO,
            Backend::WebGpu => HELLO_WEBGPU,
        })
    }

    /// For the model to come nearer.
    pub fn loading(self, backend: Backend) -> u32 {
        self.scaled(match backend {
            Backend::Cpu => LOADING,
            Backend::WebGpu => LOADING_WEBGPU,
        })
    }

    /// For a job's answer, or its next progress.
    pub fn job<F>(self, job: &Job<F>, backend: Backend) -> u32 {
        let model = match backend {
            Backend::Cpu => MODEL,
            Backend::WebGpu => MODEL_WEBGPU,
        };
        let more = |seconds: u64| u32::try_from(seconds).unwrap_or(u32::MAX);
        self.scaled(match &job.request {
            Request::Start { .. } => return self.loading(backend),
            Request::Read { .. } | Request::Join { .. } => {
                READING.saturating_add(more(job.bytes / READING_SPEED))
            }
            Request::Fetch { .. } => FETCHING,
            Request::Simulate { .. } => SIMULATING,
            Request::BuildTree { .. } | Request::BuildVectorTree { .. } => {
                BUILDING_TREE.saturating_add(more(pairs(&job.buffers) / TREE_SPEED))
            }
            Request::TestSteadiness { .. } | Request::MakeMap { .. } | Request::MeasureQuality { .. } => {
                BUILDING_TREE.saturating_add(more(pairs(&job.buffers) / TREE_SPEED))
            }
            Request::Measure { .. } => MEASURING,
            Request::UseModel
            | Request::Encode { .. }
            | Request::Place { .. }
            | Request::Reconstruct { .. }
            | Request::ReconstructMany { .. }
            | Request::Inspect => model,
        })
    }

    /// After a deadline.
    pub fn grace(self) -> u32 {
        self.scaled(GRACE)
    }

    fn scaled(self, seconds: u32) -> u32 {
        // Casting saturates.
        ((f64::from(seconds) * self.factor).ceil() as u32).max(1)
    }
}

/// Pairs of galaxies whose codes these are.
fn pairs(buffers: &[Buffer]) -> u64 {
    let galaxies = match buffers.first() {
        Some(Buffer::U8(codes)) => (codes.len() / crate::cutout::CODES) as u64,
        Some(Buffer::F64(vectors)) => (vectors.len() / crate::shape::DIMENSIONS) as u64,
        _ => 0,
    };
    galaxies * galaxies.saturating_sub(1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::CODES;
    use crate::grouping::Method;

    #[test]
    fn deadlines_grow_with_the_work_and_scale() {
        let usual = Deadlines::new(1.0);
        let join = |bytes| {
            let request = Request::Join {
                file: 0,
                name: String::new(),
                galaxies: Vec::new(),
                answers: Default::default(),
            };
            Job::on_file(request, ()).of_size(bytes)
        };
        assert_eq!(usual.job(&join(0), Backend::Cpu), READING);
        assert_eq!(usual.job(&join(40_000_000), Backend::Cpu), READING + 40);
        assert_eq!(usual.job(&join(u64::MAX), Backend::Cpu), u32::MAX);
        let linkage = |galaxies: usize| {
            let method = Method::default();
            Job::<()>::new(
                Request::BuildTree { method },
                vec![Buffer::U8(vec![0; galaxies * CODES])],
            )
        };
        assert_eq!(usual.job(&linkage(500), Backend::Cpu), BUILDING_TREE);
        assert_eq!(usual.job(&linkage(10_000), Backend::Cpu), BUILDING_TREE + 9);
        let encode = Job::<()>::new(Request::Encode { first: 0 }, Vec::new());
        assert_eq!(usual.job(&encode, Backend::WebGpu), MODEL_WEBGPU);
        assert_eq!(Deadlines::new(0.1).job(&encode, Backend::Cpu), 6);
        assert_eq!(Deadlines::new(1e-9).hello(Backend::Cpu), 1);
        for strange in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Deadlines::new(strange).hello(Backend::Cpu), HELLO);
        }
    }
}
