//! Layers on the kernels, forward and backward, for one thread. Feature maps are channels last.

use grove_kernels::Convolution;

/// Where gradients are added: the weights and the bias of each layer.
pub trait LayerSums {
    /// Of layer `at`; empty where there is none.
    fn layer_mut(&mut self, at: usize) -> (&mut [f32], &mut [f32]);
}

/// One layer.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Its sizes; of a transposed one, those of its adjoint.
    pub convolution: Convolution,
    /// Whether it runs from the adjoint's output to its input.
    pub transposed: bool,
    /// `[kernel, kernel, inputs, outputs]` of the convolution.
    pub weights: &'a [f32],
    /// One value for each channel that comes out.
    pub bias: &'a [f32],
}

/// Layers by their number, with a buffer for patches.
#[derive(Debug)]
pub struct Layers<'a> {
    layers: Vec<Layer<'a>>,
    work: Vec<f32>,
}

impl<'a> Layers<'a> {
    /// For one thread.
    pub fn new(layers: Vec<Layer<'a>>) -> Self {
        Self {
            layers,
            work: Vec::new(),
        }
    }

    /// What layer `at` makes of `input`; `max(0, .)` of it where `rectify`.
    pub fn forward(&mut self, at: usize, input: &[f32], rectify: bool) -> Vec<f32> {
        let mut out = Vec::new();
        if let Some(layer) = self.layers.get(at) {
            let (weights, bias, work) = (layer.weights, layer.bias, &mut self.work);
            if layer.transposed {
                let run = Convolution::transposed_forward;
                run(&layer.convolution, input, weights, bias, rectify, &mut out, work);
            } else {
                layer
                    .convolution
                    .forward(input, weights, bias, rectify, &mut out, work);
            }
        }
        out
    }

    /// Adds the gradients of layer `at` to `sums`, and gives that of its input where it is wanted.
    pub fn backward(
        &mut self,
        at: usize,
        input: &[f32],
        gradient: &[f32],
        sums: &mut impl LayerSums,
        wanted: bool,
    ) -> Vec<f32> {
        let mut out = Vec::new();
        if let Some(layer) = self.layers.get(at) {
            let (weights, sums, work) = (layer.weights, sums.layer_mut(at), &mut self.work);
            if layer.transposed {
                let run = Convolution::transposed_backward;
                run(&layer.convolution, input, weights, gradient, sums, &mut out, work);
            } else {
                let back = wanted.then_some(&mut out);
                layer
                    .convolution
                    .backward(input, weights, gradient, sums, back, work);
            }
        }
        out
    }
}

/// Residual blocks, `h + conv1x1(relu(conv3x3(relu(h))))` each, then a rectifier: what their backward pass needs.
#[derive(Clone, Debug, Default)]
pub struct Residuals {
    /// Before each block, and after the last, rectified.
    pub rectified: Vec<Vec<f32>>,
    /// Inside each block, rectified.
    pub inside: Vec<Vec<f32>>,
}

impl Residuals {
    /// Runs `blocks` blocks, whose layers begin at `first`.
    pub fn forward(layers: &mut Layers<'_>, first: usize, blocks: usize, mut h: Vec<f32>) -> Self {
        let mut all = Self::default();
        for block in 0..blocks {
            let rectified: Vec<f32> = h.iter().map(|value| value.max(0.0)).collect();
            let inside = layers.forward(first + 2 * block, &rectified, true);
            let change = layers.forward(first + 2 * block + 1, &inside, false);
            for (value, change) in h.iter_mut().zip(change) {
                *value += change;
            }
            all.rectified.push(rectified);
            all.inside.push(inside);
        }
        h.iter_mut().for_each(|value| *value = value.max(0.0));
        all.rectified.push(h);
        all
    }

    /// What comes out.
    pub fn output(&self) -> &[f32] {
        self.rectified.last().map_or(&[], Vec::as_slice)
    }

    /// From the gradient of the output to that of the input.
    pub fn backward(
        &self,
        layers: &mut Layers<'_>,
        first: usize,
        mut gradient: Vec<f32>,
        sums: &mut impl LayerSums,
    ) -> Vec<f32> {
        mask(&mut gradient, self.output());
        let blocks = self.rectified.iter().zip(&self.inside).enumerate();
        for (block, (rectified, inside)) in blocks.rev() {
            let mut back = layers.backward(first + 2 * block + 1, inside, &gradient, sums, true);
            mask(&mut back, inside);
            let mut back = layers.backward(first + 2 * block, rectified, &back, sums, true);
            mask(&mut back, rectified);
            for (value, back) in gradient.iter_mut().zip(back) {
                *value += back;
            }
        }
        gradient
    }
}

/// The adjoint of the rectifier: no gradient where its output was 0.
pub fn mask(gradient: &mut [f32], rectified: &[f32]) {
    for (gradient, value) in gradient.iter_mut().zip(rectified) {
        if *value <= 0.0 {
            *gradient = 0.0;
        }
    }
}
