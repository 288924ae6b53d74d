//! A batch shared out over the cores.

use super::error::TrainingError;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::OnceLock;

/// Runs `work` on every part and gives the results in the order of the parts.
///
/// Every part runs on one thread: matrices of this size gain little from a second thread each, but two of them side by
/// side are twice as fast as one after the other.
///
/// # Errors
/// [`TrainingError::Device`] when a part was not computed, which cannot happen.
pub fn run<P: Sync, T: Send>(parts: &[P], work: impl Fn(&P) -> T + Sync) -> Result<Vec<T>, TrainingError> {
    if let [part] = parts {
        return Ok(vec![work(part)]);
    }
    let pools = pools();
    let workers = pools.len().clamp(1, parts.len().max(1));
    let mut results: Vec<Option<T>> = parts.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let mut lanes: Vec<Vec<_>> = (0..workers).map(|_| Vec::new()).collect();
        for (at, slot) in results.iter_mut().zip(parts).enumerate() {
            if let Some(lane) = lanes.get_mut(at % workers) {
                lane.push(slot);
            }
        }
        for (lane, pool) in lanes.into_iter().zip(pools) {
            let work = &work;
            scope.spawn(move || {
                pool.install(|| lane.into_iter().for_each(|(slot, part)| *slot = Some(work(part))));
            });
        }
    });
    results
        .into_iter()
        .map(|result| result.ok_or_else(|| TrainingError::Device("a part was not computed".to_owned())))
        .collect()
}

/// One pool of one thread a core: what runs inside sees a single core, and so do the matrix products.
fn pools() -> &'static [ThreadPool] {
    static POOLS: OnceLock<Vec<ThreadPool>> = OnceLock::new();
    POOLS.get_or_init(|| {
        (0..rayon::current_num_threads())
            .filter_map(|_| ThreadPoolBuilder::new().num_threads(1).build().ok())
            .collect()
    })
}
