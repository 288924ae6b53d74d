//! The summary of the training galaxies that a model carries: directions, prototypes, and what is usual. No labels.

use super::super::error::TrainingError;
use crate::shape::{ShapeCodes, ShapeEncoder, encode};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::grouping::{Tree, TreeOrder, cut_into, ward_vectors};
use galaxy_grove::shape::{DIMENSIONS, Network, RingHistogram, Space, project};
use nalgebra::{DMatrix, SymmetricEigen};
use rayon::prelude::*;

/// Prototypes: groups of the training galaxies' Ward tree.
const PROTOTYPES: usize = 64;

/// Cuts of that tree towards whose groups vectors are drawn, with their weights; the prototypes themselves last.
const LEVELS: [(usize, f64); 5] = [(2, 1.0), (5, 1.0), (10, 0.7), (27, 0.5), (PROTOTYPES, 0.3)];

/// Memberships fall with the squared distance over this share of its mean.
const SOFTNESS: f64 = 0.18;

/// Steps of rank in the tables of what is usual: the last is the most unusual training galaxy.
const RANKS: usize = 1000;

/// Encodes all training galaxies (`[N * 4096]`) and sums them up. `progress(done, total)` counts galaxies.
///
/// # Errors
/// [`TrainingError::Device`] when the processor fails; [`TrainingError::TooFew`] for fewer galaxies than prototypes.
pub fn summary(
    network: &Network,
    images: &[f32],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Space, TrainingError> {
    let galaxies = images.len() / PIXELS;
    if galaxies < PROTOTYPES {
        return Err(TrainingError::TooFew {
            found: galaxies,
            training: PROTOTYPES,
        });
    }
    let encoder = ShapeEncoder::on_processor(network.clone());
    let rings = RingHistogram::new(network.codes());
    let done = std::sync::atomic::AtomicUsize::new(0);
    let parts: Vec<Vec<ShapeCodes>> = images
        .par_chunks(16 * PIXELS)
        .map(|part| {
            let found = pollster::block_on(encode(&encoder, &rings, part))
                .map_err(|error| TrainingError::Device(error.to_string()));
            let count = done.fetch_add(part.len() / PIXELS, std::sync::atomic::Ordering::Relaxed);
            progress(count, galaxies);
            found
        })
        .collect::<Result<_, _>>()?;
    let all: Vec<ShapeCodes> = parts.into_iter().flatten().collect();
    let (mean, directions) = principal(&all);
    let projected: Vec<(Vec<f64>, f64)> = all
        .iter()
        .map(|galaxy| project(&mean, &directions, &galaxy.histogram))
        .collect();
    let points: Vec<f64> = projected.iter().flat_map(|(point, _)| point).copied().collect();
    let tree = ward_vectors(&points, DIMENSIONS, None).map_err(|error| TrainingError::Device(error.to_string()))?;
    let (prototypes, anchors) = prototypes(&tree, &points);
    let nearest: Vec<f64> = points
        .par_chunks_exact(DIMENSIONS)
        .map(|point| {
            let distances = prototypes.chunks_exact(DIMENSIONS).map(|prototype| {
                let pairs = point.iter().zip(prototype);
                pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>()
            });
            distances.fold(f64::INFINITY, f64::min)
        })
        .collect();
    let spread = nearest.iter().sum::<f64>() / galaxies as f64;
    let ranks = [
        table(all.iter().map(|galaxy| galaxy.quantisation)),
        table(projected.iter().map(|(_, outside)| *outside)),
        table(nearest.iter().map(|squared| squared.sqrt())),
    ];
    Ok(Space {
        mean,
        directions,
        prototypes,
        anchors,
        softness: SOFTNESS * spread,
        ranks,
    })
}

/// The mean histogram and the directions of largest variance.
fn principal(all: &[ShapeCodes]) -> (Vec<f64>, Vec<f64>) {
    let features = all.first().map_or(0, |galaxy| galaxy.histogram.len());
    let count = all.len() as f64;
    let mut mean = vec![0.0; features];
    for galaxy in all {
        for (sum, value) in mean.iter_mut().zip(&galaxy.histogram) {
            *sum += value / count;
        }
    }
    let rows = DMatrix::from_fn(all.len(), features, |row, column| {
        let value = all.get(row).and_then(|galaxy| galaxy.histogram.get(column));
        value.copied().unwrap_or_default() - mean.get(column).copied().unwrap_or_default()
    });
    let covariance = rows.tr_mul(&rows) / count;
    let eigen = SymmetricEigen::new(covariance);
    let mut order: Vec<usize> = (0..features).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let mut directions = Vec::new();
    for at in order.into_iter().take(DIMENSIONS) {
        directions.extend(eigen.eigenvectors.column(at).iter());
    }
    directions.resize(DIMENSIONS * features, 0.0);
    (mean, directions)
}

/// Means of the tree's groups, and for each what a vector near it is drawn to.
fn prototypes(tree: &Tree, points: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let order = TreeOrder::new(tree);
    let finest = cut_into(tree, &order, PROTOTYPES);
    let mut anchors = vec![0.0; finest.len() * DIMENSIONS];
    let mut means = Vec::new();
    for (level, weight) in LEVELS {
        let groups = cut_into(tree, &order, level);
        means = (0..groups.len())
            .flat_map(|group| {
                let members = groups.members(&order, group);
                let mut mean = vec![0.0; DIMENSIONS];
                for member in members {
                    let point = points.chunks_exact(DIMENSIONS).nth(*member).unwrap_or_default();
                    for (sum, value) in mean.iter_mut().zip(point) {
                        *sum += value / members.len() as f64;
                    }
                }
                mean
            })
            .collect();
        for (prototype, anchor) in anchors.chunks_exact_mut(DIMENSIONS).enumerate() {
            let member = finest.members(&order, prototype).first().copied().unwrap_or_default();
            let group = groups.group_of().get(member).copied().unwrap_or_default();
            let mean = means.chunks_exact(DIMENSIONS).nth(group).unwrap_or_default();
            for (value, mean) in anchor.iter_mut().zip(mean) {
                *value += weight * mean;
            }
        }
    }
    // The last level is that of the prototypes.
    (means, anchors)
}

/// The values at equal steps of rank.
fn table(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_unstable_by(f64::total_cmp);
    let last = all.len().saturating_sub(1);
    (0..RANKS)
        .filter_map(|step| all.get(step * last / (RANKS - 1)).copied())
        .collect()
}
