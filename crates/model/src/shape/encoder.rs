//! The convolutions in burn.

use crate::extraction::{ExtractError, read};
#[cfg(feature = "flex")]
use crate::processor::ProcessorNetwork;
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

/// The network for shape on a device, with its codebook on the host.
#[derive(Debug, Clone)]
pub struct ShapeEncoder {
    place: Place,
    network: Network,
}

/// Where the convolutions run.
#[derive(Debug, Clone)]
enum Place {
    /// Our kernels on the processor.
    #[cfg(feature = "flex")]
    Processor(ProcessorNetwork),
    /// A device of burn's.
    Device(Vec<(Convolution, Ending)>, Device),
}

impl ShapeEncoder {
    /// On one of burn's devices.
    #[must_use]
    pub fn new(network: Network, device: Device) -> Self {
        let layers = network
            .layers()
            .iter()
            .map(|layer| (Convolution::new(layer, &device), layer.ending))
            .collect();
        Self {
            place: Place::Device(layers, device),
            network,
        }
    }

    /// On the processor.
    #[cfg(feature = "flex")]
    #[must_use]
    pub fn on_processor(network: Network) -> Self {
        Self {
            place: Place::Processor(ProcessorNetwork::new(&network)),
            network,
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
        if !channels.len().is_multiple_of(CHANNELS * PIXELS) {
            return Err(ExtractError::Pixels(channels.len()));
        }
        let vectors = match &self.place {
            _ if channels.is_empty() => Vec::new(),
            #[cfg(feature = "flex")]
            Place::Processor(network) => network.vectors(channels),
            Place::Device(layers, device) => self.channels_last(&vectors(layers, device, channels).await?),
        };
        let largest = LARGEST as f32;
        if let Some(value) = vectors.iter().find(|v| v.fract() != 0.0 || v.abs() > largest) {
            return Err(ExtractError::Device(format!(
                "it computed {value} where only whole numbers from -{LARGEST} to {LARGEST} are possible"
            )));
        }
        Ok(self.network.nearest(&vectors))
    }

    /// From `[n, dim, 64]` to `[n, 64, dim]`.
    fn channels_last(&self, vectors: &[f32]) -> Vec<f32> {
        let dim = self.network.dim();
        let mut out = Vec::with_capacity(vectors.len());
        for grid in vectors.chunks_exact(dim * CODES) {
            for place in 0..CODES {
                out.extend(grid.iter().skip(place).step_by(CODES));
            }
        }
        out
    }
}

/// The vectors, `[n, dim, 8, 8]`.
async fn vectors(
    layers: &[(Convolution, Ending)],
    device: &Device,
    channels: &[f32],
) -> Result<Vec<f32>, ExtractError> {
    let n = channels.len() / (CHANNELS * PIXELS);
    let largest = LARGEST as f32;
    let shape = [n, CHANNELS, SIDE, SIDE];
    let mut h = Tensor::<4>::from_data(TensorData::new(channels.to_vec(), shape), device);
    // The first convolution of a residual block sees its input rectified; what its second one gives is added to that input.
    let mut skip: Option<Tensor<4>> = None;
    let mut layers = layers.iter().peekable();
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

#[cfg(all(test, feature = "training"))]
mod tests {
    use super::*;
    use crate::device::processor;
    use crate::processor::Path;
    use crate::training::{ShapeSettings, ShapeTensors, quantised};
    use galaxy_grove::cutout::simulate::galaxy;
    use galaxy_grove::shape::inputs;

    /// The definition, in 64-bit whole numbers.
    fn slow(network: &Network, channels: &[f32]) -> Vec<i64> {
        let mut h: Vec<i64> = channels.iter().map(|v| *v as i64).collect();
        let (mut side, mut skip) = (SIDE, Vec::new());
        for (at, layer) in network.layers().iter().enumerate() {
            let (out, kernel) = (side / layer.stride, layer.kernel);
            let before = (kernel - 1) / 2;
            let mut next = Vec::new();
            for o in 0..layer.outputs() {
                for place in 0..out * out {
                    let mut sum = i64::from(layer.bias[o]);
                    for i in 0..layer.inputs {
                        for k in 0..kernel * kernel {
                            let y = (place / out * layer.stride + k / kernel).wrapping_sub(before);
                            let x = (place % out * layer.stride + k % kernel).wrapping_sub(before);
                            if x < side && y < side {
                                let weight = layer.weights[(o * layer.inputs + i) * kernel * kernel + k];
                                sum += i64::from(weight) * h[(i * side + y) * side + x];
                            }
                        }
                    }
                    let mut value = sum >> layer.shift[o];
                    if layer.ending == Ending::Added {
                        value += skip[o * out * out + place];
                    }
                    let least = if layer.ending == Ending::Rectified {
                        0
                    } else {
                        -255
                    };
                    next.push(value.clamp(least, 255));
                }
            }
            side = out;
            h = next;
            if layer.ending != Ending::Rectified && at + 1 < network.layers().len() {
                skip = h.clone();
                h.iter_mut().for_each(|v| *v = (*v).max(0));
            }
        }
        h
    }

    #[test]
    fn our_kernels_burn_and_the_definition_give_the_same_numbers() {
        let mut weights = ShapeTensors::random(ShapeSettings::default().sizes, 5);
        // Fresh weights give all places one code.
        weights
            .values
            .iter_mut()
            .flatten()
            .for_each(|value| *value *= 2.5);
        let input = inputs(&galaxy(3, 1).image).unwrap();
        let sample: Vec<f32> = (0..PIXELS)
            .flat_map(|pixel| (0..CHANNELS).map(move |c| c * PIXELS + pixel))
            .map(|at| input[at] / 128.0)
            .collect();
        let network = quantised(&weights, sample).unwrap();
        let two = &input[..2 * CHANNELS * PIXELS];
        let burn = ShapeEncoder::new(network.clone(), processor());
        let ours = ShapeEncoder::on_processor(network.clone());
        let found = pollster::block_on(burn.codes(two)).unwrap();
        assert_eq!(pollster::block_on(ours.codes(two)).unwrap(), found);
        let expected = slow(&network, &two[..CHANNELS * PIXELS]);
        let dim = network.dim();
        for path in Path::all() {
            let vectors = ProcessorNetwork::on(&network, path).vectors(&two[..CHANNELS * PIXELS]);
            for (at, value) in vectors.iter().enumerate() {
                let expected = expected[at % dim * CODES + at / dim];
                assert_eq!(*value as i64, expected, "{at} on {}", path.name());
            }
        }
        assert!(found.0.iter().any(|code| *code != found.0[0]), "the codes differ");
    }
}
