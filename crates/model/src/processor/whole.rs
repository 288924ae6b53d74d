//! The network of the recipe `shape`, in whole numbers: every path gives the same bits as every other, and as burn on any device.

use super::layers::set;
use galaxy_grove::cutout::{PIXELS, SIDE};
use galaxy_grove::shape::{CHANNELS, Ending, LARGEST, Network};
use grove_kernels::{Convolution, Divisor, Finish, Grid, Packed, Path, Row, Whole, divided};

/// Two channels.
type Pair = [i16; 2];

/// [`LARGEST`].
const BOUND: i16 = LARGEST as i16;

/// Where a sum may be cut before something within the bounds is added to it and the total is cut at them: that cannot bring it back.
const WIDE: (i16, i16) = (-2 * BOUND, 2 * BOUND);

/// One layer, with its weights as the kernels take them.
#[derive(Debug, Clone)]
struct Layer {
    convolution: Packed<Whole>,
    /// What each output's sums are divided by.
    divisors: Vec<Divisor>,
    ending: Ending,
    /// It begins a residual block: there is nothing to add to yet.
    begins: bool,
    /// Nothing is rectified after the last layer.
    is_last: bool,
}

/// The network's layers for the processor.
#[derive(Debug, Clone)]
pub struct ProcessorNetwork {
    layers: Vec<Layer>,
}

impl ProcessorNetwork {
    /// Prepares the weights for the fastest path of this processor.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        Self::on(network, Path::best())
    }

    /// Prepares the weights for one path, which the processor must have.
    #[must_use]
    pub fn on(network: &Network, path: Path) -> Self {
        let mut side = SIDE;
        let count = network.layers().len();
        let layers = network.layers().iter().enumerate().map(|(at, layer)| {
            let (outputs, inputs) = (layer.outputs(), layer.inputs);
            let taps = layer.kernel * layer.kernel;
            // From [outputs, inputs, taps] to [taps, inputs, outputs].
            let weights: Vec<i16> = (0..layer.weights.len())
                .map(|at| {
                    let (output, input, tap) = (at % outputs, at / outputs % inputs, at / (outputs * inputs));
                    let from = (output * inputs + input) * taps + tap;
                    layer.weights.get(from).map_or(0, |weight| i16::from(*weight))
                })
                .collect();
            let shape = Convolution {
                side,
                inputs,
                outputs,
                kernel: layer.kernel,
                stride: layer.stride,
            };
            side /= layer.stride;
            Layer {
                convolution: Packed::<Whole>::new(shape, &weights, &layer.bias, path),
                divisors: layer.shift.iter().map(|shift| Divisor::power(*shift)).collect(),
                ending: layer.ending,
                begins: layer.ending == Ending::Signed
                    || !network
                        .layers()
                        .iter()
                        .take(at)
                        .any(|before| before.ending != Ending::Rectified),
                is_last: at + 1 == count,
            }
        });
        Self {
            layers: layers.collect(),
        }
    }

    /// The vectors, `[n, 64, dim]`, of quantised channels, `[n, 3, 64, 64]`: whole numbers, in and out.
    #[must_use]
    pub fn vectors(&self, channels: &[f32]) -> Vec<f32> {
        let mut all = Vec::new();
        let mut input = Grid::<Pair>::new(SIDE, CHANNELS.div_ceil(2), 1);
        let mut outs: Vec<Grid<Pair>> = self.layers.iter().map(Layer::grid).collect();
        let mut sum = Grid::new(0, 0, 0);
        for copy in channels.chunks_exact(CHANNELS * PIXELS) {
            for (channel, plane) in copy.chunks_exact(PIXELS).enumerate() {
                for (y, row) in plane.chunks_exact(SIDE).enumerate() {
                    let to = input.row_mut(y).as_flattened_mut();
                    let to = to.iter_mut().skip(channel).step_by(2 * CHANNELS.div_ceil(2));
                    for (to, value) in to.zip(row) {
                        *to = *value as i16;
                    }
                }
            }
            let mut before = &input;
            for (layer, out) in self.layers.iter().zip(&mut outs) {
                layer.run(before, &mut sum, out);
                before = out;
            }
            if let Some(last) = self.layers.last() {
                let shape = last.convolution.shape();
                let side = shape.side_out();
                let pixels = (0..side * side).map(|pixel| before.pixel((pixel / side, pixel % side)));
                all.extend(pixels.flat_map(|values| {
                    let values = values.as_flattened().iter().take(shape.outputs);
                    values.map(|value| f32::from(*value))
                }));
            }
        }
        all
    }
}

impl Layer {
    /// What it leaves for the next one.
    fn grid(&self) -> Grid<Pair> {
        let shape = self.convolution.shape();
        Grid::new(shape.side_out(), shape.outputs.div_ceil(2), 1)
    }

    /// Convolves, divides, adds to `sum` at the end of a residual block, and cuts. What begins or ends a block is kept in `sum`, and rectified for the
    /// next layer.
    fn run(&self, input: &Grid<Pair>, sum: &mut Grid<Pair>, out: &mut Grid<Pair>) {
        let ends = self.ending == Ending::Added && !self.begins;
        let divisors = self.divisors.as_slice();
        if self.ending != Ending::Rectified && (sum.side(), sum.channels()) != (out.side(), out.channels()) {
            *sum = self.grid();
        }
        if self.ending == Ending::Rectified || self.is_last && !ends {
            let least = if self.ending == Ending::Rectified {
                0
            } else {
                -BOUND
            };
            let bounds = (least, BOUND);
            self.convolution.run(
                input,
                Divided {
                    out,
                    divisors,
                    bounds,
                },
            );
        } else {
            // After the last layer nothing is rectified.
            let least = if self.is_last { -BOUND } else { 0 };
            self.convolution.run(
                input,
                Kept {
                    sum,
                    out,
                    divisors,
                    ends,
                    least,
                },
            );
        }
    }
}

/// Sums that are divided and cut.
struct Divided<'a> {
    out: &'a mut Grid<Pair>,
    divisors: &'a [Divisor],
    bounds: (i16, i16),
}

impl Finish<i32> for Divided<'_> {
    #[inline(always)]
    fn finish(&mut self, row: Row<'_, i32>) {
        let channels = (2 * self.out.channels()).max(1);
        let divisors = self.divisors.get(row.outputs()).unwrap_or_default();
        let pixels = self.out.row_mut(row.y).as_flattened_mut();
        let pixels = pixels.chunks_exact_mut(channels).skip(row.x);
        for (to, sums) in pixels.zip(row.pixels()) {
            let to = to.get_mut(row.outputs()).unwrap_or_default();
            divided(to, sums, divisors, self.bounds, |_, value| value);
        }
    }
}

/// Sums that begin or end a residual block: kept in `sum`, and not below `least` in `out`.
struct Kept<'a> {
    sum: &'a mut Grid<Pair>,
    out: &'a mut Grid<Pair>,
    divisors: &'a [Divisor],
    ends: bool,
    least: i16,
}

impl Finish<i32> for Kept<'_> {
    #[inline(always)]
    fn finish(&mut self, row: Row<'_, i32>) {
        let channels = (2 * self.out.channels()).max(1);
        let divisors = self.divisors.get(row.outputs()).unwrap_or_default();
        let pixels = self
            .sum
            .row_mut(row.y)
            .as_flattened_mut()
            .chunks_exact_mut(channels);
        let to = self.out.row_mut(row.y).as_flattened_mut();
        let pixels = pixels.zip(to.chunks_exact_mut(channels)).skip(row.x);
        // What a block begins with is added to nothing.
        let share = i16::from(self.ends);
        for ((kept, to), sums) in pixels.zip(row.pixels()) {
            let kept = kept.get_mut(row.outputs()).unwrap_or_default();
            divided(
                kept,
                sums,
                divisors,
                WIDE,
                |kept, value| cut(share * kept + value),
            );
            let to = to.get_mut(row.outputs()).unwrap_or_default();
            set(to, kept, |_, kept: i16| kept.max(self.least));
        }
    }
}

/// Not below minus [`BOUND`], not above it.
#[inline(always)]
fn cut(value: i16) -> i16 {
    value.clamp(-BOUND, BOUND)
}
