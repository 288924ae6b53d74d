//! Convolutions as products of matrices: an image's patches, row by row, times the weights.

use crate::matrix::{Matrix, multiply, multiply_add};
use crate::shape::Convolution;

/// Values of patches that are worked on at a time: one megabyte.
const PATCHES: usize = 1 << 18;

impl Convolution {
    /// Calls `work` for every row of the kernel in every patch, with where it starts in the patches, how many of its values lie before the
    /// image's left edge, where the others start in the image, and how many those are. Rows above or below the image have none.
    fn rows(&self, images: usize, mut work: impl FnMut(usize, usize, usize, usize)) {
        let (side, inputs, out) = (self.side, self.inputs, self.side_out());
        let before = (self.kernel - 1) / 2;
        let mut start = 0;
        for image in 0..images {
            for y in 0..out {
                for x in 0..out {
                    let left = x * self.stride;
                    // The first and the last column of the kernel that lie inside.
                    let first = before.saturating_sub(left);
                    let end = self.kernel.min(side + before - left);
                    for ky in 0..self.kernel {
                        let row = (y * self.stride + ky).wrapping_sub(before);
                        if row < side {
                            let here = ((image * side + row) * side + left + first - before) * inputs;
                            work(start, first * inputs, here, (end - first) * inputs);
                        } else {
                            work(start, 0, 0, 0);
                        }
                        start += self.kernel * inputs;
                    }
                }
            }
        }
    }

    /// The patches of images: one row of [`Self::depth`] values for every output pixel; 0 outside the image.
    fn patches(&self, input: &[f32], patches: &mut Vec<f32>) {
        let images = input.len() / self.values_in().max(1);
        patches.resize(images * self.side_out() * self.side_out() * self.depth(), 0.0);
        let width = self.kernel * self.inputs;
        self.rows(images, |there, skipped, here, count| {
            let row = patches.get_mut(there..there + width).unwrap_or_default();
            let from = input.get(here..here + count).unwrap_or_default();
            if let (Some(to), true) = (row.get_mut(skipped..skipped + count), count > 0) {
                to.copy_from_slice(from);
                row.iter_mut().take(skipped).for_each(|value| *value = 0.0);
            }
            row.iter_mut()
                .skip(skipped + count)
                .for_each(|value| *value = 0.0);
        });
    }

    /// How many images are turned into patches at a time: few enough that their patches stay in the cache.
    fn block(&self) -> usize {
        (PATCHES / (self.side_out() * self.side_out() * self.depth()).max(1)).max(1)
    }

    /// Whether patches are the input itself.
    fn is_plain(&self) -> bool {
        self.kernel == 1 && self.stride == 1
    }

    /// Adds the products of patches and weights to `out`.
    fn add_products(&self, input: &[f32], weights: &[f32], out: &mut [f32], work: &mut Vec<f32>) {
        let weights = Matrix::new(weights, self.depth(), self.outputs);
        if self.is_plain() {
            let rows = out.len() / self.outputs;
            multiply_add(out, Matrix::new(input, rows, self.inputs), weights);
            return;
        }
        let inputs = input.chunks(self.block() * self.values_in());
        for (input, out) in inputs.zip(out.chunks_mut(self.block() * self.values_out())) {
            self.patches(input, work);
            let rows = out.len() / self.outputs;
            multiply_add(out, Matrix::new(work, rows, self.depth()), weights);
        }
    }

    /// The adjoint with respect to the input: adds to `out` (`[n, side, side, inputs]`) what `gradient` (`[n, side_out, side_out, outputs]`)
    /// spreads over the patches.
    fn spread(&self, gradient: &[f32], weights: &[f32], out: &mut [f32], work: &mut Vec<f32>) {
        let weights = Matrix::new(weights, self.depth(), self.outputs).transposed();
        if self.is_plain() {
            let rows = gradient.len() / self.outputs;
            multiply_add(out, Matrix::new(gradient, rows, self.outputs), weights);
            return;
        }
        let gradients = gradient.chunks(self.block() * self.values_out());
        for (gradient, out) in gradients.zip(out.chunks_mut(self.block() * self.values_in())) {
            let rows = gradient.len() / self.outputs;
            work.resize(rows * self.depth(), 0.0);
            multiply(work, Matrix::new(gradient, rows, self.outputs), weights);
            self.rows(out.len() / self.values_in(), |there, skipped, here, count| {
                let from = work.get(there + skipped..there + skipped + count);
                let to = out.get_mut(here..here + count);
                for (to, from) in to.unwrap_or_default().iter_mut().zip(from.unwrap_or_default()) {
                    *to += from;
                }
            });
        }
    }

    /// The convolution with its bias, and `max(0, .)` where `rectify`.
    ///
    /// # Panics
    /// When a slice has the wrong length: a mistake of the calling code.
    pub fn forward(
        &self,
        input: &[f32],
        weights: &[f32],
        bias: &[f32],
        rectify: bool,
        out: &mut Vec<f32>,
        work: &mut Vec<f32>,
    ) {
        let images = input.len() / self.values_in();
        fill(out, bias, images * self.side_out() * self.side_out());
        self.add_products(input, weights, out, work);
        if rectify {
            out.iter_mut().for_each(|value| *value = value.max(0.0));
        }
    }

    /// The adjoint: adds the gradients of weights and bias, and sets that of the input where one is wanted.
    ///
    /// # Panics
    /// When a slice has the wrong length: a mistake of the calling code.
    pub fn backward(
        &self,
        input: &[f32],
        weights: &[f32],
        gradient: &[f32],
        (weight_gradient, bias_gradient): (&mut [f32], &mut [f32]),
        input_gradient: Option<&mut Vec<f32>>,
        work: &mut Vec<f32>,
    ) {
        add_rows(bias_gradient, gradient);
        if self.is_plain() {
            let rows = gradient.len() / self.outputs;
            multiply_add(
                weight_gradient,
                Matrix::new(input, rows, self.inputs).transposed(),
                Matrix::new(gradient, rows, self.outputs),
            );
        } else {
            let inputs = input.chunks(self.block() * self.values_in());
            for (input, gradient) in inputs.zip(gradient.chunks(self.block() * self.values_out())) {
                self.patches(input, work);
                let rows = gradient.len() / self.outputs;
                multiply_add(
                    weight_gradient,
                    Matrix::new(work, rows, self.depth()).transposed(),
                    Matrix::new(gradient, rows, self.outputs),
                );
            }
        }
        if let Some(out) = input_gradient {
            out.clear();
            out.resize(input.len(), 0.0);
            self.spread(gradient, weights, out, work);
        }
    }

    /// The transposed convolution, from `[n, side_out, side_out, outputs]` to `[n, side, side, inputs]`, with a bias of `inputs` values, and
    /// `max(0, .)` where `rectify`. Its weights lie as those of [`Self::forward`], so it is TensorFlow's `conv2d_transpose`.
    ///
    /// # Panics
    /// When a slice has the wrong length: a mistake of the calling code.
    pub fn transposed_forward(
        &self,
        input: &[f32],
        weights: &[f32],
        bias: &[f32],
        rectify: bool,
        out: &mut Vec<f32>,
        work: &mut Vec<f32>,
    ) {
        let images = input.len() / self.values_out();
        fill(out, bias, images * self.side * self.side);
        self.spread(input, weights, out, work);
        if rectify {
            out.iter_mut().for_each(|value| *value = value.max(0.0));
        }
    }

    /// The adjoint of [`Self::transposed_forward`]: adds the gradients of weights and bias, and sets that of the input.
    ///
    /// # Panics
    /// When a slice has the wrong length: a mistake of the calling code.
    pub fn transposed_backward(
        &self,
        input: &[f32],
        weights: &[f32],
        gradient: &[f32],
        (weight_gradient, bias_gradient): (&mut [f32], &mut [f32]),
        input_gradient: &mut Vec<f32>,
        work: &mut Vec<f32>,
    ) {
        add_rows(bias_gradient, gradient);
        let weights = Matrix::new(weights, self.depth(), self.outputs);
        input_gradient.clear();
        input_gradient.resize(input.len(), 0.0);
        let inputs = input.chunks(self.block() * self.values_out());
        let outs = input_gradient.chunks_mut(self.block() * self.values_out());
        let gradients = gradient.chunks(self.block() * self.values_in());
        for ((input, out), gradient) in inputs.zip(outs).zip(gradients) {
            let rows = input.len() / self.outputs;
            self.patches(gradient, work);
            let patches = Matrix::new(work, rows, self.depth());
            multiply(out, patches, weights);
            let input = Matrix::new(input, rows, self.outputs);
            multiply_add(weight_gradient, patches.transposed(), input);
        }
    }
}

/// `rows` copies of the bias.
fn fill(out: &mut Vec<f32>, bias: &[f32], rows: usize) {
    out.clear();
    out.reserve(rows * bias.len());
    for _ in 0..rows {
        out.extend_from_slice(bias);
    }
}

/// Adds all rows to `sums`.
fn add_rows(sums: &mut [f32], rows: &[f32]) {
    for row in rows.chunks_exact(sums.len().max(1)) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(count: usize, seed: usize) -> Vec<f32> {
        (0..count)
            .map(|at| ((at * 29 + seed * 13) % 11) as f32 - 5.0)
            .collect()
    }

    /// The definition, pixel by pixel: calls `term` with the places of input, weight and output of every product.
    fn terms(layer: &Convolution, images: usize, mut term: impl FnMut(usize, usize, usize)) {
        let (side, out) = (layer.side as isize, layer.side_out());
        let before = (layer.kernel as isize - 1) / 2;
        for place in 0..images * out * out {
            let (image, y, x) = (place / (out * out), place / out % out, place % out);
            for ky in 0..layer.kernel {
                for kx in 0..layer.kernel {
                    let row = (y * layer.stride + ky) as isize - before;
                    let column = (x * layer.stride + kx) as isize - before;
                    if row < 0 || row >= side || column < 0 || column >= side {
                        continue;
                    }
                    let pixel = (image * layer.side + row as usize) * layer.side + column as usize;
                    for i in 0..layer.inputs {
                        for o in 0..layer.outputs {
                            let weight = ((ky * layer.kernel + kx) * layer.inputs + i) * layer.outputs + o;
                            term(pixel * layer.inputs + i, weight, place * layer.outputs + o);
                        }
                    }
                }
            }
        }
    }

    fn layers() -> impl Strategy<Value = (Convolution, usize)> {
        let kinds = prop::sample::select(vec![(4, 2), (3, 1), (1, 1)]);
        (1_usize..6, 1_usize..5, 1_usize..5, kinds, 1_usize..4).prop_map(
            |(half, inputs, outputs, (kernel, stride), images)| {
                let layer = Convolution {
                    side: 2 * half,
                    inputs,
                    outputs,
                    kernel,
                    stride,
                };
                (layer, images)
            },
        )
    }

    /// Forward and adjoint against the definition, in whole numbers, so that sums in any order are equal to the last bit. A transposed
    /// convolution goes from the outputs to the inputs.
    fn holds(
        layer: &Convolution,
        images: usize,
        rectify: bool,
        transposed: bool,
    ) -> Result<(), TestCaseError> {
        let (from, to, channels) = if transposed {
            (layer.values_out(), layer.values_in(), layer.inputs)
        } else {
            (layer.values_in(), layer.values_out(), layer.outputs)
        };
        // From the places of input, weight and output of a product to those of what goes in and what comes out.
        let turned = |i: usize, o: usize| if transposed { (o, i) } else { (i, o) };
        let input = values(images * from, 1);
        let (weights, bias) = (values(layer.weights(), 2), values(channels, 3));
        let mut expected: Vec<f32> = (0..images * to).map(|at| bias[at % channels]).collect();
        terms(layer, images, |i, w, o| {
            let (a, b) = turned(i, o);
            expected[b] += input[a] * weights[w];
        });
        if rectify {
            expected.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        let (mut out, mut work) = (Vec::new(), Vec::new());
        if transposed {
            layer.transposed_forward(&input, &weights, &bias, rectify, &mut out, &mut work);
        } else {
            layer.forward(&input, &weights, &bias, rectify, &mut out, &mut work);
        }
        prop_assert_eq!(&out, &expected);

        let gradient = values(out.len(), 4);
        let mut slow = (
            vec![1.0; weights.len()],
            vec![2.0; bias.len()],
            vec![0.0; input.len()],
        );
        for (at, value) in gradient.iter().enumerate() {
            slow.1[at % channels] += value;
        }
        terms(layer, images, |i, w, o| {
            let (a, b) = turned(i, o);
            slow.0[w] += input[a] * gradient[b];
            slow.2[a] += weights[w] * gradient[b];
        });
        let (mut weight, mut bias, mut back) = (vec![1.0; weights.len()], vec![2.0; bias.len()], Vec::new());
        let sums = (&mut weight[..], &mut bias[..]);
        if transposed {
            layer.transposed_backward(&input, &weights, &gradient, sums, &mut back, &mut work);
        } else {
            layer.backward(&input, &weights, &gradient, sums, Some(&mut back), &mut work);
        }
        prop_assert_eq!((weight, bias, back), slow);
        Ok(())
    }

    proptest! {
        #[test]
        fn forward_and_adjoint_are_the_definition((layer, images) in layers(), rectify: bool) {
            holds(&layer, images, rectify, false)?;
        }

        /// The transposed convolution is the adjoint, and its own adjoint the convolution.
        #[test]
        fn transposed_is_the_definition((layer, images) in layers(), rectify: bool) {
            holds(&layer, images, rectify, true)?;
        }
    }

    /// More images than one block holds.
    #[test]
    fn blocks_of_images_give_the_same_as_one_by_one() {
        let layer = Convolution {
            side: 32,
            inputs: 16,
            outputs: 3,
            kernel: 4,
            stride: 2,
        };
        let images = 2 * layer.block() + 1;
        let input = values(images * layer.values_in(), 1);
        let (weights, bias) = (values(layer.weights(), 2), values(layer.outputs, 3));
        let (mut whole, mut one, mut work) = (Vec::new(), Vec::new(), Vec::new());
        layer.forward(&input, &weights, &bias, true, &mut whole, &mut work);
        for (image, expected) in input
            .chunks(layer.values_in())
            .zip(whole.chunks(layer.values_out()))
        {
            layer.forward(image, &weights, &bias, true, &mut one, &mut work);
            assert_eq!(one, expected);
        }
    }

    #[test]
    fn costs_are_those_of_the_published_encoder() {
        let first = Convolution {
            side: 64,
            inputs: 1,
            outputs: 64,
            kernel: 4,
            stride: 2,
        };
        assert_eq!(first.cost(), 32 * 32 * 64 * 16);
    }
}
