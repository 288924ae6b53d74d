//! Reports on their way out.

use galaxy_grove::page_model::protocol::Report;
use grove_browser::Envelope;
use wasm_bindgen::JsCast as _;
use web_sys::DedicatedWorkerGlobalScope;

/// What a worker has in the place of a window.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Milliseconds between two reports of progress.
const PROGRESS_EVERY: f64 = 80.0;

/// Tells the page how far the work is, now and then.
pub fn now_and_then(report: impl Fn(u32, u32) -> Report) -> impl FnMut(usize, usize) {
    let mut last = js_sys::Date::now();
    move |done: usize, total: usize| {
        let now = js_sys::Date::now();
        if now - last > PROGRESS_EVERY {
            last = now;
            post(Envelope::new(report(done as u32, total as u32)));
        }
    }
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
