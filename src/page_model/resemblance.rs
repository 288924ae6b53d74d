//! By what galaxies are alike: their codes, or their places by the recipe `shape`.

use crate::cutout::CODES;
use crate::grouping::{GroupingError, PackedCodes, nearest, typicality};
use crate::page_model::grouped_by::GroupedBy;

/// A galaxy of a branch, and how far it is from the branch's most typical look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typical {
    /// Its row.
    pub row: usize,
    /// The mean share of the codes that differ from the other members', or the distance from the mean vector.
    pub distance: f64,
}

/// What is compared.
#[derive(Debug)]
pub enum Resemblance {
    /// Codes, `[N * 64]`, and the same packed for fast distances.
    Codes(Vec<u8>, PackedCodes),
    /// Vectors, `[N * 16]`, of the recipe `shape`, or of any other width as they came with the galaxies.
    Vectors {
        /// Row by row.
        values: Vec<f64>,
        /// Numbers of one vector.
        width: usize,
        /// By what galaxies are grouped.
        by: GroupedBy,
    },
}

impl Resemblance {
    /// Codes, `[N * 64]`.
    ///
    /// # Errors
    /// [`GroupingError`] when they are not whole rows.
    pub fn of_codes(codes: Vec<u8>) -> Result<Self, GroupingError> {
        let packed = PackedCodes::new(&codes, CODES)?;
        Ok(Self::Codes(codes, packed))
    }

    /// The numbers of one vector; 0 when codes are compared.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::Codes(..) => 0,
            Self::Vectors { width, .. } => *width,
        }
    }

    /// The codes; empty when vectors are compared.
    #[must_use]
    pub fn codes(&self) -> &[u8] {
        match self {
            Self::Codes(codes, _) => codes,
            Self::Vectors { .. } => &[],
        }
    }

    /// These galaxies, the most typical of them first.
    #[must_use]
    pub fn typical(&self, members: &[usize]) -> Vec<Typical> {
        match self {
            Self::Codes(codes, _) => typicality(codes, CODES, members)
                .into_iter()
                .map(|typical| Typical {
                    row: typical.row,
                    distance: typical.mean_distance(members.len(), CODES),
                })
                .collect(),
            Self::Vectors {
                values: vectors,
                width,
                ..
            } => {
                let width = *width;
                let vector = |row: usize| vectors.get(row * width..(row + 1) * width).unwrap_or_default();
                let mut mean = vec![0.0; width];
                for row in members {
                    for (sum, value) in mean.iter_mut().zip(vector(*row)) {
                        *sum += value / members.len() as f64;
                    }
                }
                let mut all: Vec<Typical> = members
                    .iter()
                    .map(|row| Typical {
                        row: *row,
                        distance: distance(vector(*row), &mean),
                    })
                    .collect();
                all.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.row.cmp(&b.row)));
                all
            }
        }
    }

    /// The `count` galaxies that are most similar to one, and how far they are: the share of the codes that differ, or the distance.
    #[must_use]
    pub fn nearest(&self, row: usize, count: usize) -> Vec<(usize, f64)> {
        match self {
            Self::Codes(_, packed) => nearest(packed, row, count)
                .into_iter()
                .map(|near| (near.row, near.differing as f64 / CODES as f64))
                .collect(),
            Self::Vectors {
                values: vectors,
                width,
                ..
            } => {
                let width = *width;
                let own = vectors.get(row * width..(row + 1) * width).unwrap_or_default();
                let others = vectors.chunks_exact(width.max(1)).enumerate();
                let mut all: Vec<(usize, f64)> = others
                    .filter(|(other, _)| *other != row)
                    .map(|(other, vector)| (other, distance(own, vector)))
                    .collect();
                all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                all.truncate(count);
                all
            }
        }
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f64>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::DIMENSIONS;

    #[test]
    fn vectors_near_the_mean_are_typical_and_near_ones_are_similar() {
        let mut vectors = vec![0.0; 4 * DIMENSIONS];
        for (row, x) in [0.0, 1.0, 1.5, 9.0].into_iter().enumerate() {
            vectors[row * DIMENSIONS] = x;
        }
        let resemblance = Resemblance::Vectors {
            values: vectors,
            width: DIMENSIONS,
            by: GroupedBy::Shape,
        };
        let rows: Vec<usize> = resemblance
            .typical(&[0, 1, 2])
            .iter()
            .map(|typical| typical.row)
            .collect();
        assert_eq!(rows, [1, 2, 0]);
        assert_eq!(resemblance.nearest(2, 2), [(1, 0.5), (0, 1.5)]);
    }

    #[test]
    fn codes_that_agree_are_similar() {
        let mut codes = vec![1_u8; 3 * CODES];
        codes[CODES] = 2;
        codes[2 * CODES..].fill(5);
        let resemblance = Resemblance::of_codes(codes).unwrap();
        assert_eq!(resemblance.nearest(0, 1), [(1, 1.0 / 64.0)]);
        assert_eq!(resemblance.typical(&[0, 1]).len(), 2);
    }
}
