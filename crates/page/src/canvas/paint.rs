//! The dendrogram on a canvas.

use crate::canvas::thumbnail;
use crate::store::Page;
use galaxy_grove::layout::{Area, Drawing, Elbow, Place, Scale, palette, ticks};
use galaxy_grove::page_model::{Cutting, TreeView};
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d as Context;

/// Room for the axis.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 12.0;
/// Room for bars, thumbnails and numbers.
const BELOW: f64 = 88.0;
/// Thumbnails are drawn between these sides, in pixels.
pub const THUMBS: (f64, f64) = (15.0, 54.0);

/// The area of the tree on a canvas of this size.
pub fn area(width: f64, height: f64) -> Area {
    Area {
        left: LEFT,
        right: (width - RIGHT).max(LEFT + 10.0),
        top: TOP,
        bottom: (height - BELOW).max(TOP + 10.0),
    }
}

/// All that one picture shows.
pub struct Scene<'a> {
    /// Where the galaxies' pictures are.
    pub page: Page,
    pub width: f64,
    pub height: f64,
    /// Device pixels for each pixel.
    pub ratio: f64,
    pub grove: &'a TreeView,
    pub cutting: &'a Cutting,
    pub drawing: &'a Drawing,
    pub scale: &'a Scale,
    pub places: &'a [Place],
    /// The node under the pointer.
    pub hover: Option<usize>,
    /// The branch looked into.
    pub branch: Option<usize>,
    /// The galaxy looked at.
    pub galaxy: Option<usize>,
    /// y of the line while it is dragged.
    pub dragged: Option<f64>,
}

impl Scene<'_> {
    /// Draws everything.
    ///
    /// # Errors
    /// What the canvas says.
    pub fn paint(&self, context: &Context) -> Result<(), JsValue> {
        context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0)?;
        context.set_fill_style_str("#11161f");
        context.fill_rect(0.0, 0.0, self.width, self.height);
        context.set_font("11px Inter, system-ui, 'DejaVu Sans', sans-serif");
        context.set_line_join("round");
        self.axis(context)?;
        context.save();
        let area = &self.scale.area;
        context.begin_path();
        context.rect(area.left - 2.0, 0.0, area.right - area.left + 4.0, self.height);
        context.clip();
        self.branches(context);
        self.bars(context)?;
        context.restore();
        self.line(context)
    }

    fn colour(&self, group: usize) -> &'static str {
        let node = self
            .cutting
            .groups
            .groups()
            .get(group)
            .map_or(0, |group| group.node);
        palette::group(self.grove.colour(node))
    }

    fn axis(&self, context: &Context) -> Result<(), JsValue> {
        let area = &self.scale.area;
        context.set_stroke_style_str(palette::GRID);
        context.set_fill_style_str(palette::TEXT);
        context.set_line_width(1.0);
        context.set_text_align("right");
        context.set_text_baseline("middle");
        for tick in ticks(self.scale.highest, 6) {
            let y = self.scale.y(tick).round() + 0.5;
            context.begin_path();
            context.move_to(area.left, y);
            context.line_to(area.right, y);
            context.stroke();
            context.fill_text(&format!("{}", (tick * 1e6).round() / 1e6), area.left - 8.0, y)?;
        }
        context.save();
        context.translate(12.0, (area.top + area.bottom) / 2.0)?;
        context.rotate(-std::f64::consts::FRAC_PI_2)?;
        context.set_text_align("center");
        context.fill_text("merge height", 0.0, 0.0)?;
        context.restore();
        Ok(())
    }

    /// True for nodes in the lit branch; without one, everything is lit.
    fn lit(&self, node: usize) -> bool {
        let Some(top) = self.hover.or(self.branch) else {
            return true;
        };
        let (start, end) = self.grove.order.span(top);
        let (first, last) = self.grove.order.span(node);
        start <= first && last <= end
    }

    fn branches(&self, context: &Context) {
        for (group, boxes) in &self.drawing.filled {
            context.set_fill_style_str(self.colour(*group));
            for filled in boxes {
                context.set_global_alpha(if self.lit(filled.node) { 0.92 } else { 0.3 });
                let ((x0, x1), (y0, y1)) = (filled.x, filled.y);
                context.fill_rect(x0, y0, (x1 - x0).max(0.6), y1 - y0);
            }
        }
        let parts = self
            .drawing
            .branches
            .iter()
            .map(|(group, elbows)| (elbows.as_slice(), self.colour(*group), 1.15));
        for (elbows, colour, width) in parts.chain([(self.drawing.trunk.as_slice(), palette::NEUTRAL, 1.6)]) {
            context.set_stroke_style_str(colour);
            context.set_line_width(width);
            for lit in [false, true] {
                context.set_global_alpha(if lit { 1.0 } else { 0.3 });
                context.begin_path();
                for elbow in elbows.iter().filter(|elbow| self.lit(elbow.node) == lit) {
                    trace(context, elbow);
                }
                context.stroke();
            }
        }
        context.set_global_alpha(1.0);
        if let Some(row) = self.galaxy {
            let place = self.grove.order.places().get(row).copied().unwrap_or(0) as f64 + 0.5;
            let (x, bottom) = (self.scale.x(place), self.scale.area.bottom);
            context.set_fill_style_str(palette::ACCENT);
            context.begin_path();
            context.move_to(x, bottom + 1.0);
            context.line_to(x - 5.0, bottom + 9.0);
            context.line_to(x + 5.0, bottom + 9.0);
            context.close_path();
            context.fill();
        }
    }

    fn bars(&self, context: &Context) -> Result<(), JsValue> {
        let bottom = self.scale.area.bottom;
        for bar in &self.drawing.bars {
            let node = self
                .cutting
                .groups
                .groups()
                .get(bar.group)
                .map_or(0, |group| group.node);
            context.set_global_alpha(if self.lit(node) { 1.0 } else { 0.35 });
            context.set_fill_style_str(self.colour(bar.group));
            context.fill_rect(
                bar.x.0 + 0.5,
                bottom + 6.0,
                (bar.x.1 - bar.x.0 - 1.0).max(0.6),
                3.0,
            );
        }
        context.set_text_align("center");
        context.set_text_baseline("top");
        for place in self.places {
            let group = self.cutting.groups.groups().get(place.group);
            let lit = group.is_none_or(|group| self.lit(group.node));
            context.set_global_alpha(if lit { 1.0 } else { 0.4 });
            let (x, y) = (place.x, bottom + 14.0);
            let medoid = self.cutting.medoids.get(place.group).copied().unwrap_or(0);
            thumbnail::draw(self.page, context, medoid, (x, y), place.side)?;
            context.set_stroke_style_str(self.colour(place.group));
            context.set_line_width(2.0);
            context.stroke_rect(x, y, place.side, place.side);
            context.set_fill_style_str(palette::TEXT);
            context.fill_text(
                &(place.group + 1).to_string(),
                x + place.side / 2.0,
                y + place.side + 5.0,
            )?;
        }
        context.set_global_alpha(1.0);
        Ok(())
    }

    fn line(&self, context: &Context) -> Result<(), JsValue> {
        let area = &self.scale.area;
        let y = self
            .dragged
            .unwrap_or_else(|| self.scale.y(self.cutting.height))
            .clamp(area.top, area.bottom);
        let text = format!(
            "{} · {:.2}",
            galaxy_grove::count::groups(self.cutting.len()),
            self.scale.height(y)
        );
        context.set_stroke_style_str(palette::ACCENT);
        context.set_line_width(1.6);
        context.begin_path();
        context.move_to(area.left, y);
        context.line_to(area.right, y);
        context.stroke();
        context.set_font("650 12px Inter, system-ui, 'DejaVu Sans', sans-serif");
        let width = context.measure_text(&text)?.width() + 24.0;
        context.set_fill_style_str(palette::ACCENT);
        context.begin_path();
        context.round_rect_with_f64(area.right - width, y - 11.0, width, 22.0, 11.0)?;
        context.fill();
        context.set_fill_style_str("#1a1204");
        context.set_text_align("center");
        context.set_text_baseline("middle");
        context.fill_text(&text, area.right - width / 2.0, y + 0.5)
    }
}

fn trace(context: &Context, elbow: &Elbow) {
    context.move_to(elbow.x.0, elbow.feet.0);
    context.line_to(elbow.x.0, elbow.y);
    context.line_to(elbow.x.1, elbow.y);
    context.line_to(elbow.x.1, elbow.feet.1);
}
