//! Sums of light in circles and ellipses.

use super::light::Light;

/// Light and area within a shape.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    pub light: f64,
    /// Pixels of the frame that count, in part or whole.
    pub area: f64,
}

impl Sum {
    pub(super) fn mean(&self) -> f64 {
        if self.area > 0.0 {
            self.light / self.area
        } else {
            0.0
        }
    }

    pub(super) fn without(&self, inner: &Self) -> Self {
        Self {
            light: self.light - inner.light,
            area: self.area - inner.area,
        }
    }
}

/// Adds up `value` of the unmasked pixels within `radius` of the centre `(x, y)`; a pixel on the edge counts by the exact share of it that
/// lies inside.
pub(super) fn circle(
    light: &Light,
    centre: (f64, f64),
    radius: f64,
    mut value: impl FnMut(usize) -> f64,
) -> Sum {
    circle_with_share(light, centre, radius, |at, _| value(at))
}

/// The same, where `value` is also told how much of the pixel lies inside.
pub(super) fn circle_with_share(
    light: &Light,
    (x, y): (f64, f64),
    radius: f64,
    mut value: impl FnMut(usize, f64) -> f64,
) -> Sum {
    let mut sum = Sum::default();
    for row in span(y, radius, light.height) {
        for column in span(x, radius, light.width) {
            let at = row * light.width + column;
            if light.is_masked(at) {
                continue;
            }
            let share = overlap(column as f64 - x, row as f64 - y, radius);
            if share > 0.0 {
                sum.light += share * value(at, share);
                sum.area += share;
            }
        }
    }
    sum
}

/// Rows or columns that a circle can touch.
fn span(middle: f64, radius: f64, size: usize) -> std::ops::Range<usize> {
    let first = (middle - radius - 0.5).ceil();
    let last = (middle + radius + 0.5).floor();
    let clamp = |v: f64| if v > 0.0 { (v as usize).min(size) } else { 0 };
    clamp(first)..clamp(last + 1.0)
}

/// The area of a pixel, whose centre is `(dx, dy)` from the centre of a circle, that lies within the circle.
fn overlap(dx: f64, dy: f64, radius: f64) -> f64 {
    let (x, y) = (dx.abs(), dy.abs());
    let square = radius * radius;
    let far = (x + 0.5) * (x + 0.5) + (y + 0.5) * (y + 0.5);
    if far <= square {
        return 1.0;
    }
    let near = |v: f64| if v > 0.5 { v - 0.5 } else { 0.0 };
    if near(x) * near(x) + near(y) * near(y) >= square {
        return 0.0;
    }
    let corner = |x: f64, y: f64| quadrant(x, y, radius);
    corner(x + 0.5, y + 0.5) - corner(x - 0.5, y + 0.5) - corner(x + 0.5, y - 0.5) + corner(x - 0.5, y - 0.5)
}

/// The area common to a circle around the origin and the rectangle from the origin to `(x, y)`, with the sign of `x y`.
fn quadrant(x: f64, y: f64, radius: f64) -> f64 {
    let sign = if (x < 0.0) == (y < 0.0) { 1.0 } else { -1.0 };
    let (x, y) = (x.abs(), y.abs());
    let square = radius * radius;
    let right = if x < radius { x } else { radius };
    // Up to here the circle is higher than the rectangle.
    let level = if y < radius { (square - y * y).sqrt() } else { 0.0 };
    let under = |t: f64| {
        let ratio = if t < radius { t / radius } else { 1.0 };
        let rest = square - t * t;
        0.5 * (t * if rest > 0.0 { rest.sqrt() } else { 0.0 } + square * libm::asin(ratio))
    };
    let area = if right <= level {
        right * y
    } else {
        level * y + under(right) - under(level)
    };
    sign * area
}

/// An ellipse.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ellipse {
    pub centre: (f64, f64),
    /// Semi-axes over each other, 1 or more.
    pub elongation: f64,
    /// Cosine and sine of the angle of the major axis, from the x axis towards the y axis (down).
    pub along: (f64, f64),
}

impl Ellipse {
    /// The semi-major axis of the ellipse through a place.
    pub(super) fn axis_at(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (c, s) = self.along;
        let (along, across) = (dx * c + dy * s, (dy * c - dx * s) * self.elongation);
        (along * along + across * across).sqrt()
    }

    /// Adds up `value` within the semi-major axis `a`; a pixel on the edge counts by the share of 8 x 8 points of it that lie inside.
    pub(super) fn sum(
        &self,
        light: &Light,
        a: f64,
        masked: bool,
        mut value: impl FnMut(usize) -> f64,
    ) -> Sum {
        const POINTS: usize = 8;
        let mut sum = Sum::default();
        // The corner of a pixel is this far from its centre, where the ellipse is narrowest.
        let reach = 0.708 * self.elongation;
        for row in span(self.centre.1, a, light.height) {
            for column in span(self.centre.0, a, light.width) {
                let at = row * light.width + column;
                if masked && light.is_masked(at) {
                    continue;
                }
                let (x, y) = (column as f64, row as f64);
                let axis = self.axis_at(x, y);
                let share = if axis + reach <= a {
                    1.0
                } else if axis - reach >= a {
                    0.0
                } else {
                    let place = |step: usize| (step as f64 + 0.5) / POINTS as f64 - 0.5;
                    let inside = (0..POINTS * POINTS)
                        .filter(|i| self.axis_at(x + place(i % POINTS), y + place(i / POINTS)) < a)
                        .count();
                    inside as f64 / (POINTS * POINTS) as f64
                };
                if share > 0.0 {
                    sum.light += share * value(at);
                    sum.area += share;
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: usize, height: usize) -> Light {
        Light::new(width, height, vec![1.0; width * height])
    }

    #[test]
    fn circles_have_their_area_wherever_they_are() {
        let light = flat(41, 37);
        for (x, y, radius) in [
            (20.0, 18.0, 5.0),
            (20.3, 17.8, 0.3),
            (19.5, 18.5, 9.7),
            (20.0, 18.0, 0.5),
        ] {
            let sum = circle(&light, (x, y), radius, |at| light.values[at]);
            let area = std::f64::consts::PI * radius * radius;
            assert!((sum.area - area).abs() < 1e-9 * area, "{sum:?} {area}");
            assert_eq!(sum.light, sum.area);
        }
    }

    #[test]
    fn a_circle_beyond_the_frame_is_cut_off() {
        // A quarter of a circle around the corner of the corner pixel.
        let sum = circle(&flat(20, 20), (-0.5, -0.5), 6.0, |_| 1.0);
        assert!((sum.area - std::f64::consts::PI * 9.0).abs() < 1e-9);
        assert_eq!(circle(&flat(20, 20), (-50.0, 3.0), 6.0, |_| 1.0), Sum::default());
    }

    #[test]
    fn ellipses_have_nearly_their_area() {
        let (s, c) = libm::sincos(0.6);
        let ellipse = Ellipse {
            centre: (30.2, 29.7),
            elongation: 2.5,
            along: (c, s),
        };
        let sum = ellipse.sum(&flat(60, 60), 14.0, true, |_| 1.0);
        let area = std::f64::consts::PI * 14.0 * 14.0 / 2.5;
        assert!((sum.area / area - 1.0).abs() < 3e-3, "{} {area}", sum.area);
    }
}
