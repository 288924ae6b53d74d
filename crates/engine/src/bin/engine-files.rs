//! What reads files, beside the worker that computes on the processor. For the browser only.

fn main() {
    #[cfg(target_arch = "wasm32")]
    grove_engine::report_panics();
}

/// Answers a message of the page that is about files.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn answer(message: wasm_bindgen::JsValue) {
    grove_engine::files::answer(message).await;
}
