//! How sources are looked for.

use super::deblend::Deblending;
use super::detect::Smoothing;

/// How sources are looked for.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FieldOptions {
    /// Pixels along a cell of the map of the sky. Larger than the galaxies, smaller than the unevenness of the sky.
    pub mesh: usize,
    /// What is smoothed before the threshold.
    pub smoothing: Smoothing,
    /// Light counts from this many sigma of the sky on.
    pub threshold: f32,
    /// Pixels of a source at least.
    pub area: usize,
    /// How sources that touch are separated.
    pub deblending: Deblending,
    /// Sources at most; of more, those at the bottom of the frame are left out and the field says so.
    pub most: usize,
}

impl Default for FieldOptions {
    fn default() -> Self {
        Self {
            mesh: 64,
            smoothing: Smoothing::Light,
            threshold: 1.5,
            area: 5,
            deblending: Deblending::default(),
            most: 100_000,
        }
    }
}
