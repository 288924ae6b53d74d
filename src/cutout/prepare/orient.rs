//! Orientation: the major axis made horizontal, so that groups reflect shape and not the position angle.
//!
//! The axis comes from the second moments of the galaxy's light, weighted by flux. What is left open by it, which end goes
//! to the right and whether the picture is mirrored, is settled by three numbers that change their sign with a flip: the
//! third moments along both axes (where the heavier tail is) and the twist of the isophotes (which way arms wind). Of the
//! four ways the one is taken that makes the most of the three: a copy of the galaxy that is turned or mirrored has the
//! same four ways and ends up the same.

use super::measures::{Body, body, places};
use crate::cutout::size::SIDE;

/// From this axis ratio on a galaxy counts as round and stays as it is.
const ROUND: f64 = 0.9;
/// The share of the galaxy's pixels that must lie within the turned frame; it is made smaller where fewer do.
const COVERED: f64 = 0.98;
/// How far from the centre they may lie, in pixels.
const REACH: f64 = 31.0;

/// How a cutout is to be turned.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Orientation {
    /// By how much the picture is turned, in degrees, clockwise positive.
    pub angle: f32,
    /// Whether it is then flipped left to right, and top to bottom.
    pub flipped: (bool, bool),
    /// The galaxy's centre, which comes into the middle.
    pub centre: (f32, f32),
    /// Made smaller by this factor, up to 1, so that a galaxy that filled its frame from corner to corner still fits.
    pub scale: f32,
}

/// How a cutout is to be turned; `None` for a round galaxy or when there is none. With `shrink` it is made smaller where it
/// would not fit.
#[must_use]
pub fn orientation(cutout: &[f32], shrink: bool) -> Option<Orientation> {
    let body = body(cutout)?;
    if body.b >= ROUND * body.a {
        return None;
    }
    let (cos, sin) = (libm::cos(body.theta), libm::sin(body.theta));
    let signs = signs(cutout, &body, cos, sin);
    // With this frame of reference x goes to the right and y down: the heavier side is on top when it is negative.
    let gain = |fx: f64, fy: f64| fx * signs.0 - fy * signs.1 + fx * fy * signs.2;
    let mut best = (1.0, 1.0);
    for (fx, fy) in [(-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)] {
        if gain(fx, fy) > gain(best.0, best.1) {
            best = (fx, fy);
        }
    }
    Some(Orientation {
        angle: -(body.theta.to_degrees()) as f32,
        flipped: (best.0 < 0.0, best.1 < 0.0),
        centre: (body.x as f32, body.y as f32),
        scale: if shrink {
            fit(cutout, &body, cos, sin) as f32
        } else {
            1.0
        },
    })
}

/// Third moments along the major and the minor axis, and the twist; each from -1 to 1.
fn signs(cutout: &[f32], body: &Body, cos: f64, sin: f64) -> (f64, f64, f64) {
    let (mut u3, mut v3, mut twist) = (0.0, 0.0, 0.0);
    let (mut u3_all, mut v3_all, mut twist_all) = (0.0, 0.0, 0.0);
    for ((x, y, value), _) in places(cutout).zip(&body.mask).filter(|(_, m)| **m) {
        let (dx, dy) = (x - body.x, y - body.y);
        let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let light = value - body.level;
        let r = (u * u + v * v).sqrt();
        u3 += light * u * u * u;
        v3 += light * v * v * v;
        // The second moment along the diagonal is 0 by the choice of the axes; further out it is not, if arms wind.
        twist += light * u * v * r;
        u3_all += light * (u * u * u).abs();
        v3_all += light * (v * v * v).abs();
        twist_all += light * (u * v).abs() * r;
    }
    let share = |part: f64, all: f64| if all > 0.0 { part / all } else { 0.0 };
    (share(u3, u3_all), share(v3, v3_all), share(twist, twist_all))
}

/// The factor, up to 1, by which the turned galaxy fits its frame.
fn fit(cutout: &[f32], body: &Body, cos: f64, sin: f64) -> f64 {
    let mut reach: Vec<f64> = places(cutout)
        .zip(&body.mask)
        .filter(|(_, m)| **m)
        .map(|((x, y, _), _)| {
            let (dx, dy) = (x - body.x, y - body.y);
            let (u, v) = ((dx * cos + dy * sin).abs(), (dy * cos - dx * sin).abs());
            if u > v { u } else { v }
        })
        .collect();
    reach.sort_unstable_by(f64::total_cmp);
    let place = (COVERED * reach.len().saturating_sub(1) as f64).round() as usize;
    match reach.get(place) {
        Some(&far) if far > REACH => REACH / far,
        _ => 1.0,
    }
}

impl Orientation {
    /// Turns 4096 pixels with a cubic kernel; what lies beyond them is `outside`. Values may leave the range of the
    /// input a little, as cubic kernels do; those under 0 become 0.
    pub(super) fn turn(&self, pixels: &[f32], outside: f32) -> Vec<f32> {
        let theta = -f64::from(self.angle).to_radians();
        let (cos, sin) = (libm::cos(theta), libm::sin(theta));
        let middle = (SIDE as f64 - 1.0) / 2.0;
        let sign = |flip: bool| if flip { -1.0 } else { 1.0 };
        let (fx, fy) = (sign(self.flipped.0), sign(self.flipped.1));
        let scale = f64::from(self.scale);
        let mut out = Vec::with_capacity(SIDE * SIDE);
        for j in 0..SIDE {
            for i in 0..SIDE {
                let (u, v) = (fx * (i as f64 - middle) / scale, fy * (j as f64 - middle) / scale);
                let x = f64::from(self.centre.0) + u * cos - v * sin;
                let y = f64::from(self.centre.1) + u * sin + v * cos;
                let value = sample(pixels, x, y, f64::from(outside)) as f32;
                out.push(if value > 0.0 { value } else { 0.0 });
            }
        }
        out
    }

    /// What was done, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let flips = match self.flipped {
            (false, false) => "",
            (true, false) => ", flipped left to right",
            (false, true) => ", flipped top to bottom",
            (true, true) => ", flipped both ways",
        };
        format!(
            "Oriented: turned by {:.0} degrees so that the major axis is horizontal{flips}.",
            self.angle
        )
    }
}

/// The weights of four neighbours at a distance of `t` after the second (Keys 1981, a = -1/2).
fn weights(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        -0.5 * t3 + t2 - 0.5 * t,
        1.5 * t3 - 2.5 * t2 + 1.0,
        -1.5 * t3 + 2.0 * t2 + 0.5 * t,
        0.5 * t3 - 0.5 * t2,
    ]
}

/// The value between pixels.
fn sample(pixels: &[f32], x: f64, y: f64, outside: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (weights(x - left), weights(y - top));
    let at = |column: f64, row: f64| {
        let side = SIDE as f64;
        if column < 0.0 || row < 0.0 || column >= side || row >= side {
            return outside;
        }
        pixels
            .get(row as usize * SIDE + column as usize)
            .map_or(outside, |v| f64::from(*v))
    };
    let mut sum = 0.0;
    for (row, wy) in (-1_i32..).zip(down) {
        for (column, wx) in (-1_i32..).zip(across) {
            sum += wx * wy * at(left + f64::from(column), top + f64::from(row));
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::duplicates::correlation;
    use crate::cutout::prepare::measures::measure;
    use crate::cutout::prepare::measures::tests::bell;
    use crate::cutout::simulate::galaxy::galaxy;
    use crate::cutout::size::PIXELS;

    /// A cutout that is turned on its own pixels; `None` for a round galaxy.
    fn orient(cutout: &[f32]) -> Option<Vec<f32>> {
        let sky = body(cutout)?.level;
        Some(orientation(cutout, true)?.turn(cutout, sky as f32))
    }

    /// The eight ways to lay a square.
    fn laid(pixels: &[f32], way: usize) -> Vec<f32> {
        let last = SIDE - 1;
        (0..PIXELS)
            .map(|i| {
                let (x, y) = (i % SIDE, i / SIDE);
                let (x, y) = if way & 1 > 0 { (last - x, y) } else { (x, y) };
                let (x, y) = if way & 2 > 0 { (x, last - y) } else { (x, y) };
                let (x, y) = if way & 4 > 0 { (y, x) } else { (x, y) };
                pixels[y * SIDE + x]
            })
            .collect()
    }

    /// Turned by any angle about its centre, as a camera held askew would show it.
    fn turned(pixels: &[f32], degrees: f32) -> Vec<f32> {
        Orientation {
            angle: degrees,
            flipped: (false, false),
            centre: (31.5, 31.5),
            scale: 0.8,
        }
        .turn(pixels, 0.0)
    }

    #[test]
    fn the_major_axis_becomes_horizontal_with_the_heavy_side_right() {
        let mut raw = bell(31.5, 31.5, 8.0, 0.4, 1.0);
        // A lump at the end that points up to the left.
        for (i, v) in bell(31.5 - 14.0 * 0.5403, 31.5 - 14.0 * 0.8415, 3.0, 1.0, 0.0)
            .iter()
            .enumerate()
        {
            raw[i] = raw[i].max(0.8 * v);
        }
        let done = orient(&raw).unwrap();
        let m = measure(&done, None);
        assert!(m.position_angle.abs() < 2.0, "{m:?}");
        let angle = orientation(&raw, true).unwrap().angle;
        assert!((angle + 1.0_f32.to_degrees()).abs() < 3.0, "{angle}");
        let side = |right: bool| -> f32 {
            let far = |i: usize| if right { i % SIDE > 42 } else { i % SIDE < 21 };
            done.iter()
                .enumerate()
                .filter(|(i, _)| far(*i))
                .map(|(_, v)| v)
                .sum()
        };
        assert!(side(true) > 1.1 * side(false), "{} {}", side(true), side(false));
    }

    #[test]
    fn round_galaxies_and_darkness_stay() {
        assert_eq!(orient(&bell(31.5, 31.5, 8.0, 0.97, 0.3)), None);
        assert_eq!(orient(&[0.0; PIXELS]), None);
        assert_eq!(orient(&[]), None);
    }

    #[test]
    fn a_copy_turned_or_mirrored_ends_up_the_same() {
        let upright = |cutout: &[f32]| orient(cutout).unwrap_or_else(|| cutout.to_vec());
        let (mut all, mut same, mut worst) = (0, 0, 1.0_f64);
        for index in 0..60 {
            let one = galaxy(31, index);
            // The four ways to lay a square are exact; other angles are resampled first, as the original is here.
            let base = turned(&one.raw, 0.0);
            if measure(&base, None).ellipticity < 0.2 {
                continue;
            }
            let first = upright(&base);
            for way in 0..8 {
                let again = upright(&laid(&base, way));
                let likeness = correlation(&first, &again);
                all += 1;
                same += usize::from(likeness > 0.95);
                worst = if likeness < worst { likeness } else { worst };
            }
            for degrees in [23.0, 71.0, -40.0] {
                let again = upright(&turned(&one.raw, degrees));
                all += 1;
                same += usize::from(correlation(&first, &again) > 0.95);
            }
        }
        println!("{same} of {all} copies alike, worst exact {worst:.3}");
        assert!(all > 200 && same as f32 >= 0.97 * all as f32, "{same} of {all}");
    }
}
