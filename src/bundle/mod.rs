//! The binary format: a safetensors file of cutouts.
//!
//! | tensor | type | shape | what |
//! |---|---|---|---|
//! | `id` | i64 | N | identifiers, unique |
//! | `raw` | f32, f16 or u8 | N, 64, 64 | cutouts before the sky was cleared |
//! | `image` | as `raw` | N, 64, 64 | cutouts that the model sees |
//! | `embedding` | f64, f32 or f16 | N, D | optional: vectors that another model gave; such a file needs no pictures |
//! | `codes` | u8 | N, 64 | optional: the codes, row-major from the top left of the 8x8 grid |
//!
//! Images are row-major with the top row first, from 0 to 1. As u8 they are stored as round(255 v). The metadata (all
//! text) hold `format` = `galaxy-grove bundle`, `version` = `1`, `names` (a JSON array of N names, when they differ from
//! the ids), `scale` (`255`, with u8) and freely chosen keys such as `credit` and `source`. Python reads it with
//! `safetensors.numpy.load_file(path)`. `docs/bundle.md` tells the same at more length.
//!
//! Equal contents give equal bytes: tensors and metadata are written in a fixed order.

mod contents;
mod dtype;
mod embedding;
mod error;
mod inspect;
mod read;
mod rows;
mod stream;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use embedding::lossless;

pub use self::{
    contents::{Bundle, CODES, FORMAT, GalaxyFacts, RESERVED, VECTORS_OF, VERSION, VectorsAlone},
    dtype::Dtype,
    error::BundleError,
    inspect::{Contents, TensorEntry, inspect},
    read::{count, holds_vectors_alone, read, read_vectors},
    rows::{Rows, header_length},
    stream::{Plane, StreamError, write_rows},
    write::{vectors_alone, write, write_with},
};
