//! Angles as files and tables write them.

/// Degrees in an hour of right ascension.
const HOUR: f64 = 15.0;

/// An angle in degrees, from sixtieths: `13:29:52.7`, `13 29 52.7`, `13h29m52.7s`, `+47d11m43s`, `47°11′`; the seconds may be
/// missing. A letter behind the first number says what it counts; where there is none it is hours in a right ascension
/// (`is_ra`) and degrees in a declination. `None` for texts of another form, also for a declination in hours.
///
/// ```
/// use galaxy_grove::intake::sexagesimal;
/// assert_eq!(sexagesimal("13:30:00", true), Some(202.5));
/// assert_eq!(sexagesimal("202d30m00s", true), Some(202.5));
/// assert_eq!(sexagesimal("-00:30:00", false), Some(-0.5));
/// ```
pub fn sexagesimal(text: &str, is_ra: bool) -> Option<f64> {
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
        (true, false) if is_ra => HOUR,
        (false, true) => 1.0,
        (false, false) if is_ra => HOUR,
        (false, false) => 1.0,
        _ => return None,
    };
    let parts: Vec<f64> = body
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let (whole, minutes, seconds) = match parts.as_slice() {
        [whole, minutes, seconds] if minutes.fract() == 0.0 => (*whole, *minutes, *seconds),
        [whole, minutes] => (*whole, *minutes, 0.0),
        _ => return None,
    };
    // 47.195d5m is no angle, nor are 10.68 41.27, a position in one cell.
    if whole.fract() != 0.0 || minutes >= 60.0 || seconds >= 60.0 {
        return None;
    }
    let value = (whole + minutes / 60.0 + seconds / 3600.0) * unit;
    Some(if negative { -value } else { value })
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
