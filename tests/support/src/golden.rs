//! The reference's own numbers.

use crate::files::{fixture, fixture_path, shared};
use crate::npz::read_npz;
use std::path::PathBuf;

/// What the reference graph made of some simulated galaxies.
pub struct Golden {
    /// `[N * 4096]`
    pub images: Vec<f32>,
    /// The encoder's output in our order: `[N, 64, 8, 8]`.
    pub z: Vec<f32>,
    /// `[N * 64]`
    pub codes: Vec<u8>,
    /// `[N * 64]`
    pub margins: Vec<f32>,
    /// `[N * 4096]`
    pub recon: Vec<f32>,
}

/// The model that made the golden numbers.
pub fn golden_model() -> PathBuf {
    fixture_path("golden/golden_model.safetensors")
}

/// The 16 committed galaxies.
pub fn golden16() -> Golden {
    let bytes = fixture("golden/golden16.safetensors");
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        let (words, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
        words.iter().map(|word| f32::from_le_bytes(*word)).collect()
    };
    Golden {
        images: floats("images"),
        z: channels_first(&floats("z")),
        codes: file.tensor("indices").unwrap().data().to_vec(),
        margins: floats("margin"),
        recon: floats("recon"),
    }
}

/// All 64 galaxies of `golden.npz`, where it is at hand.
pub fn golden64() -> Option<Golden> {
    let npz = shared("reference/golden/golden.npz")?;
    let floats = |name: &str| read_npz::<f32>(&npz, name);
    let golden = Golden {
        images: floats("images"),
        z: channels_first(&floats("z")),
        codes: read_npz::<i64>(&npz, "indices")
            .into_iter()
            .map(|code| code as u8)
            .collect(),
        margins: floats("margin"),
        recon: floats("recon"),
    };
    assert_eq!(golden.codes.len(), 4096);
    Some(golden)
}

/// From the reference's `[N, 8, 8, 64]` to ours, `[N, 64, 8, 8]`.
fn channels_first(values: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    for (galaxy, from) in values.chunks_exact(64 * 64).enumerate() {
        for position in 0..64 {
            for channel in 0..64 {
                out[(galaxy * 64 + channel) * 64 + position] = from[position * 64 + channel];
            }
        }
    }
    out
}
