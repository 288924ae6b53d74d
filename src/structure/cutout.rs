//! The structure of a cutout, as the model sees it.

use super::light::Light;
use super::measure::{Options, Structure, StructureFlag, structure};
use super::numbers::MEASURES;
use crate::cutout::SIDE;

/// Measures a prepared cutout (64 x 64 values). Its pixels are stretched and cleared: the numbers compare cutouts of one kind with each other.
/// `None` when there is nothing on it.
#[must_use]
pub fn structure_of_cutout(image: &[f32]) -> Option<Structure> {
    let options = Options {
        stretched: true,
        ..Options::default()
    };
    structure(&Light::find(SIDE, SIDE, image, None)?, &options)
}

/// Its first numbers, for tables (NaN where one would mean nothing), and its flags.
#[must_use]
pub fn measures_of_cutout(image: &[f32]) -> ([f64; MEASURES], u8) {
    structure_of_cutout(image).map_or(([f64::NAN; MEASURES], 0), |found| {
        (found.measures(), StructureFlag::bits(&found.flags))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_as_bits() {
        for bits in 0..=u8::MAX {
            let flags: Vec<StructureFlag> = StructureFlag::of_bits(bits).collect();
            assert_eq!(StructureFlag::bits(&flags), bits);
        }
        assert_eq!(measures_of_cutout(&[0.0; 64 * 64]).1, 0);
    }
}
