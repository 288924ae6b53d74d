//! Thumbnails: pages of 16x16 cutouts each, as canvases (for the tree) and as images (for the gallery).
//!
//! Ten thousand image elements would bring a browser to its knees; forty backgrounds do not.

use crate::actions::context::context;
use crate::store::{Action, Page};
use galaxy_grove::cutout::SIDE;
use galaxy_grove::page_model::collection::{Collection, grey};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement, ImageData, Url};

/// Cutouts along a side of a page.
pub const ACROSS: usize = 16;
/// Cutouts of a page.
pub const PER_PAGE: usize = ACROSS * ACROSS;

thread_local! {
    static PAGES: RefCell<Vec<HtmlCanvasElement>> = const { RefCell::new(Vec::new()) };
    /// Counts the sets of galaxies: what belongs to an older one is dropped.
    static EDITION: Cell<u32> = const { Cell::new(0) };
}

/// Receives an action for each page of thumbnails that begins and ends.
pub type Notify = Rc<dyn Fn(Action)>;

/// Paints all galaxies of the collection again.
pub fn rebuild(page: Page, dispatch: Notify) {
    for url in page.thumbnails.get_untracked() {
        drop(Url::revoke_object_url(&url));
    }
    PAGES.with_borrow_mut(Vec::clear);
    let edition = EDITION.get() + 1;
    EDITION.set(edition);
    let pages = page.count.get_untracked().div_ceil(PER_PAGE);
    dispatch(Action::ThumbnailsBegun(pages));
    // The count is the last page's business: the signal follows only when this action is done.
    reconstruct_from(page, 0, pages, edition, dispatch);
}

/// Hands the page of a galaxy's thumbnail to `show`, when it is painted.
pub fn with_page(row: usize, show: impl FnOnce(&HtmlCanvasElement)) {
    PAGES.with_borrow(|pages| {
        if let Some(canvas) = pages.get(row / PER_PAGE) {
            show(canvas);
        }
    });
}

/// Paints one page, and leaves the next to a later turn, so that the page answers in between.
fn reconstruct_from(page: Page, index: usize, pages: usize, edition: u32, dispatch: Notify) {
    if EDITION.get() != edition || index >= pages {
        return;
    }
    match page.collection.with_value(|c| paint(c, index)) {
        Ok(canvas) => {
            publish(index, edition, &canvas, Rc::clone(&dispatch));
            PAGES.with_borrow_mut(|all| all.push(canvas));
        }
        Err(error) => return web_sys::console::error_1(&error),
    }
    set_timeout(
        move || reconstruct_from(page, index + 1, pages, edition, dispatch),
        std::time::Duration::ZERO,
    );
}

fn paint(collection: &Collection, index: usize) -> Result<HtmlCanvasElement, JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    let side = (ACROSS * SIDE) as u32;
    canvas.set_width(side);
    canvas.set_height(side);
    let mut rgba = vec![0_u8; ACROSS * SIDE * ACROSS * SIDE * 4];
    for place in 0..PER_PAGE {
        let image = collection.image(index * PER_PAGE + place);
        let (left, top) = (place % ACROSS * SIDE, place / ACROSS * SIDE);
        for (row, line) in image.chunks_exact(SIDE).enumerate() {
            let start = ((top + row) * ACROSS * SIDE + left) * 4;
            for (pixel, value) in rgba[start..start + SIDE * 4].chunks_exact_mut(4).zip(line) {
                let grey = grey(*value);
                pixel.copy_from_slice(&[grey, grey, grey, 255]);
            }
        }
    }
    let data = ImageData::new_with_u8_clamped_array_and_sh(wasm_bindgen::Clamped(&rgba), side, side)?;
    context(&canvas)?.put_image_data(&data, 0.0, 0.0)?;
    Ok(canvas)
}

fn publish(page: usize, edition: u32, canvas: &HtmlCanvasElement, dispatch: Notify) {
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        let url = blob.and_then(|blob| Url::create_object_url_with_blob(&blob).ok());
        if let Some(url) = url {
            if EDITION.get() != edition {
                return drop(Url::revoke_object_url(&url));
            }
            dispatch(Action::ThumbnailsPainted { page, url });
        }
    });
    if let Err(error) = canvas.to_blob(done.unchecked_ref()) {
        web_sys::console::error_1(&error);
    }
}
