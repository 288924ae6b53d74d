//! A set of cutouts, stored as columns.

use super::about::About;
use super::size::{PIXELS, SIDE};
use ndarray::{ArrayView3, ShapeError};

/// Why columns do not make a set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// A column's length does not fit the number of ids.
    #[error("the column `{column}` holds {found} values where {ids} galaxies need {needed}")]
    Length {
        /// The column's name in the bundle.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The number of ids.
        ids: usize,
        /// The length it must have.
        needed: usize,
    },
}

/// N cutouts as columns. Every column has one entry (or 4096, or 64) for each id, in the same order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CutoutSet {
    /// 64-bit identifiers, as SDSS gives them. `[N]`
    pub ids: Vec<i64>,
    /// A name for display, most often the file's. `[N]`
    pub names: Vec<String>,
    /// The cutouts before pixels under the sky were cleared (`img_raw` of the reference). `[N * 4096]`
    pub raw: Vec<f32>,
    /// The cutouts that the model sees (`img_1sigma` of the reference). `[N * 4096]`
    pub image: Vec<f32>,
    /// What is known of the galaxies beside their pixels. `[N]`
    pub about: Vec<About>,
}

impl CutoutSet {
    /// Checks that the columns fit together. With `names` empty, the ids serve as names.
    ///
    /// # Errors
    /// [`SetError::Length`] names the first column that does not fit.
    pub fn new(ids: Vec<i64>, names: Vec<String>, raw: Vec<f32>, image: Vec<f32>) -> Result<Self, SetError> {
        let n = ids.len();
        let names = if names.is_empty() {
            ids.iter().map(i64::to_string).collect()
        } else {
            names
        };
        let columns = [
            ("name", names.len(), n),
            ("raw", raw.len(), n * PIXELS),
            ("image", image.len(), n * PIXELS),
        ];
        for (column, found, needed) in columns {
            if found != needed {
                return Err(SetError::Length {
                    column,
                    found,
                    ids: n,
                    needed,
                });
            }
        }
        Ok(Self {
            about: vec![About::default(); n],
            ids,
            names,
            raw,
            image,
        })
    }

    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True when there is no galaxy.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The prepared image of galaxy `index`: 4096 values. Empty when there is no such galaxy.
    pub fn image_of(&self, index: usize) -> &[f32] {
        self.image
            .get(index * PIXELS..(index + 1) * PIXELS)
            .unwrap_or(&[])
    }

    /// The raw cutout of galaxy `index`: 4096 values. Empty when there is no such galaxy.
    pub fn raw_of(&self, index: usize) -> &[f32] {
        self.raw.get(index * PIXELS..(index + 1) * PIXELS).unwrap_or(&[])
    }

    /// All prepared images as an array `[N, 64, 64]`, without copying.
    ///
    /// # Errors
    /// When the column was changed to a length that does not fit the ids.
    pub fn images(&self) -> Result<ArrayView3<'_, f32>, ShapeError> {
        ArrayView3::from_shape((self.len(), SIDE, SIDE), &self.image)
    }

    /// All raw cutouts as an array `[N, 64, 64]`, without copying.
    ///
    /// # Errors
    /// As [`Self::images`].
    pub fn raws(&self) -> Result<ArrayView3<'_, f32>, ShapeError> {
        ArrayView3::from_shape((self.len(), SIDE, SIDE), &self.raw)
    }

    /// Appends one galaxy. `raw` and `image` hold 4096 values each.
    ///
    /// # Errors
    /// [`SetError::Length`] when they do not.
    pub fn push(
        &mut self,
        id: i64,
        name: String,
        raw: &[f32],
        image: &[f32],
        about: About,
    ) -> Result<(), SetError> {
        for (column, found) in [("raw", raw.len()), ("image", image.len())] {
            if found != PIXELS {
                return Err(SetError::Length {
                    column,
                    found,
                    ids: 1,
                    needed: PIXELS,
                });
            }
        }
        self.ids.push(id);
        self.names.push(name);
        self.raw.extend_from_slice(raw);
        self.image.extend_from_slice(image);
        self.about.push(about);
        Ok(())
    }

    /// Appends all galaxies of another set.
    pub fn extend(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.names.extend(other.names);
        self.raw.extend(other.raw);
        self.image.extend(other.image);
        self.about.extend(other.about);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_column_is_named() {
        let error =
            CutoutSet::new(vec![1, 2], Vec::new(), vec![0.0; PIXELS], vec![0.0; 2 * PIXELS]).unwrap_err();
        assert_eq!(
            error,
            SetError::Length {
                column: "raw",
                found: PIXELS,
                ids: 2,
                needed: 2 * PIXELS
            }
        );
    }

    #[test]
    fn ids_serve_as_names() {
        let set = CutoutSet::new(
            vec![587722952230502863],
            Vec::new(),
            vec![0.0; PIXELS],
            vec![0.5; PIXELS],
        )
        .unwrap();
        assert_eq!(set.names, ["587722952230502863"]);
        assert_eq!(set.image_of(0).len(), PIXELS);
        assert!(set.image_of(1).is_empty());
    }

    #[test]
    fn views_are_the_columns() {
        let image: Vec<f32> = (0..2 * PIXELS).map(|v| v as f32).collect();
        let set = CutoutSet::new(vec![1, 2], Vec::new(), vec![0.0; 2 * PIXELS], image).unwrap();
        assert_eq!(set.images().unwrap().dim(), (2, SIDE, SIDE));
        assert_eq!(set.images().unwrap()[[1, 2, 3]], (PIXELS + 2 * SIDE + 3) as f32);
        assert_eq!(CutoutSet::default().raws().unwrap().dim(), (0, SIDE, SIDE));
    }
}
