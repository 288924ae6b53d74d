//! Galaxies as grey pictures: dark where bright, as on a photographic plate.

use crate::cutout::SIDE;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

/// Which brightness is white and which is black.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shade {
    /// Drawn white.
    pub white: f32,
    /// Drawn black.
    pub black: f32,
}

impl Shade {
    /// From the darkest to the brightest of these pixels, as the reference's figures scale each picture.
    pub fn fit(pixels: &[f32]) -> Self {
        let finite = || pixels.iter().copied().filter(|pixel| pixel.is_finite());
        Self {
            white: finite().fold(f32::INFINITY, f32::min),
            black: finite().fold(f32::NEG_INFINITY, f32::max),
        }
    }

    /// As far to both sides of 0, so that 0 is middle grey: for residuals.
    pub fn around_zero(pixels: &[f32]) -> Self {
        let most = pixels
            .iter()
            .filter(|pixel| pixel.is_finite())
            .fold(0.0_f32, |most, pixel| most.max(pixel.abs()));
        Self {
            white: -most,
            black: most,
        }
    }

    fn grey(self, pixel: f32) -> u8 {
        let range = self.black - self.white;
        if !pixel.is_finite() || range.is_nan() || range <= 0.0 {
            return 255;
        }
        (255.0 * (1.0 - ((pixel - self.white) / range).clamp(0.0, 1.0))).round() as u8
    }
}

/// A cutout as a PNG file. Pixels that are not there are white.
pub fn png(pixels: &[f32], shade: Shade) -> Vec<u8> {
    let mut grey: Vec<u8> = pixels.iter().map(|&pixel| shade.grey(pixel)).collect();
    grey.resize(SIDE * SIDE, 255);
    let mut out = Vec::new();
    let side = SIDE as u32;
    // Writing to memory cannot fail, and the sizes fit by construction.
    let _ = PngEncoder::new(&mut out).write_image(&grey, side, side, ExtendedColorType::L8);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brightest_pixel_is_black() {
        let mut pixels = vec![0.25_f32; SIDE * SIDE];
        pixels[0] = 1.0;
        pixels[1] = 0.0;
        pixels[2] = f32::NAN;
        let picture = image::load_from_memory(&png(&pixels, Shade::fit(&pixels)))
            .unwrap()
            .to_luma8();
        let row: Vec<u8> = picture.pixels().take(4).map(|pixel| pixel.0[0]).collect();
        assert_eq!(row, [0, 255, 255, 191]);
        assert_eq!(Shade::around_zero(&[-0.5, 0.25]).grey(0.0), 128);
        // All the same: nothing to show.
        assert_eq!(Shade::fit(&[0.5; 4]).grey(0.5), 255);
    }
}
