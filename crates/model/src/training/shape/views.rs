//! Random views of a galaxy: what shall not change its group.

use galaxy_grove::cutout::{PIXELS, SIDE};
use galaxy_grove::shape::{CHANNELS, channels};
use rand::{Rng, RngExt};

/// How far a view may be moved, in pixels.
const SHIFT: f32 = 2.24;
/// The range of its scale.
const SCALE: std::ops::Range<f32> = 0.87..1.15;
/// The range of the exponent of its brightness.
const GAMMA: std::ops::Range<f32> = 0.8..1.25;
/// The most noise on lit pixels.
const NOISE: f32 = 0.03;
/// The widest blur, in pixels; half of the views have none.
const BLUR: f32 = 0.9;

/// One view of a cutout (`[4096]`), channels last (`[64, 64, 3]`): turned by any angle, perhaps flipped, scaled, moved, brightened, perhaps
/// blurred, with a little noise.
pub fn view(cutout: &[f32], random: &mut impl Rng) -> Vec<f32> {
    let angle = random.random_range(0.0..std::f32::consts::TAU);
    let scale = random.random_range(SCALE);
    let (sin, cos) = (angle.sin() * scale, angle.cos() * scale);
    let flip = if random.random_bool(0.5) { -1.0 } else { 1.0 };
    let shift = [
        random.random_range(-SHIFT..SHIFT),
        random.random_range(-SHIFT..SHIFT),
    ];
    let mut image = moved(cutout, [[cos * flip, -sin], [sin * flip, cos]], shift);
    if random.random_bool(0.5) {
        image = blurred(&image, random.random_range(0.2..BLUR));
    }
    let gamma = random.random_range(GAMMA);
    let noise = random.random_range(0.0..NOISE);
    for value in &mut image {
        if *value > 0.0 {
            let bright = value.min(1.0).powf(gamma) + noise * normal(random);
            *value = bright.clamp(0.0, 1.0);
        }
    }
    let planes = channels(&image).unwrap_or_default();
    let mut out = vec![0.0; CHANNELS * PIXELS];
    for (channel, plane) in planes.chunks_exact(PIXELS).enumerate() {
        for (pixel, value) in out.chunks_exact_mut(CHANNELS).zip(plane) {
            if let Some(place) = pixel.get_mut(channel) {
                *place = *value;
            }
        }
    }
    out
}

/// A normal number from twelve uniform ones: near enough for noise, and only sums.
fn normal(random: &mut impl Rng) -> f32 {
    let word = random.random::<u128>();
    let sum: u32 = (0..8).map(|at| (word >> (16 * at)) as u32 & 0xFFFF).sum();
    // Eight uniform numbers have a variance of 8/12.
    (sum as f32 / 65_536.0 - 4.0) * 1.224_745
}

/// The image seen through a linear map around its centre, by bilinear interpolation; 0 from beyond the edges.
fn moved(image: &[f32], map: [[f32; 2]; 2], shift: [f32; 2]) -> Vec<f32> {
    let centre = (SIDE as f32 - 1.0) / 2.0;
    let value = |x: i32, y: i32| {
        let inside = (0..SIDE as i32).contains(&x) && (0..SIDE as i32).contains(&y);
        let at = y.wrapping_mul(SIDE as i32).wrapping_add(x) as usize;
        if inside {
            image.get(at).copied().unwrap_or(0.0)
        } else {
            0.0
        }
    };
    let mut out = Vec::with_capacity(PIXELS);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (dx, dy) = (x as f32 - centre, y as f32 - centre);
            let from_x = map[0][0] * dx + map[0][1] * dy + shift[0] + centre;
            let from_y = map[1][0] * dx + map[1][1] * dy + shift[1] + centre;
            let (left, top) = (from_x.floor(), from_y.floor());
            let (u, v) = (from_x - left, from_y - top);
            let (left, top) = (left as i32, top as i32);
            let upper = value(left, top) * (1.0 - u) + value(left + 1, top) * u;
            let lower = value(left, top + 1) * (1.0 - u) + value(left + 1, top + 1) * u;
            out.push(upper * (1.0 - v) + lower * v);
        }
    }
    out
}

/// A Gaussian blur by five pixels in each direction.
fn blurred(image: &[f32], scale: f32) -> Vec<f32> {
    let weights: Vec<f32> = (0..3)
        .map(|at| (-((at * at) as f32) / (2.0 * scale * scale)).exp())
        .collect();
    let all = weights.iter().skip(1).fold(1.0, |sum, weight| sum + 2.0 * weight);
    let along = |image: &[f32], step: usize| -> Vec<f32> {
        let mut out: Vec<f32> = image.iter().map(|value| value / all).collect();
        for (distance, weight) in weights.iter().enumerate().skip(1) {
            for (at, sum) in out.iter_mut().enumerate() {
                let place = at / step % SIDE;
                let before = if place >= distance {
                    image.get(at - distance * step)
                } else {
                    None
                };
                let behind = if place + distance < SIDE {
                    image.get(at + distance * step)
                } else {
                    None
                };
                let both = before.copied().unwrap_or(0.0) + behind.copied().unwrap_or(0.0);
                *sum += weight / all * both;
            }
        }
        out
    };
    along(&along(image, 1), SIDE)
}
