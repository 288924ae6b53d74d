//! What is measured of each source.
//!
//! Centre and axes by the moments of the smoothed light in its own pixels, as SExtractor does; the light by an ellipse
//! after Kron 1980, ApJS 43, 305, in which the pixels of other sources are replaced by those across the centre.

use super::detect::Segments;
use super::source::{Source, SourceFlags};
use crate::cutout::raster::background::Background;
use crate::cutout::raster::moments::axes;
use crate::cutout::raster::plane::{Plane, beside};

/// The ellipse of the Kron radius reaches so many times the axes.
const KRON_REACH: f64 = 6.0;

/// The ellipse of the flux is so many Kron radii, and reaches at least [`MIN_KRON`] times the axes.
const KRON_FACTOR: f64 = 2.5;

const MIN_KRON: f64 = 3.5;

/// Light of at least this many sigma counts for the size of the square, as in the preparation.
const SQUARE_SIGMA: f32 = 3.0;

/// The share of those pixels that the square holds before it is widened by [`MARGIN`]; as in the preparation.
const COVERED: f64 = 0.98;

const MARGIN: f64 = 1.1;

/// Half a square at least, in pixels.
const MIN_HALF: f64 = 4.0;

/// A square of less than this (half a side) shows no shape.
const SMALL_HALF: f32 = 8.0;

/// This many saturated pixels make a saturated source.
const SATURATED: u32 = 3;

/// Radii in the curve of growth, for each pixel.
const RINGS: f64 = 8.0;

/// Pixels nearer the centre than this are cut finely for the curve of growth.
const FINE: f64 = 8.0;

/// All that is known when sources are measured.
pub(super) struct Seen<'a> {
    /// The frame without its sky.
    pub plane: &'a Plane,
    /// The same, smoothed.
    pub light: &'a [f32],
    pub segments: &'a Segments,
    pub background: &'a Background,
    /// The sky that was taken off, for each pixel.
    pub sky: &'a [f32],
    /// Noise under which none counts.
    pub least_noise: f32,
    /// The value of the frame, with its sky, from which on pixels are saturated.
    pub saturation: f32,
}

/// Sums over the pixels of a source.
#[derive(Clone, Default)]
struct Sums {
    light: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
    /// Not smoothed.
    flux: f64,
    area: u32,
    peak: f32,
    origin: (f64, f64),
    edge: bool,
    saturated: u32,
    /// The pixels, for the size of the square.
    pixels: Vec<u32>,
}

/// Measures every source, in the order of their numbers.
pub(super) fn sources(seen: &Seen) -> Vec<Source> {
    let sums = collect(seen);
    (1..)
        .zip(&sums)
        .filter_map(|(number, sums)| source(seen, number, sums))
        .collect()
}

fn collect(seen: &Seen) -> Vec<Sums> {
    let plane = seen.plane;
    let width = plane.width;
    let mut all = vec![Sums::default(); seen.segments.blended.len()];
    for (i, &number) in seen.segments.label.iter().enumerate() {
        let Some(sums) = (number as usize).checked_sub(1).and_then(|n| all.get_mut(n)) else {
            continue;
        };
        let (x, y) = (i % width, i / width);
        let value = plane.values.get(i).copied().unwrap_or(0.0);
        let light = f64::from(seen.light.get(i).copied().unwrap_or(0.0));
        if sums.area == 0 {
            sums.origin = (x as f64, y as f64);
            sums.peak = value;
        }
        // Counted from the first pixel, so that large coordinates cost no digits.
        let (dx, dy) = (x as f64 - sums.origin.0, y as f64 - sums.origin.1);
        sums.light += light;
        sums.x += light * dx;
        sums.y += light * dy;
        sums.xx += light * dx * dx;
        sums.yy += light * dy * dy;
        sums.xy += light * dx * dy;
        sums.flux += f64::from(value);
        sums.area += 1;
        sums.peak = if value > sums.peak { value } else { sums.peak };
        let measured = plane.is_valid(i);
        let sky = seen.sky.get(i).copied().unwrap_or(0.0);
        sums.saturated += u32::from(!measured || value + sky >= seen.saturation);
        sums.edge |= x == 0
            || y == 0
            || x + 1 == width
            || y + 1 == plane.height
            || beside(i, width)
                .any(|j| !plane.is_valid(j) && seen.segments.label.get(j).is_some_and(|&l| l != number));
        if let Ok(i) = u32::try_from(i) {
            sums.pixels.push(i);
        }
    }
    all
}

fn source(seen: &Seen, number: u32, sums: &Sums) -> Option<Source> {
    if sums.light <= 0.0 {
        return None;
    }
    let (mx, my) = (sums.x / sums.light, sums.y / sums.light);
    let xx = sums.xx / sums.light - mx * mx;
    let yy = sums.yy / sums.light - my * my;
    let xy = sums.xy / sums.light - mx * my;
    let (x, y) = (mx + sums.origin.0, my + sums.origin.1);
    let (a, b, theta) = axes(xx, yy, xy);
    let shape = Shape {
        x,
        y,
        a,
        b,
        cos: libm::cos(theta),
        sin: libm::sin(theta),
    };
    let ellipse = shape.kron(seen, number);
    let (flux, half_light) = shape.light(seen, number, ellipse);
    // The ellipse can lose light to a neighbour's mirror image; a source has at least what its own pixels hold.
    let flux = if flux > 0.9 * sums.flux { flux } else { sums.flux };
    let (column, row) = (
        (x.round() as usize).min(seen.plane.width.saturating_sub(1)),
        (y.round() as usize).min(seen.plane.height.saturating_sub(1)),
    );
    let first = |v: Vec<f32>| v.first().copied().unwrap_or(0.0);
    let sky = first(seen.background.level(column, row, 1, 1));
    let sigma = first(seen.background.noise(column, row, 1, 1, seen.least_noise));
    let half_side = half_side(seen, sums, (x, y), SQUARE_SIGMA * sigma);
    let noise = f64::from(sigma) * f64::from(sums.area).sqrt();
    Some(Source {
        number,
        x: x as f32,
        y: y as f32,
        flux: flux as f32,
        signal_to_noise: if noise > 0.0 {
            (sums.flux / noise) as f32
        } else {
            0.0
        },
        a: a as f32,
        b: b as f32,
        theta: theta as f32,
        area: sums.area,
        peak: sums.peak,
        half_light_radius: half_light as f32,
        sky,
        sigma,
        half_side,
        flags: SourceFlags {
            edge: sums.edge,
            saturated: sums.saturated >= SATURATED,
            blended: seen
                .segments
                .blended
                .get(number as usize - 1)
                .copied()
                .unwrap_or(false),
            star_like: false,
            small: half_side < SMALL_HALF,
        },
    })
}

/// The place and the ellipse of a source.
struct Shape {
    x: f64,
    y: f64,
    a: f64,
    b: f64,
    cos: f64,
    sin: f64,
}

impl Shape {
    /// Distance from the centre in units of the ellipse's axes.
    fn radius(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = (x - self.x, y - self.y);
        let u = (dx * self.cos + dy * self.sin) / self.a;
        let v = (dy * self.cos - dx * self.sin) / self.b;
        (u * u + v * v).sqrt()
    }

    /// Calls `f` for each pixel within `reach` times the axes: its value, with other sources' pixels replaced by those
    /// across the centre (or left out, where these are another's too), and its place.
    fn each(&self, seen: &Seen, number: u32, reach: f64, mut f: impl FnMut(f64, f64, f64)) {
        let (width, height) = (seen.plane.width, seen.plane.height);
        let span = |half: f64, middle: f64, size: usize| {
            let from = (middle - half).floor();
            let to = (middle + half).ceil() + 1.0;
            let from = if from > 0.0 { from as usize } else { 0 };
            let to = if to > 0.0 { to as usize } else { 0 };
            from..to.min(size)
        };
        let across =
            reach * (self.a * self.a * self.cos * self.cos + self.b * self.b * self.sin * self.sin).sqrt();
        let down =
            reach * (self.a * self.a * self.sin * self.sin + self.b * self.b * self.cos * self.cos).sqrt();
        let owner = |i: usize| seen.segments.label.get(i).copied().unwrap_or(0);
        let free = |i: usize| owner(i) == 0 || owner(i) == number;
        for py in span(down, self.y, height) {
            for px in span(across, self.x, width) {
                if self.radius(px as f64, py as f64) > reach {
                    continue;
                }
                let i = py * width + px;
                let there = if free(i) {
                    Some(i)
                } else {
                    let (ox, oy) = (
                        (2.0 * self.x - px as f64).round(),
                        (2.0 * self.y - py as f64).round(),
                    );
                    let inside = ox >= 0.0 && oy >= 0.0 && ox < width as f64 && oy < height as f64;
                    let across = oy as usize * width + ox as usize;
                    (inside && free(across)).then_some(across)
                };
                if let Some(v) = there.and_then(|i| seen.plane.values.get(i)) {
                    f(f64::from(*v), px as f64, py as f64);
                }
            }
        }
    }

    /// The reach of the ellipse that holds the light.
    fn kron(&self, seen: &Seen, number: u32) -> f64 {
        let (mut weighted, mut total) = (0.0, 0.0);
        self.each(seen, number, KRON_REACH, |v, x, y| {
            weighted += v * self.radius(x, y);
            total += v;
        });
        let kron = if total > 0.0 && weighted > 0.0 {
            KRON_FACTOR * weighted / total
        } else {
            MIN_KRON
        };
        // Noise can make the mean radius senseless.
        let most = KRON_FACTOR * KRON_REACH / 2.0;
        let kron = if kron < most { kron } else { most };
        if kron > MIN_KRON { kron } else { MIN_KRON }
    }

    /// The light in the ellipse, and the radius of the circle that holds half of it.
    fn light(&self, seen: &Seen, number: u32, reach: f64) -> (f64, f64) {
        let rings = (reach * self.a * RINGS).ceil() as usize + 2;
        let mut linkage_options = vec![0.0_f64; rings];
        let mut total = 0.0;
        let mut put = |r: f64, v: f64| {
            if let Some(ring) = linkage_options.get_mut((r * RINGS) as usize) {
                *ring += v;
            }
        };
        self.each(seen, number, reach, |v, x, y| {
            total += v;
            let (dx, dy) = (x - self.x, y - self.y);
            if dx * dx + dy * dy > FINE * FINE {
                put((dx * dx + dy * dy).sqrt(), v);
                return;
            }
            for j in 0..5 {
                for i in 0..5 {
                    let (u, w) = (dx + (f64::from(i) - 2.0) * 0.2, dy + (f64::from(j) - 2.0) * 0.2);
                    put((u * u + w * w).sqrt(), v / 25.0);
                }
            }
        });
        let mut sum = 0.0;
        for (ring, light) in linkage_options.iter().enumerate() {
            if *light > 0.0 && sum + light >= 0.5 * total {
                return (total, (ring as f64 + (0.5 * total - sum) / light) / RINGS);
            }
            sum += light;
        }
        (total, 0.0)
    }
}

/// Half the side of the square that holds nearly all pixels of a source brighter than `limit` (all, if those are few).
fn half_side(seen: &Seen, sums: &Sums, (x, y): (f64, f64), limit: f32) -> f32 {
    let width = seen.plane.width;
    let reaches = |limit: f32| -> Vec<f64> {
        sums.pixels
            .iter()
            .map(|&i| i as usize)
            .filter(|&i| seen.light.get(i).is_some_and(|v| *v > limit))
            .map(|i| {
                let (dx, dy) = (((i % width) as f64 - x).abs(), ((i / width) as f64 - y).abs());
                if dx > dy { dx } else { dy }
            })
            .collect()
    };
    let mut reach = reaches(limit);
    if reach.len() < 5 {
        reach = reaches(f32::NEG_INFINITY);
    }
    reach.sort_unstable_by(f64::total_cmp);
    let place = (COVERED * reach.len().saturating_sub(1) as f64).round() as usize;
    let half = MARGIN * (reach.get(place).copied().unwrap_or(0.0) + 0.5);
    (if half > MIN_HALF { half } else { MIN_HALF }) as f32
}
