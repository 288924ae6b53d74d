//! Smoothing with a Gaussian.

use super::plane::Plane;

/// Smooths with a Gaussian, mirrored at the edges.
pub(in crate::cutout) fn smooth(plane: &Plane, sigma: f64) -> Vec<f64> {
    let radius = (4.0 * sigma + 0.5).floor() as i64;
    let mut kernel: Vec<f64> = (-radius..=radius)
        .map(|i| libm::exp(-0.5 * (i * i) as f64 / (sigma * sigma)))
        .collect();
    let total: f64 = kernel.iter().sum();
    kernel.iter_mut().for_each(|k| *k /= total);
    let mirror = |i: i64, size: usize| -> usize {
        let period = 2 * size as i64;
        let i = i.rem_euclid(period.max(1));
        (if i < size as i64 { i } else { period - 1 - i }) as usize
    };
    let (width, height) = (plane.width, plane.height);
    let mut across = Vec::with_capacity(width * height);
    for row in plane.values.chunks_exact(width.max(1)) {
        for x in 0..width as i64 {
            let mut sum = 0.0;
            for (k, w) in (x - radius..).zip(&kernel) {
                sum += w * f64::from(row.get(mirror(k, width)).copied().unwrap_or(0.0));
            }
            across.push(sum);
        }
    }
    let mut out = vec![0.0; width * height];
    for (y, line) in (0_i64..).zip(out.chunks_exact_mut(width.max(1))) {
        for (k, w) in (y - radius..).zip(&kernel) {
            let start = mirror(k, height) * width;
            for (sum, v) in line
                .iter_mut()
                .zip(across.get(start..start + width).unwrap_or(&[]))
            {
                *sum += w * v;
            }
        }
    }
    out
}
