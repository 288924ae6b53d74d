//! The reference's network on the kernels, forward and backward, for a few galaxies on one thread.
//!
//! It is the same function as [`crate::network::VqVae`], which a test holds it to; there burn's own convolutions run on every device, here
//! the gradients come faster on a processor.

use super::layers::{Layer, LayerSums, Layers, Residuals, mask};
use super::parameters::Parameters;
use galaxy_grove::cutout::{GRID, SIDE};
use grove_kernels::Convolution;
use std::collections::BTreeMap;

/// The codebook's name.
pub(super) const EMBEDDING: &str = "vq_layer/embedding";

/// The layer after which the encoder's residual blocks come.
const ENCODER_BLOCKS: usize = 4;

/// What the encoder's backward pass needs. Channels last.
#[derive(Clone, Debug, Default)]
pub struct Encoded {
    /// After the convolutions that halve, rectified.
    halved: [Vec<f32>; 3],
    residuals: Residuals,
    /// `[N * 64, dimensions]`
    pub z: Vec<f32>,
}

/// What the decoder's backward pass needs.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    quantised: Vec<f32>,
    residuals: Residuals,
    /// After the transposed convolutions that double, rectified.
    doubled: [Vec<f32>; 2],
    /// `[N * 4096]`
    pub images: Vec<f32>,
}

/// The network of these parameters, for one thread.
#[derive(Debug)]
pub struct Network<'a> {
    layers: Layers<'a>,
    blocks: usize,
}

impl<'a> Network<'a> {
    /// For one thread. A variable that is missing has no values, which cannot happen for parameters made from
    /// [`galaxy_grove::checkpoint::Weights`].
    pub fn new(parameters: &'a Parameters) -> Self {
        let blocks = parameters.architecture.residual_layers;
        let layers = places(blocks).into_iter().map(|place| {
            let variable = |part: &str| parameters.variables.get(&format!("{}/{part}", place.scope));
            let (weights, bias) = (variable("w"), variable("b"));
            let size = |axis: usize| weights.and_then(|w| w.shape.get(axis)).copied().unwrap_or(1);
            Layer {
                convolution: Convolution {
                    side: place.side,
                    inputs: size(2),
                    outputs: size(3),
                    kernel: size(0),
                    stride: place.stride,
                },
                transposed: place.transposed,
                weights: weights.map_or(&[], |variable| &variable.values),
                bias: bias.map_or(&[], |variable| &variable.values),
            }
        });
        Self {
            layers: Layers::new(layers.collect()),
            blocks,
        }
    }

    fn to_vq(&self) -> usize {
        ENCODER_BLOCKS + 2 * self.blocks
    }

    /// The decoder's first layer.
    fn decoder(&self) -> usize {
        self.to_vq() + 1
    }

    /// The first layer that doubles.
    fn doubling(&self) -> usize {
        self.decoder() + 1 + 2 * self.blocks
    }

    /// `[N * 4096]` pixels to `z`.
    pub fn encode(&mut self, images: &[f32]) -> Encoded {
        let to_vq = self.to_vq();
        let first = self.layers.forward(0, images, true);
        let second = self.layers.forward(1, &first, true);
        let third = self.layers.forward(2, &second, true);
        let h = self.layers.forward(3, &third, false);
        let residuals = Residuals::forward(&mut self.layers, ENCODER_BLOCKS, self.blocks, h);
        let z = self.layers.forward(to_vq, residuals.output(), false);
        Encoded {
            halved: [first, second, third],
            residuals,
            z,
        }
    }

    /// Vectors of codes (`[N * 64, dimensions]`) to images.
    pub fn decode(&mut self, quantised: Vec<f32>) -> Decoded {
        let (start, doubling) = (self.decoder(), self.doubling());
        let h = self.layers.forward(start, &quantised, false);
        let residuals = Residuals::forward(&mut self.layers, start + 1, self.blocks, h);
        let first = self.layers.forward(doubling, residuals.output(), true);
        let second = self.layers.forward(doubling + 1, &first, true);
        let images = self.layers.forward(doubling + 2, &second, false);
        Decoded {
            quantised,
            residuals,
            doubled: [first, second],
            images,
        }
    }

    /// Adds the decoder's gradients to `sums`, given that of the images; gives that of the vectors.
    pub fn decode_backward(&mut self, all: &Decoded, gradient: &[f32], sums: &mut Sums) -> Vec<f32> {
        let (start, doubling, layers) = (self.decoder(), self.doubling(), &mut self.layers);
        let [first, second] = &all.doubled;
        let mut back = layers.backward(doubling + 2, second, gradient, sums, true);
        mask(&mut back, second);
        let mut back = layers.backward(doubling + 1, first, &back, sums, true);
        mask(&mut back, first);
        let back = layers.backward(doubling, all.residuals.output(), &back, sums, true);
        let back = all.residuals.backward(layers, start + 1, back, sums);
        layers.backward(start, &all.quantised, &back, sums, true)
    }

    /// Adds the encoder's gradients to `sums`, given the images and the gradient of `z`.
    pub fn encode_backward(&mut self, all: &Encoded, images: &[f32], gradient: &[f32], sums: &mut Sums) {
        let (to_vq, layers) = (self.to_vq(), &mut self.layers);
        let back = layers.backward(to_vq, all.residuals.output(), gradient, sums, true);
        let back = all.residuals.backward(layers, ENCODER_BLOCKS, back, sums);
        let [first, second, third] = &all.halved;
        let mut back = layers.backward(3, third, &back, sums, true);
        mask(&mut back, third);
        let mut back = layers.backward(2, second, &back, sums, true);
        mask(&mut back, second);
        let mut back = layers.backward(1, first, &back, sums, true);
        mask(&mut back, first);
        layers.backward(0, images, &back, sums, false);
    }
}

/// Gradients, layer by layer.
#[derive(Clone, Debug)]
pub struct Sums {
    blocks: usize,
    layers: Vec<(Vec<f32>, Vec<f32>)>,
}

impl Sums {
    /// All zero.
    pub fn zeros(parameters: &Parameters) -> Self {
        let blocks = parameters.architecture.residual_layers;
        let layers = places(blocks).into_iter().map(|place| {
            let zeros = |part: &str| {
                let variable = parameters.variables.get(&format!("{}/{part}", place.scope));
                vec![0.0; variable.map_or(0, |variable| variable.values.len())]
            };
            (zeros("w"), zeros("b"))
        });
        Self {
            blocks,
            layers: layers.collect(),
        }
    }

    /// Adds those of another part of the batch.
    pub fn add(&mut self, others: &Self) {
        let one = |sums: &mut [f32], others: &[f32]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        for ((weights, bias), (others, more)) in self.layers.iter_mut().zip(&others.layers) {
            one(weights, others);
            one(bias, more);
        }
    }

    /// The gradients by the names of their variables.
    pub fn named(self) -> BTreeMap<String, Vec<f32>> {
        let mut named = BTreeMap::new();
        for (place, (weights, bias)) in places(self.blocks).into_iter().zip(self.layers) {
            named.insert(format!("{}/w", place.scope), weights);
            named.insert(format!("{}/b", place.scope), bias);
        }
        named
    }
}

impl LayerSums for Sums {
    fn layer_mut(&mut self, at: usize) -> (&mut [f32], &mut [f32]) {
        match self.layers.get_mut(at) {
            Some((weights, bias)) => (weights, bias),
            None => (&mut [], &mut []),
        }
    }
}

/// Where a layer is in the network.
struct Place {
    scope: String,
    /// Pixels along its input; of a transposed one, along its output.
    side: usize,
    stride: usize,
    transposed: bool,
}

/// All layers, from the image to the image, by their published names.
fn places(blocks: usize) -> Vec<Place> {
    let place = |scope: String, side, stride, transposed| Place {
        scope,
        side,
        stride,
        transposed,
    };
    let residuals = |part: &'static str| {
        (0..blocks).flat_map(move |block| {
            ["3x3", "1x1"].map(|kernel| place(format!("{part}/res{kernel}_{block}"), GRID, 1, false))
        })
    };
    let mut all: Vec<Place> = (0..3)
        .map(|at| place(format!("encoder/enc_{}", at + 1), SIDE >> at, 2, false))
        .collect();
    all.push(place("encoder/enc_4".to_owned(), GRID, 1, false));
    all.extend(residuals("encoder"));
    all.push(place("to_vq".to_owned(), GRID, 1, false));
    all.push(place("decoder/dec_1".to_owned(), GRID, 1, false));
    all.extend(residuals("decoder"));
    all.extend((0..3).map(|at| place(format!("decoder/dec_{}", at + 2), GRID << (at + 1), 2, true)));
    all
}
