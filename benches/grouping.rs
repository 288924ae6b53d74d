//! How long distances, trees, cuts and drawings take.
//!
//! The codes are drawn around a few dozen prototypes, so that ties and clusters resemble those of galaxies.

#![allow(missing_docs, clippy::unwrap_used)] // criterion's macros make public functions without docs

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use galaxy_grove::figure::{TreeFigure, tree_figure};
use galaxy_grove::grouping::linkage::ward_kodama;
use galaxy_grove::grouping::{PackedCodes, Real, TreeOrder, colour_slots, cut_into, medoids, ward_chain};
use galaxy_grove::layout::{Area, Scale, dendrogram};
use std::hint::black_box;

#[path = "codes.rs"]
mod codes;

/// N galaxies of 64 codes around 40 prototypes.
fn codes(galaxies: usize) -> Vec<u8> {
    codes::around_prototypes(galaxies, &mut codes::draws())
}

fn distances<T: Real>(galaxies: usize) -> Vec<T> {
    PackedCodes::new(&codes(galaxies), 64)
        .unwrap()
        .condensed(|share| share)
        .unwrap()
}

fn linkage_in<T: Real>(criterion: &mut Criterion, precision: &str) {
    let mut group = criterion.benchmark_group(format!("ward_{precision}"));
    group.sample_size(10);
    for galaxies in [500, 2000, 5000] {
        let ready = distances::<T>(galaxies);
        group.bench_with_input(BenchmarkId::new("chain", galaxies), &galaxies, |bench, &n| {
            bench.iter_batched_ref(
                || ready.clone(),
                |d| ward_chain(d, n, None).unwrap(),
                BatchSize::LargeInput,
            );
        });
        group.bench_with_input(BenchmarkId::new("kodama", galaxies), &galaxies, |bench, &n| {
            bench.iter_batched_ref(
                || ready.clone(),
                |d| ward_kodama(d, n).unwrap(),
                BatchSize::LargeInput,
            );
        });
    }
}

fn linkage(criterion: &mut Criterion) {
    linkage_in::<f64>(criterion, "f64");
    linkage_in::<f32>(criterion, "f32");
}

fn hamming(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hamming_f64");
    group.sample_size(10);
    for galaxies in [500, 2000, 5000] {
        let codes = codes(galaxies);
        group.bench_with_input(BenchmarkId::from_parameter(galaxies), &codes, |bench, codes| {
            bench.iter(|| {
                PackedCodes::new(codes, 64)
                    .unwrap()
                    .condensed::<f64>(|share| share)
                    .unwrap()
            });
        });
    }
}

fn cut(criterion: &mut Criterion) {
    let codes = codes(5000);
    let tree = ward_chain(&mut distances::<f64>(5000), 5000, None).unwrap();
    let order = TreeOrder::new(&tree);
    criterion.bench_function("order and colours, 5000", |bench| {
        bench.iter(|| colour_slots(&tree, &TreeOrder::new(black_box(&tree))));
    });
    criterion.bench_function("cut into 30 and its medoids, 5000", |bench| {
        bench.iter(|| medoids(&codes, 64, &order, &cut_into(&tree, &order, black_box(30))));
    });
}

fn layout(criterion: &mut Criterion) {
    let n = 20_000;
    let tree = ward_chain(&mut distances::<f32>(n), n, None).unwrap();
    let order = TreeOrder::new(&tree);
    let area = Area {
        left: 52.0,
        right: 850.0,
        top: 12.0,
        bottom: 520.0,
    };
    let scale = Scale::new(area, n, (0.0, 1.0), tree.max_height());
    for k in [9, 2_000] {
        let groups = cut_into(&tree, &order, k);
        criterion.bench_function(&format!("dendrogram, 20000 leaves, {k} groups"), |bench| {
            bench.iter(|| dendrogram(black_box(&tree), &order, &groups, &scale));
        });
    }
    let groups = cut_into(&tree, &order, 9);
    let drawing = dendrogram(&tree, &order, &groups, &scale);
    criterion.bench_function("hit test, 20000 leaves", |bench| {
        bench.iter(|| drawing.hit(black_box(400.0), black_box(300.0), 7.0));
    });
    criterion.bench_function("tree figure as SVG, 20000 leaves", |bench| {
        bench.iter(|| tree_figure(black_box(&tree), &order, &TreeFigure::default()).svg());
    });
}

criterion_group!(benches, hamming, linkage, cut, layout);
criterion_main!(benches);
