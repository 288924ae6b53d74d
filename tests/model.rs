//! The network against the reference's own numbers: codes, encoder output, margins, reconstructions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod common;

use burn::tensor::Device;
use common::{fixture, read_npz, shared};
use galaxy_grove::checkpoint::{Manifest, TensorBundle, Weights};
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::vqvae::{Extractor, KnownAnswer, load};
use pollster::block_on;
use safetensors::SafeTensors;

fn extractor(weights: &Weights) -> Extractor {
    let (model, codebook) = load(weights, &Device::flex()).unwrap();
    Extractor::new(model, codebook, Device::flex())
}

fn floats(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let data = file.tensor(name).unwrap().data().to_vec();
    data.chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// From the reference's [N, 8, 8, dim] to ours, [N, dim, 8, 8].
fn channels_first(values: &[f32], dim: usize) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    for (galaxy, from) in values.chunks_exact(dim * CODES).enumerate() {
        for position in 0..CODES {
            for channel in 0..dim {
                out[(galaxy * dim + channel) * CODES + position] = from[position * dim + channel];
            }
        }
    }
    out
}

/// Codes equal, z and reconstruction within the tolerances that the reference's own kernels keep among themselves.
fn compare(extractor: &Extractor, images: &[f32], z: &[f32], codes: &[u8], recon: &[f32]) {
    let ours = block_on(extractor.encode(images)).unwrap();
    let z_off = largest_difference(&ours, &channels_first(z, extractor.codebook().dim()));
    assert!(z_off <= 1e-5, "z differs by {z_off}");
    let found = extractor.codebook().assign(&ours);
    assert_eq!(found.codes, codes);
    let painted = block_on(extractor.reconstruct(&found.codes)).unwrap();
    let off = largest_difference(&painted, recon);
    assert!(off <= 1e-5, "the reconstruction differs by {off}");
    println!(
        "{} codes equal, z within {z_off:.1e}, reconstruction within {off:.1e}",
        codes.len()
    );
}

#[test]
fn sixteen_galaxies_give_the_reference_codes() {
    let weights = Weights::from_safetensors(&fixture("golden/golden_model.safetensors")).unwrap();
    let bytes = fixture("golden/golden16.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let codes = file.tensor("indices").unwrap().data().to_vec();
    compare(
        &extractor(&weights),
        &floats(&file, "images"),
        &floats(&file, "z"),
        &codes,
        &floats(&file, "recon"),
    );
}

#[test]
fn margins_are_those_of_the_reference() {
    let weights = Weights::from_safetensors(&fixture("golden/golden_model.safetensors")).unwrap();
    let bytes = fixture("golden/golden16.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let found = block_on(extractor(&weights).extract(&floats(&file, "images"))).unwrap();
    let margins = floats(&file, "margin");
    // The reference works in single precision: its distances carry errors of up to 1.6e-4.
    let off = largest_difference(&found.margins, &margins);
    assert!(off < 1e-3, "margins differ by {off}");
}

#[test]
fn the_shipped_model_passes_its_known_answer_test() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/www/model/");
    let read = |name: &str| std::fs::read(format!("{root}{name}")).unwrap();
    let manifest = Manifest::from_json(&read("manifest.json")).unwrap();
    let weights = manifest.open(&read(&manifest.file)).unwrap();
    let answers = KnownAnswer::read(&read("known-answer.safetensors")).unwrap();
    let report = block_on(answers.ask(&extractor(&weights))).unwrap();
    assert_eq!((report.compared, report.wrong), (16 * 64, 0));

    // The test can fail: another model's codes are not these.
    let other = Weights::from_safetensors(&fixture("golden/golden_model.safetensors")).unwrap();
    let report = block_on(answers.ask(&extractor(&other))).unwrap();
    assert!(!report.passed(), "a foreign model passed the known-answer test");
}

#[test]
fn empty_and_ragged_input_is_answered_in_words() {
    let weights = Weights::from_safetensors(&fixture("golden/golden_model.safetensors")).unwrap();
    let extractor = extractor(&weights);
    assert!(block_on(extractor.extract(&[])).unwrap().codes.is_empty());
    assert!(block_on(extractor.extract(&vec![0.0; PIXELS + 1])).is_err());
    assert!(block_on(extractor.reconstruct(&[3; 63])).is_err());
    let error = block_on(extractor.reconstruct(&[16; 64]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("code 16"), "{error}");
}

#[test]
fn all_of_golden_npz() {
    let Some(folder) = shared("reference/golden") else {
        return;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let index = read("ckpt/model.ckpt.index");
    let shard = read("ckpt/model.ckpt.data-00000-of-00001");
    let weights = Weights::from_tf(&TensorBundle::open(&index).unwrap(), |_| Some(shard.as_slice())).unwrap();
    let npz = |name: &str| read_npz::<f32>(&folder.join("golden.npz"), name);
    let codes: Vec<u8> = read_npz::<i64>(&folder.join("golden.npz"), "indices")
        .into_iter()
        .map(|code| code as u8)
        .collect();
    assert_eq!(codes.len(), 4096);
    compare(
        &extractor(&weights),
        &npz("images"),
        &npz("z"),
        &codes,
        &npz("recon"),
    );
}
