//! Resampling with antialiasing: a cubic kernel that widens as the picture shrinks (as Pillow does it).
//!
//! Keys, R. 1981, IEEE Trans. Acoust. Speech Signal Process. 29, 1153 (a = -1/2).

use super::plane::Plane;

/// A rectangle of a plane, in pixels: pixel `i` covers `i` to `i + 1`. It may reach beyond the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cutout) struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    /// The square around the centre of pixel coordinates `x`, `y`, where whole numbers are the centres of pixels.
    pub fn square(x: f64, y: f64, half: f64) -> Self {
        Self {
            left: x + 0.5 - half,
            top: y + 0.5 - half,
            width: 2.0 * half,
            height: 2.0 * half,
        }
    }

    /// All of a plane.
    pub fn whole(plane: &Plane) -> Self {
        Self {
            left: 0.0,
            top: 0.0,
            width: plane.width as f64,
            height: plane.height as f64,
        }
    }
}

fn cubic(x: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// What one output pixel takes from one line: the first input pixel, the weights, and the weight that fell outside.
struct Taps {
    first: usize,
    weights: Vec<f64>,
    outside: f64,
}

/// The taps of `count` output pixels over the stretch from `start`, `length` long, of a line of `size` pixels.
///
/// With `renormalise` the weight that fell outside is shared among the pixels inside.
fn taps(start: f64, length: f64, count: usize, size: usize, renormalise: bool) -> Vec<Taps> {
    let scale = length / count as f64;
    let wide = if scale > 1.0 { scale } else { 1.0 };
    let support = 2.0 * wide;
    (0..count)
        .map(|i| {
            let centre = start + (i as f64 + 0.5) * scale;
            let low = (centre - support + 0.5).floor() as i64;
            let high = (centre + support + 0.5).floor() as i64;
            let mut total = 0.0;
            let mut outside = 0.0;
            let mut first = 0;
            let mut weights = Vec::new();
            for k in low..high {
                let weight = cubic((k as f64 - centre + 0.5) / wide);
                total += weight;
                match usize::try_from(k) {
                    Ok(k) if k < size => {
                        if weights.is_empty() {
                            first = k;
                        }
                        weights.push(weight);
                    }
                    _ => outside += weight,
                }
            }
            if renormalise && total - outside > 0.0 {
                total -= outside;
                outside = 0.0;
            }
            if total > 0.0 {
                weights.iter_mut().for_each(|w| *w /= total);
                outside /= total;
            }
            Taps {
                first,
                weights,
                outside,
            }
        })
        .collect()
}

/// Resamples an area of a plane to `width` by `height` pixels. Where the area leaves the plane it meets `beyond`;
/// `None` is for areas inside the plane: pixels at the edge then make do with the neighbours they have.
pub(in crate::cutout) fn resample(
    plane: &Plane,
    area: Area,
    width: usize,
    height: usize,
    beyond: Option<f64>,
) -> Vec<f32> {
    let across = taps(area.left, area.width, width, plane.width, beyond.is_none());
    let down = taps(area.top, area.height, height, plane.height, beyond.is_none());
    let beyond = beyond.unwrap_or(0.0);
    // Only the rows that a tap reaches are worth the first pass.
    let from = down
        .iter()
        .filter(|t| !t.weights.is_empty())
        .map(|t| t.first)
        .min()
        .unwrap_or(0);
    let to = down
        .iter()
        .filter(|t| !t.weights.is_empty())
        .map(|t| t.first + t.weights.len())
        .max()
        .unwrap_or(0);
    let mut rows: Vec<f64> = Vec::with_capacity((to - from) * width);
    for row in plane
        .values
        .chunks_exact(plane.width.max(1))
        .skip(from)
        .take(to - from)
    {
        for tap in &across {
            let inside = row.get(tap.first..tap.first + tap.weights.len()).unwrap_or(&[]);
            let mut sum = tap.outside * beyond;
            for (&v, &w) in inside.iter().zip(&tap.weights) {
                sum += f64::from(v) * w;
            }
            rows.push(sum);
        }
    }
    let mut out = Vec::with_capacity(width * height);
    let mut line = vec![0.0_f64; width];
    for tap in &down {
        line.fill(tap.outside * beyond);
        for (k, &w) in tap.weights.iter().enumerate() {
            let start = (tap.first - from + k) * width;
            let row = rows.get(start..start + width).unwrap_or(&[]);
            for (sum, &v) in line.iter_mut().zip(row) {
                *sum += v * w;
            }
        }
        out.extend(line.iter().map(|&v| v as f32));
    }
    out
}

/// The whole plane resampled, with its gaps carried along (nearest neighbour).
pub(in crate::cutout) fn resize(plane: &Plane, width: usize, height: usize) -> Plane {
    let values = resample(plane, Area::whole(plane), width, height, None);
    let valid = plane.valid.as_ref().map(|_| {
        (0..width * height)
            .map(|i| {
                let x = ((i % width) * plane.width + plane.width / 2) / width;
                let y = ((i / width) * plane.height + plane.height / 2) / height;
                plane.is_valid(y.min(plane.height - 1) * plane.width + x.min(plane.width - 1))
            })
            .collect()
    });
    Plane {
        width,
        height,
        values,
        valid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Plane {
        Plane::new(
            width,
            height,
            (0..width * height)
                .map(|i| (i % width) as f32 + 100.0 * (i / width) as f32)
                .collect(),
        )
    }

    #[test]
    fn the_same_size_gives_the_same_pixels() {
        let plane = ramp(9, 7);
        assert_eq!(resample(&plane, Area::whole(&plane), 9, 7, None), plane.values);
    }

    #[test]
    fn a_slope_stays_a_slope() {
        let plane = ramp(200, 200);
        let out = resample(&plane, Area::square(99.5, 99.5, 64.0), 64, 64, Some(0.0));
        for (i, v) in out.iter().enumerate() {
            let (x, y) = (36.5 + 2.0 * (i % 64) as f32, 36.5 + 2.0 * (i / 64) as f32);
            assert!((v - (x + 100.0 * y)).abs() < 0.01, "{i}: {v}");
        }
    }

    #[test]
    fn flat_stays_flat_at_every_scale_and_offset() {
        let plane = Plane::new(30, 20, vec![3.0; 600]);
        for (x, y, half) in [(3.0, 18.0, 2.5), (15.0, 10.0, 40.0), (29.9, -4.0, 7.3)] {
            for v in resample(&plane, Area::square(x, y, half), 64, 64, Some(3.0)) {
                assert!((v - 3.0).abs() < 1e-5, "{v}");
            }
        }
        assert!(resize(&plane, 7, 3).values.iter().all(|v| (v - 3.0).abs() < 1e-5));
    }

    #[test]
    fn far_outside_is_what_lies_beyond() {
        let plane = ramp(10, 10);
        let out = resample(&plane, Area::square(500.0, 500.0, 32.0), 64, 64, Some(0.25));
        assert!(out.iter().all(|&v| v == 0.25));
    }

    #[test]
    fn light_is_kept_when_a_picture_shrinks() {
        let mut plane = Plane::new(256, 256, vec![0.0; 256 * 256]);
        plane.values[120 * 256 + 131] = 1.0;
        let out = resample(&plane, Area::whole(&plane), 64, 64, None);
        let sum: f32 = out.iter().sum();
        assert!((sum - 1.0 / 16.0).abs() < 1e-4, "{sum}");
    }
}
