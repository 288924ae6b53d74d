//! A drawing as SVG text: a picture of its own, for papers and slides.

use super::palette::{GROUND, NEUTRAL, colour};
use super::{Area, Drawing};
use std::fmt::Write as _;

/// On which ground the picture stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark, as the page.
    #[default]
    Dark,
    /// White, for print.
    Light,
}

impl Theme {
    fn ground(self) -> &'static str {
        match self {
            Self::Dark => GROUND,
            Self::Light => "#ffffff",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Dark => "#c9d1dc",
            Self::Light => "#333b46",
        }
    }

    fn accent(self) -> &'static str {
        match self {
            Self::Dark => "#ffb454",
            Self::Light => "#b86e00",
        }
    }
}

/// The drawing as SVG on the page's dark ground.
pub fn svg(drawing: &Drawing) -> String {
    svg_in(drawing, Theme::Dark)
}

/// The drawing as SVG: a whole file with its size, a title for those who cannot see it, and no outside parts.
/// Thumbnails are empty frames with their group's number.
pub fn svg_in(drawing: &Drawing, theme: Theme) -> String {
    let size = drawing.frame.size;
    let (width, height) = (Px(size.width.max(1.0)), Px(size.height.max(1.0)));
    let Area {
        x0: left,
        y0: top,
        x1: right,
        y1: foot,
    } = drawing.clip;
    let mut out = String::with_capacity(4096 + drawing.shapes() * 48);
    let mut put = |text: std::fmt::Arguments<'_>| {
        // Writing to a String cannot fail.
        let _ = out.write_fmt(text);
    };
    let summary = drawing.cut.map_or_else(
        || "Merger tree without galaxies".to_owned(),
        |cut| format!("Merger tree cut into {} {}", cut.groups, plural(cut.groups)),
    );
    put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"11\">\n<title>{summary}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        theme.ground()
    ));
    put(format_args!(
        "<clipPath id=\"tree\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n",
        Px(left - 1.0),
        Px(top - 1.0),
        Px(right - left + 2.0),
        Px(foot - top + 2.0)
    ));
    for (y, tick) in &drawing.ticks {
        put(format_args!(
            "<path d=\"M{} {y}H{}\" stroke=\"{NEUTRAL}\" stroke-opacity=\"0.15\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{}\">{}</text>\n",
            Px(left),
            Px(right),
            Px(left - 8.0),
            Px(y + 4.0),
            theme.text(),
            tick.label,
            y = Px(*y),
        ));
    }
    put(format_args!(
        "<g clip-path=\"url(#tree)\" fill=\"none\" stroke-width=\"1\">\n"
    ));
    for run in &drawing.runs {
        let colour = colour(run.slot);
        if !run.blobs.is_empty() {
            put(format_args!("<path fill=\"{colour}\" d=\""));
            for blob in &run.blobs {
                let Area { x0, y0, x1, y1 } = blob.area;
                put(format_args!(
                    "M{} {}H{}V{}H{}Z",
                    Px(x0),
                    Px(y0),
                    Px(x1),
                    Px(y1),
                    Px(x0)
                ));
            }
            put(format_args!("\"/>\n"));
        }
        if !run.brackets.is_empty() {
            put(format_args!("<path stroke=\"{colour}\" d=\""));
            for b in &run.brackets {
                put(format_args!(
                    "M{} {}V{}H{}V{}",
                    Px(b.x0),
                    Px(b.y0),
                    Px(b.y),
                    Px(b.x1),
                    Px(b.y1)
                ));
            }
            put(format_args!("\"/>\n"));
        }
    }
    put(format_args!("</g>\n"));
    for bar in &drawing.bars {
        put(format_args!(
            "{}\n",
            Rect(bar.area, colour(Some(bar.slot)), "none")
        ));
    }
    for thumbnail in &drawing.thumbnails {
        put(format_args!(
            "{}<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{}\">{}</text>\n",
            Rect(thumbnail.area, "none", colour(Some(thumbnail.slot))),
            Px(f64::midpoint(thumbnail.area.x0, thumbnail.area.x1)),
            Px(thumbnail.area.y1 + 13.0),
            theme.text(),
            thumbnail.group + 1
        ));
    }
    if let Some(cut) = drawing
        .cut
        .filter(|cut| cut.y >= top - 0.5 && cut.y <= foot + 0.5)
    {
        put(format_args!(
            "<path d=\"M{} {y}H{}\" stroke=\"{accent}\" stroke-width=\"1.5\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{accent}\" stroke=\"{ground}\" stroke-width=\"3\" paint-order=\"stroke\">{} {} \u{b7} {:.2}</text>\n",
            Px(left),
            Px(right),
            Px(right - 4.0),
            Px(cut.y - 5.0),
            cut.groups,
            plural(cut.groups),
            cut.height,
            y = Px(cut.y),
            accent = theme.accent(),
            ground = theme.ground(),
        ));
    }
    put(format_args!("</svg>\n"));
    out
}

fn plural(groups: usize) -> &'static str {
    if groups == 1 { "group" } else { "groups" }
}

/// A length with at most two decimals.
struct Px(f64);

impl std::fmt::Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // `+ 0.0` turns a negative zero into a plain one.
        write!(f, "{}", (self.0 * 100.0).round() / 100.0 + 0.0)
    }
}

/// A rectangle with fill and stroke.
struct Rect(Area, &'static str, &'static str);

impl std::fmt::Display for Rect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(area, fill, stroke) = self;
        let (x, y, width, height) = (Px(area.x0), Px(area.y0), Px(area.width()), Px(area.height()));
        write!(
            f,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\" fill=\"{fill}\" stroke=\"{stroke}\"/>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Scene, Size, Style, View, dendrogram};
    use super::*;
    use crate::grouping::tree::tests::any_tree;
    use crate::grouping::{Merge, Tree, TreeOrder, colour_slots, cut_into};
    use proptest::prelude::*;

    fn text(tree: &Tree, k: usize, theme: Theme) -> String {
        let order = TreeOrder::new(tree);
        let (groups, slots) = (cut_into(tree, &order, k), colour_slots(tree, &order));
        let scene = Scene {
            tree,
            order: &order,
            groups: &groups,
            slots: &slots,
        };
        let size = Size {
            width: 640.0,
            height: 400.0,
        };
        svg_in(
            &dendrogram(scene, View::whole(tree), size, Style::for_width(640.0)),
            theme,
        )
    }

    proptest! {
        #[test]
        fn tags_match_and_numbers_are_numbers(tree in any_tree(60), k in 1_usize..30) {
            let text = text(&tree, k, Theme::Light);
            prop_assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
            prop_assert!(!text.contains("NaN") && !text.contains("inf"));
            for tag in ["g", "text", "clipPath", "title"] {
                let opened = text.matches(&format!("<{tag} ")).count() + text.matches(&format!("<{tag}>")).count();
                prop_assert_eq!(opened, text.matches(&format!("</{tag}>")).count());
            }
            // A bracket is a path piece with two vertical parts and one across.
            let brackets: usize = text
                .lines()
                .filter(|line| line.starts_with("<path stroke") && !line.contains("text"))
                .map(|line| line.matches('M').count())
                .sum();
            prop_assert_eq!(brackets, tree.merges().len());
        }
    }

    #[test]
    fn a_small_tree_names_its_cut_and_colours() {
        let merge = |a, b, height, size| Merge { a, b, height, size };
        let tree = Tree::from_merges(3, vec![merge(0, 1, 1.0, 2), merge(2, 3, 3.0, 3)]).unwrap();
        let text = text(&tree, 2, Theme::Dark);
        for part in [
            "<title>Merger tree cut into 2 groups</title>",
            "2 groups \u{b7} 2.00",
            "#6cb6ff",
            NEUTRAL,
            GROUND,
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
