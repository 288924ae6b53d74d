//! The datasets of a file, and what it may be instead of pictures.

use super::open::open;
use crate::intake::formats::hdf5::walk;
use crate::intake::source::ReadAt;
use crate::refusal::Refusal;
use hdf5_reader::Hdf5File;
use std::sync::Arc;

/// A dataset of the file, for `grove info`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Its path.
    pub name: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Its type, in NumPy's words.
    pub dtype: String,
    /// The shape of its chunks; `None` when contiguous.
    pub chunks: Option<Vec<u32>>,
}

/// Lists all datasets, wherever in the file's groups, by name.
///
/// # Errors
/// A [`Refusal`] when the file cannot be opened.
pub fn list(source: Arc<dyn ReadAt>) -> Result<Vec<Entry>, Refusal> {
    let (found, _) = walk::datasets(&open(source)?)?;
    Ok(found
        .into_iter()
        .map(|(name, dataset)| Entry {
            name,
            shape: dataset.shape().to_vec(),
            dtype: walk::type_name(dataset.dtype()),
            chunks: dataset.chunks(),
        })
        .collect())
}

/// A better word than "no images" for files that are something else altogether.
pub fn foreign(file: &Hdf5File) -> Option<Refusal> {
    let (groups, _) = file.root_group().and_then(|root| root.member_names()).ok()?;
    groups
        .iter()
        .any(|name| name == "model_weights" || name == "layers")
        .then(|| {
            Refusal::new(
                "the HDF5 file is a Keras model, not pictures",
                "give a file with images in it",
            )
        })
}
