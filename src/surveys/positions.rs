//! Reads what was pasted: names and positions, one a line, or a table with a header.

use super::naming::{MAX_NAME, named, written};
use super::numbers::{number, parts};
use super::size::angle;
use super::target::{Line, Place, Position, Target};
use crate::refusal::Refusal;
use crate::surveys::table;
use std::collections::BTreeMap;

/// The most galaxies of one go: at the pace the CDS is asked, this many take some minutes.
pub const MAX_TARGETS: usize = 500;

/// The longest text, in bytes.
const MAX_TEXT: usize = 200_000;

/// Reads a pasted text. Every line that is neither empty nor a comment (`#`) gets an outcome.
///
/// A line is a name (`M 51`), or a position in degrees (`202.47 47.195`) or hours and degrees (`13:29:52.7 +47:11:43`,
/// `13h29m52.7s +47d11m43s`, `13 29 52.7 +47 11 43`), with a diameter after it (`11.2'`, `5m`, `30s`, `0.1d`) and a label
/// before or after it. When the first line names columns (name, ra, dec, size), the text is a table, whose columns are
/// separated by tabs, commas, semicolons, bars or spaces. Of two lines that mean the same picture the second is refused.
///
/// # Errors
/// A [`Refusal`] when the text as a whole is too long.
pub fn read_targets(text: &str) -> Result<Vec<Line>, Refusal> {
    if text.len() > MAX_TEXT {
        return Err(Refusal::new(
            format!("the text is {} bytes long; the limit is {MAX_TEXT}", text.len()),
            format!("paste {MAX_TARGETS} lines at a time"),
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
        } else if seen.len() == MAX_TARGETS {
            Refusal::new(
                format!("more than {MAX_TARGETS} galaxies are not fetched in one go"),
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
            label.chars().take(MAX_NAME).collect()
        },
        place: Place::At(position),
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
pub(super) fn position(words: &[&str]) -> Result<Option<(Position, usize)>, Refusal> {
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
pub(super) fn degrees(word: &str) -> Option<f64> {
    number(word.trim_end_matches(['d', '°']))
}

#[cfg(test)]
#[path = "positions_tests.rs"]
mod tests;
