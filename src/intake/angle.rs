//! Angles as files and tables write them.

/// Degrees in an hour of right ascension.
const HOUR: f64 = 15.0;

/// Why an angle has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AngleError {
    /// 60 or more minutes or seconds.
    TooLarge,
    /// A declination in hours.
    Hours,
}

/// What the first number of an angle counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Hours,
    Degrees,
    /// No letter says it: hours in a right ascension, degrees in a declination.
    Unsaid,
}

/// An angle in sixtieths, as it is written: whole hours or degrees, minutes and seconds, of which the last may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sixtieths {
    unit: Unit,
    negative: bool,
    values: [f64; 3],
}

impl Sixtieths {
    /// Reads a cell of a table or header: two or three numbers with any of the usual separators, such as `13:29:52.7`,
    /// `13 29 52.7`, `13h 29m 52.7s`, `47°11'43''`. `None` for texts of another form: `47.195d5m` is no angle, nor are
    /// `10.68 41.27`, a position in one cell.
    pub fn of_cell(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (negative, body) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(body) => (true, body),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        let known = |c: char| c.is_ascii_digit() || c.is_whitespace() || ".:hmsd°'\"′″’”".contains(c);
        if !body.starts_with(|c: char| c.is_ascii_digit()) || !body.chars().all(known) {
            return None;
        }
        let unit = match (body.contains('h'), body.contains(['d', '°'])) {
            (true, false) => Unit::Hours,
            (false, true) => Unit::Degrees,
            (false, false) => Unit::Unsaid,
            (true, true) => return None,
        };
        let parts: Vec<f64> = body
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let values = match parts.as_slice() {
            [whole, minutes, seconds] if minutes.fract() == 0.0 => [*whole, *minutes, *seconds],
            [whole, minutes] => [*whole, *minutes, 0.0],
            _ => return None,
        };
        (values[0].fract() == 0.0).then_some(Self {
            unit,
            negative,
            values,
        })
    }

    /// Reads a word of a text in which names and numbers stand side by side, and is therefore strict: `13:29:52.7`,
    /// `13h29m52.7s`, `-47d11m43s`, `+47°11'43"`, also `13h` alone. `None` when the word has another form.
    pub fn of_word(word: &str) -> Option<Self> {
        let mut rest = word.strip_prefix(['+', '-']).unwrap_or(word);
        let (mut values, mut mark) = ([0.0_f64; 3], None);
        for (place, value) in values.iter_mut().enumerate() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
            let (digits, tail) = rest.split_at(end.unwrap_or(rest.len()));
            // `.5` is a number, but no angle begins with it.
            if place == 0 && !digits.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            *value = digits.parse().ok()?;
            let mut letters = tail.chars();
            let sign = letters.next().map(|sign| sign.to_ascii_lowercase());
            let colons = mark == Some(':');
            let known = match (place, sign) {
                (0, Some(':' | 'h' | 'd' | '°')) => true,
                (1, Some(':')) => colons,
                (1, Some('m' | '\'' | '′' | '’')) => !colons,
                (2, Some('s' | '"' | '″' | '”')) => !colons,
                (1 | 2, None) => true,
                _ => false,
            };
            if !known {
                return None;
            }
            mark = mark.or(sign);
            rest = letters.as_str();
            if rest.is_empty() {
                break;
            }
            // Only the last part has decimals: 47.195d5m are two angles.
            if value.fract() != 0.0 || place == 2 {
                return None;
            }
        }
        let unit = match mark? {
            'h' => Unit::Hours,
            'd' | '°' => Unit::Degrees,
            _ => Unit::Unsaid,
        };
        Some(Self {
            unit,
            negative: word.starts_with('-'),
            values,
        })
    }

    /// The angle in degrees. `is_ra`: without a letter its first number counts hours, as in a right ascension.
    ///
    /// # Errors
    /// [`AngleError`] for 60 or more minutes or seconds, and for a declination in hours.
    pub fn degrees(&self, is_ra: bool) -> Result<f64, AngleError> {
        let [whole, minutes, seconds] = self.values;
        if minutes >= 60.0 || seconds >= 60.0 {
            return Err(AngleError::TooLarge);
        }
        let scale = match (self.unit, is_ra) {
            (Unit::Hours, false) => return Err(AngleError::Hours),
            (Unit::Hours, true) | (Unit::Unsaid, true) => HOUR,
            (Unit::Degrees, _) | (Unit::Unsaid, false) => 1.0,
        };
        let size = (whole + minutes / 60.0 + seconds / 3600.0) * scale;
        Ok(if self.negative { -size } else { size })
    }
}

/// An angle in degrees from a cell, as [`Sixtieths::of_cell`] reads it. A letter behind the first number says what it counts;
/// where there is none it is hours in a right ascension (`is_ra`) and degrees in a declination. `None` for texts of another
/// form, also for a declination in hours.
///
/// # Examples
/// ```
/// use galaxy_grove::intake::sexagesimal;
/// assert_eq!(sexagesimal("13:30:00", true), Some(202.5));
/// assert_eq!(sexagesimal("202d30m00s", true), Some(202.5));
/// assert_eq!(sexagesimal("-00:30:00", false), Some(-0.5));
/// ```
pub fn sexagesimal(text: &str, is_ra: bool) -> Option<f64> {
    Sixtieths::of_cell(text)?.degrees(is_ra).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixtieths_are_read() {
        let near = |text: &str, is_ra: bool, wanted: f64| {
            let found = sexagesimal(text, is_ra);
            assert!(
                found.is_some_and(|found| (found - wanted).abs() < 1e-9),
                "{text}: {found:?}"
            );
        };
        for text in [
            "13:30:00",
            "13 30 00.0",
            "13h30m00s",
            "13H30M",
            " 13:30 ",
            "202d30m00s",
            "202°30'0\"",
        ] {
            near(text, true, 202.5);
        }
        for text in [
            "-47:30:36",
            "-47d30m36s",
            "\u{2212}47 30 36",
            "-47°30'36\"",
            "-47°30′36″",
            "-47°30'36''",
            "-47 30 36s",
        ] {
            near(text, false, -47.51);
        }
        near("-00:30:00", false, -0.5);
        for text in [
            "",
            "NaN",
            "north",
            "M 51",
            "m 51 22",
            "13:70:00",
            "12:00:61",
            "spiral 1 2 3",
            "1:2:3:4",
            "1:-2:3",
            "10.68 41.27",
            "1h2d3s",
        ] {
            assert_eq!(sexagesimal(text, true), None, "{text}");
        }
        assert_eq!(sexagesimal("13h30m00s", false), None, "a declination in hours");
    }

    /// Tables separate in many ways; in a text that holds names too, only whole forms are angles.
    #[test]
    fn words_are_read_more_strictly_than_cells() {
        for word in ["13h29m52.7s", "13:29:52.7", "+47°11'43\"", "-47d11m43s", "13h"] {
            assert!(Sixtieths::of_word(word).is_some(), "{word}");
        }
        for word in [
            "13",
            "13 29 52",
            "13h:29",
            "47°11'43''",
            "13:29m",
            "47.195d5m",
            ".5h",
            "M51",
        ] {
            assert_eq!(Sixtieths::of_word(word), None, "{word}");
        }
        assert!(Sixtieths::of_cell("13h:29").is_some());
        assert_eq!(Sixtieths::of_cell("13h"), None);
    }
}
