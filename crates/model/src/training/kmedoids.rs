//! K-medoids on a matrix of distances, written from the papers.
//!
//! The reference uses the alternating algorithm (Park & Jun 2009, doi:10.1016/j.eswa.2008.01.039) from a k-means++ start
//! (Arthur & Vassilvitskii 2007, SODA) on distances, as scikit-learn-extra does, without a seed. That finds a local
//! optimum. For batches of 32 and two clusters the best pair of all is found by trying the 496 pairs.

use super::silhouette::Distances;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// How medoids are sought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// k-medoids++ and the alternating algorithm, as the reference does: a local optimum.
    #[default]
    Alternate,
    /// The best of all pairs. For two clusters only; more are sought by [`Search::Alternate`].
    Exhaustive,
}

/// Galaxies shared out among medoids.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    /// The galaxies at the centres.
    pub medoids: Vec<usize>,
    /// For each galaxy the place of its medoid in `medoids`; the first of equally near ones.
    pub labels: Vec<usize>,
    /// The sum of the distances to the medoids.
    pub inertia: f64,
}

/// Most rounds of the alternating algorithm, as in scikit-learn-extra.
const ROUNDS: usize = 300;

/// Seeks `k` medoids. With fewer galaxies than `k`, every galaxy is one.
pub fn cluster(distances: &Distances, k: usize, search: Search, random: &mut impl Rng) -> Clustering {
    if distances.len() <= k {
        return assign(distances, (0..distances.len()).collect());
    }
    match search {
        Search::Exhaustive if k == 2 => exhaustive(distances),
        _ => alternate(distances, plus_plus(distances, k, random)),
    }
}

/// k-medoids++: the first medoid at random, each further one the best of `2 + ln k` candidates that are drawn with a
/// chance proportional to their squared distance to the nearest medoid.
pub fn plus_plus(distances: &Distances, k: usize, random: &mut impl Rng) -> Vec<usize> {
    let n = distances.len();
    if n == 0 || k == 0 {
        return Vec::new();
    }
    let candidates = 2 + (k as f64).ln() as usize;
    let mut medoids = vec![random.random_range(0..n)];
    let squares = |galaxy: usize| distances.from(galaxy).iter().map(|d| d * d);
    let mut nearest: Vec<f64> = squares(medoids[0]).collect();
    while medoids.len() < k.min(n) {
        let total: f64 = nearest.iter().sum();
        let best = (0..candidates)
            .map(|_| {
                let candidate = drawn(&nearest, random.random::<f64>() * total);
                let after: Vec<f64> = nearest
                    .iter()
                    .zip(squares(candidate))
                    .map(|(&a, b)| a.min(b))
                    .collect();
                (candidate, after.iter().sum::<f64>(), after)
            })
            .reduce(|best, other| if other.1 < best.1 { other } else { best });
        let Some((candidate, _, after)) = best else { break };
        medoids.push(candidate);
        nearest = after;
    }
    medoids
}

/// The first galaxy at which the running sum of `weights` reaches `target`.
fn drawn(weights: &[f64], target: f64) -> usize {
    let mut sum = 0.0;
    for (galaxy, weight) in weights.iter().enumerate() {
        sum += weight;
        if sum >= target {
            return galaxy;
        }
    }
    weights.len().saturating_sub(1)
}

/// From given medoids: share out the galaxies, move each medoid to the member with the least sum of distances if that
/// is strictly better, until nothing moves.
pub fn alternate(distances: &Distances, mut medoids: Vec<usize>) -> Clustering {
    for _ in 0..ROUNDS {
        let labels = assign(distances, medoids.clone()).labels;
        let before = medoids.clone();
        for (cluster, medoid) in medoids.iter_mut().enumerate() {
            let members: Vec<usize> = (0..distances.len())
                .filter(|&galaxy| labels.get(galaxy) == Some(&cluster))
                .collect();
            let cost = |galaxy: usize| {
                members
                    .iter()
                    .map(|&other| distances.get(galaxy, other))
                    .sum::<f64>()
            };
            let mut least = cost(*medoid);
            for &member in &members {
                let found = cost(member);
                if found < least {
                    (*medoid, least) = (member, found);
                }
            }
        }
        if medoids == before {
            break;
        }
    }
    assign(distances, medoids)
}

/// The pair of medoids with the least inertia; the first of equals. Fewer than two galaxies are their own medoids.
pub fn exhaustive(distances: &Distances) -> Clustering {
    let n = distances.len();
    let cost = |a: usize, b: usize| -> f64 {
        distances
            .from(a)
            .iter()
            .zip(distances.from(b))
            .map(|(x, y)| x.min(*y))
            .sum()
    };
    let mut best = None;
    for a in 0..n {
        for b in a + 1..n {
            let found = cost(a, b);
            if best.is_none_or(|(least, _, _)| found < least) {
                best = Some((found, a, b));
            }
        }
    }
    match best {
        Some((_, a, b)) => assign(distances, vec![a, b]),
        None => assign(distances, (0..n).collect()),
    }
}

/// Every galaxy to its nearest medoid.
fn assign(distances: &Distances, medoids: Vec<usize>) -> Clustering {
    let mut inertia = 0.0;
    let labels = (0..distances.len())
        .map(|galaxy| {
            let mut best = (0, f64::INFINITY);
            for (cluster, &medoid) in medoids.iter().enumerate() {
                let distance = distances.get(medoid, galaxy);
                if distance < best.1 {
                    best = (cluster, distance);
                }
            }
            inertia += best.1;
            best.0
        })
        .collect();
    Clustering {
        medoids,
        labels,
        inertia,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn batch() -> impl Strategy<Value = Distances> {
        prop::collection::vec(0u8..4, 8 * 3..8 * 20).prop_map(|codes| Distances::hamming(&codes, 8))
    }

    proptest! {
        #[test]
        fn the_best_pair_beats_every_start(distances in batch(), seed: u64) {
            let best = exhaustive(&distances);
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let found = cluster(&distances, 2, Search::Alternate, &mut random);
            prop_assert!(best.inertia <= found.inertia + 1e-12);
            // And every pair, by the definition.
            for a in 0..distances.len() {
                for b in 0..a {
                    let cost: f64 =
                        (0..distances.len()).map(|i| distances.get(i, a).min(distances.get(i, b))).sum();
                    prop_assert!(best.inertia <= cost + 1e-12);
                }
            }
        }

        #[test]
        fn the_alternating_algorithm_ends_where_nothing_moves(distances in batch(), seed: u64, k in 1usize..4) {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let start = plus_plus(&distances, k, &mut random);
            let before = assign(&distances, start.clone()).inertia;
            let found = alternate(&distances, start);
            prop_assert!(found.inertia <= before + 1e-12);
            prop_assert_eq!(alternate(&distances, found.medoids.clone()), found);
        }
    }

    #[test]
    fn few_galaxies_are_their_own_medoids() {
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let none = cluster(&Distances::hamming(&[], 4), 2, Search::Alternate, &mut random);
        assert_eq!(none.labels, [0; 0]);
        let one = cluster(
            &Distances::hamming(&[1, 2, 3, 4], 4),
            2,
            Search::Exhaustive,
            &mut random,
        );
        assert_eq!((one.medoids, one.labels), (vec![0], vec![0]));
        let equal = cluster(
            &Distances::hamming(&[7; 16], 4),
            2,
            Search::Alternate,
            &mut random,
        );
        assert_eq!(equal.labels, [0; 4]);
    }
}
