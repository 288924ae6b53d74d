//! How long the structure of a galaxy takes.

#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros make public functions without docs

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use galaxy_grove::cutout::simulate::galaxy;
use galaxy_grove::structure::{Light, Options, structure};
use std::hint::black_box;

/// Cutouts of the simulator, each pixel `times * times` of theirs.
fn pictures(count: usize, times: usize) -> (usize, Vec<Vec<f32>>) {
    let side = 64 * times;
    let enlarge = |small: Vec<f32>| {
        (0..side * side)
            .map(|at| small[at / side / times * 64 + at % side / times])
            .collect()
    };
    (side, (0..count).map(|i| enlarge(galaxy(7, i).raw)).collect())
}

fn measuring(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("structure");
    for (times, count) in [(1, 200), (3, 20)] {
        let (side, pictures) = pictures(count, times);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("find", side), |bencher| {
            bencher.iter(|| {
                for picture in &pictures {
                    black_box(Light::find(side, side, picture, None));
                }
            });
        });
        let lights: Vec<Light> = pictures
            .iter()
            .filter_map(|picture| Light::find(side, side, picture, None))
            .collect();
        group.bench_function(BenchmarkId::new("measure", side), |bencher| {
            bencher.iter(|| {
                for light in &lights {
                    black_box(structure(light, &Options::default()));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, measuring);
criterion_main!(benches);
