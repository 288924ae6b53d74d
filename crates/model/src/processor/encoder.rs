//! The encoder of the recipe `reference`.

use super::layers::{Residuals, kept, packed, rectified};
use crate::network::LoadError;
use galaxy_grove::checkpoint::Weights;
use galaxy_grove::cutout::{CODES, GRID, PIXELS, SIDE};
use grove_kernels::{Finish, Grid, Packed, Path, Row};

/// The encoder's layers, as `crate::network::Encoder` has them.
#[derive(Clone, Debug)]
pub struct ProcessorEncoder {
    enc_1: Packed<f32>,
    enc_2: Packed<f32>,
    enc_3: Packed<f32>,
    enc_4: Packed<f32>,
    residuals: Residuals,
    to_vq: Packed<f32>,
}

/// What the layers leave for each other, of one galaxy.
struct Scratch {
    image: Grid<f32>,
    first: Grid<f32>,
    second: Grid<f32>,
    third: Grid<f32>,
    /// What the residual blocks add to.
    sum: Grid<f32>,
    /// The same, rectified.
    rectified: Grid<f32>,
    inner: Grid<f32>,
}

impl ProcessorEncoder {
    /// Packs the weights for one path, which the processor must have.
    ///
    /// # Errors
    /// [`LoadError`] names the first tensor that is missing or has another rank.
    pub fn on(weights: &Weights, path: Path) -> Result<Self, LoadError> {
        let layer = |name: &str, side: usize, stride: usize| packed(weights, name, side, stride, path);
        Ok(Self {
            enc_1: layer("encoder/enc_1", SIDE, 2)?,
            enc_2: layer("encoder/enc_2", SIDE / 2, 2)?,
            enc_3: layer("encoder/enc_3", SIDE / 4, 2)?,
            enc_4: layer("encoder/enc_4", GRID, 1)?,
            residuals: Residuals::new(weights, "encoder", path)?,
            to_vq: layer("to_vq", GRID, 1)?,
        })
    }

    /// `images` (`[N * 4096]`) to the vectors `[N, dim, 8, 8]`, as burn's encoder gives them. Pixels that fill no whole cutout are passed over.
    #[must_use]
    pub fn encode(&self, images: &[f32]) -> Vec<f32> {
        let outputs = |layer: &Packed<f32>| layer.shape().outputs;
        let hidden = outputs(&self.enc_4);
        let mut scratch = Scratch {
            image: Grid::new(SIDE, 1, 1),
            first: Grid::new(SIDE / 2, outputs(&self.enc_1), 1),
            second: Grid::new(SIDE / 4, outputs(&self.enc_2), 1),
            third: Grid::new(GRID, outputs(&self.enc_3), 1),
            sum: Grid::new(GRID, hidden, 0),
            rectified: Grid::new(GRID, hidden, 1),
            inner: self.residuals.inner(),
        };
        let length = outputs(&self.to_vq) * CODES;
        let mut out = vec![0.0; images.len() / PIXELS * length];
        for (image, out) in images
            .chunks_exact(PIXELS)
            .zip(out.chunks_exact_mut(length.max(1)))
        {
            self.one(image, &mut scratch, out);
        }
        out
    }

    fn one(&self, image: &[f32], scratch: &mut Scratch, out: &mut [f32]) {
        for (y, row) in image.chunks_exact(SIDE).enumerate() {
            scratch.image.row_mut(y).copy_from_slice(row);
        }
        rectified(&self.enc_1, &scratch.image, &mut scratch.first);
        rectified(&self.enc_2, &scratch.first, &mut scratch.second);
        rectified(&self.enc_3, &scratch.second, &mut scratch.third);
        kept(
            &self.enc_4,
            &scratch.third,
            (&mut scratch.sum, &mut scratch.rectified),
            false,
        );
        self.residuals
            .run(&mut scratch.inner, &mut scratch.sum, &mut scratch.rectified);
        self.to_vq.run(&scratch.rectified, Planes(out));
    }
}

/// Outputs as planes, `[outputs, 8, 8]`.
struct Planes<'a>(&'a mut [f32]);

impl Finish<f32> for Planes<'_> {
    #[inline(always)]
    fn finish(&mut self, row: Row<'_, f32>) {
        for (x, sums) in row.pixels().enumerate() {
            for (plane, value) in self.0.chunks_exact_mut(CODES).skip(row.first).zip(sums) {
                if let Some(to) = plane.get_mut(row.y * GRID + row.x + x) {
                    *to = *value;
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
    use galaxy_grove::cutout::simulate::simulate;

    fn weights() -> Weights {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../www/model/galaxies.safetensors"
        );
        Weights::from_safetensors(&std::fs::read(file).unwrap()).unwrap()
    }

    /// On every path of this processor.
    #[test]
    fn vectors_are_those_of_burn_but_for_rounding_and_codes_are_the_same() {
        let (weights, images) = (weights(), simulate(3, 24).image);
        let (model, codebook) = load(&weights, &device::processor()).unwrap();
        let twin = Extractor::new(model, codebook.clone(), device::processor());
        let expected = pollster::block_on(twin.encode(&images)).unwrap();
        let codes = codebook.assign(&expected).codes;
        for path in Path::all() {
            let encoder = ProcessorEncoder::on(&weights, path).unwrap();
            let found = encoder.encode(&images);
            let farthest = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            let farthest = farthest.fold(0.0, f32::max);
            assert!(farthest < 2e-4, "{}: {farthest}", path.name());
            assert_eq!(codebook.assign(&found).codes, codes, "{}", path.name());
            // One galaxy alone has the same bits.
            assert_eq!(encoder.encode(&images[..PIXELS]), found[..found.len() / 24]);
        }
    }
}
