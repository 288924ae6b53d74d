//! Structure as columns of a table.

use super::measure::{Structure, StructureFlag};
use super::numbers::{MEASURES, NUMBERS, PREFIX};

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
