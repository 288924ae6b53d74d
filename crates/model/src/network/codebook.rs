//! The codebook and the search for the nearest code.

use galaxy_grove::cutout::{CODES, GRID};

/// Why a codebook cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodebookError {
    /// The values do not make rows of the stated length, or there are too few or too many rows.
    #[error(
        "a codebook of {codes} codes of {dim} numbers each holds {values} values; it needs 2 to 256 codes and codes x dim values"
    )]
    Shape {
        /// Number of codes.
        codes: usize,
        /// Length of a code's vector.
        dim: usize,
        /// Number of values at hand.
        values: usize,
    },
}

/// The vectors of all codes, in double precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    dim: usize,
    vectors: Vec<f64>,
    squares: Vec<f64>,
}

/// The nearest codes of a batch of galaxies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assignment {
    /// `[N * 64]`, row-major over the grid.
    pub codes: Vec<u8>,
    /// `[N * 64]`: squared distance to the second-best code minus that to the best. Small where another device might
    /// choose differently.
    pub margins: Vec<f32>,
}

impl Codebook {
    /// Takes `codes` rows of `dim` numbers.
    ///
    /// # Errors
    /// [`CodebookError::Shape`] when the numbers do not fit. There must be at least two codes and at most 256.
    pub fn new(codes: usize, dim: usize, values: &[f32]) -> Result<Self, CodebookError> {
        if !(2..=256).contains(&codes) || dim == 0 || values.len() != codes * dim {
            return Err(CodebookError::Shape {
                codes,
                dim,
                values: values.len(),
            });
        }
        let vectors: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let squares = vectors
            .chunks_exact(dim)
            .map(|row| row.iter().map(|v| v * v).sum())
            .collect();
        Ok(Self {
            dim,
            vectors,
            squares,
        })
    }

    /// The number of codes.
    pub fn len(&self) -> usize {
        self.squares.len()
    }

    /// Never: a codebook has at least two codes.
    pub fn is_empty(&self) -> bool {
        self.squares.is_empty()
    }

    /// The length of a code's vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Finds the nearest code of every position of `z`, which is `[N, dim, 8, 8]` row-major as the encoder gives it.
    ///
    /// The distance is the reference's `|f|^2 - 2 f.w + |w|^2`, computed in double precision; the first code wins a
    /// tie. Values that do not fill a whole galaxy at the end are ignored.
    pub fn assign(&self, z: &[f32]) -> Assignment {
        let per_galaxy = self.dim * CODES;
        let galaxies = z.len() / per_galaxy;
        let mut result = Assignment {
            codes: Vec::with_capacity(galaxies * CODES),
            margins: Vec::with_capacity(galaxies * CODES),
        };
        let mut features = vec![0.0_f64; self.dim];
        for galaxy in z.chunks_exact(per_galaxy) {
            for position in 0..CODES {
                for (feature, plane) in features.iter_mut().zip(galaxy.chunks_exact(CODES)) {
                    *feature = f64::from(plane[position]);
                }
                let (code, margin) = self.nearest(&features);
                result.codes.push(code);
                result.margins.push(margin as f32);
            }
        }
        result
    }

    /// The nearest code of every row of `rows`, which is `[M, dim]`. Rules as in [`Self::assign`].
    pub fn assign_rows(&self, rows: &[f32]) -> Vec<u8> {
        let mut features = vec![0.0_f64; self.dim];
        rows.chunks_exact(self.dim)
            .map(|row| {
                for (feature, &value) in features.iter_mut().zip(row) {
                    *feature = f64::from(value);
                }
                self.nearest(&features).0
            })
            .collect()
    }

    fn nearest(&self, features: &[f64]) -> (u8, f64) {
        let (mut best, mut first, mut second) = (0, f64::INFINITY, f64::INFINITY);
        for (code, (row, square)) in self.vectors.chunks_exact(self.dim).zip(&self.squares).enumerate() {
            let product: f64 = row.iter().zip(features).map(|(w, f)| w * f).sum();
            // |f|^2 is the same for every code: it changes neither the order nor the margin.
            let distance = square - 2.0 * product;
            if distance < first {
                (best, second, first) = (code, first, distance);
            } else if distance < second {
                second = distance;
            }
        }
        (best as u8, second - first)
    }

    /// The quantised vectors of `codes` (`[N * 64]`) as the decoder takes them: `[N, dim, 8, 8]`. A code outside the
    /// codebook gives zeros.
    pub fn quantise(&self, codes: &[u8]) -> Vec<f32> {
        let galaxies = codes.len() / CODES;
        let mut z = vec![0.0_f32; galaxies * self.dim * CODES];
        for (galaxy, grid) in z
            .chunks_exact_mut(self.dim * CODES)
            .zip(codes.chunks_exact(CODES))
        {
            for (position, &code) in grid.iter().enumerate() {
                let Some(row) = self.vectors.chunks_exact(self.dim).nth(usize::from(code)) else {
                    continue;
                };
                for (plane, value) in galaxy.chunks_exact_mut(GRID * GRID).zip(row) {
                    plane[position] = *value as f32;
                }
            }
        }
        z
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, one difference at a time.
    fn slow(codebook: &[f32], dim: usize, features: &[f32]) -> (u8, f64) {
        let mut distances: Vec<(f64, usize)> = codebook
            .chunks_exact(dim)
            .enumerate()
            .map(|(code, row)| {
                (
                    row.iter()
                        .zip(features)
                        .map(|(w, f)| f64::from(w - f) * f64::from(w - f))
                        .sum(),
                    code,
                )
            })
            .collect();
        distances.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        (distances[0].1 as u8, distances[1].0 - distances[0].0)
    }

    proptest! {
        #[test]
        fn the_nearest_code_is_the_one_of_the_definition(
            codebook in prop::collection::vec(-3i8..=3, 4 * 3),
            z in prop::collection::vec(-3i8..=3, 3 * CODES * 2),
        ) {
            // Small integers make ties, which the first code must win.
            let codebook: Vec<f32> = codebook.into_iter().map(f32::from).collect();
            let z: Vec<f32> = z.into_iter().map(f32::from).collect();
            let found = Codebook::new(4, 3, &codebook).unwrap().assign(&z);
            prop_assert_eq!(found.codes.len(), 2 * CODES);
            for galaxy in 0..2 {
                for position in 0..CODES {
                    let features: Vec<f32> = (0..3).map(|d| z[(galaxy * 3 + d) * CODES + position]).collect();
                    let (code, margin) = slow(&codebook, 3, &features);
                    let at = galaxy * CODES + position;
                    prop_assert_eq!(found.codes[at], code);
                    prop_assert!((f64::from(found.margins[at]) - margin).abs() < 1e-5);
                }
            }
        }

        #[test]
        fn quantised_codes_are_their_own_nearest(codes in prop::collection::vec(0u8..4, CODES)) {
            let values: Vec<f32> = (0..12).map(|v| (v * v) as f32).collect();
            let codebook = Codebook::new(4, 3, &values).unwrap();
            prop_assert_eq!(codebook.assign(&codebook.quantise(&codes)).codes, codes);
        }
    }

    #[test]
    fn a_ragged_codebook_is_refused() {
        assert_eq!(
            Codebook::new(16, 64, &[0.0; 100]),
            Err(CodebookError::Shape {
                codes: 16,
                dim: 64,
                values: 100
            })
        );
    }
}
