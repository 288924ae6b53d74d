//! Numbers of galaxies by group: medians, quartiles, and the middle nine tenths.

use super::chart::{Axis, number, range};
use super::{Anchor, COLOURS, FAINT, Figure, GRID, INK, fitted};

/// One number, for all groups.
#[derive(Clone, Debug)]
pub struct Spread {
    /// What it is, with its unit.
    pub title: String,
    /// The values of each group, in the order of the groups; those that are not finite are left out.
    pub groups: Vec<Vec<f64>>,
}

/// Panels in a row.
const ACROSS: usize = 3;
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 250.0;

/// Values at 5, 25, 50, 75 and 95 % of sorted ones, between neighbours in proportion; `None` without any.
#[must_use]
pub fn quantiles(values: &[f64]) -> Option<[f64; 5]> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let at = |share: f64| {
        let place = share * last as f64;
        let below = sorted.get(place.floor() as usize).copied().unwrap_or_default();
        let above = sorted.get(place.ceil() as usize).copied().unwrap_or_default();
        below + (above - below) * place.fract()
    };
    Some([0.05, 0.25, 0.5, 0.75, 0.95].map(at))
}

/// A panel for each number: a line from 5 to 95 %, a box from 25 to 75 %, and the median, of each group; the median of all galaxies behind them.
#[must_use]
pub fn spreads(title: &str, panels: &[Spread]) -> Figure {
    let rows = panels.len().div_ceil(ACROSS).max(1);
    let across = panels.len().clamp(1, ACROSS);
    let mut figure = Figure::new(WIDTH * across as f64 + 20.0, HEIGHT * rows as f64 + 60.0);
    let most = figure.width - 40.0;
    figure.text((24.0, 32.0), Anchor::Start, 19.0, INK, fitted(title, most, 19.0));
    for (at, panel) in panels.iter().enumerate() {
        let (left, top) = ((at % ACROSS) as f64 * WIDTH, (at / ACROSS) as f64 * HEIGHT);
        draw(&mut figure, panel, left + 10.0, top + 44.0);
    }
    figure
}

fn draw(figure: &mut Figure, panel: &Spread, left: f64, top: f64) {
    let found: Vec<Option<[f64; 5]>> = panel.groups.iter().map(|values| quantiles(values)).collect();
    let all: Vec<f64> = panel.groups.iter().flatten().copied().collect();
    let ends = found.iter().flatten().flatten().copied();
    let (low, high) = range(ends, false);
    let y = Axis {
        low,
        high,
        log: false,
        from: top + HEIGHT - 36.0,
        to: top + 34.0,
    };
    let (from, to) = (left + 62.0, left + WIDTH - 14.0);
    figure.text(
        (from, top + 22.0),
        Anchor::Start,
        15.0,
        INK,
        fitted(&panel.title, to - from, 15.0),
    );
    for tick in y.ticks() {
        figure.line(vec![(from, y.at(tick)), (to, y.at(tick))], GRID, 1.0);
        figure.text(
            (from - 7.0, y.at(tick) + 4.0),
            Anchor::End,
            12.0,
            INK,
            number(tick),
        );
    }
    let Some([_, _, middle, _, _]) = quantiles(&all) else {
        figure.text(
            (from + 8.0, y.from - 10.0),
            Anchor::Start,
            12.0,
            FAINT,
            "no values",
        );
        return;
    };
    figure.line(vec![(from, y.at(middle)), (to, y.at(middle))], FAINT, 1.0);
    let step = (to - from) / panel.groups.len().max(1) as f64;
    let half = (0.32 * step).min(16.0);
    for (at, found) in found.iter().enumerate() {
        let x = from + (at as f64 + 0.5) * step;
        // With many groups every number would touch the next one.
        if step >= 14.0 || at % 5 == 4 {
            figure.text(
                (x, y.from + 18.0),
                Anchor::Middle,
                11.0,
                INK,
                (at + 1).to_string(),
            );
        }
        let Some([lowest, lower, median, upper, highest]) = *found else {
            continue;
        };
        let colour = COLOURS[at % COLOURS.len()];
        figure.line(vec![(x, y.at(lowest)), (x, y.at(highest))], colour, 1.4);
        let corners = [
            (x - half, lower),
            (x + half, lower),
            (x + half, upper),
            (x - half, upper),
            (x - half, lower),
        ];
        figure.line(corners.map(|(x, value)| (x, y.at(value))).to_vec(), colour, 1.4);
        figure.line(
            vec![(x - half, y.at(median)), (x + half, y.at(median))],
            colour,
            3.4,
        );
    }
    figure.line(vec![(from, y.to), (from, y.from), (to, y.from)], INK, 1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As NumPy's `percentile`.
    #[test]
    fn quantiles_lie_between_neighbours() {
        let values = [4.0, f64::NAN, 1.0, 3.0, 2.0, 10.0];
        let found = quantiles(&values).unwrap();
        for (found, expected) in found.iter().zip([1.2, 2.0, 3.0, 4.0, 8.8]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(quantiles(&[7.0]), Some([7.0; 5]));
        assert_eq!(quantiles(&[f64::NAN]), None);
    }

    #[test]
    fn every_group_has_its_number_and_a_panel_without_values_says_so() {
        let panels = [
            Spread {
                title: "gini".to_owned(),
                groups: vec![vec![0.4, 0.5, 0.6], Vec::new(), vec![0.2, 0.3]],
            },
            Spread {
                title: "m20".to_owned(),
                groups: vec![vec![f64::NAN]; 3],
            },
        ];
        let svg = spreads("three groups", &panels).svg();
        for text in ["three groups", "gini", "m20", ">1<", ">2<", ">3<", "no values"] {
            assert!(svg.contains(text), "{text}");
        }
    }
}
