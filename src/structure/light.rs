//! A galaxy's light on a grid: its pixels above the sky, which of them are its own, and which belong to others.

use crate::cutout::prepare::sky_and_galaxy;

/// A galaxy's light.
#[derive(Clone, Debug, PartialEq)]
pub struct Light {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Values above the sky, row-major, top row first.
    pub values: Vec<f64>,
    /// Whether a pixel belongs to the galaxy.
    pub galaxy: Vec<bool>,
    /// Whether a pixel counts nowhere: it belongs to another object, or has no value.
    pub masked: Vec<bool>,
    /// Standard deviation of the sky; 0 without noise.
    pub sigma: f64,
}

impl Light {
    /// Light that is all the galaxy's, without sky or noise.
    #[must_use]
    pub fn new(width: usize, height: usize, values: Vec<f64>) -> Self {
        let count = values.len();
        Self {
            width,
            height,
            values,
            galaxy: vec![true; count],
            masked: vec![false; count],
            sigma: 0.0,
        }
    }

    /// Finds the sky and the galaxy at a place `(x, y)`, or nearest to the middle of a picture (`width * height` values; NaN where there is
    /// none), and masks what else is bright. `None` when nothing is brighter than the noise.
    #[must_use]
    pub fn find(width: usize, height: usize, pixels: &[f32], place: Option<(f64, f64)>) -> Option<Self> {
        let found = sky_and_galaxy(width, height, pixels, place)?;
        let values = pixels.iter().map(|&v| {
            if v.is_finite() {
                f64::from(v) - found.level
            } else {
                0.0
            }
        });
        let light = Self {
            width,
            height,
            values: values.collect(),
            galaxy: found.galaxy,
            masked: found.masked,
            sigma: found.sigma,
        };
        light.galaxy.contains(&true).then_some(light)
    }

    /// Whether the columns fit together.
    pub(super) fn is_whole(&self) -> bool {
        let count = self.width.checked_mul(self.height);
        [self.values.len(), self.galaxy.len(), self.masked.len()]
            .into_iter()
            .all(|length| count == Some(length) && length > 0)
            && self.values.iter().all(|value| value.is_finite())
    }

    pub(super) fn is_masked(&self, at: usize) -> bool {
        self.masked.get(at).copied().unwrap_or(true)
    }

    pub(super) fn is_galaxy(&self, at: usize) -> bool {
        self.galaxy.get(at).copied().unwrap_or(false) && !self.is_masked(at)
    }

    /// A pixel's value: 0 where it is masked or there is none.
    pub(super) fn value(&self, at: usize) -> f64 {
        if self.is_masked(at) {
            0.0
        } else {
            self.values.get(at).copied().unwrap_or(0.0)
        }
    }

    /// Columns, rows and values of the galaxy's own pixels.
    pub(super) fn own(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        (0..self.values.len()).filter(|at| self.is_galaxy(*at)).map(|at| {
            let (x, y) = (at % self.width, at / self.width);
            (x as f64, y as f64, self.value(at))
        })
    }
}
