//! The three images that the network for shape sees of a cutout.

use crate::cutout::{PIXELS, SIDE};

/// The number of images: the square root of the cutout, and its local contrast at two scales.
pub const CHANNELS: usize = 3;

/// The scales of the local contrast: standard deviations of Gaussians, in pixels.
const SCALES: [f64; 2] = [1.5, 4.0];

/// Pixels belong to the galaxy where a blur of this scale of "not 0" exceeds one half.
const MASK_SCALE: f64 = 1.5;

/// Added to the local deviation, so that noise in faint regions is not blown up.
const FLOOR: f64 = 0.02;

/// The input of the network for shape, `[3 * 4096]`, of a prepared cutout `[4096]` with values from 0 to 1 and a cleared sky.
/// Values outside are clamped; `None` when the cutout has another length or a value that is not finite.
///
/// With `b_s` the Gaussian blur of scale s, zero outside the cutout, and `d = x - b_s(x)`, the local contrast is
/// `d / (2 (sqrt(b_s(d²)) + 0.02))` on the galaxy's pixels, and 0 elsewhere.
#[must_use]
pub fn channels(cutout: &[f32]) -> Option<Vec<f32>> {
    if cutout.len() != PIXELS || cutout.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let x: Vec<f64> = cutout
        .iter()
        .map(|&value| f64::from(value.clamp(0.0, 1.0)))
        .collect();
    let lit: Vec<f64> = x
        .iter()
        .map(|&value| if value > 0.0 { 1.0 } else { 0.0 })
        .collect();
    let mask: Vec<bool> = blur(&lit, MASK_SCALE)
        .into_iter()
        .map(|share| share > 0.5)
        .collect();
    let mut out: Vec<f32> = x.iter().map(|value| value.sqrt() as f32).collect();
    for scale in SCALES {
        let difference: Vec<f64> = x
            .iter()
            .zip(blur(&x, scale))
            .map(|(x, blurred)| x - blurred)
            .collect();
        let squares: Vec<f64> = difference.iter().map(|d| d * d).collect();
        let contrast = difference.iter().zip(blur(&squares, scale)).zip(&mask);
        out.extend(contrast.map(|((d, square), inside)| {
            if *inside {
                (0.5 * d / (square.sqrt() + FLOOR)) as f32
            } else {
                0.0
            }
        }));
    }
    Some(out)
}

/// A Gaussian blur of a 64 x 64 image, cut at three standard deviations; the image is 0 beyond its edges.
pub(super) fn blur(image: &[f64], scale: f64) -> Vec<f64> {
    let reach = (3.0 * scale) as usize;
    let weights: Vec<f64> = (0..=reach)
        .map(|at| libm::exp(-((at * at) as f64) / (2.0 * scale * scale)))
        .collect();
    let all = weights.iter().skip(1).fold(1.0, |sum, weight| sum + 2.0 * weight);
    let weights: Vec<f64> = weights.into_iter().map(|weight| weight / all).collect();
    down(&weights, &transposed(&down(&weights, &transposed(image))))
}

/// Blurs along columns. The two pixels at one distance are added first: a mirrored image gives mirrored bits.
fn down(weights: &[f64], image: &[f64]) -> Vec<f64> {
    let row = |y: usize| image.get(y * SIDE..(y + 1) * SIDE).unwrap_or(&[0.0; SIDE]);
    let mut out = Vec::with_capacity(PIXELS);
    for y in 0..SIDE {
        let centre = weights.first().copied().unwrap_or(1.0);
        let mut sums: [f64; SIDE] = [0.0; SIDE];
        for (sum, value) in sums.iter_mut().zip(row(y)) {
            *sum = centre * value;
        }
        for (distance, weight) in weights.iter().enumerate().skip(1) {
            let above = if y >= distance {
                row(y - distance)
            } else {
                &[0.0; SIDE]
            };
            let below = row(y + distance);
            for ((sum, above), below) in sums.iter_mut().zip(above).zip(below) {
                *sum += weight * (above + below);
            }
        }
        out.extend(sums);
    }
    out
}

fn transposed(image: &[f64]) -> Vec<f64> {
    let at = |place: usize| image.get(place % SIDE * SIDE + place / SIDE).copied();
    (0..PIXELS).map(|place| at(place).unwrap_or(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate::galaxy;

    /// The definition: every pixel with every other one.
    fn slow_blur(image: &[f64], scale: f64) -> Vec<f64> {
        let reach = (3.0 * scale) as i32;
        let weight = |d: i32| (-f64::from(d * d) / (2.0 * scale * scale)).exp();
        let all: f64 = (-reach..=reach).map(weight).sum();
        let side = SIDE as i32;
        (0..side * side)
            .map(|at| {
                let (x, y) = (at % side, at / side);
                let mut sum = 0.0;
                for dy in -reach..=reach {
                    for dx in -reach..=reach {
                        let (x, y) = (x + dx, y + dy);
                        if (0..side).contains(&x) && (0..side).contains(&y) {
                            sum += image[(y * side + x) as usize] * weight(dx) * weight(dy) / (all * all);
                        }
                    }
                }
                sum
            })
            .collect()
    }

    fn mirrored(image: &[f32]) -> Vec<f32> {
        image
            .chunks_exact(SIDE)
            .flat_map(|row| row.iter().rev().copied())
            .collect()
    }

    #[test]
    fn the_blur_is_the_definition() {
        let image: Vec<f64> = galaxy(3, 5).image.into_iter().map(f64::from).collect();
        for scale in [1.5, 4.0] {
            for (fast, slow) in blur(&image, scale).iter().zip(slow_blur(&image, scale)) {
                assert!((fast - slow).abs() < 1e-12, "{fast} {slow}");
            }
        }
    }

    #[test]
    fn a_mirrored_cutout_gives_mirrored_channels_to_the_last_bit() {
        let image = galaxy(1, 2).image;
        let (first, second) = (channels(&image).unwrap(), channels(&mirrored(&image)).unwrap());
        for (first, second) in first.chunks_exact(PIXELS).zip(second.chunks_exact(PIXELS)) {
            assert_eq!(mirrored(first), second);
        }
    }

    #[test]
    fn the_contrast_of_a_brighter_galaxy_is_nearly_the_same() {
        let image = galaxy(1, 2).image;
        let dim: Vec<f32> = image.iter().map(|value| 0.8 * value).collect();
        let (bright, dim) = (channels(&image).unwrap(), channels(&dim).unwrap());
        let largest = |range: std::ops::Range<usize>| {
            let pairs = bright[range.clone()].iter().zip(&dim[range]);
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        };
        assert!(
            largest(PIXELS..3 * PIXELS) < 0.12,
            "{}",
            largest(PIXELS..3 * PIXELS)
        );
        assert!(largest(0..PIXELS) > 0.05);
    }

    #[test]
    fn what_is_no_cutout_gives_nothing() {
        assert!(channels(&[0.0; 10]).is_none());
        let mut broken = vec![0.0; PIXELS];
        broken[7] = f32::NAN;
        assert!(channels(&broken).is_none());
        let black = channels(&[0.0; PIXELS]).unwrap();
        assert!(black.len() == CHANNELS * PIXELS && black.iter().all(|value| *value == 0.0));
    }
}
