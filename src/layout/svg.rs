//! A drawing as SVG, for files.

use super::{Drawing, Elbow, Scale, palette, ticks};
use std::fmt::Write as _;

/// The tree as an SVG document of the size of `scale`'s area with room for the axis. `colour` gives the palette slot of
/// a group; `cut` is the height of the cut.
pub fn svg(drawing: &Drawing, scale: &Scale, cut: f64, colour: impl Fn(usize) -> u8) -> String {
    let (width, height) = (scale.area.right + 16.0, scale.area.bottom + 24.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"sans-serif\" \
         font-size=\"11\"><rect width=\"100%\" height=\"100%\" fill=\"#0a0d13\"/>"
    );
    // Writing to a String cannot fail.
    let mut add = |part: std::fmt::Arguments<'_>| {
        let _ = text.write_fmt(part);
    };
    for tick in ticks(scale.highest, 6) {
        let (y, left, right) = (scale.y(tick), scale.area.left, scale.area.right);
        add(format_args!(
            "<path d=\"M{left:.1} {y:.1}H{right:.1}\" stroke=\"{}\"/><text x=\"{:.1}\" y=\"{:.1}\" fill=\"{}\" \
             text-anchor=\"end\">{tick}</text>",
            palette::GRID,
            left - 6.0,
            y + 4.0,
            palette::TEXT
        ));
    }
    for (group, boxes) in &drawing.filled {
        for filled in boxes {
            let ((x0, x1), (y0, y1)) = (filled.x, filled.y);
            add(format_args!(
                "<rect x=\"{x0:.2}\" y=\"{y0:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{}\"/>",
                (x1 - x0).max(0.5),
                y1 - y0,
                palette::group(colour(*group))
            ));
        }
    }
    let parts = drawing
        .branches
        .iter()
        .map(|(group, elbows)| (elbows, palette::group(colour(*group)), 1.1));
    for (elbows, stroke, line) in parts.chain([(&drawing.trunk, palette::NEUTRAL, 1.6)]) {
        add(format_args!(
            "<path fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{line}\" d=\"{}\"/>",
            path(elbows)
        ));
    }
    let y = scale.y(cut);
    add(format_args!(
        "<path d=\"M{:.1} {y:.1}H{:.1}\" stroke=\"{}\"/></svg>",
        scale.area.left,
        scale.area.right,
        palette::ACCENT
    ));
    text
}

fn path(elbows: &[Elbow]) -> String {
    elbows.iter().fold(String::new(), |mut text, e| {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "M{:.2} {:.2}V{:.2}H{:.2}V{:.2}",
            e.x.0, e.feet.0, e.y, e.x.1, e.feet.1
        );
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::{Merge, Tree, TreeOrder, cut_into};
    use crate::layout::{Area, dendrogram};

    #[test]
    fn every_merge_and_the_cut_are_in_the_document() {
        let merge = |a, b, height, size| Merge { a, b, height, size };
        let tree = Tree::from_merges(3, vec![merge(0, 1, 1.0, 2), merge(2, 3, 2.0, 3)]).unwrap();
        let order = TreeOrder::new(&tree);
        let scale = Scale::new(
            Area {
                left: 50.0,
                right: 350.0,
                top: 10.0,
                bottom: 220.0,
            },
            3,
            (0.0, 1.0),
            2.0,
        );
        let drawing = dendrogram(&tree, &order, &cut_into(&tree, &order, 2), &scale);
        let text = svg(&drawing, &scale, 1.5, |group| group as u8);
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>"));
        assert!(
            text.contains(&format!(
                "M{:.2} 220.00V120.00H{:.2}V220.00",
                scale.x(1.5),
                scale.x(2.5)
            )),
            "{text}"
        );
        assert!(text.contains(palette::ACCENT) && text.contains(palette::NEUTRAL));
    }
}
