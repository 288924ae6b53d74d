//! Results as files: bytes and text out, bytes in; writing to disk is the caller's.
//!
//! | what | function |
//! |---|---|
//! | groups as CSV | [`groups_csv`] |
//! | how they were made, in words | [`methods_text`] |
//! | the tree as Newick | [`newick`] |
//! | the tree as SciPy's linkage | [`linkage_csv`], [`linkage_npy`] |
//! | codes as they come: FITS, NPY, safetensors, Parquet | [`FeatureSink`] |
//! | the same as the reference's FITS table in one piece | [`features_fits`] |
//! | codes from any of these | [`read_features`] |
//! | vectors of any model, from NPY and Parquet | [`read_vectors`] |
//! | groups as a FITS table | [`groups_fits`] |
//! | what files and tables say about galaxies | [`facts`] |
//! | columns as Parquet | `parquet` (command line only) |

mod csv;
mod error;
mod facts;
mod features;
mod fits;
mod fits_read;
mod id_column;
mod linkage;
mod methods;
mod newick;
mod npy;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_vectors;
mod read;
mod read_vectors;
mod sink;
mod tensors;
mod vectors;

pub use csv::{csv_field, groups_csv};
pub use error::ExportError;
pub use facts::{FactColumn, FactNumbers, facts};
pub use features::{Features, FeaturesError};
pub use fits::{FeatureFormat, features_fits, groups_fits};
pub use id_column::ID_COLUMN;
pub use linkage::{linkage_csv, linkage_npy};
pub use methods::{MethodsNote, methods_text, shape_methods_text, vector_methods_text};
pub use newick::newick;
pub use npy::read_ids_npy;
#[cfg(feature = "parquet")]
pub use parquet::{Numbers, ParquetSink, parquet};
pub use read::read_features;
pub use read_vectors::{holds_vectors, read_vectors};
pub use sink::{FeatureSink, FitsSink, NpySink, TensorSink};
pub use vectors::{VectorColumns, Vectors};
