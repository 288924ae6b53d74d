//! Entropy of the pixel values, and the pattern of their gradients.

use super::gini::pixels;
use super::light::Light;

/// Bins of the histogram of pixel values.
const BINS: usize = 64;

/// The entropy of the histogram of the segment's values, from the least to the largest, over that of equal shares: 0 to 1 (as Ferrari et
/// al. 2015, arXiv:1509.05430, with 64 bins).
pub(super) fn entropy(light: &Light, segment: &[bool]) -> Option<f64> {
    let (mut least, mut most, mut count) = (f64::INFINITY, f64::NEG_INFINITY, 0_usize);
    for (_, _, value) in pixels(light, segment) {
        least = if value < least { value } else { least };
        most = if value > most { value } else { most };
        count += 1;
    }
    if count < 2 || most <= least {
        return None;
    }
    let mut bins = [0_usize; BINS];
    for (_, _, value) in pixels(light, segment) {
        let bin = ((value - least) / (most - least) * BINS as f64) as usize;
        if let Some(bin) = bins.get_mut(bin.min(BINS - 1)) {
            *bin += 1;
        }
    }
    let entropy: f64 = bins
        .iter()
        .filter(|n| **n > 0)
        .map(|n| *n as f64 / count as f64)
        .map(|share| -share * libm::log(share))
        .sum();
    Some(entropy / libm::log(BINS as f64))
}

/// Gradients whose lengths differ by less than this share of the longest one, and whose directions are opposite to within [`ANGLE`], cancel.
const LENGTH: f64 = 0.03;

/// 10 degrees.
const ANGLE: f64 = 10.0 * std::f64::consts::PI / 180.0;

/// The second gradient moment (Rosa et al. 2018, MNRAS 477, L101): `G2 = (V_A / V)(1 - |sum v_A| / sum |v_A|)`, where V gradients lie in
/// the segment and V_A of them are not the opposite of that at the place opposite through the centre. 0 is symmetric.
pub(super) fn gradient_pattern(light: &Light, segment: &[bool], (x, y): (f64, f64)) -> Option<f64> {
    let (width, height) = (light.width, light.height);
    let inside = |x: isize, y: isize| {
        (x >= 0 && y >= 0 && (x as usize) < width && (y as usize) < height)
            .then(|| y as usize * width + x as usize)
            .filter(|at| segment.get(*at) == Some(&true) && !light.is_masked(*at))
    };
    let gradient = |at: usize| {
        let (column, row) = ((at % width) as isize, (at / width) as isize);
        let difference = |dx: isize, dy: isize| {
            let (after, before) = (inside(column + dx, row + dy), inside(column - dx, row - dy));
            let steps = usize::from(after.is_some()) + usize::from(before.is_some());
            let value = light.value(after.unwrap_or(at)) - light.value(before.unwrap_or(at));
            value / steps.max(1) as f64
        };
        (difference(1, 0), difference(0, 1))
    };
    let mut found = Vec::new();
    for at in 0..segment.len() {
        let (column, row) = ((at % width) as isize, (at / width) as isize);
        if inside(column, row).is_some() {
            let opposite = (
                (2.0 * x).round() as isize - column,
                (2.0 * y).round() as isize - row,
            );
            found.push((gradient(at), inside(opposite.0, opposite.1).map(gradient)));
        }
    }
    let length = |(a, b): (f64, f64)| (a * a + b * b).sqrt();
    let longest = found
        .iter()
        .map(|(v, _)| length(*v))
        .fold(0.0, |a: f64, b| if b > a { b } else { a });
    if found.is_empty() || longest <= 0.0 {
        return None;
    }
    let cosine = libm::cos(ANGLE);
    let cancels = |v: (f64, f64), other: (f64, f64)| {
        let (a, b) = (length(v), length(other));
        let opposite = -(v.0 * other.0 + v.1 * other.1) >= cosine * a * b;
        (a - b).abs() <= LENGTH * longest && (opposite || a + b <= LENGTH * longest)
    };
    let (mut sum, mut lengths, mut left) = ((0.0, 0.0), 0.0, 0_usize);
    for (v, other) in &found {
        if other.is_some_and(|other| cancels(*v, other)) {
            continue;
        }
        sum = (sum.0 + v.0, sum.1 + v.1);
        lengths += length(*v);
        left += 1;
    }
    if lengths <= 0.0 {
        return Some(0.0);
    }
    Some(left as f64 / found.len() as f64 * (1.0 - length(sum) / lengths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_of_equal_shares_is_1() {
        let light = Light::new(16, 8, (0..128).map(|i| f64::from(i / 2)).collect());
        assert!((entropy(&light, &[true; 128]).unwrap() - 1.0).abs() < 1e-12);
        let mut two = vec![0.0; 64];
        two[..32].fill(1.0);
        let expected = 2.0_f64.ln() / 64.0_f64.ln();
        assert!((entropy(&Light::new(8, 8, two), &[true; 64]).unwrap() - expected).abs() < 1e-12);
        assert_eq!(entropy(&Light::new(2, 2, vec![1.0; 4]), &[true; 4]), None);
    }

    #[test]
    fn gradients_of_a_symmetric_galaxy_cancel_and_of_a_spot_beside_it_do_not() {
        let blob = |x: f64, y: f64, spot: f64| {
            let (dx, dy) = (x - 15.0, y - 15.0);
            let (sx, sy) = (x - 20.0, y - 13.0);
            (-(dx * dx + dy * dy) / 30.0).exp() + spot * (-(sx * sx + sy * sy) / 4.0).exp()
        };
        let light = |spot: f64| {
            let values = (0..961).map(|at| blob(f64::from(at % 31), f64::from(at / 31), spot));
            Light::new(31, 31, values.collect())
        };
        let segment = vec![true; 961];
        assert!(gradient_pattern(&light(0.0), &segment, (15.0, 15.0)).unwrap() < 1e-6);
        assert!(gradient_pattern(&light(0.7), &segment, (15.0, 15.0)).unwrap() > 0.05);
    }
}
