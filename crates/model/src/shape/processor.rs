//! The network on the processor: burn's convolutions copy much for so few channels, these are several times as fast. Whole numbers make
//! both equal to the last bit, which a test checks.

use galaxy_grove::cutout::PIXELS;
use galaxy_grove::cutout::SIDE;
use galaxy_grove::shape::{CHANNELS, Ending, LARGEST, Network};
use grove_kernels::Convolution;

/// Copies that go through the network together: their patches fit a core's cache.
const TOGETHER: usize = 4;

/// One layer, with its weights as the kernels take them.
#[derive(Debug, Clone)]
struct Layer {
    convolution: Convolution,
    weights: Vec<f32>,
    bias: Vec<f32>,
    scale: Vec<f32>,
    ending: Ending,
}

/// The network's layers for the processor.
#[derive(Debug, Clone)]
pub struct ProcessorNetwork {
    layers: Vec<Layer>,
}

impl ProcessorNetwork {
    /// Prepares the weights.
    pub fn new(network: &Network) -> Self {
        let mut side = SIDE;
        let layers = network
            .layers()
            .iter()
            .map(|layer| {
                let (outputs, inputs) = (layer.outputs(), layer.inputs);
                let places = layer.kernel * layer.kernel;
                // From [outputs, inputs, places] to [places, inputs, outputs].
                let weights = (0..layer.weights.len())
                    .map(|at| {
                        let (output, input, place) =
                            (at % outputs, at / outputs % inputs, at / (outputs * inputs));
                        let from = (output * inputs + input) * places + place;
                        layer.weights.get(from).map_or(0.0, |weight| f32::from(*weight))
                    })
                    .collect();
                let convolution = Convolution {
                    side,
                    inputs,
                    outputs,
                    kernel: layer.kernel,
                    stride: layer.stride,
                };
                side /= layer.stride;
                Layer {
                    convolution,
                    weights,
                    bias: layer.bias.iter().map(|bias| *bias as f32).collect(),
                    scale: layer
                        .shift
                        .iter()
                        .map(|shift| 0.5_f32.powi(i32::from(*shift)))
                        .collect(),
                    ending: layer.ending,
                }
            })
            .collect();
        Self { layers }
    }

    /// The vectors, `[n, 64, dim]`, of quantised channels, `[n, 3, 64, 64]`.
    pub fn vectors(&self, channels: &[f32]) -> Vec<f32> {
        let mut all = Vec::new();
        let (mut out, mut work) = (Vec::new(), Vec::new());
        for copies in channels.chunks(TOGETHER * CHANNELS * PIXELS) {
            let mut h = channels_last(copies);
            let mut skip: Option<Vec<f32>> = None;
            let mut layers = self.layers.iter().peekable();
            while let Some(layer) = layers.next() {
                layer
                    .convolution
                    .forward(&h, &layer.weights, &layer.bias, false, &mut out, &mut work);
                let least = if layer.ending == Ending::Rectified {
                    0.0
                } else {
                    -LARGEST as f32
                };
                let before = if layer.ending == Ending::Added {
                    skip.take()
                } else {
                    None
                };
                finish(&mut out, &layer.scale, least, before.as_deref());
                std::mem::swap(&mut h, &mut out);
                if layer.ending != Ending::Rectified && layers.peek().is_some() {
                    skip = Some(h.clone());
                    h.iter_mut().for_each(|value| *value = value.max(0.0));
                }
            }
            all.extend_from_slice(&h);
        }
        all
    }
}

/// Sums divided and rounded down, added to what is skipped, and cut.
fn finish(sums: &mut [f32], scale: &[f32], least: f32, skip: Option<&[f32]>) {
    let largest = LARGEST as f32;
    // Twice the largest: whole, so cutting there first does not change what is cut at the largest after an addition.
    let wide = 2.0 * largest;
    for (at, row) in sums.chunks_exact_mut(scale.len().max(1)).enumerate() {
        for (value, scale) in row.iter_mut().zip(scale) {
            let scaled = (*value * scale).clamp(-wide, wide);
            // `floor` is a call on old processors; this is not.
            let whole = scaled as i32 as f32;
            *value = if whole > scaled { whole - 1.0 } else { whole };
        }
        if let Some(skip) = skip {
            let skip = skip.get(at * scale.len()..).unwrap_or_default();
            for (value, skip) in row.iter_mut().zip(skip) {
                *value += skip;
            }
        }
        for value in row.iter_mut() {
            *value = value.clamp(least, largest);
        }
    }
}

/// From `[n, 3, 4096]` to `[n, 4096, 3]`.
fn channels_last(channels: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; channels.len()];
    let copies = out.chunks_exact_mut(CHANNELS * PIXELS);
    for (out, copy) in copies.zip(channels.chunks_exact(CHANNELS * PIXELS)) {
        for (channel, plane) in copy.chunks_exact(PIXELS).enumerate() {
            for (pixel, value) in out.chunks_exact_mut(CHANNELS).zip(plane) {
                if let Some(place) = pixel.get_mut(channel) {
                    *place = *value;
                }
            }
        }
    }
    out
}
