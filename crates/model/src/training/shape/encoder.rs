//! The encoder, forward and backward, for a few views at a time.

use super::parameters::Tensors;
use crate::training::layers::{Layer, LayerSums, Layers, Residuals, mask};

/// The layer after which the residual blocks come.
const BLOCKS: usize = 3;

/// What the backward pass needs of the forward pass: the input of every layer. Channels last.
#[derive(Clone, Debug, Default)]
pub struct Activations {
    /// The views, `[n, 64, 64, 3]`.
    pub input: Vec<f32>,
    /// After the first and the second convolution, rectified.
    pub(super) halved: [Vec<f32>; 2],
    /// The residual blocks.
    pub(super) residuals: Residuals,
    /// The vectors, `[n, 64, d]`.
    pub vectors: Vec<f32>,
}

/// The encoder of these weights, with buffers for one thread.
#[derive(Debug)]
pub struct Encoder<'a> {
    layers: Layers<'a>,
    blocks: usize,
}

impl<'a> Encoder<'a> {
    /// For one thread.
    pub fn new(weights: &'a Tensors) -> Self {
        let layers = weights
            .sizes
            .convolutions()
            .into_iter()
            .enumerate()
            .map(|(at, convolution)| {
                let (weights, bias) = weights.layer(at);
                Layer {
                    convolution,
                    transposed: false,
                    weights,
                    bias,
                }
            });
        Self {
            layers: Layers::new(layers.collect()),
            blocks: weights.sizes.residual_layers,
        }
    }

    /// The last layer, to the vectors.
    fn last(&self) -> usize {
        BLOCKS + 2 * self.blocks
    }

    /// The vectors of views, and all that the backward pass needs.
    pub fn forward(&mut self, input: Vec<f32>) -> Activations {
        let first = self.layers.forward(0, &input, true);
        let second = self.layers.forward(1, &first, true);
        let third = self.layers.forward(2, &second, false);
        let residuals = Residuals::forward(&mut self.layers, BLOCKS, self.blocks, third);
        let last = self.last();
        let vectors = self.layers.forward(last, residuals.output(), false);
        Activations {
            input,
            halved: [first, second],
            residuals,
            vectors,
        }
    }

    /// Adds the gradients of all weights to `sums`, given the gradient of the vectors.
    pub fn backward(&mut self, all: &Activations, gradient: &[f32], sums: &mut Tensors) {
        let (last, layers) = (self.last(), &mut self.layers);
        let back = layers.backward(last, all.residuals.output(), gradient, sums, true);
        let back = all.residuals.backward(layers, BLOCKS, back, sums);
        let [first, second] = &all.halved;
        let mut back = layers.backward(2, second, &back, sums, true);
        mask(&mut back, second);
        let mut back = layers.backward(1, first, &back, sums, true);
        mask(&mut back, first);
        layers.backward(0, &all.input, &back, sums, false);
    }
}

impl LayerSums for Tensors {
    fn layer_mut(&mut self, at: usize) -> (&mut [f32], &mut [f32]) {
        Tensors::layer_mut(self, at)
    }
}
