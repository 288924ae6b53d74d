//! From distances to how much two galaxies belong together (McInnes, Healy & Melville 2018, arXiv:1802.03426, section 3.1).

use super::near::Near;
use std::collections::BTreeMap;

/// Two galaxies, and how much they belong together, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub a: u32,
    pub b: u32,
    pub weight: f64,
}

/// The width of a galaxy's neighbourhood is not below this share of its mean distance.
const NARROWEST: f64 = 1e-3;

/// The distance of the nearest other that is not at 0, and the scale at which the neighbours' memberships sum up to log2 of their number,
/// the galaxy itself among them.
fn scale(distances: &[f64]) -> (f64, f64) {
    let nearest = distances.iter().copied().find(|d| *d > 0.0).unwrap_or(0.0);
    let wanted = libm::log2((distances.len() + 1) as f64);
    let sum = |scale: f64| -> f64 {
        let member = |d: &f64| {
            if *d > nearest {
                libm::exp(-(d - nearest) / scale)
            } else {
                1.0
            }
        };
        distances.iter().map(member).sum()
    };
    let (mut low, mut high, mut middle) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..64 {
        let found = sum(middle);
        if (found - wanted).abs() < 1e-5 {
            break;
        }
        if found > wanted {
            high = middle;
            middle = 0.5 * (low + high);
        } else {
            low = middle;
            middle = if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * middle
            };
        }
    }
    let mean = distances.iter().sum::<f64>() / distances.len().max(1) as f64;
    let least = NARROWEST * mean;
    (nearest, if middle > least { middle } else { least })
}

/// The edges between neighbours, each pair twice (a, b) and (b, a), in the order of a and then b: with `p` one's membership in the other's
/// neighbourhood and `q` the other way round, the weight is `p + q - p q`.
pub(super) fn edges(near: &Near) -> Vec<Edge> {
    let mut directed: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for galaxy in 0..near.galaxies() {
        let distances: Vec<f64> = near.of(galaxy).map(|(_, d)| d).collect();
        let (nearest, scale) = scale(&distances);
        for (other, distance) in near.of(galaxy) {
            let away = distance - nearest;
            let member = if away > 0.0 && scale > 0.0 {
                libm::exp(-away / scale)
            } else {
                1.0
            };
            directed.insert((galaxy as u32, other as u32), member);
        }
    }
    let mut both: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for ((a, b), p) in &directed {
        let q = directed.get(&(*b, *a)).copied().unwrap_or(0.0);
        let weight = p + q - p * q;
        both.insert((*a, *b), weight);
        both.insert((*b, *a), weight);
    }
    both.into_iter()
        .map(|((a, b), weight)| Edge { a, b, weight })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::near_vectors;
    use super::*;

    #[test]
    fn memberships_sum_up_to_the_logarithm() {
        let distances = [0.5, 0.7, 1.0, 1.2, 2.0, 2.5, 3.0];
        let (nearest, scale) = scale(&distances);
        let sum: f64 = distances.iter().map(|d| (-(d - nearest) / scale).exp()).sum();
        assert_eq!(nearest, 0.5);
        assert!((sum - 3.0).abs() < 1e-4, "{sum}");
    }

    #[test]
    fn galaxies_that_are_the_same_belong_together_wholly() {
        let near = near_vectors(&[1.0, 1.0, 1.0, 5.0], 1, 2, &mut |_, _| {});
        let edges = edges(&near);
        let of = |a: u32, b: u32| {
            edges
                .iter()
                .find(|edge| (edge.a, edge.b) == (a, b))
                .map(|edge| edge.weight)
        };
        assert_eq!((of(0, 1), of(1, 0)), (Some(1.0), Some(1.0)));
        assert_eq!(of(3, 0), of(0, 3));
        assert!(edges.iter().all(|edge| edge.weight > 0.0 && edge.weight <= 1.0));
    }
}
