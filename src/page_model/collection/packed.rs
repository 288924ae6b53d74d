//! A cutout in less memory, without loss.

use crate::cutout::PIXELS;

const WORD: usize = u64::BITS as usize;

/// What the model sees of a galaxy, and what is shown of it before the sky was cleared.
///
/// Preparation clears the sky and changes nothing else: of cleared pixels only the shown value is kept, of others only the model's. Pixels that came as
/// bytes are kept as bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PackedPicture {
    /// One bit a pixel: the model sees light there.
    lit: Box<[u64]>,
    /// The values of those pixels.
    values: Values,
    /// What is shown.
    shown: Shown,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    /// Each is a byte divided by 255.
    Bytes(Box<[u8]>),
    Floats(Box<[f32]>),
}

#[derive(Debug, Clone, PartialEq)]
enum Shown {
    /// Grey values of the pixels without light; the others are shown as the model sees them.
    Rest(Box<[u8]>),
    /// Grey values of all pixels.
    All(Box<[u8]>),
}

/// A pixel for display.
pub fn grey(value: f32) -> u8 {
    // Not `round`, which WebAssembly has no instruction for.
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

/// The value that a byte stands for.
fn of_byte(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

/// By bits: a negative zero stays one.
fn is_lit(value: f32) -> bool {
    value.to_bits() != 0
}

impl PackedPicture {
    /// `raw` are 4096 grey values, `image` 4096 values.
    pub fn of(raw: &[u8], image: &[f32]) -> Self {
        let words = image.chunks(WORD).map(|pixels| {
            let bits = pixels.iter().enumerate();
            bits.fold(0, |word, (at, value)| word | (u64::from(is_lit(*value)) << at))
        });
        let lit = words.collect();
        let floats: Box<[f32]> = image.iter().copied().filter(|value| is_lit(*value)).collect();
        let are_bytes = floats
            .iter()
            .all(|value| of_byte(grey(*value)).to_bits() == value.to_bits());
        let values = if are_bytes {
            Values::Bytes(floats.iter().map(|value| grey(*value)).collect())
        } else {
            Values::Floats(floats)
        };
        let pairs = || raw.iter().copied().zip(image.iter().copied());
        let is_same = pairs().all(|(raw, value)| !is_lit(value) || raw == grey(value));
        let shown = if is_same && raw.len() == image.len() {
            let rest = pairs().filter(|(_, value)| !is_lit(*value));
            Shown::Rest(rest.map(|(raw, _)| raw).collect())
        } else {
            Shown::All(raw.into())
        };
        Self { lit, values, shown }
    }

    /// For each pixel whether it is lit.
    fn bits(&self) -> impl Iterator<Item = bool> {
        let words = self.lit.iter();
        words
            .flat_map(|word| (0..WORD).map(move |at| word >> at & 1 != 0))
            .take(PIXELS)
    }

    /// Appends the 4096 pixels that the model sees.
    pub fn append_to(&self, pixels: &mut Vec<f32>) {
        match &self.values {
            Values::Bytes(bytes) => {
                let mut bytes = bytes.iter();
                let mut next = || bytes.next().map_or(0.0, |byte| of_byte(*byte));
                pixels.extend(self.bits().map(|is_lit| if is_lit { next() } else { 0.0 }));
            }
            Values::Floats(floats) => {
                let mut floats = floats.iter().copied();
                let mut next = || floats.next().unwrap_or(0.0);
                pixels.extend(self.bits().map(|is_lit| if is_lit { next() } else { 0.0 }));
            }
        }
    }

    pub fn image(&self) -> Vec<f32> {
        let mut pixels = Vec::with_capacity(PIXELS);
        self.append_to(&mut pixels);
        pixels
    }

    /// The 4096 grey values that are shown.
    pub fn raw(&self) -> Vec<u8> {
        let rest = match &self.shown {
            Shown::All(all) => return all.to_vec(),
            Shown::Rest(rest) => rest,
        };
        let mut rest = rest.iter().copied();
        let pixels = self.image().into_iter();
        pixels
            .map(|value| {
                if is_lit(value) {
                    grey(value)
                } else {
                    rest.next().unwrap_or(0)
                }
            })
            .collect()
    }

    /// Whether the model sees the same of both.
    pub fn has_image_of(&self, other: &Self) -> bool {
        self.lit == other.lit && self.values == other.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate;
    use proptest::prelude::*;

    /// Both come back, to the last bit.
    fn check(raw: &[u8], image: &[f32]) {
        let packed = PackedPicture::of(raw, image);
        let bits = |image: &[f32]| image.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&packed.image()), bits(image));
        assert_eq!(packed.raw(), raw);
    }

    #[test]
    fn every_bit_comes_back() {
        let mut odd = vec![0.0; PIXELS];
        (odd[0], odd[63], odd[64], odd[4095]) = (-0.0, f32::MIN_POSITIVE / 2.0, -1.5, 1.0);
        let full: Vec<f32> = (0..PIXELS).map(|at| at as f32 + 0.5).collect();
        let bytes: Vec<f32> = (0..PIXELS).map(|at| of_byte((at % 256) as u8)).collect();
        let raw: Vec<u8> = (0..PIXELS).map(|at| (at % 253) as u8).collect();
        for image in [odd, full, bytes, vec![0.0; PIXELS], vec![f32::NAN; PIXELS]] {
            check(&raw, &image);
        }
    }

    #[test]
    fn prepared_cutouts_take_less() {
        for index in 0..20 {
            let galaxy = simulate::galaxy(3, index);
            let raw: Vec<u8> = galaxy.raw.iter().map(|value| grey(*value)).collect();
            check(&raw, &galaxy.image);
            let packed = PackedPicture::of(&raw, &galaxy.image);
            assert!(matches!(packed.shown, Shown::Rest(_)), "{index}");
            let lit = galaxy.image.iter().filter(|value| **value != 0.0).count();
            assert!(matches!(&packed.values, Values::Floats(values) if values.len() == lit));
        }
        let image: Vec<f32> = (0..PIXELS).map(|at| of_byte((at % 256) as u8)).collect();
        let raw: Vec<u8> = image.iter().map(|value| grey(*value)).collect();
        check(&raw, &image);
        let packed = PackedPicture::of(&raw, &image);
        assert!(matches!(packed.values, Values::Bytes(_)));
    }

    proptest! {
        #[test]
        fn whatever_the_pixels(image in prop::collection::vec(prop_oneof![Just(0.0_f32), any::<f32>()], PIXELS), same in any::<bool>()) {
            let raw: Vec<u8> = image.iter().map(|value| if same { grey(*value) } else { 7 }).collect();
            check(&raw, &image);
        }
    }
}
