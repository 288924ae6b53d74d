//! What a bundle holds, and the names that it goes by.

use super::dtype::Dtype;
use crate::cutout::{About, CutoutSet};
use std::collections::BTreeMap;

/// The value of the metadata key `format`.
pub const FORMAT: &str = "galaxy-grove bundle";

/// The value of the metadata key `version`.
pub const VERSION: &str = "1";

/// Codes of one galaxy.
pub const CODES: usize = 64;

/// Metadata keys that `write` sets itself.
pub const RESERVED: [&str; 5] = ["about", "format", "version", "names", "scale"];

/// Name, type as safetensors spells it, shape and little-endian bytes of a tensor.
pub(super) type Tensor = (&'static str, &'static str, Vec<usize>, Vec<u8>);

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The cutouts.
    pub set: CutoutSet,
    /// 64 codes for each galaxy, if the file has them. `[N * 64]`
    pub codes: Option<Vec<u8>>,
    /// How the pixels were stored.
    pub dtype: Dtype,
    /// All metadata, those of [`RESERVED`] included.
    pub metadata: BTreeMap<String, String>,
    /// Sentences for the user.
    pub remarks: Vec<String>,
}

/// The metadata key that says which model gave the tensor `embedding`.
pub const VECTORS_OF: &str = "vectors_of";

/// Vectors of galaxies whose pictures are not in the file.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct VectorsAlone {
    /// Identifiers, all different. `[N]`
    pub ids: Vec<i64>,
    /// Names. `[N]`
    pub names: Vec<String>,
    /// The vectors, row by row. `[N * width]`
    pub values: Vec<f64>,
    /// Numbers of one vector.
    pub width: usize,
    /// Which model gave them, if the file says so.
    pub vectors_of: Option<String>,
}

/// What a bundle says of its galaxies beside their pixels; each list has one entry for each galaxy.
#[derive(Clone, Copy, Debug)]
pub struct GalaxyFacts<'a> {
    /// Identifiers, all different.
    pub ids: &'a [i64],
    /// Names.
    pub names: &'a [String],
    /// Facts.
    pub about: &'a [About],
}

/// The first identifier that appears twice.
pub(super) fn duplicate(ids: &[i64]) -> Option<i64> {
    let mut seen = std::collections::BTreeSet::new();
    ids.iter().copied().find(|id| !seen.insert(*id))
}
