//! The networks of Galaxy Grove: in burn, which no other crate names, and on the processor by kernels of our own.
//!
//! burn serves graphics processors, in the browser and natively, and training; our kernels serve the processor, natively and in WebAssembly, and tests hold
//! them to burn's networks. The shapes are those of Cheng et al. 2021 (arXiv:2009.11932), which follow Sonnet's VQ-VAE example
//! (van den Oord et al. 2017, arXiv:1711.00937).
//!
//! | module | what it holds |
//! |---|---|
//! | [`network`] | encoder, decoder, loading of weights |
//! | [`extraction`] | codes of cutouts, nearest codes, the known-answer test |
//! | `processor` | both networks on the processor, by our own kernels (feature `processor`, without burn) |
//! | `queue` | one thread that keeps a graphics processor busy (feature `gpu`) |
//! | [`shape`] | the network of the recipe for shape, in whole numbers |
//! | `training` | losses, gradients, Adam, the loop (feature `training`) |
//!
//! # Examples
//! From cutouts `[N * 4096]` to codes `[N * 64]`, with the model that is shipped:
#![cfg_attr(feature = "flex", doc = "```")]
#![cfg_attr(not(feature = "flex"), doc = "```ignore")]
//! use galaxy_grove::checkpoint::weights::Weights;
//! use galaxy_grove::cutout::simulate::galaxy;
//! use grove_model::{Extractor, device, load};
//!
//! let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/model/galaxies.safetensors"))?;
//! let device = device::processor();
//! let (network, codebook) = load(&Weights::from_safetensors(&file)?, &device)?;
//! let extractor = Extractor::new(network, codebook, device);
//!
//! let images = [galaxy(1, 0).image, galaxy(1, 1).image].concat();
//! let found = pollster::block_on(extractor.extract(&images))?;
//! assert_eq!(found.codes.len(), 2 * 64);
//! assert!(found.codes.iter().all(|&code| code < 16));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "burn")]
pub mod device;
pub mod extraction;
pub mod network;
#[cfg(feature = "processor")]
pub mod processor;
#[cfg(feature = "queue")]
pub mod queue;
pub mod shape;
#[cfg(feature = "training")]
pub mod training;

pub use extraction::{ExtractError, Extractor, KnownAnswer, KnownAnswerError, KnownAnswerReport};
pub use network::{Assignment, Codebook, CodebookError, LoadError};
#[cfg(feature = "burn")]
pub use network::{Decoder, Encoder, ResidualStack, VqVae, load};
pub use shape::{ShapeCodes, ShapeEncoder, ShapeExtractor};
