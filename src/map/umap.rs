//! UMAP (McInnes, Healy & Melville 2018, arXiv:1802.03426): a plane on which neighbours stay together.

use super::fuzzy::{Edge, edges};
use super::near::Near;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Neighbours that a map is made from, as many as `umap-learn` takes by default, which counts the galaxy itself as the 15th.
pub const NEIGHBOURS: usize = 14;

/// `1 / (1 + A d^(2 B))` falls as a neighbourhood should whose members are at least 0.1 apart.
const A: f32 = 1.576_943_5;
const B: f32 = 0.895_060_84;

/// Random others that are pushed away for each neighbour that is pulled closer.
const PUSHED: u32 = 5;

/// The farthest that one step goes along an axis.
const LONGEST: f32 = 4.0;

/// Half the width of the start.
const START: f64 = 10.0;

/// Up to this many galaxies there are 500 rounds, above 200.
const MANY: usize = 10_000;

/// Moves galaxies from a start (x, y of each, of any scale) so that neighbours stay together. The same seed gives the same map.
/// `each(done, all)` is called after every round and may end the work early, which leaves the map as it is then.
///
/// Beside `umap-learn`: neighbours are exact, and the start is given.
#[must_use]
pub fn umap(near: &Near, start: &[f64], seed: u64, each: &mut dyn FnMut(u32, u32) -> bool) -> Vec<f32> {
    let n = near.galaxies();
    let rounds: u32 = if n <= MANY { 500 } else { 200 };
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut map = begin(start, n, &mut random);
    let mut pairs = Pairs::new(edges(near), rounds);
    for round in 0..rounds {
        let step = 1.0 - round as f32 / rounds as f32;
        pairs.round(round, step, &mut map, &mut random);
        if !each(round + 1, rounds) {
            break;
        }
    }
    map
}

/// The start, scaled, with a little noise so that no two galaxies are at one place.
fn begin(start: &[f64], n: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
    let widest = start.iter().fold(
        0.0_f64,
        |widest, v| if v.abs() > widest { v.abs() } else { widest },
    );
    let scale = if widest > 0.0 { START / widest } else { 0.0 };
    let place = |at: usize| start.get(at).copied().unwrap_or(0.0) * scale;
    let mut noise = || 1e-3 * (random.random::<f64>() - 0.5);
    (0..2 * n).map(|at| (place(at) + noise()) as f32).collect()
}

/// Pairs of neighbours, each with the rounds in which it is moved: the more the two belong together, the more often.
struct Pairs {
    edges: Vec<Edge>,
    /// Rounds from one turn to the next, and the next turn.
    every: Vec<f32>,
    next: Vec<f32>,
    /// The same for pushing others away.
    next_push: Vec<f32>,
}

impl Pairs {
    fn new(mut edges: Vec<Edge>, rounds: u32) -> Self {
        let strongest = edges.iter().fold(
            0.0_f64,
            |most, edge| if edge.weight > most { edge.weight } else { most },
        );
        // What would have no turn is left out.
        edges.retain(|edge| edge.weight * f64::from(rounds) >= strongest);
        let every: Vec<f32> = edges
            .iter()
            .map(|edge| (strongest / edge.weight) as f32)
            .collect();
        Self {
            next: every.clone(),
            next_push: every.iter().map(|every| every / PUSHED as f32).collect(),
            every,
            edges,
        }
    }

    fn round(&mut self, round: u32, step: f32, map: &mut [f32], random: &mut ChaCha8Rng) {
        let now = round as f32;
        let n = map.len() as u32 / 2;
        let turns = self.next.iter_mut().zip(&mut self.next_push).zip(&self.every);
        for (edge, ((next, next_push), every)) in self.edges.iter().zip(turns) {
            if *next > now {
                continue;
            }
            *next += every;
            let (a, b) = (edge.a as usize, edge.b as usize);
            let (dx, dy) = apart(map, a, b);
            let pull = pulled(dx * dx + dy * dy);
            shift(map, a, step, (pull * dx, pull * dy));
            shift(map, b, -step, (pull * dx, pull * dy));
            let every_push = every / PUSHED as f32;
            let pushes = ((now - *next_push) / every_push) as u32;
            for _ in 0..pushes {
                let other = random.random_range(0..n) as usize;
                let (dx, dy) = apart(map, a, other);
                let push = pushed(dx * dx + dy * dy);
                if other != a {
                    shift(map, a, step, (push * dx, push * dy));
                }
            }
            *next_push += pushes as f32 * every_push;
        }
    }
}

fn apart(map: &[f32], a: usize, b: usize) -> (f32, f32) {
    let at = |place: usize| map.get(place).copied().unwrap_or(0.0);
    (at(2 * a) - at(2 * b), at(2 * a + 1) - at(2 * b + 1))
}

fn shift(map: &mut [f32], galaxy: usize, step: f32, (dx, dy): (f32, f32)) {
    if let Some([x, y]) = map.get_mut(2 * galaxy..2 * galaxy + 2) {
        *x += step * dx.clamp(-LONGEST, LONGEST);
        *y += step * dy.clamp(-LONGEST, LONGEST);
    }
}

/// How strongly a neighbour pulls at a squared distance.
fn pulled(square: f32) -> f32 {
    if square <= 0.0 {
        return 0.0;
    }
    let power = libm::powf(square, B);
    -2.0 * A * B * power / square / (A * power + 1.0)
}

/// How strongly another one pushes at a squared distance.
fn pushed(square: f32) -> f32 {
    if square <= 0.0 {
        return 0.0;
    }
    2.0 * B / ((0.001 + square) * (A * libm::powf(square, B) + 1.0))
}

#[cfg(test)]
mod tests {
    use super::super::{near_vectors, principal, trustworthiness};
    use super::*;

    /// 300 points in 5 dimensions around 6 centres, some on a curve between two of them. `tests/fixtures/make_map.py` makes the same.
    fn points() -> Vec<f64> {
        let mut state = 7_u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..300)
            .flat_map(|i| {
                let group = i % 6;
                let along = if group == 5 { draw() } else { 0.0 };
                let noise: Vec<f64> = (0..5).map(|_| draw() + draw() + draw() - 1.5).collect();
                (0..5).map(move |d| {
                    let centre = if d == group { 4.0 } else { 0.0 };
                    let curve = match d {
                        0 => 4.0 * along,
                        1 => 4.0 * (1.0 - along),
                        2 => 6.0 * along * (1.0 - along),
                        _ => 0.0,
                    };
                    let middle = if group == 5 { curve } else { centre };
                    middle + noise[d]
                })
            })
            .collect()
    }

    /// What `umap-learn` 0.5.12 reaches on these points from the same start (15 of them, least distance 0.1): the least of five seeds.
    const UMAP_LEARN: f64 = 0.982_247_091_857_200_2;

    #[test]
    fn neighbours_stay_together_as_well_as_with_umap_learn() {
        let points = points();
        let near = near_vectors(&points, 5, NEIGHBOURS, &mut |_, _| {});
        let start = principal(&points, 5);
        let map = umap(&near, &start, 1, &mut |_, _| true);
        let found = trustworthiness(&points, 5, &map, 15);
        assert!(found > UMAP_LEARN - 0.005, "{found}");
        assert!(
            found
                > trustworthiness(
                    &points,
                    5,
                    &start.iter().map(|v| *v as f32).collect::<Vec<f32>>(),
                    15
                )
        );
        assert_eq!(map, umap(&near, &start, 1, &mut |_, _| true));
        assert_ne!(map, umap(&near, &start, 2, &mut |_, _| true));
    }

    #[test]
    fn few_or_equal_galaxies_have_a_map_too() {
        for vectors in [vec![], vec![1.0], vec![1.0, 1.0], vec![2.0; 40]] {
            let near = near_vectors(&vectors, 1, NEIGHBOURS, &mut |_, _| {});
            let map = umap(&near, &principal(&vectors, 1), 0, &mut |_, _| true);
            assert!(map.iter().all(|v| v.is_finite()), "{map:?}");
        }
    }

    #[test]
    fn work_ends_when_it_is_told() {
        let near = near_vectors(&points(), 5, NEIGHBOURS, &mut |_, _| {});
        let mut rounds = 0;
        let _ = umap(&near, &[], 0, &mut |done, _| {
            rounds = done;
            done < 3
        });
        assert_eq!(rounds, 3);
    }
}
