//! From images to the vectors that the codebook quantises.

use super::layers::ResidualStack;
use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Tensor, activation::relu};

/// Three strided convolutions, one plain one, the residual stack, and the 1x1 projection `to_vq`.
#[derive(Module, Debug)]
pub struct Encoder {
    pub(crate) enc_1: Conv2d,
    pub(crate) enc_2: Conv2d,
    pub(crate) enc_3: Conv2d,
    pub(crate) enc_4: Conv2d,
    pub(crate) residuals: ResidualStack,
    pub(crate) to_vq: Conv2d,
}

impl Encoder {
    /// `[N, 1, 64, 64]` images to `z` of `[N, embedding_dim, 8, 8]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        let h = relu(self.enc_1.forward(images));
        let h = relu(self.enc_2.forward(h));
        let h = relu(self.enc_3.forward(h));
        let h = self.enc_4.forward(h);
        self.to_vq.forward(self.residuals.forward(h))
    }
}
