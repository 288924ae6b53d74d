//! The encoder, forward and backward, for a few views at a time.

use super::parameters::Tensors;
use grove_kernels::Convolution;

/// What the backward pass needs of the forward pass: the input of every layer. Channels last.
#[derive(Clone, Debug, Default)]
pub struct Activations {
    /// The views, `[n, 64, 64, 3]`.
    pub input: Vec<f32>,
    /// After the first and the second convolution, rectified.
    pub(super) halved: [Vec<f32>; 2],
    /// Before each residual block, and after the last, rectified as their convolutions see them.
    pub(super) rectified: Vec<Vec<f32>>,
    /// Inside each residual block, rectified.
    pub(super) inside: Vec<Vec<f32>>,
    /// The vectors, `[n, 64, d]`.
    pub vectors: Vec<f32>,
}

/// The encoder of these weights, with buffers for one thread.
#[derive(Debug)]
pub struct Encoder<'a> {
    weights: &'a Tensors,
    layers: Vec<Convolution>,
    work: Vec<f32>,
}

impl<'a> Encoder<'a> {
    /// For one thread.
    pub fn new(weights: &'a Tensors) -> Self {
        Self {
            weights,
            layers: weights.sizes.convolutions(),
            work: Vec::new(),
        }
    }

    fn forward_one(&mut self, at: usize, input: &[f32], rectify: bool) -> Vec<f32> {
        let mut out = Vec::new();
        if let Some(layer) = self.layers.get(at) {
            let (weights, bias) = self.weights.layer(at);
            layer.forward(input, weights, bias, rectify, &mut out, &mut self.work);
        }
        out
    }

    /// The vectors of views, and all that the backward pass needs.
    pub fn forward(&mut self, input: Vec<f32>) -> Activations {
        let first = self.forward_one(0, &input, true);
        let second = self.forward_one(1, &first, true);
        let mut h = self.forward_one(2, &second, false);
        let mut all = Activations {
            input,
            halved: [first, second],
            ..Activations::default()
        };
        for block in 0..self.weights.sizes.residual_layers {
            let rectified = relu(&h);
            let inside = self.forward_one(3 + 2 * block, &rectified, true);
            let change = self.forward_one(4 + 2 * block, &inside, false);
            for (value, change) in h.iter_mut().zip(change) {
                *value += change;
            }
            all.rectified.push(rectified);
            all.inside.push(inside);
        }
        let last = relu(&h);
        all.vectors = self.forward_one(self.layers.len() - 1, &last, false);
        all.rectified.push(last);
        all
    }

    fn backward_one(
        &mut self,
        at: usize,
        input: &[f32],
        gradient: &[f32],
        sums: &mut Tensors,
        wanted: bool,
    ) -> Vec<f32> {
        let mut out = Vec::new();
        if let Some(layer) = self.layers.get(at) {
            let (weights, _) = self.weights.layer(at);
            let back = wanted.then_some(&mut out);
            layer.backward(input, weights, gradient, sums.layer_mut(at), back, &mut self.work);
        }
        out
    }

    /// Adds the gradients of all weights to `sums`, given the gradient of the vectors.
    pub fn backward(&mut self, all: &Activations, gradient: &[f32], sums: &mut Tensors) {
        let last = self.layers.len() - 1;
        let empty = Vec::new();
        let blocks = self.weights.sizes.residual_layers;
        let input = all.rectified.get(blocks).unwrap_or(&empty);
        let mut h = self.backward_one(last, input, gradient, sums, true);
        mask(&mut h, input);
        for block in (0..blocks).rev() {
            let inside = all.inside.get(block).unwrap_or(&empty);
            let rectified = all.rectified.get(block).unwrap_or(&empty);
            let mut back = self.backward_one(4 + 2 * block, inside, &h, sums, true);
            mask(&mut back, inside);
            let mut back = self.backward_one(3 + 2 * block, rectified, &back, sums, true);
            mask(&mut back, rectified);
            for (value, back) in h.iter_mut().zip(back) {
                *value += back;
            }
        }
        let [first, second] = &all.halved;
        let mut back = self.backward_one(2, second, &h, sums, true);
        mask(&mut back, second);
        let mut back = self.backward_one(1, first, &back, sums, true);
        mask(&mut back, first);
        self.backward_one(0, &all.input, &back, sums, false);
    }
}

fn relu(values: &[f32]) -> Vec<f32> {
    values.iter().map(|value| value.max(0.0)).collect()
}

/// The adjoint of the rectifier: no gradient where its output was 0.
fn mask(gradient: &mut [f32], rectified: &[f32]) {
    for (gradient, value) in gradient.iter_mut().zip(rectified) {
        if *value <= 0.0 {
            *gradient = 0.0;
        }
    }
}
