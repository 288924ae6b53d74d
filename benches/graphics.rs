//! What a graphics processor gives: its codes beside the processor's, and how many galaxies a second it takes.
//!
//! `cargo bench -p grove-model --features gpu --bench graphics`; it needs no data.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use galaxy_grove::checkpoint::Weights;
use galaxy_grove::cutout::{CODES, PIXELS, simulate};
use galaxy_grove::shape::ShapeModel;
use grove_model::queue::DeviceQueue;
use grove_model::{Extractor, ShapeExtractor, device, load};
use pollster::block_on;
use rayon::prelude::*;
use std::time::Instant;

/// Galaxies whose codes are compared: 64,000 codes.
const COMPARED: usize = 1000;

fn main() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/model");
    // A built benchmark that was carried to another machine finds the models in the folder that it is given.
    let folder = std::env::args()
        .skip(1)
        .find(|word| word.starts_with('/'))
        .unwrap_or(folder.to_owned());
    let read = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    let opened = device::graphics().unwrap();
    println!("{}, software: {}", opened.name, opened.is_software);
    let count = if opened.is_software { 64 } else { COMPARED };
    let images: Vec<f32> = simulate::simulate(1, count).image;
    let queue = DeviceQueue::start().unwrap();

    let weights = Weights::from_safetensors(&read("galaxies.safetensors")).unwrap();
    let (network, codebook) = load(&weights, &opened.device).unwrap();
    let graphics = Extractor::queued(network, codebook, opened.device.clone(), queue.clone());
    let processor = Extractor::on_processor(&weights).unwrap();
    compare(&graphics, &processor, &images);

    let model = ShapeModel::from_bytes(&read("shape.safetensors")).unwrap();
    let shape = ShapeExtractor::queued(&model, opened.device.clone(), queue);
    let shape_processor = ShapeExtractor::on_processor(&model);
    let some = &images[..images.len().min(256 * PIXELS)];
    let place = |extractor: &ShapeExtractor, images: &[f32]| block_on(extractor.place(images)).unwrap();
    let on_processor: Vec<_> = some
        .par_chunks(4 * PIXELS)
        .flat_map(|part| place(&shape_processor, part))
        .collect();
    let same = place(&shape, some) == on_processor;
    println!(
        "shape: {} galaxies, vectors and codes the processor's: {same}",
        some.len() / PIXELS
    );

    if opened.is_software {
        return;
    }
    for batch in [32, 64, 128, 256, 512, 1024] {
        let parts = 16 * 1024 / batch;
        let input = images.repeat((batch * PIXELS).div_ceil(images.len()));
        let input = &input[..batch * PIXELS];
        rate(&format!("reference, {batch} together"), batch * parts, || {
            (0..parts).into_par_iter().for_each(|_| {
                block_on(graphics.extract(input)).unwrap();
            });
        });
        rate(
            &format!("reference without the search, {batch} together"),
            batch * parts,
            || {
                (0..parts).into_par_iter().for_each(|_| {
                    block_on(graphics.encode(input)).unwrap();
                });
            },
        );
    }
    for batch in [32, 64] {
        let parts = 4096 / batch;
        rate(&format!("shape, {batch} a thread"), batch * parts, || {
            (0..parts).into_par_iter().for_each(|part| {
                let from = part * batch % (COMPARED - batch);
                place(&shape, &images[from * PIXELS..(from + batch) * PIXELS]);
            });
        });
    }
    rate("reference on the processor", 4096, || {
        (0..256).into_par_iter().for_each(|_| {
            block_on(processor.extract(&images[..16 * PIXELS])).unwrap();
        });
    });
    rate("shape on the processor", 1024, || {
        (0..64).into_par_iter().for_each(|_| {
            place(&shape_processor, &images[..16 * PIXELS]);
        });
    });
}

/// Codes of both, the largest difference of the encoders' values, and the margins that decide.
fn compare(graphics: &Extractor, processor: &Extractor, images: &[f32]) {
    let encode = |extractor: &Extractor, part: &[f32]| block_on(extractor.encode(part)).unwrap();
    let ours: Vec<f32> = images
        .par_chunks(16 * PIXELS)
        .flat_map(|part| encode(processor, part))
        .collect();
    let theirs: Vec<f32> = images
        .chunks(100 * PIXELS)
        .flat_map(|part| encode(graphics, part))
        .collect();
    let apart = ours
        .iter()
        .zip(&theirs)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    let largest = ours.iter().map(|value| value.abs()).fold(0.0, f32::max);
    let (a, b) = (
        processor.codebook().assign(&ours),
        processor.codebook().assign(&theirs),
    );
    let differ: Vec<usize> = (0..a.codes.len())
        .filter(|at| a.codes[*at] != b.codes[*at])
        .collect();
    let margins: Vec<f32> = differ
        .iter()
        .map(|at| a.margins[*at].max(b.margins[*at]))
        .collect();
    let moved = a
        .margins
        .iter()
        .zip(&b.margins)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    println!(
        "reference: {} codes, {} differ, at margins {margins:?}; values differ by up to {apart:e} (largest {largest}), margins by up to {moved:e}",
        a.codes.len(),
        differ.len()
    );
    for limit in [1e-5, 1e-4, 1e-3, 1e-2] {
        let close = |part: &&[f32]| part.iter().any(|margin| *margin < limit);
        let galaxies = a.margins.chunks_exact(CODES).filter(close).count();
        println!("  galaxies with a margin below {limit:e}: {galaxies}");
    }
}

/// The second of two runs: the first compiles and tunes.
fn rate(what: &str, galaxies: usize, work: impl Fn()) {
    work();
    let begun = Instant::now();
    work();
    println!(
        "{what}: {:.0} galaxies a second",
        galaxies as f64 / begun.elapsed().as_secs_f64()
    );
}
