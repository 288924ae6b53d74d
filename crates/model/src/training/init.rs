//! Sonnet's initial weights.

use galaxy_grove::checkpoint::{Architecture, WeightTensor, Weights, WeightsError};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Fresh weights as Sonnet 1.34 draws them, from a seed of ours (the reference is unseeded):
///
/// - kernels: normal with standard deviation `1 / sqrt(height width channels_in)`, redrawn beyond two of it;
/// - biases: zero;
/// - the codebook: uniform within `sqrt(3 / dimensions)`.
///
/// # Errors
/// [`WeightsError`] when the sizes make no network.
pub fn initial_weights(architecture: &Architecture, seed: u64) -> Result<Weights, WeightsError> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut tensors = BTreeMap::new();
    for (name, shape) in architecture.expected() {
        let count = shape.iter().product();
        let values = match *shape.as_slice() {
            [first, second, height, width] => {
                // Ours are [out, in, ..], and [in, out, ..] for transposed kernels.
                let channels_in = if is_transposed(&name) { first } else { second };
                let deviation = 1.0 / ((height * width * channels_in) as f64).sqrt();
                (0..count)
                    .map(|_| (deviation * truncated_normal(&mut random)) as f32)
                    .collect()
            }
            [_, dimensions] => {
                let most = (3.0 / dimensions as f64).sqrt();
                (0..count)
                    .map(|_| (most * (2.0 * random.random::<f64>() - 1.0)) as f32)
                    .collect()
            }
            _ => vec![0.0; count],
        };
        tensors.insert(name, WeightTensor { shape, values });
    }
    Weights::new(tensors)
}

/// Whether a kernel belongs to a transposed convolution.
pub(super) fn is_transposed(name: &str) -> bool {
    ["decoder/dec_2", "decoder/dec_3", "decoder/dec_4"]
        .iter()
        .any(|scope| name.starts_with(scope))
}

/// A standard normal number, drawn again until it is within two standard deviations (Box & Muller 1958).
fn truncated_normal(random: &mut ChaCha8Rng) -> f64 {
    loop {
        // Never 0, whose logarithm is not finite.
        let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
        let value = radius * (std::f64::consts::TAU * random.random::<f64>()).cos();
        if value.abs() <= 2.0 {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation(values: &[f32]) -> f64 {
        let n = values.len() as f64;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        (values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / n).sqrt()
    }

    #[test]
    fn weights_have_the_spread_that_sonnet_gives_them() {
        let weights = initial_weights(&Architecture::PUBLISHED, 1).unwrap();
        // METHOD: the nominal deviation of each; what is left after truncation at two is 0.8796 of it.
        for (name, nominal) in [
            ("encoder/enc_2", 0.03125),
            ("encoder/enc_3", 0.022_097_1),
            ("encoder/enc_4", 0.029_462_8),
            ("encoder/res1x1_0", 0.176_776_7),
            ("to_vq", 0.088_388_3),
            ("decoder/dec_1", 0.041_666_7),
            ("decoder/dec_2", 0.022_097_1),
            ("decoder/dec_3", 0.022_097_1),
        ] {
            let kernel = &weights.get(&format!("{name}/w")).unwrap().values;
            let found = deviation(kernel) / nominal;
            assert!((found - 0.8796).abs() < 0.03, "{name}: {found}");
            let largest = kernel.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
            assert!(f64::from(largest) <= 2.0 * nominal + 1e-6, "{name}: {largest}");
            let bias = &weights.get(&format!("{name}/b")).unwrap().values;
            assert!(bias.iter().all(|&v| v == 0.0));
        }
        let codebook = weights.codebook();
        let most = codebook.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        assert!((0.21..=0.216_506_36).contains(&most), "{most}");
        assert!((deviation(codebook) / 0.125 - 1.0).abs() < 0.05);
    }

    #[test]
    fn a_seed_gives_the_same_weights_and_another_seed_others() {
        let draw = |seed| initial_weights(&Architecture::PUBLISHED, seed).unwrap();
        assert_eq!(draw(5), draw(5));
        assert_ne!(draw(5), draw(6));
    }
}
