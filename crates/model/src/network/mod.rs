//! The network: encoder, decoder, and the loading of its weights. All but the codebook is burn's (feature `burn`).

mod codebook;
#[cfg(feature = "burn")]
mod decoder;
#[cfg(feature = "burn")]
mod encoder;
mod error;
#[cfg(feature = "burn")]
mod layers;
#[cfg(feature = "burn")]
mod load;
#[cfg(feature = "burn")]
mod model;
mod named;

pub use codebook::{Assignment, Codebook, CodebookError};
pub use error::LoadError;
pub use named::codebook;
#[cfg(feature = "burn")]
pub use {decoder::Decoder, encoder::Encoder, layers::ResidualStack, load::load, model::VqVae};
