//! The ellipse that second moments stand for.

/// Semi-axes (standard deviations) and angle out of second moments. A pixel is not smaller than itself: at least 1/12
/// along each axis.
pub(in crate::cutout) fn axes(xx: f64, yy: f64, xy: f64) -> (f64, f64, f64) {
    const PIXEL: f64 = 1.0 / 12.0;
    let thin = xx * yy - xy * xy < PIXEL * PIXEL;
    let (xx, yy) = if thin { (xx + PIXEL, yy + PIXEL) } else { (xx, yy) };
    let middle = 0.5 * (xx + yy);
    let spread = (0.25 * (xx - yy) * (xx - yy) + xy * xy).sqrt();
    let floor = |v: f64| if v > PIXEL { v } else { PIXEL };
    (
        floor(middle + spread).sqrt(),
        floor(middle - spread).sqrt(),
        0.5 * libm::atan2(2.0 * xy, xx - yy),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_of_a_known_ellipse() {
        let (a, b, theta) = axes(9.0, 4.0, 0.0);
        assert_eq!((a, b, theta), (3.0, 2.0, 0.0));
        // The same turned by 30 degrees.
        let (c, s) = (30_f64.to_radians().cos(), 30_f64.to_radians().sin());
        let (a, b, theta) = axes(9.0 * c * c + 4.0 * s * s, 9.0 * s * s + 4.0 * c * c, 5.0 * c * s);
        assert!((a - 3.0).abs() < 1e-9 && (b - 2.0).abs() < 1e-9);
        assert!((theta.to_degrees() - 30.0).abs() < 1e-9);
        // A single pixel, and a line.
        assert!(axes(0.0, 0.0, 0.0).1 > 0.2);
        assert!(axes(4.0, 0.0, 0.0).1 > 0.2);
    }
}
