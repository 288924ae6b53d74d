//! From quantised vectors back to images.

use super::layers::ResidualStack;
use burn::module::Module;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::{Tensor, activation::relu};

/// One convolution, the residual stack, and three transposed convolutions.
#[derive(Module, Debug)]
pub struct Decoder {
    pub(crate) dec_1: Conv2d,
    pub(crate) residuals: ResidualStack,
    pub(crate) dec_2: ConvTranspose2d,
    pub(crate) dec_3: ConvTranspose2d,
    pub(crate) dec_4: ConvTranspose2d,
}

impl Decoder {
    /// `[N, embedding_dim, 8, 8]` vectors to `[N, 1, 64, 64]` images. The output is linear: it may leave 0 to 1.
    pub fn forward(&self, quantised: Tensor<4>) -> Tensor<4> {
        let h = self.residuals.forward(self.dec_1.forward(quantised));
        let h = relu(self.dec_2.forward(h));
        let h = relu(self.dec_3.forward(h));
        self.dec_4.forward(h)
    }
}
