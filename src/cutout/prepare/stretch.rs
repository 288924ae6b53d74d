//! The asinh stretch for linear data, anchored on the sky.
//!
//! Lupton, Gunn & Szalay 1999, AJ 118, 1406; Lupton et al. 2004, PASP 116, 133. The logarithm comes from the `libm`
//! crate, so that every target computes the same bits.

/// The share of the brightest pixel that the noise of the sky shall have: the median of the Galaxy Zoo training cutouts.
pub(super) const NOISE_SHARE: f64 = 0.0154;
/// How many sigma the sky stands above zero in a stretched picture: the median of the Galaxy Zoo training cutouts.
pub(super) const PEDESTAL: f64 = 1.46;
/// The steepest stretch: noise becomes this much of the softening.
const MAX_SLOPE: f64 = 0.5;
/// The gentlest stretch, all but linear for everything but the brightest objects.
const MIN_SLOPE: f64 = 0.001;

/// `asinh(a t) / a` with a pedestal, for `t` in sigma above the sky: a curve that leaves the noise as it is (a sigma of
/// the sky stays one) and bends where the light exceeds `1 / a` sigma.
pub(super) fn curve(t: f64, a: f64) -> f64 {
    asinh(a * t) / a + PEDESTAL
}

/// The inverse hyperbolic sine by its definition: several times faster than the last bit of `libm::asinh` is worth.
fn asinh(x: f64) -> f64 {
    let size = libm::log(x.abs() + (x * x + 1.0).sqrt());
    if x < 0.0 { -size } else { size }
}

/// The `a` of [`curve`] which makes the noise [`NOISE_SHARE`] of a brightest pixel `peak` sigma above the sky.
pub(super) fn steepness(peak: f64) -> f64 {
    let share = |a: f64| 1.0 / curve(peak, a);
    let (mut low, mut high) = (MIN_SLOPE, MAX_SLOPE);
    if peak.is_nan() || peak <= 0.0 || share(low) >= NOISE_SHARE {
        return low;
    }
    if share(high) <= NOISE_SHARE {
        return high;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if share(middle) < NOISE_SHARE {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_gets_its_share_of_the_brightest_pixel() {
        for peak in [80.0, 300.0, 1e3, 1e4, 1e5] {
            let a = steepness(peak);
            let share = 1.0 / curve(peak, a);
            assert!(
                (share - NOISE_SHARE).abs() < 1e-9,
                "peak {peak}: a {a} share {share}"
            );
        }
    }

    #[test]
    fn faint_objects_stay_linear_and_nothing_is_infinite() {
        assert_eq!(steepness(10.0), MIN_SLOPE);
        assert_eq!(steepness(-3.0), MIN_SLOPE);
        assert_eq!(steepness(f64::NAN), MIN_SLOPE);
        assert!((curve(10.0, MIN_SLOPE) - 10.0 - PEDESTAL).abs() < 1e-3);
        assert_eq!(steepness(1e30), MAX_SLOPE);
        assert!(curve(1e9, MAX_SLOPE).is_finite() && curve(-1e9, MAX_SLOPE).is_finite());
    }

    #[test]
    fn asinh_is_asinh() {
        for x in [-1e9, -3.0, -1e-3, 0.0, 1e-6, 0.5, 40.0, 1e12] {
            assert!(
                (asinh(x) - libm::asinh(x)).abs() <= 1e-13 * (1.0 + libm::asinh(x).abs()),
                "{x}"
            );
        }
    }

    #[test]
    fn the_curve_rises() {
        let mut last = curve(-20.0, 0.1);
        for i in -199..2000 {
            let now = curve(f64::from(i) * 0.1, 0.1);
            assert!(now > last);
            last = now;
        }
    }
}
