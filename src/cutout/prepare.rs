//! From a picture to a cutout: the recipe, the same in the page and the command line.

use super::Frame;

/// The settings of the preparation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// Find, centre, crop, scale and clear. Off: the whole frame is resampled to 64x64 and its maximum set to 1.
    pub prepare: bool,
    /// Stretch linear data (FITS) with asinh first.
    pub stretch: bool,
}

impl Default for Recipe {
    fn default() -> Self {
        Self { prepare: true, stretch: true }
    }
}

/// What preparation made of a frame, with the numbers that led there.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// 64x64 values from 0 to 1, before the sky is cleared.
    pub raw: Vec<f32>,
    /// The same with pixels under sky + 1 sigma set to 0: what the model sees.
    pub image: Vec<f32>,
    /// What was cut: centre (x, y) and half side, in pixels of the frame. `None` when the frame passed untouched.
    pub square: Option<(f32, f32, f32)>,
    /// Sky level and noise, in the units of `raw`.
    pub sky: f32,
    /// Standard deviation of the sky, in the units of `raw`.
    pub sigma: f32,
    /// Sentences for the user, empty when nothing is remarkable.
    pub remarks: Vec<String>,
}

/// Why no cutout could be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PrepareError {
    /// All pixels are equal.
    #[error("every pixel has the same value: there is no galaxy to see")]
    Blank,
}

/// Makes a cutout of a frame.
///
/// # Errors
/// [`PrepareError`] says why there is none.
pub fn prepare(_frame: &Frame, _recipe: &Recipe) -> Result<Prepared, PrepareError> {
    Err(PrepareError::Blank)
}
