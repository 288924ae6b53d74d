//! Why weights do not make a network.

use super::codebook::CodebookError;

/// Why weights do not make a network.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A tensor is not there.
    #[error("the model has no tensor `{0}`")]
    Missing(String),
    /// A tensor has another number of dimensions than its layer needs.
    #[error("the tensor `{name}` has the shape {found:?} where {rank} dimensions are needed")]
    Rank {
        /// The tensor's name.
        name: String,
        /// Its shape.
        found: Vec<usize>,
        /// The number of dimensions needed.
        rank: usize,
    },
    /// The codebook cannot be used.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
}
