//! The drawing context of a canvas.

use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The drawing context of a canvas.
///
/// # Errors
/// When the browser will not give one.
pub fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    let context = canvas
        .get_context("2d")?
        .ok_or_else(|| JsValue::from_str("no 2d canvas here"))?;
    Ok(context.unchecked_into())
}
