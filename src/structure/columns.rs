//! Structure as columns of a table.

use super::measure::{Structure, StructureFlag};

/// What every column's name begins with: a table that comes along may have a `gini` of its own.
pub const PREFIX: &str = "structure_";

/// Names of the columns of numbers, without [`PREFIX`], in their order.
pub const NUMBERS: [&str; 20] = [
    "concentration",
    "asymmetry",
    "smoothness",
    "gini",
    "m20",
    "half_light_radius",
    "petrosian_radius",
    "ellipticity",
    "position_angle",
    "entropy",
    "gradient_pattern",
    "signal_to_noise",
    "sersic_n",
    "sersic_n_error",
    "sersic_radius",
    "sersic_radius_error",
    "sersic_axis_ratio",
    "sersic_axis_ratio_error",
    "sersic_position_angle",
    "sersic_chi_squared",
];

/// Places of some numbers in [`NUMBERS`].
pub mod place {
    /// `5 log10(r80 / r20)`.
    pub const CONCENTRATION: usize = 0;
    /// Differences from the turned picture.
    pub const ASYMMETRY: usize = 1;
    /// Light in clumps.
    pub const SMOOTHNESS: usize = 2;
    /// How unequally the light is shared out.
    pub const GINI: usize = 3;
    /// The second moment of the brightest fifth.
    pub const M20: usize = 4;
    /// The radius of half the light.
    pub const HALF_LIGHT_RADIUS: usize = 5;
    /// Where the light falls to a fifth of the mean within.
    pub const PETROSIAN_RADIUS: usize = 6;
    /// `1 - b/a`.
    pub const ELLIPTICITY: usize = 7;
    /// The major axis, in degrees.
    pub const POSITION_ANGLE: usize = 8;
    /// Entropy of the pixel values.
    pub const ENTROPY: usize = 9;
    /// Mean signal-to-noise of the galaxy's pixels.
    pub const SIGNAL_TO_NOISE: usize = 11;
}

/// How many of [`NUMBERS`] need no fit: the first ones.
pub const MEASURES: usize = 12;

/// One measure of every galaxy, by its place, out of [`MEASURES`] numbers for each.
#[must_use]
pub fn measure_of_all(structure: &[f64], place: usize) -> Vec<f64> {
    structure.iter().skip(place).step_by(MEASURES).copied().collect()
}

impl Structure {
    /// The first [`MEASURES`] numbers; NaN where one would mean nothing.
    #[must_use]
    pub fn measures(&self) -> [f64; MEASURES] {
        let mut measures = [f64::NAN; MEASURES];
        for (measure, number) in measures.iter_mut().zip(self.numbers()) {
            *measure = number.unwrap_or(f64::NAN);
        }
        measures
    }

    /// The numbers, in the order of [`NUMBERS`].
    #[must_use]
    pub fn numbers(&self) -> [Option<f64>; 20] {
        let fit = self.sersic;
        [
            self.concentration,
            self.asymmetry,
            self.smoothness,
            self.gini,
            self.m20,
            self.half_light_radius,
            self.petrosian_radius,
            self.ellipticity,
            self.position_angle,
            self.entropy,
            self.gradient_pattern,
            self.signal_to_noise,
            fit.map(|fit| fit.n),
            fit.map(|fit| fit.n_error),
            fit.map(|fit| fit.radius),
            fit.map(|fit| fit.radius_error),
            fit.map(|fit| fit.axis_ratio),
            fit.map(|fit| fit.axis_ratio_error),
            fit.map(|fit| fit.position_angle),
            fit.and_then(|fit| fit.chi_squared),
        ]
    }

    /// Columns by name: the numbers and errors that there are, to six digits, and `structure_flags`, which is `none` when nothing is to be doubted.
    pub fn columns(&self) -> impl Iterator<Item = (String, String)> {
        let numbers = self.numbers();
        let named = NUMBERS.into_iter().zip(numbers).filter_map(|(name, number)| {
            let number = number.filter(|number| number.is_finite())?;
            Some((format!("{PREFIX}{name}"), digits(number)))
        });
        let errors = self.errors.into_iter().flatten().zip(NUMBERS);
        let errors = errors.filter(|(error, _)| error.is_finite());
        let errors = errors.map(|(error, name)| (format!("{PREFIX}{name}_error"), digits(error)));
        let flags: Vec<&str> = self.flags.iter().copied().map(StructureFlag::name).collect();
        let flags = if flags.is_empty() {
            "none".to_owned()
        } else {
            flags.join(" ")
        };
        named.chain(errors).chain([(format!("{PREFIX}flags"), flags)])
    }
}

/// A number to six significant digits.
#[must_use]
pub fn digits(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let before = number.abs().log10().floor() as i32 + 1;
    let after = usize::try_from(6 - before).unwrap_or(0).min(12);
    let text = format!("{number:.after$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_names() {
        for (at, name) in [
            (place::CONCENTRATION, "concentration"),
            (place::ASYMMETRY, "asymmetry"),
            (place::SMOOTHNESS, "smoothness"),
            (place::GINI, "gini"),
            (place::M20, "m20"),
            (place::HALF_LIGHT_RADIUS, "half_light_radius"),
            (place::PETROSIAN_RADIUS, "petrosian_radius"),
            (place::ELLIPTICITY, "ellipticity"),
            (place::POSITION_ANGLE, "position_angle"),
            (place::ENTROPY, "entropy"),
            (place::SIGNAL_TO_NOISE, "signal_to_noise"),
        ] {
            assert_eq!(NUMBERS[at], name);
        }
    }

    #[test]
    fn numbers_have_six_digits() {
        for (number, text) in [
            (0.123_456_789, "0.123457"),
            (-1.5, "-1.5"),
            (123_456.7, "123457"),
            (0.000_012_345_678, "0.0000123457"),
            (0.0, "0"),
            (100.0, "100"),
        ] {
            assert_eq!(digits(number), text);
        }
    }

    #[test]
    fn what_is_missing_has_no_column() {
        let found = Structure {
            gini: Some(0.5),
            asymmetry: Some(f64::NAN),
            flags: vec![StructureFlag::Faint, StructureFlag::Stretched],
            ..Structure::default()
        };
        let columns: Vec<(String, String)> = found.columns().collect();
        assert_eq!(
            columns,
            [
                ("structure_gini".to_owned(), "0.5".to_owned()),
                ("structure_flags".to_owned(), "faint stretched".to_owned()),
            ]
        );
    }
}
