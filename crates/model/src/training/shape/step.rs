//! One step: views, forward, loss, backward, all on fixed lanes, so that the result does not depend on the number of cores.

use super::contrast::contrast;
use super::encoder::{Activations, Encoder};
use super::parameters::Tensors;
use super::pooling::{Pooled, Pooling, Terms};
use super::settings::ShapeSettings;
use super::views::view;
use galaxy_grove::cutout::CODES;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Lanes of a step. Each sums its own gradients; sums are added in the order of the lanes.
const LANES: usize = 16;

/// Views that go through the encoder together: their patches fit a core's cache.
const TOGETHER: usize = 4;

/// What a step gives.
#[derive(Clone, Debug)]
pub struct StepResult {
    /// The gradients of all tensors.
    pub gradients: Tensors,
    /// InfoNCE.
    pub contrast: f64,
    /// The share of the views whose partner is the most similar of all.
    pub found: f64,
    /// The mean squared distance of a vector's number to its code's.
    pub quantisation: f64,
    /// The exponential of the entropy of the codes' mean use: as if so many were used alike.
    pub perplexity: f64,
    /// The whole loss.
    pub loss: f64,
}

struct Lane {
    activations: Vec<Activations>,
    pooled: Vec<Pooled>,
}

/// Views of cutouts: all first ones, then all second ones.
pub fn views(cutouts: &[&[f32]], seed: u64, step: u64) -> Vec<Vec<f32>> {
    (0..2 * cutouts.len())
        .into_par_iter()
        .map(|at| {
            let mut random = ChaCha8Rng::seed_from_u64(seed ^ 0x7649_6577);
            random.set_stream(step * 65_536 + at as u64);
            cutouts
                .get(at % cutouts.len())
                .map_or_else(Vec::new, |cutout| view(cutout, &mut random))
        })
        .collect()
}

/// The loss of a batch of views and its gradients.
pub fn gradients(weights: &Tensors, views: &[Vec<f32>], settings: &ShapeSettings) -> StepResult {
    let sizes = weights.sizes;
    let count = views.len();
    let per_lane = count.div_ceil(LANES).max(1);
    let lanes: Vec<Lane> = views
        .par_chunks(per_lane)
        .map(|lane| {
            let mut encoder = Encoder::new(weights);
            let mut pooling = Pooling::new(sizes, weights.codebook());
            let activations: Vec<Activations> = lane
                .chunks(TOGETHER)
                .map(|part| encoder.forward(part.concat()))
                .collect();
            let pooled = activations
                .iter()
                .flat_map(|part| part.vectors.chunks_exact(CODES * sizes.embedding_dim))
                .map(|vectors| pooling.forward(vectors))
                .collect();
            Lane { activations, pooled }
        })
        .collect();
    let all = || lanes.iter().flat_map(|lane| &lane.pooled);
    let features: Vec<f32> = all().flat_map(|pooled| &pooled.features).copied().collect();
    let places = (count * CODES) as f32;
    let mut mean_use = vec![0.0_f32; sizes.codes];
    for pooled in all() {
        for (sum, value) in mean_use.iter_mut().zip(&pooled.use_of_codes) {
            *sum += value / places;
        }
    }
    let mut sums = Tensors::zeros(sizes);
    let contrasted = contrast(weights, &features, &mut sums);
    // d (m ln(m + e)) / dm, and m is the mean over all places.
    let use_gradient: Vec<f32> = mean_use
        .iter()
        .map(|m| settings.entropy * ((m + 1e-9).ln() + m / (m + 1e-9)) / places)
        .collect();
    let terms = Terms {
        commitment: settings.commitment,
        views: count,
    };
    let feature_rows: Vec<&[f32]> = contrasted.features.chunks_exact(sizes.features()).collect();
    let lane_sums: Vec<Tensors> = lanes
        .par_iter()
        .zip(feature_rows.par_chunks(per_lane))
        .map(|(lane, rows)| {
            let mut sums = Tensors::zeros(sizes);
            let place = sums.codebook_place();
            let mut codebook = vec![0.0; weights.codebook().len()];
            let mut encoder = Encoder::new(weights);
            let mut pooling = Pooling::new(sizes, weights.codebook());
            for (part, rows) in lane.activations.iter().zip(rows.chunks(TOGETHER)) {
                let mut back = Vec::new();
                let vectors = part.vectors.chunks_exact(CODES * sizes.embedding_dim);
                for (vectors, row) in vectors.zip(rows) {
                    pooling.backward(vectors, row, &use_gradient, &terms, &mut back, &mut codebook);
                }
                encoder.backward(part, &back, &mut sums);
            }
            if let Some(values) = sums.values.get_mut(place) {
                *values = codebook;
            }
            sums
        })
        .collect();
    for lane in &lane_sums {
        sums.add(lane);
    }
    let distance: f64 = all().map(|pooled| pooled.distance).sum();
    let quantisation = distance / (count * CODES * sizes.embedding_dim) as f64;
    let negative_entropy: f64 = mean_use
        .iter()
        .map(|m| f64::from(*m) * (f64::from(*m) + 1e-9).ln())
        .sum();
    StepResult {
        gradients: sums,
        contrast: contrasted.loss,
        found: contrasted.found,
        quantisation,
        perplexity: (-negative_entropy).exp(),
        loss: contrasted.loss
            + (1.0 + f64::from(settings.commitment)) * quantisation
            + f64::from(settings.entropy) * negative_entropy,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parameters::Sizes;
    use super::*;
    use galaxy_grove::cutout::simulate::galaxy;

    fn small() -> ShapeSettings {
        ShapeSettings {
            batch: 4,
            entropy: 0.3,
            sizes: Sizes {
                channels: [4, 5, 6],
                residual_hidden: 3,
                residual_layers: 2,
                embedding_dim: 4,
                codes: 6,
            },
            ..ShapeSettings::default()
        }
    }

    fn batch(galaxies: usize) -> Vec<Vec<f32>> {
        let images: Vec<Vec<f32>> = (0..galaxies).map(|id| galaxy(7, id).image).collect();
        let rows: Vec<&[f32]> = images.iter().map(Vec::as_slice).collect();
        views(&rows, 1, 0)
    }

    /// The gradient of every tensor, along itself, is the slope of the loss. (The commitment term moves the vectors alone, the codebook term
    /// the codes alone.)
    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let (settings, batch) = (small(), batch(4));
        let mut weights = Tensors::random(settings.sizes, 3);
        // Fresh weights hardly tell views apart: larger ones give slopes above the rounding.
        weights
            .values
            .iter_mut()
            .flatten()
            .for_each(|value| *value *= 2.5);
        let result = gradients(&weights, &batch, &settings);
        for (at, (name, _)) in settings.sizes.tensors().iter().enumerate() {
            let gradient = &result.gradients.values[at];
            let length = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
            assert!(length > 0.0, "{name}");
            let moved = |by: f64| {
                let mut weights = weights.clone();
                for (value, g) in weights.values[at].iter_mut().zip(gradient) {
                    *value += (by * f64::from(*g) / length) as f32;
                }
                let result = gradients(&weights, &batch, &settings);
                let weight = if name == "vq_layer/embedding" { 1.0 } else { 0.25 };
                result.contrast + weight * result.quantisation - 0.3 * result.perplexity.ln()
            };
            let slope = (moved(2e-3) - moved(-2e-3)) / 4e-3;
            assert!(
                (slope - length).abs() < 0.03 * length + 3e-4,
                "{name}: slope {slope}, gradient {length}"
            );
        }
    }

    #[test]
    fn the_same_batch_gives_the_same_bits_whatever_the_number_of_cores() {
        let (settings, batch) = (small(), batch(20));
        let weights = Tensors::random(settings.sizes, 3);
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| gradients(&weights, &batch, &settings).gradients)
        };
        assert_eq!(with(1), with(3));
    }
}
