//! Centre and ellipse of a galaxy's own light.

use super::light::Light;

/// The centre of light of the galaxy's own pixels; `None` when they have none in sum.
pub(super) fn centroid(light: &Light) -> Option<(f64, f64)> {
    let (mut total, mut x, mut y) = (0.0, 0.0, 0.0);
    for (px, py, value) in light.own() {
        total += value;
        x += value * px;
        y += value * py;
    }
    let place = (x / total, y / total);
    let inside = |v: f64, size: usize| v >= -0.5 && v < size as f64 - 0.5;
    (total > 0.0 && inside(place.0, light.width) && inside(place.1, light.height)).then_some(place)
}

/// Semi-axes (standard deviations, the larger first) and angle by the second moments about a centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axes {
    pub major: f64,
    pub minor: f64,
    /// From the x axis towards the y axis, which points down, in radians.
    pub angle: f64,
}

/// `None` when the moments are not those of light.
pub(super) fn axes(light: &Light, (x, y): (f64, f64)) -> Option<Axes> {
    let (mut total, mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0, 0.0);
    for (px, py, value) in light.own() {
        let (dx, dy) = (px - x, py - y);
        total += value;
        xx += value * dx * dx;
        yy += value * dy * dy;
        xy += value * dx * dy;
    }
    if total <= 0.0 {
        return None;
    }
    let (mut xx, mut yy, xy) = (xx / total, yy / total, xy / total);
    if xx <= 0.0 || yy <= 0.0 {
        return None;
    }
    // A pixel is not thinner than itself (Bertin, SExtractor manual, equation 43).
    const PIXEL: f64 = 1.0 / 12.0;
    while (xx * yy - xy * xy).abs() < PIXEL * PIXEL {
        xx += PIXEL;
        yy += PIXEL;
    }
    let middle = 0.5 * (xx + yy);
    let spread = (0.25 * (xx - yy) * (xx - yy) + xy * xy).sqrt();
    Some(Axes {
        major: (middle + spread).abs().sqrt(),
        minor: (middle - spread).abs().sqrt(),
        angle: 0.5 * libm::atan2(2.0 * xy, xx - yy),
    })
}
