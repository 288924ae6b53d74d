//! The decoder of the recipe `reference`.

use super::layers::{Residuals, kept, packed, transposed};
use crate::network::LoadError;
use galaxy_grove::checkpoint::Weights;
use galaxy_grove::cutout::{CODES, GRID, PIXELS, SIDE};
use grove_kernels::{Finish, Grid, Packed, Path, Row};

/// The decoder's layers, as `crate::network::Decoder` has them.
#[derive(Clone, Debug)]
pub struct ProcessorDecoder {
    dec_1: Packed<f32>,
    residuals: Residuals,
    /// Transposed convolutions, each of which doubles the side.
    doubling: [Packed<f32>; 3],
}

impl ProcessorDecoder {
    /// Packs the weights for one path, which the processor must have.
    ///
    /// # Errors
    /// [`LoadError`] names the first tensor that is missing or has another rank.
    pub fn on(weights: &Weights, path: Path) -> Result<Self, LoadError> {
        Ok(Self {
            dec_1: packed(weights, "decoder/dec_1", GRID, 1, path)?,
            residuals: Residuals::new(weights, "decoder", path)?,
            doubling: [
                transposed(weights, "decoder/dec_2", GRID, path)?,
                transposed(weights, "decoder/dec_3", 2 * GRID, path)?,
                transposed(weights, "decoder/dec_4", 4 * GRID, path)?,
            ],
        })
    }

    /// Quantised vectors `[N, dim, 8, 8]` to images `[N * 4096]`, as burn's decoder gives them.
    #[must_use]
    pub fn decode(&self, quantised: &[f32]) -> Vec<f32> {
        let dim = self.dec_1.shape().inputs;
        let galaxies = quantised.chunks_exact((dim * CODES).max(1));
        galaxies.flat_map(|vectors| self.one(vectors, dim)).collect()
    }

    fn one(&self, vectors: &[f32], dim: usize) -> Vec<f32> {
        let mut input = Grid::<f32>::new(GRID, dim, 1);
        for (channel, plane) in vectors.chunks_exact(CODES).enumerate() {
            for (at, value) in plane.iter().enumerate() {
                if let Some(to) = input.pixel_mut((at / GRID, at % GRID)).get_mut(channel) {
                    *to = *value;
                }
            }
        }
        let hidden = self.dec_1.shape().outputs;
        let (mut sum, mut h) = (Grid::new(GRID, hidden, 0), Grid::new(GRID, hidden, 1));
        kept(&self.dec_1, &input, (&mut sum, &mut h), false);
        self.residuals.run(&mut self.residuals.inner(), &mut sum, &mut h);
        for (at, layer) in self.doubling.iter().enumerate() {
            let least = if at + 1 < self.doubling.len() {
                0.0
            } else {
                f32::NEG_INFINITY
            };
            h = doubled(layer, &h, least);
        }
        let mut image = Vec::with_capacity(PIXELS);
        for y in 0..SIDE {
            image.extend_from_slice(h.row(y));
        }
        image
    }
}

/// A transposed convolution; values below `least` become it.
fn doubled(layer: &Packed<f32>, input: &Grid<f32>, least: f32) -> Grid<f32> {
    let (side, outputs) = (layer.shape().side, layer.shape().outputs / 4);
    let mut out = Grid::new(2 * side, outputs, 1);
    let sink = Doubled {
        out: &mut out,
        outputs,
        least,
    };
    layer.run(input, sink);
    out
}

/// Four times the outputs as four pixels.
struct Doubled<'a> {
    out: &'a mut Grid<f32>,
    outputs: usize,
    least: f32,
}

impl Finish<f32> for Doubled<'_> {
    #[inline(always)]
    fn finish(&mut self, row: Row<'_, f32>) {
        for (x, sums) in row.pixels().enumerate() {
            for (at, value) in sums.iter().enumerate() {
                let (phase, output) = ((row.first + at) / self.outputs, (row.first + at) % self.outputs);
                let place = (2 * row.y + phase / 2, 2 * (row.x + x) + phase % 2);
                if let Some(to) = self.out.pixel_mut(place).get_mut(output) {
                    *to = value.max(self.least);
                }
            }
        }
    }
}

#[cfg(all(test, feature = "flex"))]
#[allow(clippy::unwrap_used, reason = "clippy does not see that this is a test")]
mod tests {
    use super::*;
    use crate::{Extractor, device, load};

    #[test]
    fn images_are_those_of_burn_but_for_rounding() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../www/model/galaxies.safetensors"
        );
        let weights = Weights::from_safetensors(&std::fs::read(file).unwrap()).unwrap();
        let codes: Vec<u8> = (0..3 * CODES).map(|at| (at * at % 16) as u8).collect();
        let (model, codebook) = load(&weights, &device::processor()).unwrap();
        let twin = Extractor::new(model, codebook, device::processor());
        let expected = pollster::block_on(twin.reconstruct(&codes)).unwrap();
        let quantised = crate::network::codebook(&weights).unwrap().quantise(&codes);
        let found = ProcessorDecoder::on(&weights, Path::best())
            .unwrap()
            .decode(&quantised);
        assert_eq!(found.len(), 3 * PIXELS);
        let farthest = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
        let farthest = farthest.fold(0.0, f32::max);
        assert!(farthest < 2e-4, "{farthest}");
        let spread = expected.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        assert!(spread > 0.1, "{spread}");
    }
}
