//! How clumpy the light is.

use super::aperture::{Circle, RowSums};
use super::light::Light;

/// The side of the box that smooths and the radius that is left out, as shares of the Petrosian radius.
const SHARE: f64 = 0.25;

/// The sum of what rises above the smoothed light, over the light, in the ring from a quarter of the Petrosian radius to `most`, less what
/// noise gives (Lotz et al. 2004, equation 11; Conselice 2003 has it ten times as large). `None` where there is no light.
pub(super) fn smoothness(
    light: &Light,
    sums: &RowSums,
    centre: (f64, f64),
    petrosian: f64,
    most: f64,
) -> Option<f64> {
    let side = (SHARE * petrosian) as usize;
    let smooth = boxed(light, side.max(1));
    let above = |at: usize| {
        let rise = light.value(at) - smooth.get(at).copied().unwrap_or(0.0);
        if rise > 0.0 { rise } else { 0.0 }
    };
    let (mut sky, mut count) = (0.0, 0_usize);
    for at in 0..light.values.len() {
        if !light.is_masked(at) && !light.galaxy.get(at).copied().unwrap_or(false) {
            sky += above(at);
            count += 1;
        }
    }
    let sky = if count > 0 { sky / count as f64 } else { 0.0 };
    let size = (light.width, light.height);
    let (outer, inner) = (
        Circle::new(size, centre, most),
        Circle::new(size, centre, SHARE * petrosian),
    );
    let ring = |sums: &RowSums| outer.sum(sums).without(&inner.sum(sums));
    let all = ring(sums);
    let clumps = ring(&RowSums::new(light, above, |at| !light.is_masked(at)));
    (all.light > 0.0).then(|| (clumps.light - clumps.area * sky) / all.light)
}

/// Means over squares of `side` pixels; beyond the frame the light goes on mirrored.
fn boxed(light: &Light, side: usize) -> Vec<f64> {
    let (width, height) = (light.width, light.height);
    let mirrored = |i: isize, n: usize| {
        let n = n as isize;
        let i = i.rem_euclid(2 * n);
        (if i < n { i } else { 2 * n - 1 - i }) as usize
    };
    let before = (side / 2) as isize;
    let line = |length: usize, value: &dyn Fn(usize) -> f64, out: &mut dyn FnMut(usize, f64)| {
        let mut sum: f64 = (0..side as isize)
            .map(|k| value(mirrored(k - before, length)))
            .sum();
        for i in 0..length {
            out(i, sum / side as f64);
            let i = i as isize;
            sum += value(mirrored(i + 1 - before + side as isize - 1, length));
            sum -= value(mirrored(i - before, length));
        }
    };
    let mut rows = vec![0.0; width * height];
    for y in 0..height {
        line(width, &|x| light.value(y * width + x), &mut |x, v| {
            rows[y * width + x] = v
        });
    }
    let mut all = vec![0.0; width * height];
    for x in 0..width {
        line(height, &|y| rows[y * width + x], &mut |y, v| {
            all[y * width + x] = v
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_means() {
        let values: Vec<f64> = (0..42).map(|i| f64::from((i * 29) % 13)).collect();
        let light = Light::new(7, 6, values.clone());
        let smooth = boxed(&light, 3);
        let mean: f64 = [
            (2, 1),
            (3, 1),
            (4, 1),
            (2, 2),
            (3, 2),
            (4, 2),
            (2, 3),
            (3, 3),
            (4, 3),
        ]
        .iter()
        .map(|(x, y)| values[y * 7 + x])
        .sum::<f64>()
            / 9.0;
        assert!((smooth[2 * 7 + 3] - mean).abs() < 1e-12);
        assert_eq!(
            boxed(&light, 1)
                .iter()
                .zip(&values)
                .filter(|(a, b)| (*a - *b).abs() > 1e-12)
                .count(),
            0
        );
    }
}
