//! From a tree to a list of things to draw. Nothing here knows the page: the canvas, the SVG writer and tests take the
//! same [`Drawing`].
//!
//! ```text
//! Scene (tree, order, groups, colours) + View (window) + Style (sizes) --dendrogram--> Drawing --> canvas | svg | hit
//! ```

mod dendrogram;
mod drawing;
pub mod palette;
mod scale;
mod svg;
mod thumbnails;
mod ticks;

pub use dendrogram::{Scene, dendrogram};
pub use drawing::{Area, Blob, Bracket, CutLine, Drawing, GroupBar, Run, Thumbnail};
pub use scale::{Frame, HeightScale, Size, Style, View};
pub use svg::{Theme, svg, svg_in};
pub use ticks::{Tick, ticks};
