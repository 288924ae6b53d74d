//! A cutout in less memory, without loss.

use crate::cutout::PIXELS;

const WORD: usize = u64::BITS as usize;

/// A cutout whose black pixels are not kept: preparation clears the sky, which is most of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PackedImage {
    /// One bit a pixel: it is not black.
    lit: Box<[u64]>,
    /// The values of those pixels.
    values: Box<[f32]>,
}

impl PackedImage {
    pub fn of(image: &[f32]) -> Self {
        // By bits: a negative zero stays one.
        let is_lit = |value: &f32| value.to_bits() != 0;
        let words = image.chunks(WORD).map(|pixels| {
            let bits = pixels.iter().enumerate();
            bits.fold(0, |word, (at, value)| word | (u64::from(is_lit(value)) << at))
        });
        Self {
            lit: words.collect(),
            values: image.iter().copied().filter(is_lit).collect(),
        }
    }

    /// Appends the 4096 pixels.
    pub fn append_to(&self, pixels: &mut Vec<f32>) {
        let mut values = self.values.iter().copied();
        let end = pixels.len() + PIXELS;
        for &word in &self.lit {
            let bits = (0..WORD).map(|at| word >> at & 1 != 0);
            pixels.extend(bits.map(|is_lit| if is_lit { values.next().unwrap_or(0.0) } else { 0.0 }));
        }
        pixels.truncate(end);
    }

    pub fn unpacked(&self) -> Vec<f32> {
        let mut pixels = Vec::with_capacity(PIXELS);
        self.append_to(&mut pixels);
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate;

    #[test]
    fn every_bit_comes_back() {
        let mut odd = vec![0.0; PIXELS];
        (odd[0], odd[63], odd[64], odd[4095]) = (-0.0, f32::MIN_POSITIVE / 2.0, -1.5, 1.0);
        let full: Vec<f32> = (0..PIXELS).map(|at| at as f32 + 0.5).collect();
        let galaxy = simulate::galaxy(3, 1).image;
        for image in [odd, full, galaxy, vec![0.0; PIXELS], vec![f32::NAN; PIXELS]] {
            let back = PackedImage::of(&image).unpacked();
            let bits = |image: &[f32]| image.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&back), bits(&image));
        }
    }
}
