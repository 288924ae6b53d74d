//! Moments of time as NumPy counts them, as text.

use npyz::TimeUnits;

/// `count` units since the beginning of 1970 as `2024-05-01T12:30:00`; dates without a time when the unit is a day or
/// more. `None` for no moment (NaT), and beyond a hundred thousand years.
pub fn text(count: i64, unit: TimeUnits) -> Option<String> {
    const FAR: i64 = 100_000;
    if count == i64::MIN {
        return None;
    }
    let (days, seconds, digits) = match unit {
        TimeUnits::Year => {
            let year = count.checked_add(1970).filter(|year| year.abs() < FAR)?;
            return Some(format!("{year:04}"));
        }
        TimeUnits::Month => {
            let year = 1970 + count.div_euclid(12);
            let month = count.rem_euclid(12) + 1;
            return (year.abs() < FAR).then(|| format!("{year:04}-{month:02}"));
        }
        TimeUnits::Week => (count.checked_mul(7)?, None, 0),
        TimeUnits::Day => (count, None, 0),
        other => {
            // Units in a second, or seconds in a unit, and the digits behind the point.
            let (per, seconds, digits) = match other {
                TimeUnits::Hour => (1, 3600, 0),
                TimeUnits::Minute => (1, 60, 0),
                TimeUnits::Second => (1, 1, 0),
                TimeUnits::Millisecond => (1_000, 1, 3),
                TimeUnits::Microsecond => (1_000_000, 1, 6),
                TimeUnits::Nanosecond => (1_000_000_000, 1, 9),
                _ => return None,
            };
            let whole = count.div_euclid(per).checked_mul(seconds)?;
            let part = count.rem_euclid(per);
            (
                whole.div_euclid(86_400),
                Some((whole.rem_euclid(86_400), part)),
                digits,
            )
        }
    };
    let (year, month, day) = civil(days).filter(|(year, ..)| year.abs() < FAR)?;
    let date = format!("{year:04}-{month:02}-{day:02}");
    let Some((second, part)) = seconds else {
        return Some(date);
    };
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let part = if part == 0 {
        String::new()
    } else {
        format!(".{part:0digits$}")
    };
    Some(format!("{date}T{time}{part}"))
}

/// Year, month and day of a day since 1970, in the Gregorian calendar (after Howard Hinnant's `civil_from_days`).
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    let shifted = days.checked_add(719_468)?;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year + era.checked_mul(400)? + i64::from(month <= 2);
    Some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_numpys() {
        // str(numpy.datetime64(count, unit))
        for (count, unit, wanted) in [
            (0, TimeUnits::Day, Some("1970-01-01")),
            (19_782, TimeUnits::Day, Some("2024-02-29")),
            (-1, TimeUnits::Day, Some("1969-12-31")),
            (
                1_709_210_096_789_000_000,
                TimeUnits::Nanosecond,
                Some("2024-02-29T12:34:56.789000000"),
            ),
            (1_709_210_096, TimeUnits::Second, Some("2024-02-29T12:34:56")),
            (650, TimeUnits::Month, Some("2024-03")),
            (54, TimeUnits::Year, Some("2024")),
            (i64::MIN, TimeUnits::Day, None),
            (i64::MAX, TimeUnits::Week, None),
            (i64::MAX, TimeUnits::Hour, None),
        ] {
            assert_eq!(text(count, unit).as_deref(), wanted, "{count} {unit}");
        }
    }
}
