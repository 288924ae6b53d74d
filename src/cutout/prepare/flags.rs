//! What may be wrong with a cutout, in words.
//!
//! The limits were chosen on the 4,000 real galaxies of the training data; `docs/preparation.md` gives the share of them
//! that each flag marks.

use super::measures::Measures;

/// A reason to look at a cutout again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Flag {
    /// Nothing is brighter than the noise.
    Blank,
    /// All pixels have one value, or nearly all.
    Constant,
    /// The bright parts are flat: the picture was overexposed.
    Saturated,
    /// The galaxy is not in the middle.
    OffCentre,
    /// It looks like a star.
    StarLike,
    /// The edge of the picture cuts it off.
    Truncated,
    /// It is hardly brighter than the noise.
    Faint,
}

/// Brightest 3 by 3 pixels, in sigma: less is nothing (the least of the training data is 8), less is faint.
const BLANK: f32 = 5.0;
const FAINT: f32 = 12.0;
/// The share of pixels with one value in a constant cutout. (In a cleared one much of the sky is 0.)
const CONSTANT: f32 = 0.995;
/// The share of the galaxy's pixels that are as bright as can be.
const SATURATED: f32 = 0.012;
/// Distance from the middle, as a share of half the side.
const OFF_CENTRE: f32 = 0.25;
/// Similarity to a star.
const STAR: f32 = 0.6;
/// Pixels along the edge of the picture.
const CUT_OFF: u32 = 6;

impl Flag {
    /// A short name, for tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Constant => "constant",
            Self::Saturated => "saturated",
            Self::OffCentre => "off centre",
            Self::StarLike => "star-like",
            Self::Truncated => "truncated",
            Self::Faint => "faint",
        }
    }

    /// A sentence with the number behind it.
    #[must_use]
    pub fn sentence(self, measures: &Measures) -> String {
        let m = measures;
        match self {
            Self::Blank => {
                "Nothing is brighter than the noise: there may be no galaxy in this cutout.".to_owned()
            }
            Self::Constant => format!(
                "{:.1} % of the pixels have the same value: this is no picture of a galaxy.",
                100.0 * m.same_fraction
            ),
            Self::Saturated => format!(
                "{:.1} % of the galaxy's pixels are as bright as can be: its middle is overexposed.",
                100.0 * m.saturated_fraction
            ),
            Self::OffCentre => format!(
                "The light is centred {:.0} pixels off the middle of the cutout: check that it shows the galaxy you mean.",
                32.0 * m.offset_from_centre
            ),
            Self::StarLike => format!(
                "It is round (ellipticity {:.2}) and as compact as a star (half its light within {:.1} of 64 pixels).",
                m.ellipticity, m.half_light_radius
            ),
            Self::Truncated => format!(
                "The edge of the picture cuts the galaxy off over {} pixels of the cutout.",
                m.edge_pixels
            ),
            Self::Faint => format!(
                "It is faint: its brightest part is {:.0} times as bright as the noise.",
                m.peak_to_noise
            ),
        }
    }
}

/// What the measures give reason to doubt, in the order of [`Flag`].
#[must_use]
pub fn flags(measures: &Measures) -> Vec<Flag> {
    let m = measures;
    if m.same_fraction >= CONSTANT {
        return vec![Flag::Constant];
    }
    if m.peak_to_noise < BLANK {
        return vec![Flag::Blank];
    }
    [
        (
            Flag::Saturated,
            m.saturated_fraction >= SATURATED && m.saturated_fraction * m.fill_fraction >= 12.0 / 4096.0,
        ),
        (Flag::OffCentre, m.offset_from_centre > OFF_CENTRE),
        (Flag::StarLike, m.stellarity >= STAR),
        (Flag::Truncated, m.edge_pixels >= CUT_OFF),
        (Flag::Faint, m.peak_to_noise < FAINT),
    ]
    .into_iter()
    .filter_map(|(flag, holds)| holds.then_some(flag))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::prepare::measures::measure;
    use crate::cutout::prepare::measures::tests::bell;
    use crate::cutout::simulate::galaxy::galaxy;
    use crate::cutout::size::{PIXELS, SIDE};

    #[test]
    fn each_flag_has_its_case() {
        let of = |raw: &[f32]| flags(&measure(raw, None));
        assert_eq!(of(&[0.2; PIXELS]), [Flag::Constant]);
        let noise: Vec<f32> = bell(900.0, 0.0, 1.0, 1.0, 0.0);
        assert_eq!(of(&noise), [Flag::Blank]);
        assert_eq!(of(&bell(31.5, 31.5, 9.0, 0.5, 0.4)), []);
        assert_eq!(of(&bell(31.5, 31.5, 3.0, 1.0, 0.0)), [Flag::StarLike]);
        assert_eq!(of(&bell(44.0, 31.5, 9.0, 0.6, 0.4)), [Flag::OffCentre]);
        let white: Vec<f32> = bell(31.5, 31.5, 9.0, 0.5, 0.4)
            .iter()
            .map(|v| (v * 2.0).min(1.0))
            .collect();
        assert_eq!(of(&white), [Flag::Saturated]);
        let faint: Vec<f32> = bell(31.5, 31.5, 9.0, 0.5, 0.4)
            .iter()
            .enumerate()
            .map(|(i, v)| v * 0.09 + 0.3 + 0.01 * crate::cutout::raster::testing::noise(7 * i as u64) as f32)
            .collect();
        assert_eq!(of(&faint), [Flag::Faint]);
        for flag in [Flag::Blank, Flag::Saturated, Flag::Truncated] {
            let listed = flag.sentence(&measure(&white, None));
            assert!(listed.ends_with('.') && !flag.name().is_empty(), "{listed}");
        }
    }

    #[test]
    fn simulated_galaxies_are_hardly_flagged() {
        let mut count = 0;
        for i in 0..60 {
            let found = flags(&measure(&galaxy(2, i).raw, None));
            count += usize::from(!found.is_empty());
            assert!(!found.contains(&Flag::Blank) && !found.contains(&Flag::Constant));
        }
        assert!(count <= 12, "{count} of 60");
        assert_eq!(SIDE, 64);
    }
}
