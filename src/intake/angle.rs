//! Angles as files and tables write them.

/// Degrees in an hour of right ascension.
const HOUR: f64 = 15.0;

/// What separates the first number of an angle from the second, and so says its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `13h29m52.7s`: hours.
    Hours,
    /// `47d11m43s`, `47°11′43″`: degrees.
    Degrees,
    /// `13:29:52.7`: hours in a right ascension, degrees in a declination.
    Colon,
    /// `13 29 52.7`: the same as a colon.
    Space,
}

/// Why an angle has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AngleError {
    /// 60 or more minutes or seconds.
    TooLarge,
    /// A declination in hours.
    Hours,
}

/// An angle in sixtieths, as it is written: whole hours or degrees, minutes and seconds, of which the last may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sixtieths {
    /// What separates its first two numbers.
    pub mark: Mark,
    /// How many numbers it has, from 1 to 3.
    pub count: usize,
    negative: bool,
    values: [f64; 3],
}

impl Sixtieths {
    /// Reads `13:29:52.7`, `13 29 52.7`, `13h29m52.7s`, `-47d11m43s`, `+47°11'43"`. `None` for texts of another form. Only the
    /// last number has decimals: `47.195d5m` is no angle, nor are `10.68 41.27`, a position in one cell.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let negative = text.starts_with(['-', '\u{2212}']);
        let mut rest = text.strip_prefix(['+', '-', '\u{2212}']).unwrap_or(text);
        let (mut values, mut mark, mut count) = ([0.0_f64; 3], None, 0);
        for value in &mut values {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
            let (digits, tail) = rest.split_at(end.unwrap_or(rest.len()));
            if !digits.starts_with(|c: char| c.is_ascii_digit()) {
                return None;
            }
            *value = digits.parse().ok()?;
            let sign = tail.trim_start().chars().next().map(|c| c.to_ascii_lowercase());
            // A blank alone separates numbers; before a letter or behind it it means nothing.
            let sign = if tail.starts_with(char::is_whitespace) && sign.is_some_and(|c| c.is_ascii_digit()) {
                Some(' ')
            } else {
                sign
            };
            let letters = matches!(mark, Some(Mark::Hours | Mark::Degrees));
            match (count, sign) {
                (0, Some(':')) => mark = Some(Mark::Colon),
                (0, Some(' ')) => mark = Some(Mark::Space),
                (0, Some('h')) => mark = Some(Mark::Hours),
                (0, Some('d' | '°')) => mark = Some(Mark::Degrees),
                (1, Some(':')) if mark == Some(Mark::Colon) => {}
                (1, Some(' ')) if mark == Some(Mark::Space) => {}
                (1, Some('m' | '\'' | '′' | '’')) if letters => {}
                (2, Some('s' | '"' | '″' | '”')) if letters => {}
                (1 | 2, None) => {}
                _ => return None,
            }
            count += 1;
            let after = tail.trim_start();
            let skip = sign.filter(|sign| *sign != ' ').and(after.chars().next());
            rest = after.get(skip.map_or(0, char::len_utf8)..)?.trim_start();
            if rest.is_empty() {
                break;
            }
            if value.fract() != 0.0 || count == 3 {
                return None;
            }
        }
        Some(Self {
            mark: mark?,
            count,
            negative,
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
        let scale = match self.mark {
            Mark::Hours if !is_ra => return Err(AngleError::Hours),
            Mark::Degrees => 1.0,
            Mark::Hours => HOUR,
            Mark::Colon | Mark::Space => {
                if is_ra {
                    HOUR
                } else {
                    1.0
                }
            }
        };
        let size = (whole + minutes / 60.0 + seconds / 3600.0) * scale;
        Ok(if self.negative { -size } else { size })
    }
}

/// An angle in degrees, from [`Sixtieths`] of at least two numbers. A letter behind the first number says what it counts;
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
    let angle = Sixtieths::parse(text).filter(|angle| angle.count >= 2)?;
    angle.degrees(is_ra).ok()
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
}
