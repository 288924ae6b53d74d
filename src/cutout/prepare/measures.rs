//! Numbers on a finished cutout: what the flags go by.

use crate::cutout::raster::moments::axes;
use crate::cutout::raster::plane::{Plane, beside};
use crate::cutout::raster::sky::darkest_corner;
use crate::cutout::size::{PIXELS, SIDE};

/// Light counts from this many sigma above the sky on.
const LIT: f64 = 2.0;
/// Noise at least, and, times [`MIN_LIT`], light at least: steps of 8 bits.
const MIN_SIGMA: f64 = 1.0 / 255.0;
const MIN_LIT: f64 = 3.0;
/// Patches of fewer pixels do not count as the galaxy while there is a larger one.
const SPECK: usize = 8;
/// Pixels of this share of the brightest one's value are as bright as can be.
const WHITE: f32 = 0.98;

/// What is measured on the 64x64 pixels of a cutout, before the sky is cleared. Lengths are in pixels of the cutout.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Measures {
    /// Level of the sky, in the darkest corner.
    pub sky: f32,
    /// Standard deviation of the sky there, at least a step of 8 bits.
    pub sigma: f32,
    /// The galaxy's light over the noise in its pixels.
    pub signal_to_noise: f32,
    /// Its brightest 3 by 3 pixels above the sky, on average, in sigma of a pixel.
    pub peak_to_noise: f32,
    /// Radius of the circle that holds half its light.
    pub half_light_radius: f32,
    /// The radius that holds 80 % over that which holds 50 %: small for a star, large for a long faint halo.
    pub concentration_80_50: f32,
    /// `1 - b/a` by the second moments of its light: 0 is round.
    pub ellipticity: f32,
    /// Angle of the major axis from the x axis towards the y axis (which points down), in degrees, over -90 up to 90.
    pub position_angle: f32,
    /// Distance of its centre of light from the cutout's centre, as a share of half the side.
    pub offset_from_centre: f32,
    /// The share of its pixels that are as bright as can be.
    pub saturated_fraction: f32,
    /// The share of the cutout that it covers.
    pub fill_fraction: f32,
    /// The share of the cutout's pixels that have the most frequent value.
    pub same_fraction: f32,
    /// How much it resembles a star, 0 to 1: round, and compact or without any outskirts.
    pub stellarity: f32,
    /// Its pixels along an edge of the picture that it was cut from, where that edge lies within the cutout.
    pub edge_pixels: u32,
}

/// Where the picture lies in the cutout that was made of it, in pixels from the cutout's left top corner: what is
/// outside was filled with sky.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The picture's left edge.
    pub left: f32,
    /// The picture's top edge.
    pub top: f32,
    /// The picture's right edge.
    pub right: f32,
    /// The picture's bottom edge.
    pub bottom: f32,
}

/// The galaxy in a cutout: its pixels, and what its light weighs.
pub(super) struct Body {
    /// Whether each pixel belongs to it.
    pub mask: Vec<bool>,
    pub level: f64,
    pub sigma: f64,
    /// Light above the sky.
    pub light: f64,
    /// Its centre.
    pub x: f64,
    pub y: f64,
    /// Semi-axes (standard deviations), and the angle of the major one in radians.
    pub a: f64,
    pub b: f64,
    pub theta: f64,
}

/// Columns, rows and values of the pixels of a cutout.
pub(super) fn places(cutout: &[f32]) -> impl Iterator<Item = (f64, f64, f64)> {
    cutout
        .iter()
        .enumerate()
        .map(|(i, v)| ((i % SIDE) as f64, (i / SIDE) as f64, f64::from(*v)))
}

/// Finds the galaxy: the patch of light that reaches nearest to the centre. `None` when nothing is lit, or when these
/// are not the pixels of a cutout.
pub(super) fn body(cutout: &[f32]) -> Option<Body> {
    if cutout.len() != PIXELS || cutout.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let plane = Plane::new(SIDE, SIDE, cutout.to_vec());
    let sky = darkest_corner(&plane);
    let sigma = if sky.sigma > MIN_SIGMA {
        sky.sigma
    } else {
        MIN_SIGMA
    };
    let excess = if LIT * sigma > MIN_LIT * MIN_SIGMA {
        LIT * sigma
    } else {
        MIN_LIT * MIN_SIGMA
    };
    let lit: Vec<bool> = cutout
        .iter()
        .map(|v| f64::from(*v) > sky.level + excess)
        .collect();
    let mask = nearest_patch(&lit)?;
    let (mut light, mut x, mut y) = (0.0, 0.0, 0.0);
    let weight = |v: f64| v - sky.level;
    let mine = || places(cutout).zip(&mask).filter(|(_, m)| **m).map(|(p, _)| p);
    for (px, py, v) in mine() {
        light += weight(v);
        x += weight(v) * px;
        y += weight(v) * py;
    }
    let (x, y) = (x / light, y / light);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (px, py, v) in mine() {
        let w = weight(v) / light;
        xx += w * (px - x) * (px - x);
        yy += w * (py - y) * (py - y);
        xy += w * (px - x) * (py - y);
    }
    let (a, b, theta) = axes(xx, yy, xy);
    Some(Body {
        mask,
        level: sky.level,
        sigma,
        light,
        x,
        y,
        a,
        b,
        theta,
    })
}

/// Of the patches of lit pixels the one that reaches nearest to the centre; specks only when there is nothing else.
fn nearest_patch(lit: &[bool]) -> Option<Vec<bool>> {
    let middle = (SIDE as f64 - 1.0) / 2.0;
    let mut seen = vec![false; lit.len()];
    let mut best: Option<(bool, f64, Vec<usize>)> = None;
    for start in 0..lit.len() {
        let mut patch = Vec::new();
        let mut todo = vec![start];
        let mut nearest = f64::INFINITY;
        while let Some(i) = todo.pop() {
            if lit.get(i) != Some(&true) || seen.get(i) != Some(&false) {
                continue;
            }
            if let Some(s) = seen.get_mut(i) {
                *s = true;
            }
            patch.push(i);
            let (dx, dy) = ((i % SIDE) as f64 - middle, (i / SIDE) as f64 - middle);
            let off = dx * dx + dy * dy;
            nearest = if off < nearest { off } else { nearest };
            todo.extend(beside(i, SIDE));
        }
        if patch.is_empty() {
            continue;
        }
        let speck = patch.len() < SPECK;
        let better = best
            .as_ref()
            .is_none_or(|(was_speck, off, _)| (speck, nearest) < (*was_speck, *off));
        if better {
            best = Some((speck, nearest, patch));
        }
    }
    let (_, _, patch) = best?;
    let mut mask = vec![false; lit.len()];
    for i in patch {
        if let Some(m) = mask.get_mut(i) {
            *m = true;
        }
    }
    Some(mask)
}

/// Measures a cutout: 4096 values from 0 to 1, before the sky is cleared (or after, where that is all there is). `picture`
/// tells where the picture ended, if that is known.
///
/// All zeros but for `same_fraction` when nothing is lit.
#[must_use]
pub fn measure(raw: &[f32], picture: Option<Extent>) -> Measures {
    let same_fraction = same(raw);
    let Some(body) = body(raw) else {
        return Measures {
            same_fraction,
            ..Measures::default()
        };
    };
    let top = raw.iter().copied().fold(0.0, f32::max);
    let (mut area, mut white, mut edge_pixels) = (0_u32, 0_u32, 0_u32);
    let mut by_radius: Vec<(f64, f64)> = Vec::new();
    for ((x, y, v), _) in places(raw).zip(&body.mask).filter(|(_, m)| **m) {
        let (dx, dy) = (x - body.x, y - body.y);
        by_radius.push(((dx * dx + dy * dy).sqrt(), v - body.level));
        area += 1;
        white += u32::from(v >= f64::from(WHITE * top));
        edge_pixels += u32::from(picture.is_some_and(|p| at_edge(p, x as f32, y as f32)));
    }
    by_radius.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let half = radius_of(&by_radius, 0.5 * body.light);
    let most = radius_of(&by_radius, 0.8 * body.light);
    let concentration_80_50 = if half > 0.0 { most / half } else { 0.0 };
    let middle = (SIDE as f64 - 1.0) / 2.0;
    let (dx, dy) = (body.x - middle, body.y - middle);
    let ellipticity = 1.0 - body.b / body.a;
    Measures {
        sky: body.level as f32,
        sigma: body.sigma as f32,
        signal_to_noise: (body.light / (body.sigma * f64::from(area).sqrt())) as f32,
        peak_to_noise: ((brightest(raw, &body.mask) - body.level) / body.sigma) as f32,
        half_light_radius: half as f32,
        concentration_80_50: concentration_80_50 as f32,
        ellipticity: ellipticity as f32,
        position_angle: body.theta.to_degrees() as f32,
        offset_from_centre: ((dx * dx + dy * dy).sqrt() / (SIDE as f64 / 2.0)) as f32,
        saturated_fraction: white as f32 / area.max(1) as f32,
        fill_fraction: area as f32 / PIXELS as f32,
        same_fraction,
        stellarity: stellarity(ellipticity, half, concentration_80_50) as f32,
        edge_pixels,
    }
}

/// From 0 to 1 as `v` goes from `none` to `full`.
fn ramp(v: f64, none: f64, full: f64) -> f64 {
    let t = (v - none) / (full - none);
    if t > 1.0 {
        1.0
    } else if t > 0.0 {
        t
    } else {
        0.0
    }
}

/// A star is round. A faint one is small even in the closest cutout (its half-light radius under some 6 pixels: no
/// round galaxy of the training data comes under 6.6), the stretched profile of a bright one is a paraboloid, whose 80 %
/// radius is 1.37 of its 50 % radius: it has no outskirts.
fn stellarity(ellipticity: f64, half_light: f64, concentration_80_50: f64) -> f64 {
    let round = ramp(ellipticity, 0.25, 0.08);
    let compact = ramp(half_light, 8.0, 5.0);
    let bare = ramp(concentration_80_50, 1.42, 1.36);
    round * if compact > bare { compact } else { bare }
}

/// The share of the most frequent value.
fn same(raw: &[f32]) -> f32 {
    let mut sorted = raw.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let most = sorted
        .chunk_by(|a, b| a == b)
        .map(<[f32]>::len)
        .max()
        .unwrap_or(0);
    most as f32 / raw.len().max(1) as f32
}

/// The highest mean of 3 by 3 pixels whose middle belongs to the galaxy.
fn brightest(raw: &[f32], mask: &[bool]) -> f64 {
    let mut best = f64::NEG_INFINITY;
    for (i, _) in mask.iter().enumerate().filter(|(_, m)| **m) {
        let (x, y) = (i % SIDE, i / SIDE);
        let (mut sum, mut count) = (0.0, 0.0);
        for row in y.saturating_sub(1)..(y + 2).min(SIDE) {
            for column in x.saturating_sub(1)..(x + 2).min(SIDE) {
                sum += raw.get(row * SIDE + column).map_or(0.0, |v| f64::from(*v));
                count += 1.0;
            }
        }
        let mean = sum / count;
        best = if mean > best { mean } else { best };
    }
    best
}

/// The radius within which the light adds up to `wanted`; pixels in order of their radius.
fn radius_of(by_radius: &[(f64, f64)], wanted: f64) -> f64 {
    let mut sum = 0.0;
    for (radius, light) in by_radius {
        sum += light;
        if sum >= wanted {
            return *radius;
        }
    }
    by_radius.last().map_or(0.0, |last| last.0)
}

/// Whether the pixel at this column and row is the last one before an edge of the picture inside the cutout.
fn at_edge(picture: Extent, x: f32, y: f32) -> bool {
    let side = SIDE as f32;
    let inside = |edge: f32| edge > 1.0 && edge < side - 1.0;
    let beside = |edge: f32, v: f32| inside(edge) && (v + 0.5 - edge).abs() <= 1.5;
    beside(picture.left, x) || beside(picture.right, x) || beside(picture.top, y) || beside(picture.bottom, y)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cutout::simulate::galaxy::galaxy;

    /// A bell of this width and axis ratio on a little noise.
    pub fn bell(x: f64, y: f64, width: f64, ratio: f64, angle: f64) -> Vec<f32> {
        let (c, s) = (libm::cos(angle), libm::sin(angle));
        (0..PIXELS)
            .map(|i| {
                let (dx, dy) = ((i % SIDE) as f64 - x, (i / SIDE) as f64 - y);
                let (u, v) = (dx * c + dy * s, (dy * c - dx * s) / ratio);
                let noise = crate::cutout::raster::testing::noise(i as u64);
                let v = 0.95 * libm::exp(-(u * u + v * v) / (2.0 * width * width)) + 0.02 + 0.01 * noise;
                v.clamp(0.0, 1.0) as f32
            })
            .collect()
    }

    #[test]
    fn a_bell_is_measured() {
        let m = measure(&bell(35.0, 30.0, 9.0, 0.5, 0.5), None);
        assert!((m.ellipticity - 0.48).abs() < 0.05, "{m:?}");
        assert!((m.position_angle - 0.5_f32.to_degrees()).abs() < 3.0, "{m:?}");
        assert!(
            (m.offset_from_centre - 3.8_f32.hypot(0.0) / 32.0).abs() < 0.02,
            "{m:?}"
        );
        assert!(
            (m.sky - 0.02).abs() < 0.005 && (0.007..0.012).contains(&m.sigma),
            "{m:?}"
        );
        assert!((0.1..0.3).contains(&m.fill_fraction), "{m:?}");
        assert!(m.signal_to_noise > 100.0 && m.peak_to_noise > 70.0, "{m:?}");
        assert_eq!((m.edge_pixels, m.stellarity), (0, 0.0));
    }

    #[test]
    fn a_small_round_spot_is_like_a_star_and_galaxies_are_not() {
        assert!(measure(&bell(31.5, 31.5, 3.0, 1.0, 0.0), None).stellarity > 0.9);
        let like = (0..40)
            .filter(|&i| measure(&galaxy(5, i).raw, None).stellarity > 0.6)
            .count();
        assert_eq!(like, 0);
    }

    #[test]
    fn the_edge_of_the_picture_is_noticed() {
        let cut = Extent {
            left: 20.0,
            top: -5.0,
            right: 90.0,
            bottom: 64.0,
        };
        let raw: Vec<f32> = bell(26.0, 31.5, 8.0, 1.0, 0.0)
            .into_iter()
            .enumerate()
            .map(|(i, v)| if i % SIDE < 20 { 0.02 } else { v })
            .collect();
        assert!(measure(&raw, Some(cut)).edge_pixels > 10);
        assert_eq!(measure(&raw, None).edge_pixels, 0);
    }

    #[test]
    fn nothing_gives_zeros() {
        let dark = measure(&[0.5; PIXELS], None);
        assert_eq!(
            dark,
            Measures {
                same_fraction: 1.0,
                ..Measures::default()
            }
        );
        assert_eq!(measure(&[], None), Measures::default());
        assert_eq!(measure(&[f32::NAN; PIXELS], None).signal_to_noise, 0.0);
    }
}
