//! The map on a canvas: galaxies on a plane, each in the cell that it lies in.

use crate::canvas::thumbnail;
use galaxy_grove::layout::palette;
use galaxy_grove::map::{Cell, View};
use galaxy_grove::page_model::{Cutting, TreeView};
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d as Context;

/// The side of a cell, in pixels.
pub const CELL: f64 = 34.0;

/// Room between thumbnails.
const GAP: f64 = 3.0;

/// Cells on a canvas of this size, at least one.
pub fn cells(width: f64, height: f64) -> (usize, usize) {
    let count = |size: f64| ((size / CELL) as usize).max(1);
    (count(width), count(height))
}

/// All that one picture shows.
pub struct MapScene<'a> {
    pub width: f64,
    pub height: f64,
    /// Device pixels for each pixel.
    pub ratio: f64,
    pub view: &'a View,
    pub filled: &'a [Cell],
    pub grove: &'a TreeView,
    pub cutting: &'a Cutting,
    /// The node under the pointer.
    pub hover: Option<usize>,
    /// The branch looked into.
    pub branch: Option<usize>,
    /// The galaxy looked at.
    pub galaxy: Option<usize>,
}

impl MapScene<'_> {
    /// Draws everything.
    ///
    /// # Errors
    /// What the canvas says.
    pub fn paint(&self, context: &Context) -> Result<(), JsValue> {
        context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0)?;
        context.set_fill_style_str("#11161f");
        context.fill_rect(0.0, 0.0, self.width, self.height);
        let (across, down) = self.view.cells;
        let (left, top) = (
            (self.width - across as f64 * CELL) / 2.0,
            (self.height - down as f64 * CELL) / 2.0,
        );
        let side = CELL - GAP;
        for cell in self.filled {
            let (x, y) = (left + cell.column as f64 * CELL, top + cell.row as f64 * CELL);
            context.set_global_alpha(if self.is_lit(cell.galaxy) { 1.0 } else { 0.3 });
            thumbnail::draw(context, cell.galaxy, x + 1.5, y + 1.5, side);
            let is_open = self.galaxy == Some(cell.galaxy);
            context.set_stroke_style_str(if is_open {
                palette::ACCENT
            } else {
                self.colour(cell.galaxy)
            });
            context.set_line_width(if is_open { 3.0 } else { 2.0 });
            context.stroke_rect(x + 1.5, y + 1.5, side, side);
        }
        context.set_global_alpha(1.0);
        Ok(())
    }

    fn colour(&self, galaxy: usize) -> &'static str {
        let groups = &self.cutting.groups;
        let group = groups
            .group_of()
            .get(galaxy)
            .and_then(|group| groups.groups().get(*group));
        group.map_or(palette::NEUTRAL, |group| {
            palette::group(self.grove.colour(group.node))
        })
    }

    /// True for galaxies in the lit branch; without one, all are lit.
    fn is_lit(&self, galaxy: usize) -> bool {
        let Some(top) = self.hover.or(self.branch) else {
            return true;
        };
        let (start, end) = self.grove.order.span(top);
        let place = self.grove.order.places().get(galaxy);
        place.is_some_and(|place| (start..end).contains(place))
    }
}

/// The cell under a place of the canvas.
pub fn cell_at(view: &View, (width, height): (f64, f64), (x, y): (f64, f64)) -> (f64, f64) {
    let (across, down) = view.cells;
    (
        (x - (width - across as f64 * CELL) / 2.0) / CELL,
        (y - (height - down as f64 * CELL) / 2.0) / CELL,
    )
}
