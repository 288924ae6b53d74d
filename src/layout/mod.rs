//! From a tree to a list of shapes to draw: no canvas, no DOM, so that page, SVG and tests share it.

mod dendrogram;
pub mod palette;
mod scale;
mod thumbs;

pub use dendrogram::{Drawing, Elbow, Filled, GroupBar, dendrogram};
pub use scale::{Area, Scale, ticks};
pub use thumbs::{Place, places};
