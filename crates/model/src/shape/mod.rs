//! The network for shape on a device.
//!
//! All numbers are whole and small ([`galaxy_grove::shape::Network`]), so that single precision is exact and every device gives the same
//! codes to the last bit.

#[cfg(feature = "burn")]
mod device;
mod encoder;
mod extractor;

pub use encoder::ShapeEncoder;
pub use extractor::{KNOWN_ANSWER, ShapeCodes, ShapeExtractor, encode, known_answer};
