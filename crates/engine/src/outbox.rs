//! Reports on their way out.

use galaxy_grove::page_model::protocol::Report;
use grove_browser::Envelope;
use wasm_bindgen::JsCast as _;
use web_sys::DedicatedWorkerGlobalScope;

/// What a worker has in the place of a window.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends a report to the page.
pub fn post(envelope: Envelope<Report>) {
    match envelope.to_js() {
        Ok((message, transfer)) => {
            if let Err(error) = scope().post_message_with_transfer(&message, &transfer) {
                web_sys::console::error_1(&error);
            }
        }
        Err(error) => web_sys::console::error_1(&error.to_string().into()),
    }
}
