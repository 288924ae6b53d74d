//! The network for shape: small whole numbers throughout.
//!
//! Weights, activations and sums are whole numbers small enough that single precision holds every sum exactly. So each device, processor or
//! GPU, gives the same vectors and codes to the last bit, in whatever order it adds.

use super::channels::CHANNELS;
use crate::cutout::{CODES, PIXELS, SIDE};

/// The largest activation: rectified ones are 0 to this, others within plus and minus.
pub const LARGEST: i32 = 255;

/// Input channels are multiplied by this, and rounded.
pub const INPUT_SCALE: f32 = 128.0;

/// Single precision holds every whole number up to this.
const EXACT: i64 = 1 << 24;

/// How a layer's sums become its output, after `(sum + bias) / 2^shift`, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Cut to 0 to [`LARGEST`].
    Rectified,
    /// Cut to plus and minus [`LARGEST`].
    Signed,
    /// Added to the input of the residual block, then cut to plus and minus [`LARGEST`].
    Added,
}

/// One convolution in whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its name, such as `encoder/enc_1`.
    pub name: String,
    /// Pixels along the kernel.
    pub kernel: usize,
    /// Pixels from one patch to the next: 1 or 2.
    pub stride: usize,
    /// Channels of the input.
    pub inputs: usize,
    /// Weights, `[outputs, inputs, kernel, kernel]`.
    pub weights: Vec<i8>,
    /// Added to each output's sum, `[outputs]`; one half of `2^shift` is in it, so that rounding down rounds to the nearest.
    pub bias: Vec<i32>,
    /// Each output's sum is divided by two to this power, `[outputs]`.
    pub shift: Vec<u8>,
    /// What becomes of the sums.
    pub ending: Ending,
}

impl Layer {
    /// Channels of the output.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }
}

/// The network: layers in their order, and the codebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    layers: Vec<Layer>,
    codebook: Vec<i16>,
    codes: usize,
}

/// Why layers do not make a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// A layer's numbers do not fit its neighbours'.
    #[error("the layer `{0}` does not fit the layer before it")]
    Shape(String),
    /// Sums may be too large to be exact.
    #[error(
        "sums of the layer `{layer}` can reach {reach}, beyond what single precision holds exactly ({EXACT})"
    )]
    Inexact {
        /// The layer.
        layer: String,
        /// The largest sum.
        reach: i64,
    },
    /// The codebook does not fit the last layer, or has numbers beyond [`LARGEST`].
    #[error(
        "the codebook has {values} values, which do not make codes of {dim} numbers from -{LARGEST} to {LARGEST}"
    )]
    Codebook {
        /// Its values.
        values: usize,
        /// Numbers in a code.
        dim: usize,
    },
}

impl Network {
    /// Checks that layers fit each other, end in a grid of 8 x 8, and that all their sums are exact.
    ///
    /// # Errors
    /// [`NetworkError`] names the layer.
    pub fn new(layers: Vec<Layer>, codebook: Vec<i16>) -> Result<Self, NetworkError> {
        let (mut channels, mut side, mut block) = (CHANNELS, SIDE, CHANNELS);
        for layer in &layers {
            let wrong = || NetworkError::Shape(layer.name.clone());
            let outputs = layer.outputs();
            let fits = layer.inputs == channels
                && outputs > 0
                && matches!((layer.kernel, layer.stride), (4, 2) | (3 | 1, 1))
                && layer.weights.len() == outputs * channels * layer.kernel * layer.kernel
                && layer.shift.len() == outputs
                && layer.shift.iter().all(|shift| *shift < 32)
                && side.is_multiple_of(layer.stride)
                && (layer.ending != Ending::Added || outputs == block);
            if !fits {
                return Err(wrong());
            }
            let depth = layer.weights.len() / outputs;
            for (weights, bias) in layer.weights.chunks_exact(depth).zip(&layer.bias) {
                let sum: i64 = weights.iter().map(|w| i64::from(*w).abs()).sum();
                let reach = sum * i64::from(LARGEST) + i64::from(*bias).abs();
                if reach >= EXACT {
                    return Err(NetworkError::Inexact {
                        layer: layer.name.clone(),
                        reach,
                    });
                }
            }
            if layer.ending != Ending::Rectified {
                block = outputs;
            }
            channels = outputs;
            side /= layer.stride;
        }
        let dim = channels;
        let small = codebook.iter().all(|value| i32::from(*value).abs() <= LARGEST);
        let codes = codebook.len() / dim;
        if side * side != CODES
            || codes * dim != codebook.len()
            || !(1..=256).contains(&codes)
            || !small
            || dim > 64
        {
            return Err(NetworkError::Codebook {
                values: codebook.len(),
                dim,
            });
        }
        Ok(Self {
            layers,
            codebook,
            codes,
        })
    }

    /// The layers, in their order.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The codebook, `[codes, dim]`.
    #[must_use]
    pub fn codebook(&self) -> &[i16] {
        &self.codebook
    }

    /// Codes in the codebook.
    #[must_use]
    pub fn codes(&self) -> usize {
        self.codes
    }

    /// Numbers in a code's vector.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.codebook.len() / self.codes
    }

    /// Multiplications of one pass.
    #[must_use]
    pub fn cost(&self) -> usize {
        let mut side = SIDE;
        let cost = |layer: &Layer| {
            side /= layer.stride;
            side * side * layer.weights.len()
        };
        self.layers.iter().map(cost).sum::<usize>() + CODES * self.codebook.len()
    }

    /// The nearest codes (`[n * 64]`) to the vectors that a device computed (`[n, 64, dim]`, whole numbers), the first of equally near
    /// ones, and the sum of each galaxy's squared distances to them.
    #[must_use]
    pub fn nearest(&self, vectors: &[f32]) -> (Vec<u8>, Vec<u32>) {
        let (dim, codes) = (self.dim(), self.codes);
        // [dim, codes]: the same number of all codes side by side. Sums of products are below 2^24, so single precision is exact.
        let turned: Vec<f32> = (0..dim)
            .flat_map(|number| self.codebook.iter().skip(number).step_by(dim))
            .map(|value| f32::from(*value))
            .collect();
        let square = |values: &mut dyn Iterator<Item = f32>| values.map(|v| v * v).sum::<f32>();
        let norms: Vec<f32> = self
            .codebook
            .chunks_exact(dim)
            .map(|code| square(&mut code.iter().map(|value| f32::from(*value))))
            .collect();
        let mut all = (Vec::new(), Vec::new());
        let mut products = vec![0.0_f32; codes];
        for grid in vectors.chunks_exact(dim * CODES) {
            let mut sum = 0.0_f64;
            for vector in grid.chunks_exact(dim) {
                products.fill(0.0);
                for (number, row) in vector.iter().zip(turned.chunks_exact(codes)) {
                    for (product, value) in products.iter_mut().zip(row) {
                        *product += number * value;
                    }
                }
                let mut best = (f32::INFINITY, 0);
                for (at, (norm, product)) in norms.iter().zip(&products).enumerate() {
                    let distance = norm - 2.0 * product;
                    if distance < best.0 {
                        best = (distance, at);
                    }
                }
                sum += f64::from(square(&mut vector.iter().copied())) + f64::from(best.0);
                all.0.push(best.1 as u8);
            }
            all.1.push(sum as u32);
        }
        all
    }
}

/// Input channels (`[3 * 4096]` each) as the network takes them: whole numbers from -[`LARGEST`] to [`LARGEST`].
pub fn quantise(channels: &mut [f32]) {
    let largest = LARGEST as f32;
    for value in channels {
        *value = (*value * INPUT_SCALE + 0.5).floor().clamp(-largest, largest);
    }
}

/// The eight copies of three channels (`[3 * 4096]`) by quarter turns and flips, one after the other.
#[must_use]
pub fn turned_and_flipped(channels: &[f32]) -> Vec<f32> {
    let mut all = Vec::with_capacity(8 * channels.len());
    let (side, last) = (SIDE as isize, SIDE as isize - 1);
    for copy in 0..8 {
        // Where a row's first pixel comes from, and how far apart its neighbours are; and how far apart rows are.
        let (start, along, down) = match copy & 3 {
            0 => (0, 1, side),
            1 => (last * side, -side, 1),
            2 => (last * side + last, -1, -side),
            _ => (last, side, -1),
        };
        let (start, along) = if copy & 4 == 4 {
            (start + last * along, -along)
        } else {
            (start, along)
        };
        for plane in channels.chunks_exact(PIXELS) {
            for y in 0..side {
                let first = start + y * down;
                all.extend((0..side).map(|x| {
                    let from = (first + x * along) as usize;
                    plane.get(from).copied().unwrap_or(0.0)
                }));
            }
        }
    }
    all
}
