//! Ellipses, by 6 x 6 points of each pixel.

use super::{RowSums, Sum, above, up, within};

/// Points along each side of a pixel.
const POINTS: usize = 6;

/// The shape of an ellipse.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ellipse {
    pub centre: (f64, f64),
    /// Semi-axes over each other, 1 or more.
    pub elongation: f64,
    /// Cosine and sine of the angle of the major axis, from the x axis towards the y axis (down).
    pub along: (f64, f64),
}

impl Ellipse {
    /// Light and area within the semi-major axis `a`: a pixel counts by the share of its points that lie inside.
    pub(in super::super) fn sum(&self, a: f64, sums: &RowSums) -> Sum {
        // The square of the semi-major axis through a place is `xx dx^2 + 2 xy dx dy + yy dy^2`.
        let (c, s) = self.along;
        let flat = self.elongation * self.elongation;
        let (xx, xy, yy) = (c * c + flat * s * s, c * s * (1.0 - flat), s * s + flat * c * c);
        // The farthest up or down that it reaches: as far as the discriminant below is not negative.
        let reach = a * (xx / (xx * yy - xy * xy)).sqrt();
        let place = |v: f64| (v + 0.5) * POINTS as f64 - 0.5;
        let (x, y) = self.centre;
        let lines = within(
            above(place(y - reach)),
            up(place(y + reach)),
            sums.height * POINTS,
        );
        let mut all = Sum::default();
        for line in lines {
            let dy = (line as f64 + 0.5) / POINTS as f64 - 0.5 - y;
            let discriminant = xy * xy * dy * dy - xx * (yy * dy * dy - a * a);
            if discriminant <= 0.0 {
                continue;
            }
            let (middle, half) = (x - xy * dy / xx, discriminant.sqrt() / xx);
            let points = within(
                above(place(middle - half)),
                up(place(middle + half)),
                sums.width * POINTS,
            );
            let row = sums.row(line / POINTS);
            let before = |point: usize| {
                let (column, rest) = (point / POINTS, (point % POINTS) as f64);
                match row.get(column..column + 2) {
                    Some([this, next]) => {
                        let sum = |i: usize| POINTS as f64 * this[i] + rest * (next[i] - this[i]);
                        [sum(0), sum(1)]
                    }
                    _ => [0.0, 0.0],
                }
            };
            let (end, start) = (before(points.end), before(points.start));
            all.light += end[0] - start[0];
            all.area += end[1] - start[1];
        }
        let each = (POINTS * POINTS) as f64;
        Sum {
            light: all.light / each,
            area: all.area / each,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::light::Light;
    use super::*;

    /// Every point of every pixel, one by one.
    fn by_points(ellipse: &Ellipse, light: &Light, a: f64) -> Sum {
        let mut all = Sum::default();
        let place = |step: usize| (step as f64 + 0.5) / POINTS as f64 - 0.5;
        for at in 0..light.values.len() {
            let (x, y) = ((at % light.width) as f64, (at / light.width) as f64);
            let inside = (0..POINTS * POINTS).filter(|i| {
                let dx = x + place(i % POINTS) - ellipse.centre.0;
                let dy = y + place(i / POINTS) - ellipse.centre.1;
                let (c, s) = ellipse.along;
                let (along, across) = (dx * c + dy * s, (dy * c - dx * s) * ellipse.elongation);
                along * along + across * across < a * a
            });
            if !light.masked[at] {
                let pixel = Sum {
                    light: light.values[at],
                    area: 1.0,
                };
                all.add(inside.count() as f64 / 36.0, pixel);
            }
        }
        all
    }

    #[test]
    fn lines_of_points_are_all_points() {
        let mut light = Light::new(
            33,
            30,
            (0..990).map(|at| f64::from((at * 37) % 23) - 5.0).collect(),
        );
        light.masked[14 * 33 + 17] = true;
        let sums = RowSums::of(&light);
        for (angle, elongation, centre) in [
            (-0.4, 1.7, (15.6, 14.1)),
            (1.2, 6.0, (2.3, 20.9)),
            (0.0, 1.0, (15.5, 14.5)),
        ] {
            let (s, c) = libm::sincos(angle);
            let ellipse = Ellipse {
                centre,
                elongation,
                along: (c, s),
            };
            for radius in [0.3, 4.2, 11.0, 40.0] {
                let (fast, slow) = (ellipse.sum(radius, &sums), by_points(&ellipse, &light, radius));
                let near = (fast.light - slow.light).abs() < 1e-9 && (fast.area - slow.area).abs() < 1e-9;
                assert!(near, "{ellipse:?} {radius}: {fast:?} {slow:?}");
            }
        }
    }

    #[test]
    fn ellipses_have_nearly_their_area() {
        let (s, c) = libm::sincos(0.6);
        let ellipse = Ellipse {
            centre: (30.2, 29.7),
            elongation: 2.5,
            along: (c, s),
        };
        let sum = ellipse.sum(14.0, &RowSums::of(&Light::new(60, 60, vec![1.0; 3600])));
        let area = std::f64::consts::PI * 14.0 * 14.0 / 2.5;
        assert!((sum.area / area - 1.0).abs() < 3e-3, "{} {area}", sum.area);
    }
}
