//! New galaxies in known groups: the nearest group of each cut, how sure that is, and the most similar galaxy.

use crate::cutout::CODES;
use crate::grouping::{Candidate, Placement};
use crate::shape::DIMENSIONS;
use crate::sorted::{RecipeName, Sorted};

/// Sorted galaxies with a margin near a new one's that say how sure its group is.
const NEIGHBOURS: usize = 200;

/// Sorted galaxies, ready to take others.
#[derive(Debug)]
pub struct Placing<'a> {
    sorted: &'a Sorted,
    cuts: Vec<Cut>,
}

/// Where a new galaxy belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedAmong {
    /// One for each cut of the sorted galaxies, in their order.
    pub groups: Vec<PlacedInto>,
    /// The row of the most similar sorted galaxy, the first of equals.
    pub nearest: usize,
    /// How far it is.
    pub nearest_distance: f64,
}

/// The group of a new galaxy in one cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedInto {
    /// The number of groups of the cut.
    pub k: usize,
    /// The nearest group, and how far its middle is.
    pub group: Candidate,
    /// The second nearest; `None` when there is one group only.
    pub runner_up: Option<Candidate>,
    /// The share of sorted galaxies with about this margin between both that were found in their own group.
    pub confidence: f64,
}

/// One cut of the sorted galaxies.
#[derive(Debug)]
struct Cut {
    k: usize,
    placement: Placement,
    /// How much nearer the own group is than the runner-up, and whether the own group was found, of every sorted galaxy; by margin.
    known: Vec<(f64, bool)>,
}

impl<'a> Placing<'a> {
    /// Tries all sorted galaxies themselves, so that confidence can be counted.
    #[must_use]
    pub fn new(sorted: &'a Sorted) -> Self {
        let cuts = sorted
            .groups
            .iter()
            .map(|(k, labels)| Cut::new(sorted, *k, labels));
        Self {
            sorted,
            cuts: cuts.collect(),
        }
    }

    /// Where a galaxy belongs: `vector` (`[16]`) counts for the recipe `shape`, `codes` (`[64]`) for `reference`.
    #[must_use]
    pub fn place(&self, vector: &[f64], codes: &[u8]) -> PlacedAmong {
        let groups = self.cuts.iter().map(|cut| {
            let (group, runner_up) = two_nearest(self.sorted.recipe, &cut.placement, vector, codes);
            PlacedInto {
                k: cut.k,
                group,
                runner_up,
                confidence: cut.confidence(margin(group, runner_up)),
            }
        });
        let (nearest, nearest_distance) = self.nearest(vector, codes);
        PlacedAmong {
            groups: groups.collect(),
            nearest,
            nearest_distance,
        }
    }

    fn nearest(&self, vector: &[f64], codes: &[u8]) -> (usize, f64) {
        let mut best = (0, f64::INFINITY);
        let mut offer = |row: usize, distance: f64| {
            if distance < best.1 {
                best = (row, distance);
            }
        };
        match self.sorted.recipe {
            RecipeName::Shape => {
                for (row, other) in self.sorted.vectors.chunks_exact(DIMENSIONS).enumerate() {
                    offer(
                        row,
                        vector.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum(),
                    );
                }
                (best.0, best.1.sqrt())
            }
            RecipeName::Reference => {
                for (row, other) in self.sorted.codes.chunks_exact(CODES).enumerate() {
                    let differing = codes.iter().zip(other).filter(|(a, b)| a != b).count();
                    offer(row, differing as f64 / CODES as f64);
                }
                best
            }
        }
    }
}

impl Cut {
    fn new(sorted: &Sorted, k: usize, labels: &[i32]) -> Self {
        let placement = sorted.placement(labels);
        let one = |(row, label): (usize, &i32)| {
            let (vector, codes) = (sorted.vector(row), sorted.codes_of(row));
            let (first, second) = two_nearest(sorted.recipe, &placement, vector, codes);
            (margin(first, second), first.group == *label)
        };
        let mut known: Vec<(f64, bool)> = labels.iter().enumerate().map(one).collect();
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { k, placement, known }
    }

    fn confidence(&self, margin: f64) -> f64 {
        let place = self.known.partition_point(|(known, _)| *known < margin);
        let most = self.known.len().saturating_sub(NEIGHBOURS);
        let first = place.saturating_sub(NEIGHBOURS / 2).min(most);
        let near = self.known.iter().skip(first).take(NEIGHBOURS);
        let right = near.clone().filter(|(_, right)| *right).count();
        right as f64 / near.count().max(1) as f64
    }
}

/// 0 when both are as near, 1 when the first is the galaxy itself or there is no second.
fn margin(first: Candidate, second: Option<Candidate>) -> f64 {
    match second {
        Some(second) if second.distance > 0.0 => 1.0 - first.distance / second.distance,
        Some(_) => 0.0,
        None => 1.0,
    }
}

fn two_nearest(
    recipe: RecipeName,
    placement: &Placement,
    vector: &[f64],
    codes: &[u8],
) -> (Candidate, Option<Candidate>) {
    match recipe {
        RecipeName::Shape => placement.two_nearest(vector),
        RecipeName::Reference => placement.two_nearest_codes(codes),
    }
}
