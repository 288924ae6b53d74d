//! Cards of scaling that are written wrong, and numbers that were stored without theirs.

use crate::fits::header::{Header, Holds, Unit};

/// Sentences on the cards that say how an image's numbers are to be read.
pub(super) fn doubts(unit: &Unit) -> Vec<String> {
    let header = &unit.header;
    let mut stated = Vec::new();
    for key in ["BSCALE", "BZERO", "BLANK"] {
        let Some(text) = header.text(key) else { continue };
        stated.push(match header.float(key) {
            Some(value) => format!("{key} = '{text}' is written as text and was read as {value}"),
            None => format!("{key} = '{text}' is no number and was not used"),
        });
    }
    if header.float("BSCALE") == Some(0.0) {
        stated.push("BSCALE is 0, which would make all values one: it was not used".to_owned());
    }
    let is_float = header.int("BITPIX").is_some_and(|bits| bits < 0) && unit.holds == Holds::Image;
    if is_float {
        let zero = header.float("BZERO").unwrap_or(0.0);
        let scale = header.float("BSCALE").unwrap_or(1.0);
        if zero != 0.0 || scale != 1.0 {
            stated.push(format!(
                "its floats were scaled as BSCALE = {scale} and BZERO = {zero} say; a program that forgot these cards when it \
                 turned whole numbers into floats would want them left out"
            ));
        }
    }
    stated
}

/// True for 16-bit numbers with a sign that were meant without one: bright pixels stand beside the darkest, as if they had
/// gone beyond 32767.
pub(super) fn has_wrapped(unit: &Unit, pixels: &[f32], width: usize) -> bool {
    const JUMP: f32 = 50_000.0;
    const JUMPS: usize = 4;
    if unit.holds != Holds::Image
        || unit.header.int("BITPIX") != Some(16)
        || is_scaled(&unit.header)
        || width < 2
    {
        return false;
    }
    let jumps = pixels
        .chunks_exact(width)
        .flat_map(|row| row.windows(2))
        .filter(|pair| matches!(pair, [one, other] if (one - other).abs() > JUMP))
        .count();
    // Of random numbers far more pixels jump.
    jumps >= JUMPS && jumps * 10 < pixels.len()
}

fn is_scaled(header: &Header) -> bool {
    header.float("BSCALE").unwrap_or(1.0) != 1.0 || header.float("BZERO").unwrap_or(0.0) != 0.0
}

/// Puts what went beyond 32767 back above it.
pub(super) fn unwrap_signs(pixels: &mut [f32]) {
    for value in pixels.iter_mut().filter(|value| **value < 0.0) {
        *value += 65_536.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(cards: &[(&str, &str)]) -> Unit {
        Unit {
            index: 0,
            header: Header::of(cards),
            holds: Holds::Image,
            data: 0..0,
        }
    }

    #[test]
    fn odd_cards_are_told() {
        let stated = doubts(&unit(&[
            ("BITPIX", "16"),
            ("BSCALE", "'0.5'"),
            ("BZERO", "'none'"),
        ]));
        assert_eq!(
            stated,
            [
                "BSCALE = '0.5' is written as text and was read as 0.5",
                "BZERO = 'none' is no number and was not used"
            ]
        );
        assert_eq!(
            doubts(&unit(&[("BITPIX", "16"), ("BZERO", "32768")])),
            Vec::<String>::new()
        );
        assert_eq!(
            doubts(&unit(&[("BITPIX", "-32"), ("BSCALE", "1"), ("BZERO", "0")])),
            Vec::<String>::new()
        );
        assert_eq!(doubts(&unit(&[("BITPIX", "-32"), ("BZERO", "32768")])).len(), 1);
        assert_eq!(doubts(&unit(&[("BITPIX", "16"), ("BSCALE", "0.0")])).len(), 1);
    }

    #[test]
    fn signs_that_were_not_meant() {
        let cards = unit(&[("BITPIX", "16")]);
        let mut pixels = vec![100.0f32; 400];
        // Two rows of a bright core: 30000, 36000, 30000 without a sign.
        for row in [9, 10] {
            for (at, value) in [30_000.0, -29_536.0, 30_000.0].into_iter().enumerate() {
                pixels[row * 20 + 8 + at] = value;
            }
        }
        assert!(has_wrapped(&cards, &pixels, 20));
        assert!(!has_wrapped(
            &unit(&[("BITPIX", "16"), ("BZERO", "32768")]),
            &pixels,
            20
        ));
        assert!(!has_wrapped(&cards, &vec![100.0; 400], 20));
        unwrap_signs(&mut pixels);
        assert_eq!(pixels[9 * 20 + 9], 36_000.0);
    }
}
