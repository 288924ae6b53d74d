//! Curves side by side, such as the losses of a run.

use super::{Anchor, COLOURS, FAINT, Figure, GRID, INK, fitted};

/// A curve.
#[derive(Clone, Debug)]
pub struct Series<'a> {
    /// Its name in the legend.
    pub name: &'a str,
    /// Its points; those that are not finite are left out.
    pub points: &'a [(f64, f64)],
}

/// One panel of curves.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// What is above it.
    pub title: &'a str,
    /// Below it.
    pub x_label: &'a str,
    /// Whether the y axis is to be logarithmic. It stays linear, and says so, where a value is not positive.
    pub log: bool,
    /// The curves.
    pub series: Vec<Series<'a>>,
}

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 460.0;

/// Draws the panels side by side.
pub fn charts(title: &str, panels: &[Chart<'_>]) -> Figure {
    let mut figure = Figure::new(WIDTH * panels.len().max(1) as f64 + 20.0, HEIGHT + 50.0);
    let most = figure.width - 40.0;
    figure.text((24.0, 32.0), Anchor::Start, 19.0, INK, fitted(title, most, 19.0));
    for (at, chart) in panels.iter().enumerate() {
        draw(&mut figure, chart, at as f64 * WIDTH + 10.0, 44.0);
    }
    figure
}

/// An axis: numbers to pixels.
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    pub log: bool,
    pub from: f64,
    pub to: f64,
}

impl Axis {
    pub fn at(&self, value: f64) -> f64 {
        let share = if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + share * (self.to - self.from)
    }

    pub fn ticks(&self) -> Vec<f64> {
        if !self.log {
            return linear_ticks(self.low, self.high);
        }
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        let steps: &[f64] = match last - first {
            ..=2 => &[1.0, 2.0, 3.0, 5.0],
            3 => &[1.0, 3.0],
            _ => &[1.0],
        };
        (first..=last)
            .flat_map(|power| steps.iter().map(move |step| step * 10_f64.powi(power)))
            .filter(|tick| (self.low..=self.high).contains(tick))
            .collect()
    }
}

/// Round numbers within a range: steps of 1, 2 or 5 times a power of ten, at most seven or so.
fn linear_ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 6.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    let step = step
        .into_iter()
        .find(|step| *step >= rough)
        .unwrap_or(power * 10.0);
    let first = (low / step).ceil() as i64;
    (0..20)
        .map(|index| (first + index) as f64 * step)
        .take_while(|tick| *tick <= high + step * 1e-9)
        .collect()
}

/// The range of some numbers with a little room; a range around a single number.
pub(super) fn range(values: impl Iterator<Item = f64>, log: bool) -> (f64, f64) {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if low > high {
        return if log { (0.1, 10.0) } else { (0.0, 1.0) };
    }
    if log {
        return (low / 1.12, high * 1.12);
    }
    let room = if high > low {
        (high - low) * 0.05
    } else {
        low.abs().max(1.0) * 0.1
    };
    (low - room, high + room)
}

fn draw(figure: &mut Figure, chart: &Chart<'_>, left: f64, top: f64) {
    let curves: Vec<Vec<(f64, f64)>> = chart
        .series
        .iter()
        .map(|series| {
            let finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
            series.points.iter().filter(finite).copied().collect()
        })
        .collect();
    let points = || curves.iter().flatten();
    let log = chart.log && points().all(|point| point.1 > 0.0);
    let (x_low, x_high) = range(points().map(|point| point.0), false);
    let (y_low, y_high) = range(points().map(|point| point.1), log);
    let x = Axis {
        low: x_low,
        high: x_high,
        log: false,
        from: left + 70.0,
        to: left + WIDTH - 16.0,
    };
    let y = Axis {
        low: y_low,
        high: y_high,
        log,
        from: top + HEIGHT - 56.0,
        to: top + 40.0,
    };
    figure.text((x.from, top + 26.0), Anchor::Start, 16.0, INK, chart.title);
    for tick in y.ticks() {
        figure.line(vec![(x.from, y.at(tick)), (x.to, y.at(tick))], GRID, 1.0);
        figure.text(
            (x.from - 8.0, y.at(tick) + 4.5),
            Anchor::End,
            13.0,
            INK,
            number(tick),
        );
    }
    for tick in x.ticks() {
        figure.line(vec![(x.at(tick), y.from), (x.at(tick), y.from + 5.0)], INK, 1.0);
        figure.text(
            (x.at(tick), y.from + 20.0),
            Anchor::Middle,
            13.0,
            INK,
            number(tick),
        );
    }
    let frame = vec![(x.from, y.to), (x.from, y.from), (x.to, y.from)];
    figure.line(frame, INK, 1.0);
    figure.text(
        (f64::midpoint(x.from, x.to), y.from + 42.0),
        Anchor::Middle,
        14.0,
        INK,
        chart.x_label,
    );
    for (at, (curve, series)) in curves.iter().zip(&chart.series).enumerate() {
        let colour = COLOURS[at % COLOURS.len()];
        let line: Vec<_> = curve.iter().map(|&(a, b)| (x.at(a), y.at(b))).collect();
        match line.as_slice() {
            [] => {}
            [only] => figure.marks.push(super::Mark::Dot {
                at: *only,
                radius: 3.0,
                colour,
            }),
            _ => figure.line(line, colour, 1.8),
        }
        if chart.series.len() > 1 {
            let row = y.to + 8.0 + 20.0 * at as f64;
            figure.line(vec![(x.to - 150.0, row), (x.to - 126.0, row)], colour, 2.5);
            figure.text(
                (x.to - 120.0, row + 4.5),
                Anchor::Start,
                13.0,
                INK,
                fitted(series.name, 125.0, 13.0),
            );
        }
    }
    let note = match (points().next(), chart.log && !log) {
        (None, _) => "nothing recorded yet",
        (_, true) => "linear: some values are not positive",
        _ => return,
    };
    figure.text((x.from + 8.0, y.from - 10.0), Anchor::Start, 12.0, FAINT, note);
}

/// A tick's number: no more digits than it needs, thousands as k.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 10_000.0 {
        return format!("{}k", trimmed(value / 1000.0, 3));
    }
    match size {
        0.0 => "0".to_owned(),
        size if size < 1e-4 => format!("{value:.0e}"),
        _ => trimmed(value, 6),
    }
}

fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;
    use proptest::prelude::*;

    fn panel<'a>(points: &'a [(f64, f64)], log: bool) -> Vec<Chart<'a>> {
        vec![Chart {
            title: "NMSE",
            x_label: "step",
            log,
            series: vec![Series {
                name: "train",
                points,
            }],
        }]
    }

    fn says(figure: &Figure, what: &str) -> bool {
        figure
            .marks
            .iter()
            .any(|mark| matches!(mark, Mark::Text { text, .. } if text.contains(what)))
    }

    proptest! {
        #[test]
        fn all_that_is_drawn_lies_inside_and_is_a_number(
            points in prop::collection::vec((0.0..1e6f64, prop_oneof![-1e3..1e3f64, Just(f64::NAN), 1e-9..1e-6f64]), 0..30),
            log: bool,
        ) {
            let figure = charts("Losses", &panel(&points, log));
            for mark in &figure.marks {
                let points = match mark {
                    Mark::Lines { lines, .. } => lines.concat(),
                    Mark::Text { at, .. } | Mark::Dot { at, .. } => vec![*at],
                    _ => Vec::new(),
                };
                for (x, y) in points {
                    prop_assert!((0.0..=figure.width).contains(&x) && (0.0..=figure.height).contains(&y), "{mark:?}");
                }
            }
        }

        #[test]
        fn ticks_lie_in_the_range(low in -1e6..1e6f64, span in 1e-3..1e6f64) {
            let ticks = linear_ticks(low, low + span);
            prop_assert!((2..=9).contains(&ticks.len()), "{ticks:?}");
            prop_assert!(ticks.iter().all(|tick| *tick >= low - span * 1e-6 && *tick <= low + span * 1.000_001));
        }
    }

    #[test]
    fn a_panel_that_cannot_be_logarithmic_says_so() {
        assert!(says(
            &charts("", &panel(&[(1.0, 0.5), (2.0, -0.1)], true)),
            "linear"
        ));
        assert!(!says(
            &charts("", &panel(&[(1.0, 0.5), (2.0, 0.1)], true)),
            "linear"
        ));
        assert!(says(&charts("", &panel(&[], true)), "nothing recorded"));
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0.0, 0.05, 12_000.0, 1500.0, 2e-5].map(number),
            ["0", "0.05", "12k", "1500", "2e-5"]
        );
    }
}
