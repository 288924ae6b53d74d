//! What the page and its worker share of the browser.

#![cfg(target_arch = "wasm32")]

mod adapter;
mod ask;
mod body;
mod envelope;
mod fetch;

pub use adapter::Adapter;
pub use ask::{Answered, ask};
pub use body::read_body;
pub use envelope::{Envelope, EnvelopeError, to_js};
pub use fetch::{FetchError, fetch_bytes};
pub use galaxy_grove::page_model::protocol::Bulk;

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
