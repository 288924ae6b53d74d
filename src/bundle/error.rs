//! Why a bundle cannot be written or read.

use super::contents::VERSION;
use super::dtype::Dtype;
use crate::cutout::SetError;

/// Why a bundle cannot be written or read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BundleError {
    /// The safetensors container is damaged.
    #[error("the safetensors file is damaged or cut short ({0})")]
    Container(String),
    /// A safetensors file of something else.
    #[error("the safetensors file holds no galaxies but {0}")]
    NoBundle(String),
    /// A later version of the format.
    #[error("the bundle has version {0}; this program reads version {VERSION}")]
    Version(String),
    /// A tensor is missing.
    #[error("the bundle has no tensor `{0}`")]
    Missing(&'static str),
    /// A tensor has an unexpected type.
    #[error("the tensor `{name}` has the type {found} where {wanted} is needed")]
    Type {
        /// The tensor.
        name: &'static str,
        /// Its type.
        found: String,
        /// The type it must have.
        wanted: &'static str,
    },
    /// A tensor has an unexpected shape.
    #[error("the tensor `{name}` has the shape {found:?} where {wanted:?} is needed")]
    Shape {
        /// The tensor.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape it must have.
        wanted: Vec<usize>,
    },
    /// Columns that do not fit together.
    #[error(transparent)]
    Set(#[from] SetError),
    /// An identifier appears twice.
    #[error("two galaxies have the id {0}")]
    Duplicate(i64),
    /// The metadata key `names` is no JSON array of N texts.
    #[error("the metadata `names` are no JSON list of {0} names")]
    Names(usize),
    /// The metadata key `scale` is no positive number.
    #[error("the metadata `scale` is `{0}`, which is no positive number")]
    Scale(String),
    /// A pixel is NaN or infinite.
    #[error("the {tensor} of galaxy {id} has a value that is not finite")]
    NotFinite {
        /// `raw` or `image`.
        tensor: &'static str,
        /// The galaxy.
        id: i64,
    },
    /// A galaxy whose vector is missing or has another length.
    #[error("the vector of galaxy {id} has {found} numbers where the others have {wanted}")]
    Vector {
        /// The galaxy.
        id: i64,
        /// Its numbers; 0 where it has no vector.
        found: usize,
        /// Those of the others.
        wanted: usize,
    },
    /// A pixel cannot be stored in the chosen type.
    #[error("the {tensor} of galaxy {id} holds {value}, which does not fit {dtype}")]
    Range {
        /// `raw` or `image`.
        tensor: &'static str,
        /// The galaxy.
        id: i64,
        /// The value.
        value: f32,
        /// The chosen type.
        dtype: Dtype,
    },
    /// The metadata would be larger than safetensors allows.
    #[error("the metadata (names, credit, source) take more than 100 MB")]
    Metadata,
}

impl BundleError {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Container(_) => "download or copy it again",
            Self::NoBundle(_) => {
                "give a bundle made by `grove convert`; a model goes where models are asked for"
            }
            Self::Version(_) => "get a newer Galaxy Grove",
            Self::Duplicate(_) => "give every galaxy an id of its own",
            Self::Range { dtype: Dtype::U8, .. } => "u8 holds values from 0 to 1: choose --dtype f32 or f16",
            Self::Range { .. } => "choose --dtype f32",
            Self::NotFinite { .. } => "leave that galaxy out, or replace the value by 0",
            Self::Metadata => "give shorter names",
            Self::Vector { .. } => "give all galaxies a vector of one model, or none",
            _ => "write it as docs/bundle.md says, or make it with `grove convert`",
        }
    }
}
