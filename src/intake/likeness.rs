//! What an image shows by its values, beside another one of the same size that shows a galaxy.

use super::auxiliary::Nature;
use std::collections::BTreeSet;

/// An image of few values is a mask.
const FEW: usize = 32;
/// Noise that two images share, as a correlation.
const SHARED: f64 = 0.8;
/// A model has so much less noise than what it was fitted to, each as a part of its light.
const SMOOTH: f64 = 0.02;

/// Tells what `other` shows, if it is no galaxy. `light` is an image of the same size and of `width` pixels across that may
/// show one; nothing is said when it shows none.
pub(in crate::intake) fn judge(light: &[f32], other: &[f32], width: usize) -> Option<Nature> {
    if width < 16 || light.len() != other.len() || light.len() < 16 * width {
        return None;
    }
    let (first, second) = (Look::new(light, width), Look::new(other, width));
    if !first.has_galaxy() {
        return None;
    }
    if second.is_whole && second.distinct < FEW && !(first.is_whole && first.distinct < 4 * FEW) {
        return Some(Nature::Mask);
    }
    if second.lowest < 0.0 {
        return None;
    }
    // Weights are never negative, and where the galaxy is they show none, or a hollow.
    if !second.has_galaxy() && first.lowest < first.edge {
        return Some(Nature::Weight);
    }
    // Only where there is noise can it be shared.
    if !first.is_noisy {
        return None;
    }
    let shared = shared_noise(light, other, width);
    if shared > SHARED {
        return Some(Nature::Variance);
    }
    if second.noise / second.peak() < SMOOTH * first.noise / first.peak() {
        return Some(Nature::Model);
    }
    None
}

/// What an image looks like at a glance.
struct Look {
    lowest: f32,
    /// The medians of the middle quarter and of the margins.
    middle: f32,
    edge: f32,
    highest: f32,
    /// The scatter of neighbours in the margins.
    noise: f64,
    /// Whether that scatter is noise, which changes its sign from pixel to pixel, and not the slope of a smooth model.
    is_noisy: bool,
    is_whole: bool,
    /// How many different values there are, up to a few.
    distinct: usize,
}

impl Look {
    fn new(values: &[f32], width: usize) -> Self {
        let height = values.len() / width;
        let part = |inside: &dyn Fn(usize, usize) -> bool| -> Vec<f32> {
            let all = values.iter().enumerate();
            all.filter(|(at, value)| value.is_finite() && inside(at % width, at / width))
                .map(|(_, value)| *value)
                .collect()
        };
        let in_middle = |x: usize, y: usize| {
            (width * 7 / 16..=width * 9 / 16).contains(&x) && (height * 7 / 16..=height * 9 / 16).contains(&y)
        };
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let mut distinct = BTreeSet::new();
        for value in finite() {
            distinct.insert(value.to_bits());
            if distinct.len() >= 4 * FEW {
                break;
            }
        }
        let rough: Vec<(usize, f64)> = rough(values, width).collect();
        let scatter = rough.iter().map(|(_, value)| value * value).sum::<f64>() / rough.len().max(1) as f64;
        let together: f64 = rough
            .windows(2)
            .map(|pair| match pair {
                [(at, one), (next, other)] if at + 1 == *next => one * other,
                _ => 0.0,
            })
            .sum();
        Self {
            lowest: finite().reduce(f32::min).unwrap_or(0.0),
            highest: finite().reduce(f32::max).unwrap_or(0.0),
            middle: median(part(&in_middle)),
            edge: median(part(&|x, y| is_margin(x, y, width, height))),
            noise: scatter.sqrt(),
            is_noisy: together < -0.2 * scatter * rough.len() as f64,
            is_whole: finite().all(|value| value.fract() == 0.0),
            distinct: distinct.len(),
        }
    }

    /// More light in the middle than noise explains.
    fn has_galaxy(&self) -> bool {
        let excess = f64::from(self.middle - self.edge);
        excess > 3.0 * self.noise && excess > 0.05 * f64::from(self.edge.abs())
    }

    fn peak(&self) -> f64 {
        f64::from(self.highest - self.edge).max(f64::MIN_POSITIVE)
    }
}

fn is_margin(x: usize, y: usize, width: usize, height: usize) -> bool {
    let (across, down) = (width / 6, height / 6);
    x < across || x >= width - across || y < down || y >= height - down
}

fn median(mut values: Vec<f32>) -> f32 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    let (_, value, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    *value
}

/// What pixels of the margins have beyond the mean of their neighbours left and right.
fn rough(values: &[f32], width: usize) -> impl Iterator<Item = (usize, f64)> {
    let height = values.len() / width;
    values.windows(3).enumerate().filter_map(move |(at, three)| {
        let [left, here, right] = three else { return None };
        let place = at + 1;
        let (x, y) = (place % width, place / width);
        let value = f64::from(*here) - 0.5 * (f64::from(*left) + f64::from(*right));
        (x > 0 && x + 1 < width && is_margin(x, y, width, height) && value.is_finite())
            .then_some((place, value))
    })
}

/// How similar the noise of two images is: their correlation, without sign, pixel by pixel in the margins.
fn shared_noise(one: &[f32], other: &[f32], width: usize) -> f64 {
    let second: std::collections::BTreeMap<usize, f64> = rough(other, width).collect();
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (at, a) in rough(one, width) {
        if let Some(b) = second.get(&at) {
            aa += a * a;
            bb += b * b;
            ab += a * b;
        }
    }
    let scale = (aa * bb).sqrt();
    if scale > 0.0 { (ab / scale).abs() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 64;

    fn noise(seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..SIDE * SIDE)
            .map(|_| {
                // Twelve dice are almost a Gaussian.
                (0..12)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        (state >> 8) as f32 / (1u32 << 24) as f32
                    })
                    .sum::<f32>()
                    - 6.0
            })
            .collect()
    }

    fn galaxy(peak: f32) -> Vec<f32> {
        (0..SIDE * SIDE)
            .map(|at| {
                let (x, y) = ((at % SIDE) as f32 - 32.0, (at / SIDE) as f32 - 32.0);
                peak * (-(x * x + y * y).sqrt() / 5.0).exp()
            })
            .collect()
    }

    fn sum(one: &[f32], other: &[f32], factor: f32) -> Vec<f32> {
        one.iter().zip(other).map(|(a, b)| a + factor * b).collect()
    }

    #[test]
    fn what_is_no_galaxy_is_told() {
        let light = sum(&galaxy(200.0), &noise(1), 1.0);
        let judged = |other: &[f32]| judge(&light, other, SIDE);
        let variance: Vec<f32> = light.iter().map(|value| 50.0 + value).collect();
        assert_eq!(judged(&variance), Some(Nature::Variance));
        let flat: Vec<f32> = noise(5).iter().map(|value| 2500.0 + 30.0 * value).collect();
        assert_eq!(judged(&flat), Some(Nature::Weight));
        let hollow: Vec<f32> = galaxy(200.0).iter().map(|value| 1.0 / (10.0 + value)).collect();
        assert_eq!(judged(&hollow), Some(Nature::Weight));
        assert_eq!(judged(&galaxy(190.0)), Some(Nature::Model));
        let mask: Vec<f32> = galaxy(1.0)
            .iter()
            .map(|value| f32::from(u8::from(*value > 0.1)))
            .collect();
        assert_eq!(judged(&mask), Some(Nature::Mask));
        assert_eq!(judged(&vec![1.0; SIDE * SIDE]), Some(Nature::Mask), "one value");
    }

    #[test]
    fn galaxies_are_galaxies() {
        let light = sum(&galaxy(200.0), &noise(1), 1.0);
        let other_band = sum(&galaxy(120.0), &noise(2), 1.0);
        assert_eq!(judge(&light, &other_band, SIDE), None);
        let on_sky: Vec<f32> = other_band.iter().map(|value| value + 1000.0).collect();
        assert_eq!(
            judge(&light, &on_sky, SIDE),
            None,
            "a sky that was not taken away"
        );
        let faint = sum(&galaxy(5.0), &noise(3), 1.0);
        assert_eq!(judge(&light, &faint, SIDE), None);
        assert_eq!(judge(&noise(1), &noise(2), SIDE), None);
        // Without noise nothing can be decided.
        assert_eq!(judge(&galaxy(200.0), &galaxy(100.0), SIDE), None);
    }
}
