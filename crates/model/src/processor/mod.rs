//! The networks on the processor, by kernels of our own (`grove-kernels`): faster than burn's, and a tenth of the size in a browser. One galaxy goes
//! through at a time, so that what one layer leaves is still in the cache when the next one reads it. burn's networks are the twins that tests hold
//! these to.

mod decoder;
mod encoder;
mod layers;
mod whole;

pub use decoder::ProcessorDecoder;
pub use encoder::ProcessorEncoder;
pub use grove_kernels::Path;
pub use whole::ProcessorNetwork;

/// The instructions that are used on this processor, by a short name.
#[must_use]
pub fn instructions() -> &'static str {
    Path::best().name()
}
