//! The convolutions in burn.

use crate::extraction::{ExtractError, read};
use burn::module::{Module, Param};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor, TensorData, activation::relu};
use galaxy_grove::shape::{CHANNELS, Ending, LARGEST, Layer, Network};
use galaxy_grove::cutout::{PIXELS, SIDE};

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
        let scale: Vec<f32> = layer.shift.iter().map(|shift| 0.5_f32.powi(i32::from(*shift))).collect();
        let before = (kernel - 1) / 2;
        let weights = TensorData::new(weights, [outputs, layer.inputs, kernel, kernel]);
        Self {
            layer: Conv2d {
                weight: Param::from_tensor(Tensor::from_data(weights, device)),
                bias: Some(Param::from_tensor(Tensor::from_data(TensorData::new(bias, [outputs]), device))),
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

/// The network for shape on a device, with its codebook on the host.
#[derive(Debug, Clone)]
pub struct ShapeEncoder {
    layers: Vec<(Convolution, Ending)>,
    network: Network,
    device: Device,
}

impl ShapeEncoder {
    /// Copies the weights to the device.
    #[must_use]
    pub fn new(network: Network, device: Device) -> Self {
        let layers = network
            .layers()
            .iter()
            .map(|layer| (Convolution::new(layer, &device), layer.ending))
            .collect();
        Self {
            layers,
            network,
            device,
        }
    }

    /// The network's numbers.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The codes (`[n * 64]`) of quantised channels (`[n * 3 * 4096]`, [`galaxy_grove::shape::quantise`]), and each one's squared distance of its
    /// vectors to their codes.
    ///
    /// # Errors
    /// [`ExtractError::Pixels`] for ragged input, [`ExtractError::Device`] when the device fails, or gives what is no whole number
    /// within the bounds.
    pub async fn codes(&self, channels: &[f32]) -> Result<(Vec<u8>, Vec<u32>), ExtractError> {
        let vectors = self.vectors(channels).await?;
        let largest = LARGEST as f32;
        if let Some(value) = vectors.iter().find(|v| v.fract() != 0.0 || v.abs() > largest) {
            return Err(ExtractError::Device(format!(
                "it computed {value} where only whole numbers from -{LARGEST} to {LARGEST} are possible"
            )));
        }
        Ok(self.network.nearest(&vectors))
    }

    /// The vectors, `[n, dim, 8, 8]`.
    async fn vectors(&self, channels: &[f32]) -> Result<Vec<f32>, ExtractError> {
        if !channels.len().is_multiple_of(CHANNELS * PIXELS) {
            return Err(ExtractError::Pixels(channels.len()));
        }
        let n = channels.len() / (CHANNELS * PIXELS);
        if n == 0 {
            return Ok(Vec::new());
        }
        let largest = LARGEST as f32;
        let shape = [n, CHANNELS, SIDE, SIDE];
        let mut h = Tensor::<4>::from_data(TensorData::new(channels.to_vec(), shape), &self.device);
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
        read(h).await
    }
}
