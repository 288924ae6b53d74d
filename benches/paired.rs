//! One task of ours for `cargo xtask bench --peers`, which takes turns between this program and others.
//!
//! `paired data FOLDER` writes what all work on. `paired TASK FOLDER` waits for a line, does the task, and prints the seconds of processor time that it
//! took and what came out; again for every line.

#![allow(missing_docs, clippy::panic, clippy::unwrap_used)] // a program, and only a benchmark

use galaxy_grove::checkpoint::{Weights, sha256_hex};
use galaxy_grove::cutout::{PIXELS, simulate};
use galaxy_grove::grouping::{Method, RowOrder, linkage, ward_vectors};
use galaxy_grove::shape::ShapeModel;
use grove_model::{Extractor, ShapeExtractor};
use std::io::{BufRead as _, Write as _};
use std::path::Path;

#[path = "codes.rs"]
mod codes;

/// Galaxies to encode.
const GALAXIES: usize = 512;

/// Codes and vectors to build trees of.
const LEAVES: usize = 10_000;

/// Numbers of a vector.
const WIDTH: usize = 16;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // cargo adds `--bench`.
    let named: Vec<&str> = arguments
        .iter()
        .skip(1)
        .map(String::as_str)
        .filter(|argument| *argument != "--bench")
        .collect();
    let [task, folder] = named[..] else {
        println!("nothing to do: `cargo xtask bench --peers` runs this");
        return;
    };
    let folder = Path::new(folder);
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let mut work: Box<dyn FnMut() -> Vec<u8>> = match task {
        "data" => return write_data(folder),
        "encode" => {
            let extractor = Extractor::on_processor(&weights()).unwrap();
            let images = f32s(&read("images.f32"));
            Box::new(move || {
                let parts = images.chunks(32 * PIXELS);
                parts
                    .flat_map(|part| pollster::block_on(extractor.extract(part)).unwrap().codes)
                    .collect()
            })
        }
        "shape" => {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/model/shape.safetensors");
            let model = ShapeModel::from_bytes(&std::fs::read(file).unwrap()).unwrap();
            let extractor = ShapeExtractor::on_processor(&model);
            let images = f32s(&read("images.f32"));
            Box::new(move || {
                let placed = pollster::block_on(extractor.place(&images[..64 * PIXELS])).unwrap();
                placed.into_iter().flat_map(|(galaxy, _)| galaxy.codes).collect()
            })
        }
        "ward" => {
            let codes = read("codes.u8");
            // In the order given, as SciPy takes it, and not in the reference's.
            let method = Method {
                rows: RowOrder::AsGiven,
                ..Method::default()
            };
            Box::new(move || heights(linkage(&codes, 64, method, None).unwrap().heights()))
        }
        "vectors" => {
            let vectors = f64s(&read("vectors.f64"));
            Box::new(move || heights(ward_vectors(&vectors, WIDTH, None).unwrap().heights()))
        }
        other => panic!("no task {other}"),
    };
    for line in std::io::stdin().lock().lines() {
        line.unwrap();
        let begun = processor_seconds();
        let out = work();
        let seconds = processor_seconds() - begun;
        println!("{seconds} {}", sha256_hex(&out));
        std::io::stdout().flush().unwrap();
    }
}

fn heights(heights: Vec<f64>) -> Vec<u8> {
    heights.into_iter().flat_map(f64::to_le_bytes).collect()
}

fn weights() -> Weights {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../www/model/galaxies.safetensors"
    );
    Weights::from_safetensors(&std::fs::read(file).unwrap()).unwrap()
}

/// Seconds that this thread was on a processor.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.unwrap() / 1e9
}

fn f32s(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.chunks_exact(4);
    values
        .map(|value| f32::from_le_bytes(value.try_into().unwrap()))
        .collect()
}

fn f64s(bytes: &[u8]) -> Vec<f64> {
    let values = bytes.chunks_exact(8);
    values
        .map(|value| f64::from_le_bytes(value.try_into().unwrap()))
        .collect()
}

/// Simulated galaxies; codes of galaxies around some dozens of prototypes; vectors around as many places.
fn write_data(folder: &Path) {
    let write = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes).unwrap();
    let images = simulate::simulate(7, GALAXIES).image;
    write(
        "images.f32",
        images.iter().flat_map(|value| value.to_le_bytes()).collect(),
    );
    let mut draw = codes::draws();
    let codes = codes::around_prototypes(LEAVES, &mut draw);
    write("codes.u8", codes);
    let mut number = move || draw(1 << 31) as f64 / f64::from(1_u32 << 31) - 0.5;
    let falling = |at: usize| 1.0 / (1.0 + 0.4 * at as f64);
    let places: Vec<f64> = (0..40 * WIDTH)
        .map(|at| 4.0 * number() * falling(at % WIDTH))
        .collect();
    let vectors = (0..LEAVES * WIDTH).map(|at| {
        let place = places[at / WIDTH * 7919 % 40 * WIDTH + at % WIDTH];
        let noise = number() + number() + number();
        place + noise * falling(at % WIDTH)
    });
    write("vectors.f64", vectors.flat_map(f64::to_le_bytes).collect());
}
