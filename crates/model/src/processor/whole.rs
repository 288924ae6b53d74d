//! The network of the recipe `shape`, in whole numbers: every path gives the same bits as every other, and as burn on any device.

use galaxy_grove::cutout::{PIXELS, SIDE};
use galaxy_grove::shape::{CHANNELS, Ending, LARGEST, Network};
use grove_kernels::{Convolution, Grid, Packed, Path, Whole};

/// Two channels.
type Pair = [i16; 2];

/// One layer, with its weights as the kernels take them.
#[derive(Debug, Clone)]
struct Layer {
    convolution: Packed<Whole>,
    /// Sums are divided by two to this power, and rounded down.
    shift: Vec<u32>,
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
                shift: layer.shift.iter().map(|shift| u32::from(*shift)).collect(),
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
        if self.ending == Ending::Rectified || self.is_last {
            let least = if self.ending == Ending::Rectified {
                0
            } else {
                -LARGEST
            };
            let adds = self.ending == Ending::Added && !self.begins;
            self.convolution.run(input, |pixel, first, sums| {
                let to = out.pixel_mut(pixel).as_flattened_mut();
                let to = to.get_mut(first..).unwrap_or_default();
                let shifts = self.shift.get(first..).unwrap_or_default();
                if adds {
                    let skipped = sum.pixel(pixel).as_flattened();
                    let skipped = skipped.get(first..).unwrap_or_default();
                    for (((to, value), shift), skipped) in to.iter_mut().zip(sums).zip(shifts).zip(skipped) {
                        *to = cut(i32::from(*skipped) + value.wrapping_shr(*shift), least);
                    }
                } else {
                    for ((to, value), shift) in to.iter_mut().zip(sums).zip(shifts) {
                        *to = cut(value.wrapping_shr(*shift), least);
                    }
                }
            });
            return;
        }
        if self.begins && (sum.side(), sum.channels()) != (out.side(), out.channels()) {
            *sum = self.grid();
        }
        // What a block begins with is added to nothing.
        let kept_share = i32::from(!self.begins);
        self.convolution.run(input, |pixel, first, sums| {
            let to = out.pixel_mut(pixel).as_flattened_mut();
            let to = to.get_mut(first..).unwrap_or_default();
            let kept = sum.pixel_mut(pixel).as_flattened_mut();
            let kept = kept.get_mut(first..).unwrap_or_default();
            let shifts = self.shift.get(first..).unwrap_or_default();
            for (((to, kept), value), shift) in to.iter_mut().zip(kept).zip(sums).zip(shifts) {
                let skipped = kept_share * i32::from(*kept);
                *kept = cut(skipped + value.wrapping_shr(*shift), -LARGEST);
                *to = (*kept).max(0);
            }
        });
    }
}

/// Not below `least`, not above [`LARGEST`]. (`clamp` would check its bounds each time.)
#[inline(always)]
fn cut(value: i32, least: i32) -> i16 {
    value.max(least).min(LARGEST) as i16
}
