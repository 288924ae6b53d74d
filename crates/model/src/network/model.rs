//! The whole network as one module.

use super::decoder::Decoder;
use super::encoder::Encoder;
use burn::module::{Module, Param};
use burn::tensor::Tensor;

/// Encoder, codebook and decoder.
#[derive(Module, Debug)]
pub struct VqVae {
    /// Images to vectors.
    pub encoder: Encoder,
    /// The codebook: `[codes, embedding_dim]`, one row a code.
    pub embedding: Param<Tensor<2>>,
    /// Vectors to images.
    pub decoder: Decoder,
}
