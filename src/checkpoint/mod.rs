//! From a TensorFlow checkpoint to weights that any backend can load.
//!
//! Three layers, each of use without the next; bytes in, values out, no disk and no tensor library:
//!
//! | module | what it knows |
//! |---|---|
//! | [`table`], [`table_writer`] | LevelDB's sorted table, the container of a checkpoint's `.index` |
//! | [`bundle`], [`bundle_writer`] | TensorFlow's "tensor bundle" (checkpoint format V2): names, types, shapes, where the bytes lie |
//! | [`architecture`], [`weights`], [`model_file`], [`manifest`] | the 35 tensors of the VQ-VAE, our layout of them, the model file and its manifest |
//!
//! ```
//! use galaxy_grove::checkpoint::{NewTensor, TensorBundle, write_bundle};
//!
//! let (index, data) = write_bundle(&[NewTensor { name: "w", shape: &[2], values: &[0.5, 1.5] }])?;
//! let bundle = TensorBundle::open(&index)?;
//! assert_eq!(bundle.read_f32("w", &data)?, [0.5, 1.5]);
//! # Ok::<(), galaxy_grove::checkpoint::CheckpointError>(())
//! ```

pub mod architecture;
pub mod bundle;
pub mod bundle_writer;
mod data_type;
pub mod error;
pub mod manifest;
mod metadata;
pub mod model_file;
mod onnx;
mod proto;
pub mod table;
pub mod table_writer;
pub mod weights;
mod wire;

pub use architecture::{Architecture, Mismatch, Misshapen};
pub use bundle::{TensorBundle, TensorEntry, shard_file_name};
pub use bundle_writer::{NewTensor, write_bundle, write_sharded};
pub use data_type::DataType;
pub use error::CheckpointError;
pub use manifest::{Manifest, ManifestError, TensorSummary, Training, sha256_hex};
pub use metadata::Metadata;
pub use model_file::Precision;
pub use onnx::to_onnx;
pub use weights::{Plan, WeightTensor, Weights, WeightsError, from_tf_layout, to_tf_layout};
