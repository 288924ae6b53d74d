//! Thumbnails: each on a small canvas of its own (gallery), or drawn on a large one (tree, map).
//!
//! What is drawn on a large canvas is copied from sheets, which hold what was drawn last. Nothing is painted before it is shown, so that
//! the memory depends on what can be seen and not on the number of galaxies.

use crate::actions::context::context;
use crate::canvas::pictures::put_grey;
use crate::store::Page;
use galaxy_grove::cutout::SIDE;
use galaxy_grove::page_model::collection::grey;
use leptos::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Thumbnails along a side of a sheet.
const ACROSS: usize = 16;
const PER_SHEET: usize = ACROSS * ACROSS;
/// 4 MB each. A map on a large screen shows 5,000 galaxies.
const MAX_SHEETS: usize = 24;

thread_local! {
    static SHEETS: RefCell<Sheets> = RefCell::new(Sheets::default());
}

/// Thumbnails that were drawn, each in a slot; when all are taken, the oldest is painted over.
#[derive(Default)]
struct Sheets {
    /// The state of the pictures that they show.
    edition: u32,
    sheets: Vec<HtmlCanvasElement>,
    slots: HashMap<usize, usize>,
    /// The row in each slot.
    rows: Vec<usize>,
    /// The slot that is painted over next.
    oldest: usize,
}

impl Sheets {
    /// Forgets what shows older pictures.
    fn follow(&mut self, edition: u32) {
        if self.edition != edition {
            let sheets = std::mem::take(&mut self.sheets);
            *self = Self {
                edition,
                sheets,
                ..Self::default()
            };
        }
    }

    /// The slot of a row, painted first where it is not there.
    fn slot(&mut self, page: Page, row: usize) -> Result<Option<usize>, JsValue> {
        if let Some(&slot) = self.slots.get(&row) {
            return Ok(Some(slot));
        }
        let grey = thumbnail(page, row);
        if grey.is_empty() {
            return Ok(None);
        }
        let slot = if self.rows.len() < MAX_SHEETS * PER_SHEET {
            self.rows.push(row);
            self.rows.len() - 1
        } else {
            let slot = self.oldest;
            self.oldest = (slot + 1) % self.rows.len();
            let before = std::mem::replace(&mut self.rows[slot], row);
            self.slots.remove(&before);
            slot
        };
        while self.sheets.len() <= slot / PER_SHEET {
            let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
            canvas.set_width((ACROSS * SIDE) as u32);
            canvas.set_height((ACROSS * SIDE) as u32);
            self.sheets.push(canvas);
        }
        let rgba: Vec<u8> = grey.iter().flat_map(|&v| [v, v, v, 255]).collect();
        let side = SIDE as u32;
        let data = ImageData::new_with_u8_clamped_array_and_sh(wasm_bindgen::Clamped(&rgba), side, side)?;
        let (left, top) = corner(slot);
        context(&self.sheets[slot / PER_SHEET])?.put_image_data(&data, left, top)?;
        self.slots.insert(row, slot);
        Ok(Some(slot))
    }
}

/// The left top corner of a slot on its sheet.
fn corner(slot: usize) -> (f64, f64) {
    let (across, down) = (slot % PER_SHEET % ACROSS, slot % PER_SHEET / ACROSS);
    ((across * SIDE) as f64, (down * SIDE) as f64)
}

/// A galaxy's grey values; empty as long as it has no picture.
fn thumbnail(page: Page, row: usize) -> Vec<u8> {
    let image = page.collection.with_value(|collection| collection.image(row));
    image.into_iter().map(grey).collect()
}

/// Draws one galaxy's thumbnail on a large canvas.
///
/// # Errors
/// What the canvas says.
pub fn draw(
    page: Page,
    to: &CanvasRenderingContext2d,
    row: usize,
    (x, y): (f64, f64),
    size: f64,
) -> Result<(), JsValue> {
    SHEETS.with_borrow_mut(|sheets| {
        sheets.follow(page.pictures.get_untracked());
        let Some(slot) = sheets.slot(page, row)? else {
            return Ok(());
        };
        let ((left, top), side) = (corner(slot), SIDE as f64);
        to.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &sheets.sheets[slot / PER_SHEET],
            left,
            top,
            side,
            side,
            x,
            y,
            size,
            size,
        )
    })
}

/// Paints one galaxy's thumbnail on a canvas of its own.
///
/// # Errors
/// What the canvas says.
pub fn fill(page: Page, canvas: &HtmlCanvasElement, row: usize) -> Result<(), JsValue> {
    // This clears it, too: a galaxy without a picture shows none.
    canvas.set_width(SIDE as u32);
    canvas.set_height(SIDE as u32);
    let grey = thumbnail(page, row);
    if !grey.is_empty() {
        put_grey(canvas, &grey)?;
    }
    Ok(())
}
