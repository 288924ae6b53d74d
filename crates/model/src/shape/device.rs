//! The convolutions of the recipe `shape` in burn.

use crate::extraction::{ExtractError, read};
#[cfg(feature = "queue")]
use crate::queue::DeviceQueue;
use burn::module::{Module, Param};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor, TensorData, activation::relu};
use galaxy_grove::cutout::{CODES, PIXELS, SIDE};
use galaxy_grove::shape::{CHANNELS, Ending, LARGEST, Layer, Network};

/// One convolution, and what each sum is multiplied by: one over a power of two.
#[derive(Module, Debug)]
struct Convolution {
    layer: Conv2d,
    /// `[1, outputs, 1, 1]`.
    scale: Tensor<4>,
}

impl Convolution {
    fn new(layer: &Layer, device: &Device) -> Self {
        let (kernel, outputs) = (layer.kernel, layer.outputs());
        let weights: Vec<f32> = layer.weights.iter().map(|w| f32::from(*w)).collect();
        let bias: Vec<f32> = layer.bias.iter().map(|b| *b as f32).collect();
        let scale: Vec<f32> = layer
            .shift
            .iter()
            .map(|shift| 0.5_f32.powi(i32::from(*shift)))
            .collect();
        let before = (kernel - 1) / 2;
        let weights = TensorData::new(weights, [outputs, layer.inputs, kernel, kernel]);
        Self {
            layer: Conv2d {
                weight: Param::from_tensor(Tensor::from_data(weights, device)),
                bias: Some(Param::from_tensor(Tensor::from_data(
                    TensorData::new(bias, [outputs]),
                    device,
                ))),
                stride: [layer.stride, layer.stride],
                kernel_size: [kernel, kernel],
                dilation: [1, 1],
                groups: 1,
                padding: PaddingConfig2d::Explicit(before, before, before, before),
            },
            scale: Tensor::from_data(TensorData::new(scale, [1, outputs, 1, 1]), device),
        }
    }

    /// Sums, divided and rounded down: exact, because every sum is below 2^24 and every divisor a power of two.
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        (self.layer.forward(input) * self.scale.clone()).floor()
    }
}

/// The network on one of burn's devices.
#[derive(Debug, Clone)]
pub struct DeviceNetwork {
    layers: Vec<(Convolution, Ending)>,
    dim: usize,
    device: Device,
    #[cfg(feature = "queue")]
    queue: Option<DeviceQueue>,
}

impl DeviceNetwork {
    /// Copies the weights to the device.
    pub fn new(network: &Network, device: Device) -> Self {
        let layers = network.layers().iter();
        Self {
            layers: layers
                .map(|layer| (Convolution::new(layer, &device), layer.ending))
                .collect(),
            dim: network.dim(),
            device,
            #[cfg(feature = "queue")]
            queue: None,
        }
    }

    /// The same behind a queue that keeps the device busy.
    #[cfg(feature = "queue")]
    #[must_use]
    pub fn queued(mut self, queue: DeviceQueue) -> Self {
        self.queue = Some(queue);
        self
    }

    /// The vectors, `[n, 64, dim]`, of quantised channels, `[n, 3, 64, 64]`.
    ///
    /// # Errors
    /// [`ExtractError::Device`] when the device fails.
    pub async fn vectors(&self, channels: &[f32]) -> Result<Vec<f32>, ExtractError> {
        let shape = [channels.len() / (CHANNELS * PIXELS), CHANNELS, SIDE, SIDE];
        let channels = TensorData::new(channels.to_vec(), shape);
        #[cfg(feature = "queue")]
        if let Some(queue) = &self.queue {
            let network = self.clone();
            return Ok(self.channels_last(&queue.run(move || network.forward(channels))?));
        }
        Ok(self.channels_last(&read(self.forward(channels)).await?))
    }

    fn forward(&self, channels: TensorData) -> Tensor<4> {
        let largest = LARGEST as f32;
        let mut h = Tensor::<4>::from_data(channels, &self.device);
        // The first convolution of a residual block sees its input rectified; what its second one gives is added to that input.
        let mut skip: Option<Tensor<4>> = None;
        let mut layers = self.layers.iter().peekable();
        while let Some((layer, ending)) = layers.next() {
            let out = layer.forward(h);
            h = match ending {
                Ending::Rectified => out.clamp(0.0, largest),
                Ending::Signed => out.clamp(-largest, largest),
                Ending::Added => match skip.take() {
                    Some(before) => (before + out).clamp(-largest, largest),
                    None => out.clamp(-largest, largest),
                },
            };
            if *ending != Ending::Rectified && layers.peek().is_some() {
                skip = Some(h.clone());
                h = relu(h);
            }
        }
        h
    }

    /// From `[n, dim, 64]` to `[n, 64, dim]`.
    fn channels_last(&self, vectors: &[f32]) -> Vec<f32> {
        let dim = self.dim;
        let mut out = Vec::with_capacity(vectors.len());
        for grid in vectors.chunks_exact(dim * CODES) {
            for place in 0..CODES {
                out.extend(grid.iter().skip(place).step_by(CODES));
            }
        }
        out
    }
}
