//! The tensors of the network, by name and shape.

use grove_kernels::Convolution;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use galaxy_grove::cutout::SIDE;
use galaxy_grove::shape::{CHANNELS, RINGS};

/// The sizes of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Channels after each of the three convolutions that halve the image.
    pub channels: [usize; 3],
    /// Channels inside a residual block.
    pub residual_hidden: usize,
    /// Residual blocks.
    pub residual_layers: usize,
    /// Numbers in a code's vector.
    pub embedding_dim: usize,
    /// Codes in the codebook.
    pub codes: usize,
}

/// The shipped network: 13.8 million multiplications a pass, a fifth of the reference's encoder.
impl Default for Sizes {
    fn default() -> Self {
        Self {
            channels: [32, 48, 64],
            residual_hidden: 32,
            residual_layers: 2,
            embedding_dim: 32,
            codes: 64,
        }
    }
}

/// The hidden layer of the head that training throws away, and its output.
const HEAD: [usize; 2] = [256, 64];

impl Sizes {
    /// The convolutions, in the order of their tensors: three that halve, two for each residual block, one to the vectors.
    #[must_use]
    pub fn convolutions(&self) -> Vec<Convolution> {
        let layer = |side, inputs, outputs, kernel, stride| Convolution {
            side,
            inputs,
            outputs,
            kernel,
            stride,
        };
        let [first, second, third] = self.channels;
        let mut layers = vec![
            layer(SIDE, CHANNELS, first, 4, 2),
            layer(SIDE / 2, first, second, 4, 2),
            layer(SIDE / 4, second, third, 4, 2),
        ];
        for _ in 0..self.residual_layers {
            layers.push(layer(SIDE / 8, third, self.residual_hidden, 3, 1));
            layers.push(layer(SIDE / 8, self.residual_hidden, third, 1, 1));
        }
        layers.push(layer(SIDE / 8, third, self.embedding_dim, 1, 1));
        layers
    }

    /// Numbers in a galaxy's ring histograms.
    #[must_use]
    pub fn features(&self) -> usize {
        RINGS * self.codes
    }

    /// The name and shape of every tensor: weights and bias of each convolution, the codebook, weights and bias of the head's layers.
    #[must_use]
    pub fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let mut names: Vec<String> = (1..=3).map(|at| format!("encoder/enc_{at}")).collect();
        for block in 0..self.residual_layers {
            names.push(format!("encoder/res3x3_{block}"));
            names.push(format!("encoder/res1x1_{block}"));
        }
        names.push("to_vq".to_owned());
        let mut all = Vec::new();
        for (name, layer) in names.iter().zip(self.convolutions()) {
            let shape = vec![layer.kernel, layer.kernel, layer.inputs, layer.outputs];
            all.push((format!("{name}/w"), shape));
            all.push((format!("{name}/b"), vec![layer.outputs]));
        }
        all.push((
            "vq_layer/embedding".to_owned(),
            vec![self.codes, self.embedding_dim],
        ));
        let mut inputs = self.features();
        for (at, outputs) in HEAD.into_iter().enumerate() {
            all.push((format!("head/{at}/w"), vec![inputs, outputs]));
            all.push((format!("head/{at}/b"), vec![outputs]));
            inputs = outputs;
        }
        all
    }
}

/// Values for every tensor of [`Sizes::tensors`]: weights, gradients, or the optimiser's means.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensors {
    /// The sizes they belong to.
    pub sizes: Sizes,
    /// The values, in the order of [`Sizes::tensors`].
    pub values: Vec<Vec<f32>>,
}

impl Tensors {
    /// All zero.
    #[must_use]
    pub fn zeros(sizes: Sizes) -> Self {
        let lengths = sizes.tensors();
        let values = lengths
            .iter()
            .map(|(_, shape)| vec![0.0; shape.iter().product()])
            .collect();
        Self { sizes, values }
    }

    /// Random ones: uniform within one over the root of a layer's inputs; the codebook uniform with a standard deviation of one half.
    #[must_use]
    pub fn random(sizes: Sizes, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut fan = 1;
        let mut all = Self::zeros(sizes);
        for ((name, shape), values) in sizes.tensors().iter().zip(&mut all.values) {
            // A bias has the inputs of the weights before it.
            if shape.len() > 1 {
                fan = shape.iter().rev().skip(1).product();
            }
            let reach = if name == "vq_layer/embedding" {
                0.75_f32.sqrt()
            } else {
                1.0 / (fan as f32).sqrt()
            };
            for value in values {
                *value = random.random_range(-reach..reach);
            }
        }
        all
    }

    /// The place of the codebook among the tensors.
    pub(super) fn codebook_place(&self) -> usize {
        2 * (4 + 2 * self.sizes.residual_layers)
    }

    /// The codebook, `[codes, d]`.
    #[must_use]
    pub fn codebook(&self) -> &[f32] {
        self.values.get(self.codebook_place()).map_or(&[], Vec::as_slice)
    }

    /// The weights and the bias of a layer: the convolutions from 0, then the head's from `head`.
    pub(super) fn layer(&self, at: usize) -> (&[f32], &[f32]) {
        let one = |at: usize| self.values.get(at).map_or(&[][..], Vec::as_slice);
        (one(2 * at), one(2 * at + 1))
    }

    /// The same, to change.
    pub(super) fn layer_mut(&mut self, at: usize) -> (&mut [f32], &mut [f32]) {
        match self.values.get_mut(2 * at..2 * at + 2) {
            Some([weights, bias]) => (weights, bias),
            _ => (&mut [], &mut []),
        }
    }

    /// The weights and the bias of a layer of the head.
    pub(super) fn head(&self, at: usize) -> (&[f32], &[f32]) {
        let place = self.codebook_place() + 1 + 2 * at;
        let one = |at: usize| self.values.get(at).map_or(&[][..], Vec::as_slice);
        (one(place), one(place + 1))
    }

    /// The same, to change.
    pub(super) fn head_mut(&mut self, at: usize) -> (&mut [f32], &mut [f32]) {
        let place = self.codebook_place() + 1 + 2 * at;
        match self.values.get_mut(place..place + 2) {
            Some([weights, bias]) => (weights, bias),
            _ => (&mut [], &mut []),
        }
    }

    /// Adds others, value by value.
    pub(super) fn add(&mut self, others: &Self) {
        for (values, others) in self.values.iter_mut().zip(&others.values) {
            for (value, other) in values.iter_mut().zip(others) {
                *value += other;
            }
        }
    }
}
