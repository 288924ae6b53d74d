//! What shall not change a galaxy's group: turns, flips, a little scale, a little blur.

use super::channels::blur;
use crate::cutout::{PIXELS, SIDE};

/// A change of a cutout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Turned by so many degrees.
    pub degrees: f64,
    /// Mirrored left to right, before it is turned.
    pub flipped: bool,
    /// Larger by this factor.
    pub scale: f64,
    /// Blurred by a Gaussian of this standard deviation, in pixels; 0 for none.
    pub blur: f64,
}

impl Default for Change {
    fn default() -> Self {
        Self {
            degrees: 0.0,
            flipped: false,
            scale: 1.0,
            blur: 0.0,
        }
    }
}

/// The changed cutout (`[4096]`), by cubic interpolation (Catmull & Rom 1974), cut to 0 to 1; 0 from beyond its edges.
#[must_use]
pub fn changed(cutout: &[f32], change: &Change) -> Vec<f32> {
    let centre = (SIDE as f64 - 1.0) / 2.0;
    // Whole quarter turns are exact: no cosine is nearly 0.
    let (sin, cos) = match change.degrees.rem_euclid(360.0) {
        0.0 => (0.0, 1.0),
        90.0 => (1.0, 0.0),
        180.0 => (0.0, -1.0),
        270.0 => (-1.0, 0.0),
        degrees => {
            let angle = degrees.to_radians();
            (libm::sin(angle), libm::cos(angle))
        }
    };
    let mut out = Vec::with_capacity(PIXELS);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (dx, dy) = (
                (x as f64 - centre) / change.scale,
                (y as f64 - centre) / change.scale,
            );
            let from_x = cos * dx - sin * dy;
            let from_x = if change.flipped { -from_x } else { from_x };
            out.push(cubic(cutout, centre + from_x, centre + sin * dx + cos * dy));
        }
    }
    if change.blur > 0.0 {
        let image: Vec<f64> = out.into_iter().map(f64::from).collect();
        out = blur(&image, change.blur)
            .into_iter()
            .map(|value| value as f32)
            .collect();
    }
    out
}

fn cubic(cutout: &[f32], x: f64, y: f64) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (weights(x - left), weights(y - top));
    let mut sum = 0.0;
    for (row, down) in down.iter().enumerate() {
        for (column, across) in across.iter().enumerate() {
            let (px, py) = (left as i64 + column as i64 - 1, top as i64 + row as i64 - 1);
            if (0..SIDE as i64).contains(&px) && (0..SIDE as i64).contains(&py) {
                let at = py as usize * SIDE + px as usize;
                sum += down * across * f64::from(cutout.get(at).copied().unwrap_or(0.0));
            }
        }
    }
    sum.clamp(0.0, 1.0) as f32
}

fn weights(t: f64) -> [f64; 4] {
    [
        0.5 * t * (t * (2.0 - t) - 1.0),
        0.5 * (t * t * (3.0 * t - 5.0) + 2.0),
        0.5 * t * (t * (4.0 - 3.0 * t) + 1.0),
        0.5 * t * t * (t - 1.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate::galaxy;

    #[test]
    fn no_change_and_whole_turns_are_exact() {
        let image = galaxy(2, 3).image;
        assert_eq!(changed(&image, &Change::default()), image);
        let half = Change {
            degrees: 180.0,
            ..Change::default()
        };
        let turned: Vec<f32> = image.iter().rev().copied().collect();
        assert_eq!(changed(&image, &half), turned);
        let flip = Change {
            flipped: true,
            ..Change::default()
        };
        assert_eq!(changed(&changed(&image, &flip), &flip), image);
        assert_ne!(changed(&image, &flip), image);
    }

    #[test]
    fn four_turns_by_37_degrees_and_back_nearly_give_the_image() {
        let image = galaxy(2, 3).image;
        let turn = |image: &[f32], degrees| {
            let change = Change {
                degrees,
                ..Change::default()
            };
            changed(image, &change)
        };
        let there = turn(&image, 37.0);
        let back = turn(&there, -37.0);
        let off =
            |other: &[f32]| image.iter().zip(other).map(|(a, b)| (a - b).abs()).sum::<f32>() / PIXELS as f32;
        assert!(
            off(&back) < 0.01 && off(&back) < 0.3 * off(&there),
            "{} {}",
            off(&back),
            off(&there)
        );
    }
}
