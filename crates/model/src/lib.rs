//! The network of Galaxy Grove, in burn: the only crate that names burn.
//!
//! One implementation serves WebGPU, the CPU in WebAssembly and the CPU natively: the burn device is the only
//! difference. The shapes are those of Cheng et al. 2021 (arXiv:2009.11932), which follow Sonnet's VQ-VAE example
//! (van den Oord et al. 2017, arXiv:1711.00937).
//!
//! | module | what it holds |
//! |---|---|
//! | [`network`] | encoder, decoder, loading of weights |
//! | [`extraction`] | codes of cutouts, nearest codes, the known-answer test |
//! | `training` | losses, gradients, Adam, the loop (feature `training`) |

pub mod device;
pub mod extraction;
pub mod network;
#[cfg(feature = "training")]
pub mod training;

pub use extraction::{ExtractError, Extractor, KnownAnswer, KnownAnswerError, KnownAnswerReport};
pub use network::{
    Assignment, Codebook, CodebookError, Decoder, Encoder, LoadError, ResidualStack, VqVae, load,
};
