//! The summary of the training galaxies that a model carries: directions, prototypes, and what is usual. No labels.

use super::super::error::TrainingError;
use super::branches::branches;
use crate::shape::{ShapeCodes, ShapeEncoder, encode};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::grouping::{Tree, TreeOrder, cut_into, ward_vectors};
use galaxy_grove::shape::{DIMENSIONS, Network, RingHistogram, Space, project};
use nalgebra::{DMatrix, SymmetricEigen};
use rayon::prelude::*;

/// Prototypes: groups of the training galaxies' Ward tree.
const PROTOTYPES: usize = 64;

/// Cuts of the branches above them towards whose groups vectors are drawn, with their weights.
const LEVELS: [(usize, f64); 4] = [(2, 1.0), (5, 1.0), (10, 0.7), (27, 0.5)];

/// The weight of the prototypes themselves.
const OWN_LEVEL: f64 = 0.3;

/// Directions that decide on the branches: with these four, random halves of the training galaxies gave the most similar cuts into 2 and
/// 5 groups (docs/science.md).
const LEADING: usize = 4;

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
    let tree =
        ward_vectors(&points, DIMENSIONS, None).map_err(|error| TrainingError::Device(error.to_string()))?;
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

/// Means of the groups of the training galaxies' tree, and for each what a vector near it is drawn to.
fn prototypes(tree: &Tree, points: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let order = TreeOrder::new(tree);
    let groups = cut_into(tree, &order, PROTOTYPES);
    let counts: Vec<f64> = groups.groups().iter().map(|group| group.len() as f64).collect();
    let mut prototypes = vec![0.0; groups.len() * DIMENSIONS];
    for (point, group) in points.chunks_exact(DIMENSIONS).zip(groups.group_of()) {
        let count = counts.get(*group).copied().unwrap_or(1.0);
        let mean = prototypes.iter_mut().skip(group * DIMENSIONS);
        for (sum, value) in mean.zip(point) {
            *sum += value / count;
        }
    }
    let few = leading(points, &prototypes);
    let mut anchors: Vec<f64> = prototypes.iter().map(|value| OWN_LEVEL * value).collect();
    for (level, weight) in LEVELS {
        for members in branches(&few, LEADING, &counts, level) {
            let all: f64 = members.iter().filter_map(|at| counts.get(*at)).sum();
            let mut mean = vec![0.0; DIMENSIONS];
            for at in &members {
                let share = counts.get(*at).copied().unwrap_or_default() / all;
                for (sum, value) in mean.iter_mut().zip(prototypes.iter().skip(at * DIMENSIONS)) {
                    *sum += share * value;
                }
            }
            for at in &members {
                for (value, mean) in anchors.iter_mut().skip(at * DIMENSIONS).zip(&mean) {
                    *value += weight * mean;
                }
            }
        }
    }
    (prototypes, anchors)
}

/// The prototypes along the leading directions, each divided by the root of the galaxies' standard deviation along it.
fn leading(points: &[f64], prototypes: &[f64]) -> Vec<f64> {
    let galaxies = (points.len() / DIMENSIONS).max(1) as f64;
    let scales: Vec<f64> = (0..LEADING)
        .map(|direction| {
            // The mean along every direction is 0.
            let values = points.iter().skip(direction).step_by(DIMENSIONS);
            let variance = values.map(|value| value * value).sum::<f64>() / galaxies;
            variance.max(1e-12).sqrt().sqrt()
        })
        .collect();
    prototypes
        .chunks_exact(DIMENSIONS)
        .flat_map(|prototype| prototype.iter().zip(&scales).map(|(value, scale)| value / scale))
        .collect()
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
