//! Circles, by the exact share of each pixel that lies inside.

use super::{RowSums, Sum, above, columns, up, within};
use std::ops::Range;

/// A circle on a frame.
#[derive(Debug)]
pub(in super::super) struct Circle {
    centre: (f64, f64),
    radius: f64,
    size: (usize, usize),
    rows: Range<usize>,
    columns: Range<usize>,
    /// The lines between the columns, and those between the rows.
    upright: Vec<Line>,
    level: Vec<Line>,
}

/// A line between pixels.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// How far it is from the centre, and on which side.
    distance: f64,
    side: f64,
    /// For a line between columns the distance, at most the radius; for one between rows how far to the side it meets the circle.
    reach: f64,
    /// The area under a quarter of the circle up to there.
    under: f64,
}

/// The columns of one row that a circle touches.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Touched {
    pub row: usize,
    /// All of them.
    pub columns: Range<usize>,
    /// Those that lie wholly inside.
    pub inside: Range<usize>,
}

impl Touched {
    /// The columns that the edge goes through.
    pub(in super::super) fn edge(&self) -> impl Iterator<Item = usize> + use<> {
        (self.columns.start..self.inside.start).chain(self.inside.end..self.columns.end)
    }
}

impl Circle {
    /// A circle around `centre` (x, y) on a frame of `size` (width, height).
    pub(in super::super) fn new(size: (usize, usize), centre: (f64, f64), radius: f64) -> Self {
        let span =
            |middle: f64, size: usize| within(up(middle - radius - 0.5), above(middle + radius + 0.5), size);
        let (columns, rows) = (span(centre.0, size.0), span(centre.1, size.1));
        let square = radius * radius;
        // The area under the circle from the middle to `t`.
        let under = |t: f64| {
            let rest = square - t * t;
            let height = if rest > 0.0 { rest.sqrt() } else { 0.0 };
            let ratio = if t < radius { t / radius } else { 1.0 };
            0.5 * (t * height + square * libm::asin(ratio))
        };
        let line = |at: usize, middle: f64, reach: &dyn Fn(f64) -> f64| {
            let offset = at as f64 - 0.5 - middle;
            let distance = offset.abs();
            let reach = reach(distance);
            Line {
                distance,
                side: if offset < 0.0 { -1.0 } else { 1.0 },
                reach,
                under: under(reach),
            }
        };
        let inside = |distance: f64| if distance < radius { distance } else { radius };
        let meets = |distance: f64| {
            if distance < radius {
                (square - distance * distance).sqrt()
            } else {
                0.0
            }
        };
        let upright = (columns.start..=columns.end).map(|at| line(at, centre.0, &inside));
        let level = (rows.start..=rows.end).map(|at| line(at, centre.1, &meets));
        Self {
            centre,
            radius,
            size,
            upright: upright.collect(),
            level: level.collect(),
            rows,
            columns,
        }
    }

    /// Its rows, from the top.
    pub(in super::super) fn rows(&self) -> impl Iterator<Item = Touched> + '_ {
        let square = self.radius * self.radius;
        self.rows.clone().map(move |row| {
            let y = (row as f64 - self.centre.1).abs();
            let half = |y: f64| {
                let rest = square - y * y;
                (rest > 0.0).then(|| rest.sqrt())
            };
            let x = self.centre.0;
            let columns = half(if y > 0.5 { y - 0.5 } else { 0.0 }).map_or(0..0, |half| {
                within(
                    (x - half - 0.5).ceil(),
                    (x + half + 0.5).floor() + 1.0,
                    self.size.0,
                )
            });
            let inside = half(y + 0.5).filter(|half| *half >= 0.5).map_or(0..0, |half| {
                within(
                    (x - half + 0.5).ceil(),
                    (x + half - 0.5).floor() + 1.0,
                    self.size.0,
                )
            });
            let inside = if inside.is_empty() {
                columns.end..columns.end
            } else {
                inside
            };
            Touched { row, columns, inside }
        })
    }

    /// The area of a pixel that lies within.
    pub(in super::super) fn share(&self, column: usize, row: usize) -> f64 {
        let (Some(i), Some(j)) = (
            column.checked_sub(self.columns.start),
            row.checked_sub(self.rows.start),
        ) else {
            return 0.0;
        };
        let (Some([left, right]), Some([top, bottom])) =
            (self.upright.get(i..i + 2), self.level.get(j..j + 2))
        else {
            return 0.0;
        };
        let share =
            quadrant(right, bottom) - quadrant(left, bottom) - quadrant(right, top) + quadrant(left, top);
        if share > 0.0 { share } else { 0.0 }
    }

    /// Light and area within.
    pub(in super::super) fn sum(&self, sums: &RowSums) -> Sum {
        let mut all = Sum::default();
        for touched in self.rows() {
            let row = sums.row(touched.row);
            all.add(1.0, columns(row, touched.inside.clone()));
            for column in touched.edge() {
                all.add(self.share(column, touched.row), columns(row, column..column + 1));
            }
        }
        all
    }
}

/// The area common to the circle and the rectangle from its centre to where two lines cross, with the sign of that quadrant.
fn quadrant(upright: &Line, level: &Line) -> f64 {
    let area = if upright.reach <= level.reach {
        // The rectangle's upper side ends within the circle.
        upright.reach * level.distance
    } else {
        level.reach * level.distance + upright.under - level.under
    };
    upright.side * level.side * area
}

#[cfg(test)]
mod tests {
    use super::super::super::light::Light;
    use super::*;

    /// The share of a pixel by its definition, on a fine grid of points.
    fn by_points((x, y): (f64, f64), radius: f64) -> f64 {
        const POINTS: usize = 400;
        let place = |step: usize| (step as f64 + 0.5) / POINTS as f64 - 0.5;
        let inside = (0..POINTS * POINTS).filter(|i| {
            let (dx, dy) = (x + place(i % POINTS), y + place(i / POINTS));
            dx * dx + dy * dy < radius * radius
        });
        inside.count() as f64 / (POINTS * POINTS) as f64
    }

    #[test]
    fn shares_are_those_of_points() {
        for (centre, radius) in [
            ((5.0, 4.0), 3.0),
            ((5.3, 3.8), 0.3),
            ((4.5, 4.5), 2.7),
            ((5.2, 4.1), 0.9),
            ((-0.4, 8.7), 4.1),
        ] {
            let circle = Circle::new((11, 9), centre, radius);
            for row in 0..9 {
                for column in 0..11 {
                    let place = (column as f64 - centre.0, row as f64 - centre.1);
                    let (exact, points) = (circle.share(column, row), by_points(place, radius));
                    let near = (exact - points).abs() < 2e-3;
                    assert!(near, "{centre:?} {radius} {column} {row}: {exact} {points}");
                }
            }
        }
    }

    #[test]
    fn rows_name_every_pixel_once_and_those_inside_count_whole() {
        for (centre, radius) in [
            ((5.0, 4.0), 3.0),
            ((5.3, 3.8), 0.3),
            ((4.5, 4.5), 4.7),
            ((12.0, 2.0), 9.0),
        ] {
            let circle = Circle::new((11, 9), centre, radius);
            let mut seen = vec![0.0; 99];
            for touched in circle.rows() {
                for column in touched.inside.clone() {
                    assert!(circle.share(column, touched.row) > 1.0 - 1e-12);
                    seen[touched.row * 11 + column] += 1.0;
                }
                for column in touched.edge() {
                    seen[touched.row * 11 + column] += circle.share(column, touched.row);
                }
            }
            for (at, seen) in seen.iter().enumerate() {
                let expected = circle.share(at % 11, at / 11);
                assert!((seen - expected).abs() < 1e-9, "{centre:?} {radius} {at}");
            }
        }
    }

    #[test]
    fn circles_have_their_area_wherever_they_are() {
        let light = Light::new(41, 37, vec![1.0; 41 * 37]);
        let sums = RowSums::of(&light);
        for (x, y, radius) in [
            (20.0, 18.0, 5.0),
            (20.3, 17.8, 0.3),
            (19.5, 18.5, 9.7),
            (20.0, 18.0, 0.5),
        ] {
            let sum = Circle::new((41, 37), (x, y), radius).sum(&sums);
            let area = std::f64::consts::PI * radius * radius;
            assert!((sum.area - area).abs() < 1e-9 * area, "{sum:?} {area}");
            assert_eq!(sum.light, sum.area);
        }
    }

    #[test]
    fn a_circle_beyond_the_frame_is_cut_off() {
        let sums = RowSums::of(&Light::new(20, 20, vec![1.0; 400]));
        // A quarter of a circle around the corner of the corner pixel.
        let sum = Circle::new((20, 20), (-0.5, -0.5), 6.0).sum(&sums);
        assert!((sum.area - std::f64::consts::PI * 9.0).abs() < 1e-9);
        let outside = Circle::new((20, 20), (-50.0, 3.0), 6.0).sum(&sums);
        assert_eq!(outside, Sum::default());
    }

    #[test]
    fn masked_pixels_have_no_light_and_no_area() {
        let mut light = Light::new(
            33,
            30,
            (0..990).map(|at| f64::from((at * 37) % 23) - 5.0).collect(),
        );
        light.masked[14 * 33 + 17] = true;
        let sums = RowSums::of(&light);
        for radius in [0.3, 4.2, 11.0, 40.0] {
            let circle = Circle::new((33, 30), (15.6, 14.1), radius);
            let mut slow = Sum::default();
            for at in (0..990).filter(|at| !light.masked[*at]) {
                let pixel = Sum {
                    light: light.values[at],
                    area: 1.0,
                };
                slow.add(circle.share(at % 33, at / 33), pixel);
            }
            let fast = circle.sum(&sums);
            assert!((fast.light - slow.light).abs() < 1e-9 && (fast.area - slow.area).abs() < 1e-9);
        }
    }
}
