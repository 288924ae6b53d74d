//! Convolutions whose weights are packed once: no patches are copied, the kernels read the image itself.

use crate::aligned::Aligned;
use crate::grid::Grid;
use crate::path::Path;
use crate::shape::Convolution;
use crate::tile::{Finish, Job, Number, Whole};

/// A convolution with its weights as the kernels of one [`Path`] read them.
#[derive(Clone, Debug)]
pub struct Packed<N: Number> {
    shape: Convolution,
    path: Path,
    /// Steps of one pixel: its channels, or pairs of them.
    steps: usize,
    weights: Aligned<N::Step>,
    bias: Aligned<N::Sum>,
}

impl Packed<f32> {
    /// Packs weights `[kernel, kernel, inputs, outputs]` and a bias for each output.
    ///
    /// # Panics
    /// When a slice has the wrong length, or the processor has not this path: a mistake of the calling code.
    #[must_use]
    pub fn new(shape: Convolution, weights: &[f32], bias: &[f32], path: Path) -> Self {
        assert_eq!(weights.len(), shape.weights(), "weights of {shape:?}");
        let weight = |tap: usize, input: usize, output: usize| {
            weights
                .get((tap * shape.inputs + input) * shape.outputs + output)
                .copied()
                .unwrap_or_default()
        };
        Self::pack(shape, path, shape.inputs, bias, weight)
    }
}

impl Packed<Whole> {
    /// Packs weights `[kernel, kernel, inputs, outputs]` and a bias for each output. Inputs are taken in pairs: an image has an even number of channels,
    /// the last one 0 when the inputs are odd.
    ///
    /// # Panics
    /// As [`Packed::<f32>::new`].
    #[must_use]
    pub fn new(shape: Convolution, weights: &[i16], bias: &[i32], path: Path) -> Self {
        assert_eq!(weights.len(), shape.weights(), "weights of {shape:?}");
        let weight = |tap: usize, input: usize, output: usize| {
            let inside = input < shape.inputs;
            let at = (tap * shape.inputs + input) * shape.outputs + output;
            weights.get(at).copied().filter(|_| inside).unwrap_or_default()
        };
        let pair = |tap: usize, step: usize, output: usize| {
            [weight(tap, 2 * step, output), weight(tap, 2 * step + 1, output)]
        };
        Self::pack(shape, path, shape.inputs.div_ceil(2), bias, pair)
    }
}

impl<N: Number> Packed<N> {
    fn pack(
        shape: Convolution,
        path: Path,
        steps: usize,
        bias: &[N::Sum],
        weight: impl Fn(usize, usize, usize) -> N::Step,
    ) -> Self {
        assert!(path.is_there(), "this processor has no {}", path.name());
        assert_eq!(bias.len(), shape.outputs, "biases of {shape:?}");
        let block = N::block(path);
        let mut weights = Vec::new();
        for first in (0..shape.outputs).step_by(block) {
            for tap in 0..shape.kernel * shape.kernel {
                for step in 0..steps {
                    weights.extend((first..first + block).map(|output| {
                        if output < shape.outputs {
                            weight(tap, step, output)
                        } else {
                            N::Step::default()
                        }
                    }));
                }
            }
        }
        let mut bias = bias.to_vec();
        bias.resize(shape.outputs.div_ceil(block) * block, N::Sum::default());
        Self {
            shape,
            path,
            steps,
            weights: Aligned::new(&weights),
            bias: Aligned::new(&bias),
        }
    }

    /// The convolution's shape.
    #[must_use]
    pub fn shape(&self) -> Convolution {
        self.shape
    }

    /// Convolves one image. `finish` is given the sums, bias included, of some pixels side by side and some neighbouring outputs at a time; each output of each
    /// pixel once.
    ///
    /// # Panics
    /// When the image has not the shape's side and channels, or a smaller border than the kernel reaches: a mistake of the calling code.
    #[inline]
    pub fn run(&self, input: &Grid<N::Step>, finish: impl Finish<N::Sum>) {
        let Convolution {
            side,
            kernel,
            stride,
            outputs,
            ..
        } = self.shape;
        let before = (kernel - 1) / 2;
        assert_eq!(
            (input.side(), input.channels()),
            (side, self.steps),
            "an image for {:?}",
            self.shape
        );
        assert!(input.border() >= before, "a border for {:?}", self.shape);
        let out = self.shape.side_out();
        if out == 0 || outputs == 0 {
            return;
        }
        let row = input.row_length();
        // The kernel of the first output pixel begins before the image; so far into the border.
        let skipped = (input.border() - before) * (row + self.steps);
        let values = input.values().get(skipped..).unwrap_or_default();
        let job = Job {
            input: values,
            row,
            apart: (stride * self.steps, stride * row),
            kernel: (kernel, kernel * self.steps),
            side: out,
            outputs,
            weights: &self.weights,
            bias: &self.bias,
        };
        // The last step that is read, of the last pixel's last row.
        let last = (out - 1) * (job.apart.0 + job.apart.1) + (kernel - 1) * row + kernel * self.steps;
        assert!(
            last <= values.len(),
            "the kernel of {:?} leaves the image",
            self.shape
        );
        let blocks = self.bias.len() / N::block(self.path);
        assert_eq!(
            self.weights.len(),
            blocks * N::block(self.path) * kernel * kernel * self.steps
        );
        // SAFETY: `pack` has checked the path; what is read of input, weights and biases was checked above.
        #[expect(unsafe_code, reason = "the kernels take pointers")]
        unsafe {
            N::compute(self.path, &job, finish);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::Row;
    use proptest::prelude::*;

    fn whole(count: usize, seed: usize) -> Vec<i16> {
        (0..count)
            .map(|at| ((at * 29 + seed * 13) % 23) as i16 - 11)
            .collect()
    }

    /// The definition, pixel by pixel, in whole numbers: `[side_out * side_out * outputs]`.
    fn slow(shape: &Convolution, input: &[i16], weights: &[i16], bias: &[i32]) -> Vec<i32> {
        let (side, out) = (shape.side as isize, shape.side_out());
        let before = (shape.kernel as isize - 1) / 2;
        let mut sums = Vec::new();
        for place in 0..out * out {
            for output in 0..shape.outputs {
                let mut sum = bias[output];
                for tap in 0..shape.kernel * shape.kernel {
                    let y = (place / out * shape.stride + tap / shape.kernel) as isize - before;
                    let x = (place % out * shape.stride + tap % shape.kernel) as isize - before;
                    if !(0..side).contains(&y) || !(0..side).contains(&x) {
                        continue;
                    }
                    for channel in 0..shape.inputs {
                        let value = input[(y * side + x) as usize * shape.inputs + channel];
                        let weight = weights[(tap * shape.inputs + channel) * shape.outputs + output];
                        sum += i32::from(value) * i32::from(weight);
                    }
                }
                sums.push(sum);
            }
        }
        sums
    }

    fn shapes() -> impl Strategy<Value = (Convolution, usize)> {
        let kinds = prop::sample::select(vec![(4, 2), (3, 1), (1, 1)]);
        (1_usize..9, 1_usize..7, 1_usize..70, kinds, 0_usize..2).prop_map(
            |(half, inputs, outputs, (kernel, stride), wider)| {
                let shape = Convolution {
                    side: 2 * half,
                    inputs,
                    outputs,
                    kernel,
                    stride,
                };
                (shape, (kernel - 1) / 2 + wider)
            },
        )
    }

    /// Notes every sum in its place.
    struct Put<'a, T>(&'a mut [T], Convolution);

    impl<T: Copy> Finish<T> for Put<'_, T> {
        fn finish(&mut self, row: Row<'_, T>) {
            for (x, sums) in row.pixels().enumerate() {
                let place = (row.y * self.1.side_out() + row.x + x) * self.1.outputs + row.first;
                self.0[place..][..row.count].copy_from_slice(sums);
            }
        }
    }

    proptest! {
        /// Whole numbers throughout, so that every path and every order of sums gives the same bits.
        #[test]
        fn every_path_is_the_definition((shape, border) in shapes()) {
            let (side, inputs) = (shape.side, shape.inputs);
            let (input, weights) = (whole(side * side * inputs, 1), whole(shape.weights(), 2));
            let bias: Vec<i32> = whole(shape.outputs, 3).into_iter().map(i32::from).collect();
            let expected = slow(&shape, &input, &weights, &bias);

            let mut pairs = Grid::<[i16; 2]>::new(side, inputs.div_ceil(2), border);
            let mut floats = Grid::<f32>::new(side, inputs, border);
            for (pixel, values) in input.chunks_exact(inputs).enumerate() {
                for (to, value) in pairs.pixel_mut((pixel / side, pixel % side)).as_flattened_mut().iter_mut().zip(values) {
                    *to = *value;
                }
                for (to, value) in floats.pixel_mut((pixel / side, pixel % side)).iter_mut().zip(values) {
                    *to = f32::from(*value);
                }
            }
            let real = |values: &[i16]| values.iter().map(|value| f32::from(*value)).collect::<Vec<f32>>();
            let real_bias: Vec<f32> = bias.iter().map(|value| *value as f32).collect();
            for path in Path::all() {
                let mut found = vec![i32::MIN; expected.len()];
                Packed::<Whole>::new(shape, &weights, &bias, path).run(&pairs, Put(&mut found, shape));
                prop_assert_eq!(&found, &expected, "whole, {}", path.name());
                let mut found = vec![f32::NAN; expected.len()];
                Packed::<f32>::new(shape, &real(&weights), &real_bias, path).run(&floats, Put(&mut found, shape));
                let found: Vec<i32> = found.into_iter().map(|value| value as i32).collect();
                prop_assert_eq!(&found, &expected, "with a fraction, {}", path.name());
            }
        }
    }

    #[test]
    #[should_panic(expected = "a border")]
    fn an_image_without_a_border_is_refused() {
        let shape = Convolution {
            side: 4,
            inputs: 1,
            outputs: 1,
            kernel: 3,
            stride: 1,
        };
        let packed = Packed::<f32>::new(shape, &[1.0; 9], &[0.0], Path::Plain);
        packed.run(&Grid::new(4, 1, 0), Put(&mut [], shape));
    }
}
