//! The residual stack that encoder and decoder share.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Tensor, activation::relu};

/// One residual block: `h + conv1x1(relu(conv3x3(relu(h))))`.
///
/// The first ReLU works on a copy: the skip adds `h` itself.
#[derive(Module, Debug)]
pub struct ResidualBlock {
    pub(crate) conv3x3: Conv2d,
    pub(crate) conv1x1: Conv2d,
}

/// Residual blocks one after another, then a ReLU. The shape stays `[N, hidden, 8, 8]`.
#[derive(Module, Debug)]
pub struct ResidualStack {
    pub(crate) blocks: Vec<ResidualBlock>,
}

impl ResidualStack {
    /// `[N, hidden, H, W]` to the same shape.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let sum = self.blocks.iter().fold(input, |h, block| {
            let inner = block.conv3x3.forward(relu(h.clone()));
            h + block.conv1x1.forward(relu(inner))
        });
        relu(sum)
    }
}
