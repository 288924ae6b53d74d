//! The colours of groups.
//!
//! Twelve colours for a dark ground, each with a contrast of at least 5 against it. No twelve colours stay apart for
//! every eye, so a group's colour never stands without its number.

use crate::grouping::PALETTE_SIZE;

/// Group colours by slot, as `#rrggbb`.
pub const PALETTE: [&str; PALETTE_SIZE] = [
    "#6cb6ff", "#f5a85b", "#5fd3a5", "#f47fa8", "#c3a6ff", "#e6d15a", "#7fdbe6", "#ff8f70", "#b5c7d8",
    "#6f7df2", "#b87a4b", "#d873c4",
];

/// What belongs to no single group: merges above the cut.
pub const NEUTRAL: &str = "#8b97a8";

/// The dark ground that the colours are made for.
pub const GROUND: &str = "#10141c";

/// The colour of a slot (any number; slots repeat after twelve), or the neutral one.
pub fn colour(slot: Option<u8>) -> &'static str {
    slot.map_or(NEUTRAL, |slot| PALETTE[usize::from(slot) % PALETTE_SIZE])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn every_colour_stands_out_from_the_ground() {
        for name in PALETTE.iter().chain([&NEUTRAL]) {
            let contrast = (luminance(name) + 0.05) / (luminance(GROUND) + 0.05);
            assert!(contrast >= 5.0, "{name}: {contrast}");
        }
    }

    #[test]
    fn slots_are_distinct_and_wrap() {
        let distinct: std::collections::BTreeSet<_> = PALETTE.iter().collect();
        assert_eq!(distinct.len(), PALETTE_SIZE);
        assert_eq!(colour(Some(12)), colour(Some(0)));
        assert_eq!(colour(None), NEUTRAL);
    }
}
