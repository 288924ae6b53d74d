//! Reads what was pasted: names and positions, one a line, or a table with a header.

use super::size::angle;
use super::table;
use super::target::{Line, Place, Position, Target};
use crate::intake::Refusal;
use std::collections::BTreeMap;

/// The most galaxies of one go: at the pace the CDS is asked, this many take some minutes.
pub const MOST_TARGETS: usize = 500;
/// The longest text, in bytes.
const MOST_TEXT: usize = 200_000;
/// The longest name, in letters.
const MOST_NAME: usize = 100;

/// Reads a pasted text. Every line that is neither empty nor a comment (`#`) gets an outcome.
///
/// A line is a name (`M 51`), or a position in degrees (`202.47 47.195`) or hours and degrees (`13:29:52.7 +47:11:43`,
/// `13h29m52.7s +47d11m43s`, `13 29 52.7 +47 11 43`), with a diameter after it (`11.2'`, `5m`, `30s`, `0.1d`) and a label
/// before or after it. When the first line names columns (name, ra, dec, size), the text is a table, whose columns are
/// parted by tabs, commas, semicolons, bars or spaces. Of two lines that mean the same picture the second is refused.
///
/// # Errors
/// A [`Refusal`] when the text as a whole is too long.
pub fn read_targets(text: &str) -> Result<Vec<Line>, Refusal> {
    if text.len() > MOST_TEXT {
        return Err(Refusal::new(
            format!("the text is {} bytes long; the limit is {MOST_TEXT}", text.len()),
            format!("paste {MOST_TARGETS} lines at a time"),
        ));
    }
    // What word processors make of a minus sign.
    let text = text.replace(['\u{2212}', '\u{2013}'], "-").replace('\u{a0}', " ");
    let mut lines = match table::read(&text) {
        Some(lines) => lines,
        None => written(&text)
            .map(|(number, line)| Line::new(number, line, read_line(line)))
            .collect(),
    };
    let mut seen = BTreeMap::new();
    for line in &mut lines {
        let Ok(target) = &line.outcome else {
            continue;
        };
        let identity = target.identity();
        let refusal = if let Some(first) = seen.get(&identity) {
            Refusal::new(
                format!("it is the same as line {first}"),
                "nothing needs to be done: each picture is fetched once",
            )
        } else if seen.len() == MOST_TARGETS {
            Refusal::new(
                format!("more than {MOST_TARGETS} galaxies are not fetched in one go"),
                "fetch these first, then paste the rest",
            )
        } else {
            seen.insert(identity, line.number);
            continue;
        };
        line.outcome = Err(refusal);
    }
    Ok(lines)
}

/// The lines that say something, with their numbers from 1.
pub(super) fn written(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn read_line(line: &str) -> Result<Target, Refusal> {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some((position, used)) = position(&words)? {
        return placed(position, words.get(used..).unwrap_or_default(), &[]);
    }
    // A label may come first, but then the numbers must look like a position: `NGC 224 10` is none.
    for start in 1..words.len() {
        let rest = words.get(start..).unwrap_or_default();
        let certain = match rest {
            [ra, dec, ..] => {
                let fraction = |word: &&str| word.contains('.') && number(word).is_some();
                (fraction(ra) && fraction(dec)) || (parts(ra).is_some() && parts(dec).is_some())
            }
            _ => false,
        };
        if !certain {
            continue;
        }
        if let Some((position, used)) = position(rest)? {
            let label = words.get(..start).unwrap_or_default();
            return placed(position, rest.get(used..).unwrap_or_default(), label);
        }
    }
    let (diameter, rest) = with_size_last(&words);
    named(&rest.join(" "), diameter)
}

/// A target at a position; `rest` holds a size and a label, `label` what stood before.
fn placed(position: Position, rest: &[&str], label: &[&str]) -> Result<Target, Refusal> {
    let (mut diameter, rest) = with_size_first(rest);
    let (last, rest) = if diameter.is_none() {
        with_size_last(rest)
    } else {
        (None, rest)
    };
    diameter = diameter.or(last);
    if let Some(bare) = rest
        .iter()
        .find(|word| number(word).is_some())
        .filter(|_| label.is_empty())
    {
        // A label may hold numbers (`M 51`), but it does not begin with one.
        if rest.first() == Some(bare) {
            return Err(Refusal::new(
                format!("the number {bare} after the position has no unit"),
                format!(
                    "write {bare}' for arcminutes or {bare}\" for arcseconds; decimals with a point, not a comma"
                ),
            ));
        }
    }
    let label = label.iter().chain(rest).copied().collect::<Vec<_>>().join(" ");
    let label = label.trim_matches(['"', '\'']).trim();
    Ok(Target {
        label: if label.is_empty() {
            position.label()
        } else {
            label.chars().take(MOST_NAME).collect()
        },
        place: Place::At(position),
        diameter,
    })
}

/// A target by its name.
pub(super) fn named(name: &str, diameter: Option<f64>) -> Result<Target, Refusal> {
    let name = name.trim().trim_matches('"').trim();
    let length = name.chars().count();
    let refuse = |reason: String| {
        Err(Refusal::new(
            reason,
            "write a name such as M 51, or a position such as 202.47 47.195",
        ))
    };
    if length > MOST_NAME {
        return refuse(format!("it is {length} letters long, and no name is"));
    }
    if !name.chars().any(char::is_alphabetic) || name.chars().any(char::is_control) {
        return refuse(format!("`{name}` is neither a name nor a position"));
    }
    Ok(Target {
        label: name.to_owned(),
        place: Place::Name(name.to_owned()),
        diameter,
    })
}

fn with_size_first<'a, 'b>(words: &'a [&'b str]) -> (Option<f64>, &'a [&'b str]) {
    match words {
        [one, two, rest @ ..] if angle(one).is_none() && is_long_unit(two) => {
            match angle(&format!("{one}{two}")) {
                Some(size) => (Some(size), rest),
                None => (None, words),
            }
        }
        [one, rest @ ..] => match angle(one) {
            Some(size) => (Some(size), rest),
            None => (None, words),
        },
        [] => (None, words),
    }
}

fn with_size_last<'a, 'b>(words: &'a [&'b str]) -> (Option<f64>, &'a [&'b str]) {
    match words {
        [rest @ .., one, two] if !rest.is_empty() && is_long_unit(two) => {
            match angle(&format!("{one}{two}")) {
                Some(size) => (Some(size), rest),
                None => (None, words),
            }
        }
        [rest @ .., one] if !rest.is_empty() => match angle(one) {
            Some(size) => (Some(size), rest),
            None => (None, words),
        },
        _ => (None, words),
    }
}

/// A unit that may stand apart from its number.
fn is_long_unit(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "arcmin" | "arcminutes" | "arcsec" | "arcseconds" | "deg" | "degrees" | "'" | "\"" | "°"
    )
}

/// The words of a line; `13:29:52.7+47:11:43` are two.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for word in line
        .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '|'))
        .filter(|word| !word.is_empty())
    {
        let sign = word
            .char_indices()
            .skip(1)
            .find(|(_, letter)| matches!(letter, '+' | '-'));
        match sign {
            Some((at, _)) if parts(&word[..at]).is_some() && parts(&word[at..]).is_some() => {
                let (ra, dec) = word.split_at(at);
                words.extend([ra.to_owned(), dec.to_owned()]);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// The position that the words begin with, and how many of them it takes.
fn position(words: &[&str]) -> Result<Option<(Position, usize)>, Refusal> {
    // Hours and degrees with units or colons, each in one to three words.
    for ra_words in (1..=3).rev() {
        for dec_words in (1..=3).rev() {
            let (Some(ra), Some(dec)) = (words.get(..ra_words), words.get(ra_words..ra_words + dec_words))
            else {
                continue;
            };
            if let (Some(ra), Some(dec)) = (parts(&ra.concat()), parts(&dec.concat())) {
                let position = Position::new(ra.degrees(true)?, dec.degrees(false)?)?;
                return Ok(Some((position, ra_words + dec_words)));
            }
        }
    }
    // 13 29 52.7 +47 11 43
    if let [a, b, c, d, e, f, ..] = words {
        let whole = |word: &&str| number(word).is_some() && !word.contains('.');
        if [a, b, d, e].into_iter().all(whole) && number(c).is_some() && number(f).is_some() {
            let (ra, dec) = (format!("{a}:{b}:{c}"), format!("{d}:{e}:{f}"));
            if let (Some(ra), Some(dec)) = (parts(&ra), parts(&dec)) {
                return Ok(Some((Position::new(ra.degrees(true)?, dec.degrees(false)?)?, 6)));
            }
        }
    }
    let [first, rest @ ..] = words else {
        return Ok(None);
    };
    let second = rest.first().copied().unwrap_or_default();
    if let (Some(ra), Some(dec)) = (degrees(first), degrees(second)) {
        return Ok(Some((Position::new(ra, dec)?, 2)));
    }
    // 47 Tuc is a name; 202.47 Tuc and 13:29:52 are mistakes.
    let begun = number(first).is_some() && (first.contains('.') || rest.is_empty());
    if begun || (first.contains(':') && parts(first).is_some()) {
        return Err(Refusal::new(
            format!("`{first}` looks like a right ascension, but no declination follows"),
            "write both, such as 202.47 47.195 or 13:29:52.7 +47:11:43",
        ));
    }
    Ok(None)
}

/// Decimal degrees, with or without `d` or `°`.
fn degrees(word: &str) -> Option<f64> {
    number(word.trim_end_matches(['d', '°']))
}

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

#[cfg(test)]
#[path = "positions_tests.rs"]
mod tests;
