//! The sky: its level and its noise, by clipping what is not sky.

use super::plane::Plane;

/// Level and noise of the sky.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cutout) struct Sky {
    /// Mean of the pixels left after clipping.
    pub level: f64,
    /// Their standard deviation.
    pub sigma: f64,
}

/// Mean and standard deviation after leaving out, again and again, what lies more than 3 sigma off the mean.
///
/// Gives zeros for no values.
pub(in crate::cutout) fn clipped(mut values: Vec<f64>) -> Sky {
    let mut sky = Sky {
        level: 0.0,
        sigma: 0.0,
    };
    for _ in 0..30 {
        let count = values.len();
        if count == 0 {
            return sky;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count as f64;
        sky = Sky {
            level: mean,
            sigma: variance.sqrt(),
        };
        values.retain(|v| (v - sky.level).abs() <= 3.0 * sky.sigma);
        if values.len() == count {
            break;
        }
    }
    sky
}

fn measured(plane: &Plane, mut wanted: impl FnMut(usize, usize) -> bool) -> Vec<f64> {
    let mut values = Vec::new();
    for (y, row) in plane.values.chunks_exact(plane.width.max(1)).enumerate() {
        for (x, &v) in row.iter().enumerate() {
            if wanted(x, y) && plane.is_valid(y * plane.width + x) {
                values.push(f64::from(v));
            }
        }
    }
    values
}

/// The sky in the outer tenth of the plane: a border as wide as a tenth of the shorter side.
pub(in crate::cutout) fn outer_tenth(plane: &Plane) -> Sky {
    let border = ((plane.short_side() as f64 * 0.1).round() as usize).max(1);
    let (width, height) = (plane.width, plane.height);
    let mut values = measured(plane, |x, y| {
        x < border || y < border || x + border >= width || y + border >= height
    });
    // The whole border may be missing: then all there is must do.
    if values.len() < 8 {
        values = measured(plane, |_, _| true);
    }
    clipped(values)
}

/// The sky in the darkest corner: for pictures which the galaxy fills up to the edges.
///
/// The corners are squares with a side of 10/64 of the plane's shorter side.
pub(in crate::cutout) fn darkest_corner(plane: &Plane) -> Sky {
    let side = ((plane.short_side() as f64 * 10.0 / 64.0).round() as usize).max(1);
    let (width, height) = (plane.width, plane.height);
    let mut best: Option<Sky> = None;
    for (right, bottom) in [(false, false), (true, false), (false, true), (true, true)] {
        let values = measured(plane, |x, y| {
            let near_x = if right { x + side >= width } else { x < side };
            let near_y = if bottom { y + side >= height } else { y < side };
            near_x && near_y
        });
        if values.len() * 4 < side * side {
            continue;
        }
        let sky = clipped(values);
        if best.is_none_or(|b| sky.level < b.level) {
            best = Some(sky);
        }
    }
    best.unwrap_or_else(|| outer_tenth(plane))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(i: usize) -> f64 {
        // A fixed, roughly normal sequence: the sum of four uniform ones.
        let mut state = (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66;
        let mut sum = 0.0;
        for _ in 0..4 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            sum += (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
        }
        sum * 3.0_f64.sqrt()
    }

    #[test]
    fn stars_do_not_move_the_sky() {
        let mut values: Vec<f64> = (0..4000).map(|i| 10.0 + noise(i)).collect();
        let bare = clipped(values.clone());
        values.extend((0..40).map(|i| 100.0 + 30.0 * i as f64));
        let starry = clipped(values);
        assert!(
            (bare.level - 10.0).abs() < 0.1 && (bare.sigma - 1.0).abs() < 0.1,
            "{bare:?}"
        );
        assert!(
            (starry.level - bare.level).abs() < 0.05 && (starry.sigma - bare.sigma).abs() < 0.05,
            "{starry:?}"
        );
    }

    #[test]
    fn no_values_give_zeros_and_flat_ones_no_noise() {
        assert_eq!(
            clipped(vec![]),
            Sky {
                level: 0.0,
                sigma: 0.0
            }
        );
        assert_eq!(
            clipped(vec![2.5; 9]),
            Sky {
                level: 2.5,
                sigma: 0.0
            }
        );
    }

    #[test]
    fn the_middle_does_not_count_as_sky() {
        let values = (0..40 * 40)
            .map(|i| {
                let (x, y) = (i % 40, i / 40);
                if (4..36).contains(&x) && (4..36).contains(&y) {
                    9.0
                } else {
                    1.0
                }
            })
            .collect();
        assert_eq!(
            outer_tenth(&Plane::new(40, 40, values)),
            Sky {
                level: 1.0,
                sigma: 0.0
            }
        );
    }

    #[test]
    fn the_darkest_corner_is_found_wherever_it_is() {
        for corner in 0..4 {
            let (cx, cy) = (
                if corner % 2 == 0 { 0.0 } else { 63.0 },
                if corner < 2 { 0.0 } else { 63.0 },
            );
            let values = (0..64 * 64)
                .map(|i| ((i % 64) as f32 - cx).abs() + ((i / 64) as f32 - cy).abs())
                .collect();
            let sky = darkest_corner(&Plane::new(64, 64, values));
            assert!((sky.level - 9.0).abs() < 0.5, "{corner}: {sky:?}");
        }
    }
}
