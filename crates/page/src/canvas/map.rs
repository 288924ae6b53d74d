//! The map on a canvas: galaxies on a plane, each in the cell that it lies in.

use crate::canvas::thumbnail;
use crate::store::Page;
use galaxy_grove::layout::palette;
use galaxy_grove::map::Cell;
use galaxy_grove::page_model::{Cutting, TreeView};
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d as Context;

/// Room between thumbnails.
const GAP: f64 = 3.0;

/// Room for the note below.
const NOTE: f64 = 34.0;

/// The grid of thumbnails on a canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// The side of a cell, in pixels.
    pub cell: f64,
    /// Cells across and down.
    pub cells: (usize, usize),
    left: f64,
    top: f64,
}

impl Grid {
    /// For so many galaxies on a canvas of this size: a quarter of it is filled, within what can be seen and fits.
    pub fn new(width: f64, height: f64, galaxies: usize) -> Self {
        let height = (height - NOTE).max(1.0);
        let cell = (0.25 * width * height / galaxies.max(1) as f64)
            .sqrt()
            .clamp(20.0, 44.0);
        let count = |size: f64| ((size / cell) as usize).max(1);
        let cells = (count(width), count(height));
        Self {
            cell,
            cells,
            left: (width - cells.0 as f64 * cell) / 2.0,
            top: (height - cells.1 as f64 * cell) / 2.0,
        }
    }

    /// A place of the canvas, in cells.
    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        ((x - self.left) / self.cell, (y - self.top) / self.cell)
    }
}

/// All that one picture shows.
pub struct MapScene<'a> {
    /// Where the galaxies' pictures are.
    pub page: Page,
    pub width: f64,
    pub height: f64,
    /// Device pixels for each pixel.
    pub ratio: f64,
    pub grid: Grid,
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
        let Grid {
            cell: size,
            left,
            top,
            ..
        } = self.grid;
        let side = size - GAP;
        for cell in self.filled {
            let (x, y) = (left + cell.column as f64 * size, top + cell.row as f64 * size);
            context.set_global_alpha(if self.is_lit(cell.galaxy) { 1.0 } else { 0.3 });
            thumbnail::draw(self.page, context, cell.galaxy, (x + 1.5, y + 1.5), side)?;
            let is_open = self.galaxy == Some(cell.galaxy);
            context.set_stroke_style_str(if is_open {
                palette::ACCENT
            } else {
                self.colour(cell.galaxy)
            });
            context.set_line_width(if is_open { 3.0 } else { 1.6 });
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
