//! The network: encoder, codebook, decoder, and what is needed to use a trained one.
//!
//! One implementation serves WebGPU, the CPU in WebAssembly and the CPU natively: the burn device is the only
//! difference. The shapes are those of Cheng et al. 2021 (arXiv:2009.11932), which follow Sonnet's VQ-VAE example
//! (van den Oord et al. 2017, arXiv:1711.00937).
//!
//! The search for the nearest code runs on the host ([`Codebook`]): it is a thousandth of the work, it is then the
//! same double-precision arithmetic on every device, and it gives the margin of each choice.

mod codebook;
mod decoder;
mod encoder;
mod extract;
mod known_answer;
mod layers;
mod load;
mod model;

pub use codebook::{Assignment, Codebook, CodebookError};
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use extract::{ExtractError, Extractor};
pub use known_answer::{KnownAnswer, KnownAnswerError, KnownAnswerReport};
pub use layers::ResidualStack;
pub use load::{LoadError, load};
pub use model::VqVae;

pub use crate::cutout::{CODES, GRID};
