//! How many galaxies a second the encoder takes, natively, on one core and on all.

#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros make public functions without docs

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use galaxy_grove::checkpoint::Weights;
use galaxy_grove::cutout::{PIXELS, simulate};
use galaxy_grove::shape::ShapeModel;
use grove_model::{Extractor, ShapeExtractor};
use rayon::prelude::*;
use std::hint::black_box;

/// Galaxies that one call encodes, as the page and `grove extract` do.
const BATCH: usize = 32;

fn encoder(criterion: &mut Criterion) {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../www/model/galaxies.safetensors"
    );
    let weights = Weights::from_safetensors(&std::fs::read(file).unwrap()).unwrap();
    let extractor = Extractor::on_processor(&weights).unwrap();
    let images = simulate::simulate(1, BATCH * 4).image;

    let mut group = criterion.benchmark_group("encoder");
    group.sample_size(10);
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("one core", |bench| {
        bench.iter(|| pollster::block_on(extractor.extract(black_box(&images[..BATCH * PIXELS]))).unwrap());
    });
    group.throughput(Throughput::Elements(BATCH as u64 * 4));
    group.bench_function("all cores", |bench| {
        bench.iter(|| {
            let parts = images.par_chunks(16 * PIXELS);
            parts
                .map(|part| pollster::block_on(extractor.extract(part)).unwrap().codes.len())
                .sum::<usize>()
        });
    });
    group.finish();

    // The recipe `shape`: sixteen copies of each galaxy go through its network.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/model/shape.safetensors");
    let model = ShapeModel::from_bytes(&std::fs::read(file).unwrap()).unwrap();
    let shape = ShapeExtractor::on_processor(&model);
    let mut group = criterion.benchmark_group("shape");
    group.sample_size(10);
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("one core", |bench| {
        bench.iter(|| pollster::block_on(shape.place(black_box(&images[..BATCH * PIXELS]))).unwrap());
    });
    group.finish();
}

criterion_group!(benches, encoder);
criterion_main!(benches);
