//! The network as training computes it: feature maps are matrices, convolutions are matrix products.
//!
//! A feature map of N images is `[N * side * side, channels]`, one row a pixel. It is the same function as
//! [`crate::network::VqVae`], which a test holds it to; there burn's own convolutions run on every backend, here the
//! gradients come several times faster on a processor.

use super::error::TrainingError;
use super::parameters::Parameters;
use super::patches::{Geometry, fold, unfold};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor, TensorData};
use galaxy_grove::cutout::{GRID, SIDE};
use std::collections::BTreeMap;

/// The codebook's name.
pub(super) const EMBEDDING: &str = "vq_layer/embedding";

/// The variables as tensors that gather gradients, for one step.
#[derive(Debug)]
pub struct Network {
    tensors: BTreeMap<String, Tensor<2>>,
    residual_layers: usize,
}

impl Network {
    /// Puts the variables on a device (one with automatic differentiation, if gradients are wanted).
    pub fn new(parameters: &Parameters, device: &Device, gradients: bool) -> Self {
        let tensors = parameters
            .variables
            .iter()
            .map(|(name, variable)| {
                let data = TensorData::new(variable.values.clone(), variable.matrix());
                let tensor = Tensor::from_data(data, device);
                let tensor = if gradients { tensor.require_grad() } else { tensor };
                (name.clone(), tensor)
            })
            .collect();
        Self {
            tensors,
            residual_layers: parameters.architecture.residual_layers,
        }
    }

    /// All tensors by name.
    pub fn tensors(&self) -> &BTreeMap<String, Tensor<2>> {
        &self.tensors
    }

    /// A variable.
    ///
    /// # Errors
    /// [`TrainingError::Missing`], which cannot happen for parameters made from [`galaxy_grove::checkpoint::Weights`].
    pub fn get(&self, name: &str) -> Result<Tensor<2>, TrainingError> {
        self.tensors
            .get(name)
            .cloned()
            .ok_or_else(|| TrainingError::Missing(name.to_owned()))
    }

    /// `[N * 4096, 1]` pixels to `z` of `[N * 64, dimensions]`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn encode(&self, images: Tensor<2>) -> Result<Tensor<2>, TrainingError> {
        let h = relu(self.conv(images, "encoder/enc_1", SIDE, 4)?);
        let h = relu(self.conv(h, "encoder/enc_2", SIDE / 2, 4)?);
        let h = relu(self.conv(h, "encoder/enc_3", SIDE / 4, 4)?);
        let h = self.conv(h, "encoder/enc_4", GRID, 3)?;
        let h = self.residuals(h, "encoder")?;
        self.conv(h, "to_vq", GRID, 1)
    }

    /// `[N * 64, dimensions]` vectors to `[N * 4096, 1]` pixels.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn decode(&self, quantised: Tensor<2>) -> Result<Tensor<2>, TrainingError> {
        let h = self.conv(quantised, "decoder/dec_1", GRID, 3)?;
        let h = self.residuals(h, "decoder")?;
        let h = relu(self.transposed(h, "decoder/dec_2", GRID)?);
        let h = relu(self.transposed(h, "decoder/dec_3", GRID * 2)?);
        self.transposed(h, "decoder/dec_4", GRID * 4)
    }

    /// A convolution that TensorFlow calls SAME: kernels of 4 halve the side, the others keep it.
    fn conv(
        &self,
        x: Tensor<2>,
        scope: &str,
        side: usize,
        kernel: usize,
    ) -> Result<Tensor<2>, TrainingError> {
        let [_, channels] = x.dims();
        let patches = match kernel {
            1 => x,
            _ => unfold(
                x,
                Geometry {
                    side,
                    channels,
                    kernel,
                    stride: if kernel == 4 { 2 } else { 1 },
                    padding: 1,
                },
            ),
        };
        Ok(patches.matmul(self.get(&format!("{scope}/w"))?) + self.get(&format!("{scope}/b"))?)
    }

    /// A transposed convolution that doubles the side: kernel 4, stride 2, padding 1.
    fn transposed(&self, x: Tensor<2>, scope: &str, side: usize) -> Result<Tensor<2>, TrainingError> {
        let kernel = self.get(&format!("{scope}/w"))?;
        let bias = self.get(&format!("{scope}/b"))?;
        let [_, channels] = bias.dims();
        let geometry = Geometry {
            side: side * 2,
            channels,
            kernel: 4,
            stride: 2,
            padding: 1,
        };
        Ok(fold(x.matmul(kernel.transpose()), geometry) + bias)
    }

    fn residuals(&self, input: Tensor<2>, part: &str) -> Result<Tensor<2>, TrainingError> {
        let mut h = input;
        for layer in 0..self.residual_layers {
            let inner = self.conv(relu(h.clone()), &format!("{part}/res3x3_{layer}"), GRID, 3)?;
            h = h + self.conv(relu(inner), &format!("{part}/res1x1_{layer}"), GRID, 1)?;
        }
        Ok(relu(h))
    }
}
