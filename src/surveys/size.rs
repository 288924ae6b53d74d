//! How large a galaxy is, and how much sky to fetch around it.

use super::survey::Survey;
use crate::refusal::Refusal;

/// The diameter that is taken, in arcminutes, for a galaxy of unknown size.
pub const DEFAULT_DIAMETER: f64 = 2.0;

/// The picture spans this many diameters: preparation needs sky around the galaxy to measure it.
const SPAN: f64 = 2.0;
/// The smallest and the largest diameter that make sense, in arcminutes: a few pixels, and the Andromeda Galaxy.
const MIN_SIZE: f64 = 0.02;
const MAX_SIZE: f64 = 240.0;
/// Sides of a picture in pixels: twice and four times what the model sees.
const SIDES: (f64, f64) = (128.0, 256.0);

/// What the user wants: sizes of their own, or one for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    /// The line's own diameter, else the ready list's, else this many arcminutes.
    Automatic(f64),
    /// This many arcminutes for every galaxy.
    Fixed(f64),
}

impl Size {
    /// The diameter to take, in arcminutes, when the line said `own` and the list says `listed`.
    pub fn diameter(self, own: Option<f64>, listed: Option<f64>) -> f64 {
        match self {
            Self::Automatic(otherwise) => own.or(listed).unwrap_or(otherwise),
            Self::Fixed(diameter) => diameter,
        }
    }
}

/// The width of the picture in degrees and its side in pixels, for a galaxy of `diameter` arcminutes.
///
/// The picture spans two diameters, in at most 256 pixels; a small galaxy gets no more pixels than the survey has, but
/// at least 128.
///
/// # Errors
/// A [`Refusal`] when the diameter is no number between 0.02 and 240.
pub fn field_of(diameter: f64, survey: &Survey) -> Result<(f64, usize), Refusal> {
    if !(MIN_SIZE..=MAX_SIZE).contains(&diameter) {
        return Err(Refusal::new(
            format!("a diameter of {diameter} arcminutes is not between {MIN_SIZE} and {MAX_SIZE}"),
            "give the galaxy's diameter in arcminutes, say 2.5; seconds of arc as 30\"",
        ));
    }
    let pixel = survey.pixel / 3600.0;
    let side = libm::ceil(diameter * SPAN / 60.0 / pixel).clamp(SIDES.0, SIDES.1);
    let field = (diameter * SPAN / 60.0).max(side * pixel);
    Ok((field, side as usize))
}

/// Reads an angle with its unit, in arcminutes: `11.2'`, `5m`, `30"`, `40s`, `0.1d`, `11 arcmin`.
///
/// `None` when the word is no such angle; a number without a unit is none either.
pub(super) fn angle(word: &str) -> Option<f64> {
    /// Longer ones first: `'` also ends `''`.
    const UNITS: [(&str, f64); 20] = [
        ("arcminutes", 1.0),
        ("arcminute", 1.0),
        ("arcmin", 1.0),
        ("arcseconds", 1.0 / 60.0),
        ("arcsecond", 1.0 / 60.0),
        ("arcsec", 1.0 / 60.0),
        ("amin", 1.0),
        ("asec", 1.0 / 60.0),
        ("degrees", 60.0),
        ("degree", 60.0),
        ("deg", 60.0),
        ("''", 1.0 / 60.0),
        ("\"", 1.0 / 60.0),
        ("″", 1.0 / 60.0),
        ("'", 1.0),
        ("′", 1.0),
        ("°", 60.0),
        ("m", 1.0),
        ("s", 1.0 / 60.0),
        ("d", 60.0),
    ];
    let word = word.to_lowercase().replace('’', "'").replace('”', "\"");
    UNITS.iter().find_map(|(unit, arcminutes)| {
        let number = word.strip_suffix(unit)?.trim_end();
        let value = crate::surveys::numbers::number(number)?;
        (value > 0.0).then_some(value * arcminutes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surveys::survey::SURVEYS;

    #[test]
    fn angles_come_with_units() {
        for (word, arcminutes) in [
            ("11.2'", 11.2),
            ("5m", 5.0),
            ("30s", 0.5),
            ("30\"", 0.5),
            ("30''", 0.5),
            ("0.1d", 6.0),
            ("0.1 deg", 6.0),
            ("90arcsec", 1.5),
            ("3 arcmin", 3.0),
            ("2′", 2.0),
        ] {
            let got = angle(word).unwrap();
            assert!((got - arcminutes).abs() < 1e-12, "{word}: {got}");
        }
        for word in [
            "11.2", "m", "'", "-5'", "0'", "NGC5m", "1e400'", "nan'", "inf'", "10h",
        ] {
            assert_eq!(angle(word), None, "{word}");
        }
    }

    #[test]
    fn a_field_holds_the_galaxy_and_its_sky() {
        let sdss = &SURVEYS[0];
        // 2 x 10' = 20' in 256 pixels.
        assert_eq!(field_of(10.0, sdss).unwrap(), (20.0 / 60.0, 256));
        // 2 x 0.3' = 36" are fewer than 128 pixels of 0.4": more sky instead of invented pixels.
        let (field, side) = field_of(0.3, sdss).unwrap();
        assert_eq!(side, 128);
        assert!((field - 128.0 * sdss.pixel / 3600.0).abs() < 1e-12);
        for diameter in [0.0, -1.0, 1e9, f64::NAN, f64::INFINITY] {
            assert!(field_of(diameter, sdss).is_err(), "{diameter}");
        }
    }

    #[test]
    fn sizes_come_from_the_line_then_the_list_then_the_default() {
        let automatic = Size::Automatic(2.0);
        assert_eq!(automatic.diameter(Some(5.0), Some(7.0)), 5.0);
        assert_eq!(automatic.diameter(None, Some(7.0)), 7.0);
        assert_eq!(automatic.diameter(None, None), 2.0);
        assert_eq!(Size::Fixed(3.0).diameter(Some(5.0), Some(7.0)), 3.0);
    }
}
