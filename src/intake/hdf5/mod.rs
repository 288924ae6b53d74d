//! HDF5: the reference layout, and images in any other.
//!
//! Contiguous, chunked or compact datasets; gzip, shuffle, Fletcher's checksum, LZF, szip, n-bit and scale-offset; all
//! superblocks, with or without a user block. Everything is read in ranges of rows, so a file may be larger than memory.

mod lzf;
mod open;
mod reference;
mod store;
mod walk;

use std::sync::Arc;

use hdf5_reader::Hdf5File;

use super::{Refusal, Source};

pub use self::{
    open::{open, open_bytes},
    reference::{Hdf5Set, NAMES, is_reference},
    store::Store,
};

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
pub fn list(source: Arc<dyn Source>) -> Result<Vec<Entry>, Refusal> {
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
