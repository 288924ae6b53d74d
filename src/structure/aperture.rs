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

/// The same, where `value` also gets how much of the pixel lies inside.
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
    fn axis_at(&self, x: f64, y: f64) -> f64 {
        self.square_at(x, y).sqrt()
    }

    /// Its square.
    fn square_at(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (c, s) = self.along;
        let (along, across) = (dx * c + dy * s, (dy * c - dx * s) * self.elongation);
        along * along + across * across
    }

    /// The share of a pixel inside the semi-major axis `a`: of 6 x 6 points of it.
    fn share(&self, x: f64, y: f64, a: f64) -> f64 {
        const POINTS: usize = 6;
        let place = |step: usize| (step as f64 + 0.5) / POINTS as f64 - 0.5;
        let inside = (0..POINTS * POINTS)
            .filter(|i| self.square_at(x + place(i % POINTS), y + place(i / POINTS)) < a * a)
            .count();
        inside as f64 / (POINTS * POINTS) as f64
    }

    /// Light and area of values of the frame within the semi-major axis `a`, masked or not.
    pub(super) fn sum(&self, light: &Light, a: f64, values: &[f64]) -> Sum {
        let mut sum = Sum::default();
        let reach = CORNER * self.elongation;
        for row in span(self.centre.1, a, light.height) {
            for column in span(self.centre.0, a, light.width) {
                let (x, y) = (column as f64, row as f64);
                let axis = self.axis_at(x, y);
                let share = if axis + reach <= a {
                    1.0
                } else if axis - reach >= a {
                    0.0
                } else {
                    self.share(x, y, a)
                };
                let value = values.get(row * light.width + column).copied().unwrap_or(0.0);
                sum.light += share * value;
                sum.area += share;
            }
        }
        sum
    }
}

/// The farthest that a pixel's corner is from its middle, rounded up.
const CORNER: f64 = 0.708;

/// Sums within many radii around one centre: the pixels are in order of their distance, so that only those on an edge need a look.
pub(super) struct Rings<'a> {
    light: &'a Light,
    /// `None` for circles.
    ellipse: Option<Ellipse>,
    centre: (f64, f64),
    reach: f64,
    /// Distance and place of every unmasked pixel.
    pixels: Vec<(f64, usize)>,
    /// Light of all pixels before each, one more than there are pixels.
    before: Vec<f64>,
}

impl<'a> Rings<'a> {
    /// Circles around a centre.
    pub(super) fn circles(light: &'a Light, centre: (f64, f64)) -> Self {
        let distance = |x: f64, y: f64| {
            let (dx, dy) = (x - centre.0, y - centre.1);
            (dx * dx + dy * dy).sqrt()
        };
        Self::new(light, centre, None, CORNER, distance)
    }

    /// Ellipses of one shape; their radius is the semi-major axis.
    pub(super) fn ellipses(light: &'a Light, ellipse: Ellipse) -> Self {
        let reach = CORNER * ellipse.elongation;
        Self::new(light, ellipse.centre, Some(ellipse), reach, |x, y| {
            ellipse.axis_at(x, y)
        })
    }

    fn new(
        light: &'a Light,
        centre: (f64, f64),
        ellipse: Option<Ellipse>,
        reach: f64,
        distance: impl Fn(f64, f64) -> f64,
    ) -> Self {
        let mut pixels: Vec<(f64, usize)> = (0..light.values.len())
            .filter(|at| !light.is_masked(*at))
            .map(|at| {
                let (x, y) = (at % light.width, at / light.width);
                (distance(x as f64, y as f64), at)
            })
            .collect();
        pixels.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut sum = 0.0;
        let mut before = vec![0.0];
        before.extend(pixels.iter().map(|(_, at)| {
            sum += light.value(*at);
            sum
        }));
        Self {
            light,
            ellipse,
            centre,
            reach,
            pixels,
            before,
        }
    }

    /// Light and area within a radius.
    pub(super) fn within(&self, radius: f64) -> Sum {
        let first = self
            .pixels
            .partition_point(|(distance, _)| distance + self.reach <= radius);
        let mut sum = Sum {
            light: self.before.get(first).copied().unwrap_or(0.0),
            area: first as f64,
        };
        for (distance, at) in self.pixels.iter().skip(first) {
            if distance - self.reach >= radius {
                break;
            }
            let (x, y) = ((at % self.light.width) as f64, (at / self.light.width) as f64);
            let share = match &self.ellipse {
                Some(ellipse) => ellipse.share(x, y, radius),
                None => overlap(x - self.centre.0, y - self.centre.1, radius),
            };
            sum.light += share * self.light.value(*at);
            sum.area += share;
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
    fn rings_are_circles_and_ellipses_one_by_one() {
        let mut light = Light::new(
            33,
            30,
            (0..990).map(|at| f64::from((at * 37) % 23) - 5.0).collect(),
        );
        let (s, c) = libm::sincos(-0.4);
        let ellipse = Ellipse {
            centre: (15.6, 14.1),
            elongation: 1.7,
            along: (c, s),
        };
        let ellipses = |light: &Light, radius: f64| Rings::ellipses(light, ellipse).within(radius);
        for radius in [0.3, 4.2, 11.0, 40.0] {
            let (fast, slow) = (
                ellipses(&light, radius),
                ellipse.sum(&light, radius, &light.values),
            );
            assert!((fast.light - slow.light).abs() < 1e-9 && (fast.area - slow.area).abs() < 1e-9);
        }
        light.masked[14 * 33 + 17] = true;
        for radius in [0.3, 4.2, 11.0, 40.0] {
            let fast = Rings::circles(&light, (15.6, 14.1)).within(radius);
            let slow = circle(&light, (15.6, 14.1), radius, |at| light.value(at));
            assert!((fast.light - slow.light).abs() < 1e-9 && (fast.area - slow.area).abs() < 1e-9);
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
        let sum = ellipse.sum(&flat(60, 60), 14.0, &[1.0; 3600]);
        let area = std::f64::consts::PI * 14.0 * 14.0 / 2.5;
        assert!((sum.area / area - 1.0).abs() < 3e-3, "{} {area}", sum.area);
    }
}
