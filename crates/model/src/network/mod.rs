//! The network: encoder, decoder, and the loading of its weights.

mod codebook;
mod decoder;
mod encoder;
mod layers;
mod load;
mod model;

pub use codebook::{Assignment, Codebook, CodebookError};
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use layers::ResidualStack;
pub use load::{LoadError, load};
pub use model::VqVae;
