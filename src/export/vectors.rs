//! Vectors of galaxies that any model made.

use super::features::FeaturesError;

/// What a reader should look for in a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VectorColumns<'a> {
    /// The column with the vectors, where there are several.
    pub vectors: Option<&'a str>,
    /// The column with the ids, where it has no usual name.
    pub ids: Option<&'a str>,
}

/// Vectors of galaxies: embeddings of any model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// 64-bit identifiers, `[N]`; `None` when the file has none.
    pub ids: Option<Vec<i64>>,
    /// Numbers, row-major. `[N * width]`
    pub values: Vec<f64>,
    /// Numbers of one galaxy.
    pub width: usize,
    /// What they are called in the file, for messages.
    pub column: String,
}

impl Vectors {
    /// The number of galaxies.
    #[must_use]
    pub fn galaxies(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// Makes every vector one long, so that their distances say what cosines say.
    ///
    /// # Errors
    /// [`FeaturesError::NoLength`] for a vector of zeros, which points nowhere.
    pub fn make_unit(&mut self) -> Result<(), FeaturesError> {
        for (row, vector) in self.values.chunks_exact_mut(self.width.max(1)).enumerate() {
            let length = vector.iter().map(|value| value * value).sum::<f64>().sqrt();
            if length == 0.0 {
                return Err(FeaturesError::NoLength { row: row + 1 });
            }
            vector.iter_mut().for_each(|value| *value /= length);
        }
        Ok(())
    }

    /// Refuses what has no distances.
    pub(super) fn checked(self) -> Result<Self, FeaturesError> {
        if self.width == 0 {
            return Err(FeaturesError::NoVectors { found: self.column });
        }
        let broken = self.values.iter().position(|value| !value.is_finite());
        match broken {
            Some(at) => Err(FeaturesError::NotFinite {
                column: self.column.clone(),
                row: at / self.width + 1,
            }),
            None => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_vectors_keep_their_direction() {
        let mut vectors = Vectors {
            values: vec![3.0, 4.0, 0.0, -2.0],
            width: 2,
            ..Vectors::default()
        };
        vectors.make_unit().unwrap();
        assert_eq!(vectors.values, [0.6, 0.8, 0.0, -1.0]);
        vectors.values[2..].fill(0.0);
        assert_eq!(vectors.make_unit(), Err(FeaturesError::NoLength { row: 2 }));
    }
}
