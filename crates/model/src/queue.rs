//! One thread that keeps a graphics processor busy.
//!
//! Many threads prepare galaxies and look up their codes; one gives the device its work. It sends the next batch before it reads the one before back, so
//! that upload, computation and reading overlap, and at most three batches use the device's memory.

use crate::extraction::{ExtractError, read};
use burn::tensor::Tensor;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};

/// Batches that are on the device together: one is uploaded, one computed, one read back.
const AHEAD: usize = 3;

/// Sends work to the device, and waits for the result. Cheap to copy.
#[derive(Debug, Clone)]
pub struct DeviceQueue(SyncSender<Job>);

type Values = Result<Vec<f32>, ExtractError>;
type Reading = Pin<Box<dyn Future<Output = Values>>>;

/// What one call wants.
struct Job {
    forward: Box<dyn FnOnce() -> Tensor<4> + Send>,
    answer: Sender<Values>,
}

impl DeviceQueue {
    /// Starts the thread. It ends with the last copy of this queue.
    ///
    /// # Errors
    /// [`ExtractError::Device`] when the system gives no thread.
    pub fn start() -> Result<Self, ExtractError> {
        let (sender, jobs) = sync_channel(AHEAD);
        std::thread::Builder::new()
            .name("device".to_owned())
            .spawn(move || serve(&jobs))
            .map_err(|error| ExtractError::Device(error.to_string()))?;
        Ok(Self(sender))
    }

    /// Runs `forward` on the device's thread, and gives its values.
    ///
    /// # Errors
    /// [`ExtractError::Device`] when the device fails, or gives what is not finite.
    pub fn run(&self, forward: impl FnOnce() -> Tensor<4> + Send + 'static) -> Values {
        let (answer, waiting) = channel();
        let ended = || ExtractError::Device("its thread ended".to_owned());
        let job = Job {
            forward: Box::new(forward),
            answer,
        };
        self.0.send(job).map_err(|_ignored| ended())?;
        waiting.recv().map_err(|_ignored| ended())?
    }
}

fn serve(jobs: &Receiver<Job>) {
    let mut on_device: VecDeque<(Reading, Sender<Values>)> = VecDeque::with_capacity(AHEAD);
    loop {
        let next = match on_device.is_empty() {
            true => jobs.recv().map_err(|_ignored| TryRecvError::Disconnected),
            false if on_device.len() < AHEAD => jobs.try_recv(),
            false => Err(TryRecvError::Empty),
        };
        match next {
            Ok(job) => {
                let tensor = (job.forward)();
                on_device.push_back((begun(Box::pin(read(tensor))), job.answer));
            }
            Err(TryRecvError::Disconnected) if on_device.is_empty() => return,
            Err(_) => {
                if let Some((reading, answer)) = on_device.pop_front() {
                    // Whoever asked may be gone: then nobody misses the answer.
                    let _ = answer.send(pollster::block_on(reading));
                }
            }
        }
    }
}

/// Asks once for the result, which sends the work on its way.
fn begun(mut reading: Reading) -> Reading {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match reading.as_mut().poll(&mut context) {
        std::task::Poll::Ready(values) => Box::pin(std::future::ready(values)),
        std::task::Poll::Pending => reading,
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use super::*;
    use crate::device::processor;
    use burn::tensor::TensorData;

    #[test]
    fn everybody_gets_the_answer_to_his_own_question() {
        let queue = DeviceQueue::start().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let queue = queue.clone();
                scope.spawn(move || {
                    for round in 0..20_u8 {
                        let number = f32::from(thread) * 100.0 + f32::from(round);
                        let data = move || TensorData::new(vec![number, 1.0], [1, 1, 1, 2]);
                        let found = queue.run(move || Tensor::<4>::from_data(data(), &processor()) * 2.0);
                        assert_eq!(found.unwrap(), [number * 2.0, 2.0]);
                    }
                });
            }
        });
    }

    #[test]
    fn what_is_not_finite_is_an_error_and_the_queue_goes_on() {
        let queue = DeviceQueue::start().unwrap();
        let of = |value: f32| {
            queue
                .run(move || Tensor::<4>::from_data(TensorData::new(vec![value], [1, 1, 1, 1]), &processor()))
        };
        assert!(matches!(of(f32::NAN), Err(ExtractError::Device(_))));
        assert_eq!(of(3.0).unwrap(), [3.0]);
    }

    #[test]
    fn a_forward_pass_that_panics_is_an_error() {
        let queue = DeviceQueue::start().unwrap();
        let failed = queue.run(|| panic!("a kernel that does not compile"));
        assert!(matches!(failed, Err(ExtractError::Device(_))), "{failed:?}");
        assert!(
            queue.run(|| panic!("again")).is_err(),
            "the thread has ended, and that is said"
        );
    }
}
