//! Names and numbers in the form in which they are compared: as people see them.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::intake::digits as longest;

/// Whole numbers up to this are exact in double precision.
const EXACT: u64 = 1 << 53;

/// A path in lower case and one Unicode form, with `/` between its parts and without the query of an address. Letters with
/// accents compare equal whether they are written as one character or as two.
pub fn path(name: &str) -> Cow<'_, str> {
    let mut name = name.trim().trim_matches(['"', '\'']);
    let mut decoded = None;
    if name.contains("://") {
        name = name.split(['?', '#']).next().unwrap_or(name);
        decoded = percent(name);
    }
    let name: Cow<'_, str> = decoded.map_or(Cow::Borrowed(name), Cow::Owned);
    let is_plain = |byte: u8| !(byte.is_ascii_uppercase() || byte == b'\\' || byte > 127);
    if name.bytes().all(is_plain) {
        return name;
    }
    Cow::Owned(lower(&name).replace('\\', "/"))
}

fn lower(text: &str) -> String {
    if text.is_ascii() || is_nfc(text) {
        text.to_lowercase()
    } else {
        text.nfc().collect::<String>().to_lowercase()
    }
}

/// Words in lower case and one Unicode form, with single blanks.
pub fn folded(text: &str) -> String {
    let text = lower(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes `%20` and similar sequences for the characters that they stand for; `None` when there are none, or they are no UTF-8.
fn percent(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match (first, tail) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match code {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// A path and the part of the file that it names: `cube.fits` and `2` of `cube.fits[2]`.
pub fn part(path: &str) -> (&str, Option<&str>) {
    let split = path.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    split.map_or((path, None), |(file, part)| (file, Some(part)))
}

/// The last part of a path, without the part of the file that it names.
pub fn base(path: &str) -> &str {
    let (file, _) = part(path);
    file.rsplit('/').next().unwrap_or(file)
}

/// How many parts two paths have in common, counted from their ends.
pub fn common(a: &str, b: &str) -> usize {
    a.rsplit('/')
        .zip(b.rsplit('/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// The longest run of digits, without zeros in front.
pub fn digits(stem: &str) -> Option<&str> {
    let run = longest(stem);
    (!run.is_empty()).then(|| significant(run))
}

fn significant(digits: &str) -> &str {
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() { "0" } else { significant }
}

/// The digits of a whole number of any size, also of `42.0`, without zeros in front. A number with a point that is too
/// large to be exact as a floating-point number is none.
pub fn integer(cell: &str) -> Option<String> {
    let cell = cell.trim();
    let (sign, rest) = match cell.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", cell.strip_prefix('+').unwrap_or(cell)),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !fraction.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let digits = significant(whole);
    if rest.len() > whole.len() && digits.parse::<u64>().map_or(true, |value| value > EXACT) {
        return None;
    }
    Some(format!("{}{digits}", if digits == "0" { "" } else { sign }))
}

/// True for a whole number that was rounded on its way: `1.23765E+18`, a large one with a point, or one of more than 15
/// digits with nothing but zeros behind the fifteenth.
pub fn is_rounded(cell: &str) -> bool {
    const KEPT: usize = 15;
    let cell = cell.trim().trim_start_matches(['-', '+']);
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    if digits == cell.len() {
        let cell = significant(cell);
        return cell.len() > KEPT && cell.bytes().skip(KEPT).all(|digit| digit == b'0');
    }
    if !cell.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let value = cell.replace(',', ".").parse::<f64>();
    value.is_ok_and(|value| value.is_finite() && value >= EXACT as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(path("Set\\M51.FITS[2]"), "set/m51.fits[2]");
        assert_eq!(
            path("https://x.org/a/B%20c.jpg?size=3"),
            "https://x.org/a/b c.jpg"
        );
        assert_eq!(part("set/m51.fits[2]"), ("set/m51.fits", Some("2")));
        assert_eq!(base("a/b/c.png"), "c.png");
        assert_eq!(digits("gz2_thumb_0103169"), Some("103169"));
        assert_eq!(digits("m"), None);
        assert_eq!(common("set.zip/a/x.png", "b/a/x.png"), 2);
        // One character, and a letter with a mark behind it.
        assert_eq!(path("Stra\u{df}e_\u{e9}.png"), path("stra\u{df}e_E\u{301}.PNG"));
        assert_eq!(folded("  NGC  4414 "), "ngc 4414");
    }

    #[test]
    fn numbers_keep_their_digits() {
        assert_eq!(integer("42.0").as_deref(), Some("42"));
        assert_eq!(integer("0042").as_deref(), Some("42"));
        assert_eq!(integer("-0").as_deref(), Some("0"));
        assert_eq!(integer("-7").as_deref(), Some("-7"));
        assert_eq!(integer("42.5"), None);
        assert_eq!(
            integer("587722952230502863").as_deref(),
            Some("587722952230502863")
        );
        assert_eq!(
            integer("14783464213117718528").as_deref(),
            Some("14783464213117718528")
        );
        assert_eq!(integer("1237648720693755904.0"), None, "floating point rounds it");
        assert_eq!(integer("1.2e5"), None);
        assert_eq!(integer(""), None);
    }

    #[test]
    fn rounding_is_seen() {
        for rounded in [
            "1.23765E+18",
            "1,23765E+18",
            "1237648720693750000",
            "1237648720693755904.0",
            "9.1e15",
        ] {
            assert!(is_rounded(rounded), "{rounded}");
        }
        for exact in [
            "1237648720693755918",
            "100000000000000",
            "12.5",
            "nan",
            "inf",
            "M 51",
            "1e10",
        ] {
            assert!(!is_rounded(exact), "{exact}");
        }
    }
}
