//! The Gini coefficient and M20 (Lotz et al. 2004), and the pixels that they are measured on.

use super::aperture::{Ellipse, RowSums, Sum};
use super::light::Light;

/// The smoothing before the threshold, as a share of the Petrosian semi-major axis.
const SMOOTHING: f64 = 0.2;

/// The pixels at least as bright, after smoothing, as the light at the Petrosian semi-major axis `a`; of several patches the one with the
/// brightest pixel. Also whether there were several.
pub(super) fn segment(light: &Light, ellipse: &Ellipse, a: f64) -> Option<(Vec<bool>, bool)> {
    let smooth = gaussian(light, SMOOTHING * a);
    let value = |at: usize| smooth.get(at).copied().unwrap_or(0.0);
    let sums = RowSums::new(light, value, |_| true);
    let ring = |a: f64| ellipse.sum(a, &sums);
    let inner = if a > 0.5 { ring(a - 0.5) } else { Sum::default() };
    let threshold = ring(a + 0.5).without(&inner).mean();
    let bright: Vec<bool> = smooth.iter().map(|v| *v >= threshold).collect();
    let start = (0..smooth.len()).max_by(|a, b| value(*a).total_cmp(&value(*b)).then(b.cmp(a)))?;
    let patch = patch(&bright, light.width, start);
    let several = patch.iter().filter(|v| **v).count() < bright.iter().filter(|v| **v).count();
    Some((patch, several))
}

/// The pixels connected to `start`, also over corners.
fn patch(bright: &[bool], width: usize, start: usize) -> Vec<bool> {
    let mut patch = vec![false; bright.len()];
    let mut open = vec![start];
    let width = width as isize;
    while let Some(at) = open.pop() {
        let (is_bright, Some(seen)) = (bright.get(at) == Some(&true), patch.get_mut(at)) else {
            continue;
        };
        if !is_bright || *seen {
            continue;
        }
        *seen = true;
        let x = at as isize % width;
        for (dx, dy) in [
            (-1, -1),
            (0, -1),
            (1, -1),
            (-1, 0),
            (1, 0),
            (-1, 1),
            (0, 1),
            (1, 1),
        ] {
            let to = at as isize + dx + dy * width;
            if (0..width).contains(&(x + dx)) && to >= 0 {
                open.push(to as usize);
            }
        }
    }
    patch
}

/// The light smoothed by a Gaussian, with nothing beyond the frame.
fn gaussian(light: &Light, sigma: f64) -> Vec<f64> {
    let reach = (4.0 * sigma + 0.5) as usize;
    let mut kernel: Vec<f64> = (0..=reach)
        .map(|i| libm::exp(-0.5 * (i as f64 / sigma) * (i as f64 / sigma)))
        .collect();
    let total = kernel.iter().sum::<f64>() * 2.0 - kernel[0];
    kernel.iter_mut().for_each(|v| *v /= total);
    let (width, height) = (light.width, light.height);
    let mut across = Vec::with_capacity(width * height);
    let mut line = vec![0.0; width + 2 * reach];
    for row in 0..height {
        for (column, value) in line.iter_mut().skip(reach).take(width).enumerate() {
            *value = light.value(row * width + column);
        }
        let mut sum = vec![0.0; width];
        for (k, weight) in kernel.iter().enumerate() {
            add_both(&mut sum, *weight, line.get(reach - k..), line.get(reach + k..), k);
        }
        across.extend(sum);
    }
    let mut all = Vec::with_capacity(width * height);
    for row in 0..height {
        let line = |row: Option<usize>| across.get(row? * width..(row? + 1) * width);
        let mut sum = vec![0.0; width];
        for (k, weight) in kernel.iter().enumerate() {
            add_both(
                &mut sum,
                *weight,
                line(row.checked_sub(k)),
                line(row.checked_add(k)),
                k,
            );
        }
        all.extend(sum);
    }
    all
}

/// Adds what lies `k` before and `k` behind; for `k = 0` that is one place.
fn add_both(sum: &mut [f64], weight: f64, before: Option<&[f64]>, behind: Option<&[f64]>, k: usize) {
    match (before, behind) {
        (Some(before), Some(behind)) if k > 0 => {
            for ((sum, before), behind) in sum.iter_mut().zip(before).zip(behind) {
                *sum += weight * (before + behind);
            }
        }
        (Some(one), _) | (None, Some(one)) => {
            for (sum, one) in sum.iter_mut().zip(one) {
                *sum += weight * one;
            }
        }
        (None, None) => {}
    }
}

/// `sum (2 i - n - 1) |x_i| / ((n - 1) sum |x|)` over the sorted absolute values: 0 when all are equal, 1 when one pixel has all the light.
pub(super) fn gini(light: &Light, segment: &[bool]) -> Option<f64> {
    let mut values: Vec<f64> = pixels(light, segment).map(|(_, _, v)| v.abs()).collect();
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    let total: f64 = values.iter().sum();
    if n < 2 || total <= 0.0 {
        return None;
    }
    let weighted: f64 = values
        .iter()
        .enumerate()
        .map(|(i, v)| (2.0 * (i + 1) as f64 - n as f64 - 1.0) * v)
        .sum();
    Some(weighted / ((n - 1) as f64 * total))
}

/// The logarithm (base 10) of the second moment of the brightest pixels that hold a fifth of the light, over that of all.
pub(super) fn m20(light: &Light, segment: &[bool]) -> Option<f64> {
    let (mut total, mut x, mut y) = (0.0, 0.0, 0.0);
    for (px, py, value) in pixels(light, segment) {
        total += value;
        x += value * px;
        y += value * py;
    }
    if total <= 0.0 {
        return None;
    }
    let (x, y) = (x / total, y / total);
    let moment = |(px, py, value): (f64, f64, f64)| value * ((px - x) * (px - x) + (py - y) * (py - y));
    let all: f64 = pixels(light, segment).map(moment).sum();
    let mut values: Vec<f64> = pixels(light, segment).map(|(_, _, v)| v).collect();
    values.sort_unstable_by(f64::total_cmp);
    let mut below = 0.0;
    let threshold = values.iter().find(|value| {
        below += **value;
        below >= 0.8 * total
    })?;
    let brightest: f64 = pixels(light, segment)
        .filter(|(_, _, value)| value >= threshold)
        .map(moment)
        .sum();
    (brightest > 0.0 && all > 0.0).then(|| libm::log10(brightest / all))
}

/// Columns, rows and values of the pixels of a segment; masked ones have none.
pub(super) fn pixels<'a>(
    light: &'a Light,
    segment: &'a [bool],
) -> impl Iterator<Item = (f64, f64, f64)> + 'a {
    segment
        .iter()
        .enumerate()
        .filter(|(_, inside)| **inside)
        .map(|(at, _)| {
            let place = ((at % light.width) as f64, (at / light.width) as f64);
            (place.0, place.1, light.value(at))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gini_is_0_for_equal_pixels_and_1_for_one_bright_one() {
        let light = Light::new(5, 5, vec![2.0; 25]);
        assert!(gini(&light, &[true; 25]).unwrap().abs() < 1e-12);
        let mut one = vec![0.0; 25];
        one[12] = 3.0;
        assert!((gini(&Light::new(5, 5, one), &[true; 25]).unwrap() - 1.0).abs() < 1e-12);
        // 0, 1, 2 and 3: (-3 * 0 - 1 * 1 + 1 * 2 + 3 * 3) / (3 * 6)
        let light = Light::new(2, 2, vec![3.0, 0.0, -2.0, 1.0]);
        assert!((gini(&light, &[true; 4]).unwrap() - 10.0 / 18.0).abs() < 1e-12);
    }

    #[test]
    fn m20_of_two_rings_is_by_hand() {
        // A middle pixel of 8, its four neighbours of 1 and four pixels of 1 two away: 20 % of 16 is in the middle pixel alone.
        let mut values = vec![0.0; 25];
        for (x, y, v) in [(2, 2, 8.0), (1, 2, 1.0), (3, 2, 1.0), (2, 1, 1.0), (2, 3, 1.0)] {
            values[y * 5 + x] = v;
        }
        for (x, y) in [(0, 2), (4, 2), (2, 0), (2, 4)] {
            values[y * 5 + x] = 1.0;
        }
        assert_eq!(m20(&Light::new(5, 5, values.clone()), &[true; 25]), None);
        values[12] = 2.0;
        values[11] = 2.0;
        values[13] = 2.0;
        // 12 in all; the three of 2 hold half of it, and a fifth from the brightest down is reached within them.
        let expected = libm::log10((2.0 + 2.0) / (2.0 + 2.0 + 1.0 + 1.0 + 4.0 * 4.0));
        let found = m20(&Light::new(5, 5, values), &[true; 25]).unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn patches_meet_over_corners_and_end_at_edges() {
        let bright = [true, false, false, false, true, true, false, false, true];
        assert_eq!(patch(&bright, 3, 0), bright);
        let apart = [true, false, true, false, false, false, true, false, true];
        assert_eq!(patch(&apart, 3, 2).iter().filter(|v| **v).count(), 1);
    }
}
