//! A batch shared out over the cores.

use super::error::TrainingError;
use galaxy_grove::cutout::PIXELS;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::OnceLock;

/// Runs `work` on every part of `shard` galaxies of a batch (`[N * 4096]`) and gives each part's share of the batch with
/// its result, in order.
///
/// Every part runs on one thread: matrices of this size gain little from a second thread each, but two of them side by
/// side are twice as fast as one after the other.
///
/// # Errors
/// The first part's error, in their order; [`TrainingError::Pixels`] for an empty or ragged batch.
pub fn run<T: Send>(
    images: &[f32],
    shard: usize,
    work: impl Fn(&[f32]) -> Result<T, TrainingError> + Sync,
) -> Result<Vec<(f64, T)>, TrainingError> {
    if images.is_empty() || !images.len().is_multiple_of(PIXELS) {
        return Err(TrainingError::Pixels(images.len()));
    }
    let galaxies = images.len() / PIXELS;
    let parts: Vec<&[f32]> = images.chunks(shard.clamp(1, galaxies) * PIXELS).collect();
    if parts.len() == 1 {
        return Ok(vec![(1.0, work(images)?)]);
    }
    let pools = pools();
    let workers = pools.len().clamp(1, parts.len());
    let mut results: Vec<Option<Result<T, TrainingError>>> = parts.iter().map(|_| None).collect();
    std::thread::scope(|scope| {
        let mut lanes: Vec<Vec<_>> = (0..workers).map(|_| Vec::new()).collect();
        for (at, slot) in results.iter_mut().zip(&parts).enumerate() {
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
        .zip(parts)
        .map(|(result, part)| {
            let share = part.len() as f64 / images.len() as f64;
            let result =
                result.unwrap_or_else(|| Err(TrainingError::Device("a part was not computed".to_owned())));
            Ok((share, result?))
        })
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
