//! Fetching the page's own files.

use super::body::read_body;
use super::describe::describe;
use js_sys::Reflect;
use std::ops::ControlFlow;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why a file could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server has no such file, or will not give it.
    #[error("{url} could not be loaded (HTTP {status})")]
    Status {
        /// Address.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// The connection failed.
    #[error("{url} could not be loaded: {reason}")]
    Network {
        /// Address.
        url: String,
        /// The browser's message.
        reason: String,
    },
}

/// Fetches `url` and reports the bytes so far and in all (0 where the server does not say) as they arrive.
///
/// # Errors
/// [`FetchError`] names the address.
pub async fn fetch_bytes(url: &str, mut progress: impl FnMut(f64, f64)) -> Result<Vec<u8>, FetchError> {
    let network = |error: JsValue| FetchError::Network {
        url: url.to_owned(),
        reason: describe(&error),
    };
    // `fetch` exists in windows and in workers, but web-sys types it twice: ask the global object.
    let global = js_sys::global();
    let fetch: js_sys::Function = Reflect::get(&global, &"fetch".into())
        .and_then(JsCast::dyn_into)
        .map_err(network)?;
    let promise: js_sys::Promise = fetch
        .call1(&global, &url.into())
        .and_then(JsCast::dyn_into)
        .map_err(network)?;
    let response: web_sys::Response = JsFuture::from(promise)
        .await
        .and_then(JsCast::dyn_into)
        .map_err(network)?;
    if !response.ok() {
        return Err(FetchError::Status {
            url: url.to_owned(),
            status: response.status(),
        });
    }
    let length = response.headers().get("content-length").ok().flatten();
    let total = length.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let body = read_body(&response, |so_far| {
        progress(so_far as f64, total);
        ControlFlow::Continue(())
    });
    let body = body.await.map_err(|reason| FetchError::Network {
        url: url.to_owned(),
        reason,
    })?;
    Ok(body.unwrap_or_default())
}
