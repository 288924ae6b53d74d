//! Numbers and angles as people write them.

use crate::intake::{AngleError, Sixtieths};
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

/// An angle in sixtieths, and the word that says it.
#[derive(Debug)]
pub(super) struct Sexagesimal<'a> {
    word: &'a str,
    angle: Sixtieths,
}

/// Understands `13:29:52.7`, `13h29m52.7s`, `-47d11m43s`, `+47°11'43"`; the last parts may be missing. `None` when the
/// word has another form, also for several words.
pub(super) fn parts(word: &str) -> Option<Sexagesimal<'_>> {
    let angle = Sixtieths::of_word(word)?;
    Some(Sexagesimal { word, angle })
}

impl Sexagesimal<'_> {
    /// The angle in degrees. `hours`: numbers separated by colons are hours, as for a right ascension.
    ///
    /// # Errors
    /// A [`Refusal`] that names the word and the remedy.
    pub(super) fn degrees(&self, hours: bool) -> Result<f64, Refusal> {
        self.angle.degrees(hours).map_err(|error| match error {
            AngleError::TooLarge => Refusal::new(
                format!("`{}` has 60 or more minutes or seconds", self.word),
                "write minutes and seconds below 60, or decimal degrees",
            ),
            AngleError::Hours => Refusal::new(
                format!("the declination `{}` is in hours", self.word),
                "write the right ascension first and the declination, in degrees, second",
            ),
        })
    }
}
