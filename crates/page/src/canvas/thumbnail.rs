//! One galaxy's thumbnail, taken from its page: drawn on a canvas, or as the background of an element.

use crate::actions::thumbnails::{ACROSS, PER_PAGE, with_page};
use galaxy_grove::cutout::SIDE;
use web_sys::CanvasRenderingContext2d;

/// Draws one galaxy's thumbnail.
pub fn draw(context: &CanvasRenderingContext2d, row: usize, x: f64, y: f64, size: f64) {
    with_page(row, |canvas| {
        let (across, down) = (row % PER_PAGE % ACROSS, row % PER_PAGE / ACROSS);
        let side = SIDE as f64;
        // Drawing can fail only for sizes that a canvas never has.
        drop(
            context.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                canvas,
                across as f64 * side,
                down as f64 * side,
                side,
                side,
                x,
                y,
                size,
                size,
            ),
        );
    });
}

/// The style that shows one galaxy's thumbnail as a background.
pub fn style(urls: &[String], row: usize) -> String {
    let url = urls.get(row / PER_PAGE).map_or("", String::as_str);
    if url.is_empty() {
        return String::new();
    }
    let (across, down) = (row % PER_PAGE % ACROSS, row % PER_PAGE / ACROSS);
    let percent = |at: usize| at as f64 * 100.0 / (ACROSS - 1) as f64;
    format!(
        "background-image:url({url});background-position:{:.4}% {:.4}%",
        percent(across),
        percent(down)
    )
}
