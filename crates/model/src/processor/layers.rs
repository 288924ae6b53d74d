//! Layers with weights by name, as encoder and decoder take them.

use crate::network::LoadError;
use galaxy_grove::checkpoint::{WeightTensor, Weights, to_tf_layout};
use galaxy_grove::cutout::GRID;
use grove_kernels::{Convolution, Finish, Grid, Packed, Path, Row};

/// A convolution and `max(0, .)`.
pub(super) fn rectified(layer: &Packed<f32>, input: &Grid<f32>, out: &mut Grid<f32>) {
    layer.run(input, Rectified(out));
}

struct Rectified<'a>(&'a mut Grid<f32>);

impl Finish<f32> for Rectified<'_> {
    #[inline(always)]
    fn finish(&mut self, row: Row<'_, f32>) {
        let channels = self.0.channels().max(1);
        let pixels = self.0.row_mut(row.y).chunks_exact_mut(channels);
        for (to, sums) in pixels.skip(row.x).zip(row.pixels()) {
            set(to.get_mut(row.outputs()).unwrap_or_default(), sums, |_, sum| {
                positive(sum)
            });
        }
    }
}

/// A convolution that begins a residual block, or ends one: what comes out is left in `sum`, added to what is there if it ends one, and rectified in
/// `out`.
pub(super) fn kept(
    layer: &Packed<f32>,
    input: &Grid<f32>,
    (sum, out): (&mut Grid<f32>, &mut Grid<f32>),
    ends: bool,
) {
    layer.run(input, Kept { sum, out, ends });
}

struct Kept<'a> {
    sum: &'a mut Grid<f32>,
    out: &'a mut Grid<f32>,
    ends: bool,
}

impl Finish<f32> for Kept<'_> {
    #[inline(always)]
    fn finish(&mut self, row: Row<'_, f32>) {
        let channels = self.sum.channels().max(1);
        let pixels = self.sum.row_mut(row.y).chunks_exact_mut(channels);
        let pixels = pixels.zip(self.out.row_mut(row.y).chunks_exact_mut(channels));
        for ((kept, to), sums) in pixels.skip(row.x).zip(row.pixels()) {
            let kept = kept.get_mut(row.outputs()).unwrap_or_default();
            if self.ends {
                set(kept, sums, |kept, sum: f32| kept + sum);
            } else {
                set(kept, sums, |_, sum| sum);
            }
            set(to.get_mut(row.outputs()).unwrap_or_default(), kept, |_, sum| {
                positive(sum)
            });
        }
    }
}

#[inline(always)]
fn positive(value: f32) -> f32 {
    if value > 0.0 { value } else { 0.0 }
}

/// Changes each value by another one, eight at a time, as vectors hold them.
#[inline(always)]
pub(super) fn set<A: Copy, B: Copy>(to: &mut [A], from: &[B], value: impl Fn(A, B) -> A) {
    let (eights, ones) = to.as_chunks_mut::<8>();
    let (from_eights, from_ones) = from.as_chunks::<8>();
    for (to, from) in eights.iter_mut().zip(from_eights) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = value(*to, *from);
        }
    }
    for (to, from) in ones.iter_mut().zip(from_ones) {
        *to = value(*to, *from);
    }
}

/// Residual blocks: of each the convolution of 3 x 3 and that of 1 x 1.
#[derive(Clone, Debug)]
pub(super) struct Residuals(Vec<(Packed<f32>, Packed<f32>)>);

impl Residuals {
    /// Those of the encoder or the decoder (`part`).
    pub fn new(weights: &Weights, part: &str, path: Path) -> Result<Self, LoadError> {
        let blocks = (0..weights.architecture().residual_layers).map(|block| {
            Ok((
                packed(weights, &format!("{part}/res3x3_{block}"), GRID, 1, path)?,
                packed(weights, &format!("{part}/res1x1_{block}"), GRID, 1, path)?,
            ))
        });
        Ok(Self(blocks.collect::<Result<_, LoadError>>()?))
    }

    /// What lies between the two convolutions of a block.
    pub fn inner(&self) -> Grid<f32> {
        let outputs = self.0.first().map_or(0, |(conv3x3, _)| conv3x3.shape().outputs);
        Grid::new(GRID, outputs, 0)
    }

    /// Adds each block to `sum`, whose rectified values are in `out` before and afterwards.
    pub fn run(&self, inner: &mut Grid<f32>, sum: &mut Grid<f32>, out: &mut Grid<f32>) {
        for (conv3x3, conv1x1) in &self.0 {
            rectified(conv3x3, out, inner);
            kept(conv1x1, inner, (sum, out), true);
        }
    }
}

/// The weights, of four dimensions, and the biases of a layer.
fn tensors<'a>(
    weights: &'a Weights,
    scope: &str,
) -> Result<([usize; 4], &'a WeightTensor, &'a [f32]), LoadError> {
    let find = |part: &str| {
        let name = format!("{scope}/{part}");
        weights.get(&name).ok_or(LoadError::Missing(name))
    };
    let (w, b) = (find("w")?, find("b")?);
    let shape = w
        .shape
        .as_slice()
        .try_into()
        .map_err(|_ignored| LoadError::Rank {
            name: format!("{scope}/w"),
            found: w.shape.clone(),
            rank: 4,
        })?;
    Ok((shape, w, &b.values))
}

/// One layer: weights `[outputs, inputs, kernel, kernel]`.
pub(super) fn packed(
    weights: &Weights,
    scope: &str,
    side: usize,
    stride: usize,
    path: Path,
) -> Result<Packed<f32>, LoadError> {
    let ([outputs, inputs, kernel, _], w, bias) = tensors(weights, scope)?;
    let shape = Convolution {
        side,
        inputs,
        outputs,
        kernel,
        stride,
    };
    // The kernels take TensorFlow's layout, `[kernel, kernel, inputs, outputs]`.
    Ok(Packed::<f32>::new(shape, &to_tf_layout(w).values, bias, path))
}

/// A transposed convolution (kernel 4, stride 2) as a plain one of kernel 3 with four times the outputs: one for each of the four pixels that a pixel
/// becomes, those of a row first. Weights are `[inputs, outputs, 4, 4]`.
pub(super) fn transposed(
    weights: &Weights,
    scope: &str,
    side: usize,
    path: Path,
) -> Result<Packed<f32>, LoadError> {
    let ([inputs, outputs, _, _], w, bias) = tensors(weights, scope)?;
    let shape = Convolution {
        side,
        inputs,
        outputs: 4 * outputs,
        kernel: 3,
        stride: 1,
    };
    // Pixel 2 q + p is reached from pixel q + tap - 1 by the kernel's place p + 3 - 2 tap.
    let place = |phase: usize, tap: usize| (phase + 3).checked_sub(2 * tap).filter(|place| *place < 4);
    let mut turned = Vec::with_capacity(shape.weights());
    for tap in 0..9 {
        for input in 0..inputs {
            for phase in 0..4 {
                let places = place(phase / 2, tap / 3).zip(place(phase % 2, tap % 3));
                turned.extend((0..outputs).map(|output| {
                    let weight = |(y, x)| {
                        w.values
                            .get(((input * outputs + output) * 4 + y) * 4 + x)
                            .copied()
                    };
                    places.and_then(weight).unwrap_or(0.0)
                }));
            }
        }
    }
    Ok(Packed::<f32>::new(shape, &turned, &bias.repeat(4), path))
}
