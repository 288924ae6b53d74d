//! What JavaScript threw, in words.

use wasm_bindgen::JsValue;

/// A readable sentence from whatever JavaScript threw.
pub fn describe(error: &JsValue) -> String {
    match error.dyn_ref_error() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}

trait AsError {
    fn dyn_ref_error(&self) -> Option<&js_sys::Error>;
}

impl AsError for JsValue {
    fn dyn_ref_error(&self) -> Option<&js_sys::Error> {
        wasm_bindgen::JsCast::dyn_ref(self)
    }
}
