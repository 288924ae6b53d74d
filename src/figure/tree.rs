//! The similarity tree with all its leaves.

use super::{Anchor, COLOURS, FAINT, Figure, GRID, INK, Mark};
use crate::grouping::{Tree, TreeOrder, cut_at_height};
use crate::layout::{Area, Elbow, Scale, dendrogram, ticks};

/// What is drawn of a tree and how.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeFigure {
    /// What is above it.
    pub title: String,
    /// Pixels across; the reference's figure has 3,000.
    pub width: f64,
    /// Pixels down; the reference's figure has 1,000.
    pub height: f64,
    /// Sub-trees whose top lies below this height have a colour each; 0.7 of the tree's height if not given, as in SciPy.
    pub colour_threshold: Option<f64>,
    /// Merges above this height have a dot and their height; 2.0 in the reference.
    pub annotate_above: f64,
}

impl Default for TreeFigure {
    fn default() -> Self {
        Self {
            title: "Similarity tree".to_owned(),
            width: 3000.0,
            height: 1000.0,
            colour_threshold: None,
            annotate_above: 2.0,
        }
    }
}

/// Draws the tree: a merge is a bar at its height, over the middle of its two parts.
/// # Examples
/// ```
/// use galaxy_grove::figure::{TreeFigure, tree_figure};
/// use galaxy_grove::grouping::{Method, TreeOrder, linkage};
///
/// let codes = [1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 9];
/// let tree = linkage(&codes, 4, Method::default(), None)?;
/// let figure = tree_figure(&tree, &TreeOrder::new(&tree), &TreeFigure::default());
/// assert!(figure.svg().starts_with("<svg"));
/// # Ok::<(), galaxy_grove::grouping::GroupingError>(())
/// ```
pub fn tree_figure(tree: &Tree, order: &TreeOrder, options: &TreeFigure) -> Figure {
    let mut figure = Figure::new(options.width, options.height);
    let area = Area {
        left: 92.0,
        right: options.width - 28.0,
        top: 64.0,
        bottom: options.height - 56.0,
    };
    let scale = Scale::new(area, tree.leaves(), (0.0, 1.0), tree.max_height());
    figure.text((area.left, 40.0), Anchor::Start, 24.0, INK, &options.title);
    for tick in ticks(scale.highest, 8) {
        let y = scale.y(tick);
        figure.line(vec![(area.left, y), (area.right, y)], GRID, 1.0);
        figure.text(
            (area.left - 10.0, y + 6.0),
            Anchor::End,
            18.0,
            INK,
            tick_label(tick),
        );
    }
    figure.upright(
        (30.0, f64::midpoint(area.top, area.bottom)),
        20.0,
        INK,
        "distance",
    );
    let below = format!("{} galaxies, in the order of the tree", tree.leaves());
    figure.text(
        (f64::midpoint(area.left, area.right), options.height - 18.0),
        Anchor::Middle,
        20.0,
        INK,
        below,
    );

    // SciPy colours what is below the threshold, not what is at it.
    let threshold = options.colour_threshold.unwrap_or(0.7 * tree.max_height());
    let groups = cut_at_height(tree, order, threshold.next_down());
    let drawing = dendrogram(tree, order, &groups, &scale);
    let colour = |group: usize| COLOURS[group % COLOURS.len()];
    for (group, boxes) in &drawing.filled {
        for filled in boxes {
            let ((left, right), (top, bottom)) = (filled.x, filled.y);
            figure.marks.push(Mark::Rect {
                at: [left, top, (right - left).max(0.5), bottom - top],
                colour: colour(*group),
            });
        }
    }
    for (group, elbows) in &drawing.branches {
        figure.lines(elbows.iter().map(outline).collect(), colour(*group), 1.3);
    }
    figure.lines(drawing.trunk.iter().map(outline).collect(), INK, 1.8);

    let elbows = drawing
        .trunk
        .iter()
        .chain(drawing.branches.iter().flat_map(|(_, elbows)| elbows));
    let mut labelled: Vec<[f64; 4]> = Vec::new();
    let mut noted: Vec<(f64, f64, f64)> = elbows
        .map(|elbow| {
            (
                tree.height(elbow.node),
                f64::midpoint(elbow.x.0, elbow.x.1),
                elbow.y,
            )
        })
        .filter(|(height, _, _)| *height > options.annotate_above)
        .collect();
    noted.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (height, x, y) in noted {
        figure.marks.push(Mark::Dot {
            at: (x, y),
            radius: 4.0,
            colour: "#d55e00",
        });
        let text = general(height);
        // A label that would cover a higher merge's is left out; its dot stays.
        let wide = text.len() as f64 * 9.0;
        // Right of the dot: a branch may come down on it from above.
        let place = [x + 8.0, y - 26.0, x + 8.0 + wide, y - 8.0];
        let free = labelled.iter().all(|other| {
            place[2] < other[0] || place[0] > other[2] || place[3] < other[1] || place[1] > other[3]
        });
        if free {
            labelled.push(place);
            figure.text((x + 8.0, y - 10.0), Anchor::Start, 16.0, INK, text);
        }
    }
    figure.line(
        vec![(area.left, area.bottom), (area.right, area.bottom)],
        FAINT,
        1.0,
    );
    figure
}

fn outline(elbow: &Elbow) -> Vec<(f64, f64)> {
    let ((left, right), (left_foot, right_foot)) = (elbow.x, elbow.feet);
    vec![
        (left, left_foot),
        (left, elbow.y),
        (right, elbow.y),
        (right, right_foot),
    ]
}

/// A number as C's `%.3g` writes it, for numbers from a ten-thousandth to a million.
fn general(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn tick_label(tick: f64) -> String {
    let text = format!("{tick:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::tree::tests::any_tree;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_as_percent_3g_does() {
        let found = [2.079_717, 6.860_9, 0.125, 12.345, 100.0, 3.0, 0.000_123_4].map(general);
        assert_eq!(found, ["2.08", "6.86", "0.125", "12.3", "100", "3", "0.000123"]);
    }

    proptest! {
        #[test]
        fn every_merge_is_drawn_once_and_above_the_mark_dotted(tree in any_tree(30)) {
            let order = TreeOrder::new(&tree);
            let options = TreeFigure { annotate_above: 0.6 * tree.max_height(), ..TreeFigure::default() };
            let figure = tree_figure(&tree, &order, &options);
            let merges = tree.merges().len();
            let drawn: usize = figure
                .marks
                .iter()
                .map(|mark| match mark {
                    Mark::Lines { lines, .. } => lines.iter().filter(|line| line.len() == 4).count(),
                    _ => 0,
                })
                .sum();
            prop_assert_eq!(drawn, merges);
            let dots = figure.marks.iter().filter(|mark| matches!(mark, Mark::Dot { .. })).count();
            let high = tree.merges().iter().filter(|merge| merge.height > options.annotate_above).count();
            prop_assert_eq!(dots, high);
        }
    }
}
