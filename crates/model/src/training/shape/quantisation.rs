//! From trained weights to the network in whole numbers.

use super::encoder::Encoder;
use super::parameters::Tensors;
use galaxy_grove::shape::{Ending, INPUT_SCALE, LARGEST, Layer, Network, NetworkError};

/// The share of the activations that may be cut at the largest number.
const CUT: f64 = 1e-4;

/// What one unit stands for, so that all but [`CUT`] of the values fit.
fn unit(values: impl Iterator<Item = f32>) -> f64 {
    let mut all: Vec<f32> = values.map(f32::abs).collect();
    all.sort_unstable_by(f32::total_cmp);
    let at = ((1.0 - CUT) * all.len() as f64) as usize;
    let largest = all.get(at).or(all.last()).copied().unwrap_or(1.0);
    f64::from(largest.max(1e-6)) / f64::from(LARGEST)
}

/// Rounds the weights, so that sums and activations are whole numbers. `samples` (`[n, 64, 64, 3]`) are views of galaxies that trained:
/// their activations set what one unit of each layer stands for.
///
/// # Errors
/// [`NetworkError`] when the weights leave no room for exact sums.
pub fn quantised(weights: &Tensors, samples: Vec<f32>) -> Result<Network, NetworkError> {
    let mut encoder = Encoder::new(weights);
    let activations = encoder.forward(samples);
    let units = activations.units();
    let names: Vec<String> = weights
        .sizes
        .tensors()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let blocks = weights.sizes.residual_layers;
    let mut layers = Vec::new();
    for (at, shape) in weights.sizes.convolutions().iter().enumerate() {
        let (values, bias) = weights.layer(at);
        let inside = |block: usize| units.inside.get(block).copied().unwrap_or(1.0);
        let (unit_in, unit_out, ending) = match at {
            0 => (1.0 / f64::from(INPUT_SCALE), units.halved[0], Ending::Rectified),
            1 => (units.halved[0], units.halved[1], Ending::Rectified),
            2 => (units.halved[1], units.stream, Ending::Signed),
            _ if at == 3 + 2 * blocks => (units.stream, units.vectors, Ending::Signed),
            _ if at % 2 == 1 => (units.stream, inside((at - 3) / 2), Ending::Rectified),
            _ => (inside((at - 4) / 2), units.stream, Ending::Added),
        };
        let (depth, outputs) = (shape.depth(), shape.outputs);
        let mut layer = Layer {
            name: names
                .get(2 * at)
                .map_or("", |name| name.trim_end_matches("/w"))
                .to_owned(),
            kernel: shape.kernel,
            stride: shape.stride,
            inputs: shape.inputs,
            weights: Vec::new(),
            bias: Vec::new(),
            shift: Vec::new(),
            ending,
        };
        for output in 0..outputs {
            let weight = |k: usize| {
                f64::from(values.get(k * outputs + output).copied().unwrap_or_default()) * unit_in / unit_out
            };
            let largest = (0..depth).map(|k| weight(k).abs()).fold(1e-9, f64::max);
            let bias = f64::from(bias.get(output).copied().unwrap_or_default()) / unit_out;
            // The largest power of two that keeps every weight within a byte, and the bias small.
            let room = (127.0 / largest).min(4e6 / bias.abs().max(1e-9));
            let shift = (room.log2().floor() as i32).clamp(0, 22);
            let power = 2_f64.powi(shift);
            // From [kernel, kernel, inputs] to [inputs, kernel, kernel].
            for input in 0..shape.inputs {
                for place in 0..shape.kernel * shape.kernel {
                    let rounded = (weight(place * shape.inputs + input) * power).round();
                    layer.weights.push(rounded.clamp(-127.0, 127.0) as i8);
                }
            }
            layer.bias.push((bias * power + 0.5 * power).round() as i32);
            layer.shift.push(shift as u8);
        }
        layers.push(layer);
    }
    let largest = f64::from(LARGEST);
    let codebook = weights
        .codebook()
        .iter()
        .map(|value| {
            (f64::from(*value) / units.vectors)
                .round()
                .clamp(-largest, largest) as i16
        })
        .collect();
    Network::new(layers, codebook)
}

/// What one unit of each kind of activation stands for.
#[derive(Debug)]
pub(super) struct Units {
    halved: [f64; 2],
    stream: f64,
    inside: Vec<f64>,
    vectors: f64,
}

impl super::encoder::Activations {
    pub(super) fn units(&self) -> Units {
        let (halved, residuals) = (&self.halved, &self.residuals);
        Units {
            halved: [unit(halved[0].iter().copied()), unit(halved[1].iter().copied())],
            stream: unit(residuals.rectified.iter().flatten().copied()),
            inside: residuals
                .inside
                .iter()
                .map(|values| unit(values.iter().copied()))
                .collect(),
            vectors: unit(self.vectors.iter().copied()),
        }
    }
}
