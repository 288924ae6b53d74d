//! Some galaxies of a stream.

use std::collections::BTreeMap;

/// Some galaxies, in the order of the input.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub ids: Vec<i64>,
    pub names: Vec<String>,
    /// As the model sees them, unless the raw ones were asked for. `[n * 4096]`
    pub images: Vec<f32>,
    /// Measures of structure, where they were asked for and taken on the galaxy's own picture; else empty.
    pub structure: Vec<BTreeMap<String, String>>,
}

/// Which of a galaxy's two images is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pixels {
    /// The one that the model sees, with the sky cleared.
    #[default]
    Model,
    /// The one before, for display.
    Raw,
}
