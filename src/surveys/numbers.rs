//! Numbers and angles as people write them.

use crate::refusal::Refusal;

/// A plain decimal number. The words that Rust also takes for numbers (`inf`, `nan`) are none.
pub(super) fn number(word: &str) -> Option<f64> {
    let plain = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '+' | '-' | 'e' | 'E');
    let digits = word.trim_start_matches(['+', '-']);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') || !word.chars().all(plain) {
        return None;
    }
    word.parse().ok().filter(|value: &f64| value.is_finite())
}

/// An angle in sixtieths, as it is written.
#[derive(Debug)]
pub(super) struct Sexagesimal<'a> {
    word: std::borrow::Cow<'a, str>,
    negative: bool,
    values: [f64; 3],
    /// The sign after the first number: `h`, `d` or `:`.
    mark: char,
}

/// Understands `13:29:52.7`, `13h29m52.7s`, `-47d11m43s`, `+47°11'43"`; the last parts may be missing. `None` when the
/// word has another form.
pub(super) fn parts(word: &str) -> Option<Sexagesimal<'_>> {
    let negative = word.starts_with('-');
    let body = word.strip_prefix(['+', '-']).unwrap_or(word);
    if !body.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let mut values = [0.0; 3];
    let (mut mark, mut rest) = (None, body);
    for place in 0..3 {
        let end = rest
            .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        let value = number(digits)?;
        let mut letters = tail.chars();
        let sign = letters.next();
        let colons = mark == Some(':');
        let known = match (place, sign) {
            (0, Some(':' | 'h' | 'H' | 'd' | 'D' | '°')) => true,
            (1, Some(':')) => colons,
            (1, Some('m' | 'M' | '\'' | '′' | '’')) => !colons,
            (2, Some('s' | 'S' | '"' | '″' | '”')) => !colons,
            (1 | 2, None) => true,
            _ => false,
        };
        if !known {
            return None;
        }
        if let Some(slot) = values.get_mut(place) {
            *slot = value;
        }
        if place == 0 {
            mark = sign.map(|sign| match sign.to_ascii_lowercase() {
                '°' => 'd',
                other => other,
            });
        }
        rest = letters.as_str();
        if rest.is_empty() {
            break;
        }
        // Only the last part has decimals: 47.195d5m are two angles.
        if value.fract() != 0.0 || place == 2 {
            return None;
        }
    }
    Some(Sexagesimal {
        word: word.into(),
        negative,
        values,
        mark: mark?,
    })
}

impl Sexagesimal<'_> {
    /// The angle in degrees. `hours`: what colons stand between are hours, as for a right ascension.
    pub(super) fn degrees(&self, hours: bool) -> Result<f64, Refusal> {
        let [whole, minutes, seconds] = self.values;
        if minutes >= 60.0 || seconds >= 60.0 {
            return Err(Refusal::new(
                format!("`{}` has 60 or more minutes or seconds", self.word),
                "write minutes and seconds below 60, or decimal degrees",
            ));
        }
        let scale = match self.mark {
            'h' if !hours => {
                return Err(Refusal::new(
                    format!("the declination `{}` is in hours", self.word),
                    "write the right ascension first and the declination, in degrees, second",
                ));
            }
            'h' => 15.0,
            ':' if hours => 15.0,
            _ => 1.0,
        };
        let size = (whole + minutes / 60.0 + seconds / 3600.0) * scale;
        Ok(if self.negative { -size } else { size })
    }
}
