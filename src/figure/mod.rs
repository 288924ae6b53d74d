//! Figures for paper and screen: one list of marks, written as SVG and, natively, as PNG.
//!
//! | figure | function |
//! |---|---|
//! | the similarity tree with all its leaves | [`tree_figure`] |
//! | examples of a group | [`group_sheet`] |
//! | originals, reconstructions, residuals | [`reconstructions`] |
//! | galaxies on a map | [`map_figure`] |
//! | curves, such as the losses of a run | [`charts`] |
//! | numbers of galaxies by group | [`spreads`] |
//!
//! They are light: white ground, dark ink. Sizes are in pixels at scale 1.

mod chart;
mod grey;
mod map;
#[cfg(all(feature = "figures", not(target_arch = "wasm32")))]
mod raster;
mod sheet;
mod spread;
mod svg;
mod tree;

pub use chart::{Chart, Series, charts};
pub use grey::Shade;
pub use map::{MapPicture, map_figure};
#[cfg(all(feature = "figures", not(target_arch = "wasm32")))]
pub use raster::FigureError;
pub use sheet::{Panel, Reconstruction, group_sheet, reconstructions};
pub use spread::{Spread, quantiles, spreads};
pub use tree::{TreeFigure, tree_figure};

/// Ink for text and axes.
pub const INK: &str = "#1f2733";
/// Ink for what is less important.
pub const FAINT: &str = "#8a93a0";
/// Lines behind the data.
pub const GRID: &str = "#e3e7ec";

/// Colours of curves and sub-trees on white: Okabe & Ito's set, which colour-blind eyes tell apart, without its yellow,
/// which white swallows.
pub const COLOURS: [&str; 7] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5b4b8a",
];

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// Something drawn. Coordinates grow to the right and down.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Lines of one colour and width, each through its points.
    Lines {
        /// The lines.
        lines: Vec<Vec<(f64, f64)>>,
        /// The colour.
        colour: &'static str,
        /// The width.
        width: f64,
    },
    /// A filled rectangle.
    Rect {
        /// Left, top, width, height.
        at: [f64; 4],
        /// The colour.
        colour: &'static str,
    },
    /// A filled circle.
    Dot {
        /// The middle.
        at: (f64, f64),
        /// The radius.
        radius: f64,
        /// The colour.
        colour: &'static str,
    },
    /// A line of text.
    Text {
        /// The point at its baseline.
        at: (f64, f64),
        /// Where it is relative to that.
        anchor: Anchor,
        /// The height of its letters' square.
        size: f64,
        /// The colour.
        colour: &'static str,
        /// Turned by a quarter, to be read from below.
        upright: bool,
        /// What it says.
        text: String,
    },
    /// A picture with hard pixel edges.
    Image {
        /// Left, top, width, height.
        at: [f64; 4],
        /// A PNG file.
        png: Vec<u8>,
    },
}

/// A figure: its size and its marks, back to front.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
    /// What is drawn, the first at the back.
    pub marks: Vec<Mark>,
}

impl Figure {
    /// An empty white figure.
    pub fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            marks: Vec::new(),
        }
    }

    fn line(&mut self, points: Vec<(f64, f64)>, colour: &'static str, width: f64) {
        self.lines(vec![points], colour, width);
    }

    fn lines(&mut self, lines: Vec<Vec<(f64, f64)>>, colour: &'static str, width: f64) {
        self.marks.push(Mark::Lines { lines, colour, width });
    }

    fn text(
        &mut self,
        at: (f64, f64),
        anchor: Anchor,
        size: f64,
        colour: &'static str,
        text: impl Into<String>,
    ) {
        self.marks.push(Mark::Text {
            at,
            anchor,
            size,
            colour,
            upright: false,
            text: text.into(),
        });
    }

    fn upright(&mut self, at: (f64, f64), size: f64, colour: &'static str, text: impl Into<String>) {
        self.marks.push(Mark::Text {
            at,
            anchor: Anchor::Middle,
            size,
            colour,
            upright: true,
            text: text.into(),
        });
    }
}

/// A text cut to a width, with a mark that it was. Letters are taken as 0.56 of their size wide, which the widest digits
/// and capitals of the figures' typeface hardly exceed.
fn fitted(text: &str, width: f64, size: f64) -> String {
    let most = (width / (0.56 * size)).max(1.0) as usize;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
