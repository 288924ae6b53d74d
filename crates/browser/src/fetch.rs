//! Fetching the page's own files.

use super::body::read_body;
use super::describe::describe;
use js_sys::{Object, Reflect};
use std::ops::{ControlFlow, Range};
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
    /// The server sends whole files only.
    #[error(
        "the host sends {url} only as a whole, and it is opened in parts: it must answer range requests (HTTP 206), as most hosts do"
    )]
    NoRanges {
        /// Address.
        url: String,
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
    let response = ask(url, None).await?;
    if !response.ok() {
        return Err(FetchError::Status {
            url: url.to_owned(),
            status: response.status(),
        });
    }
    let length = response.headers().get("content-length").ok().flatten();
    let total = length.and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    body(url, &response, |so_far| progress(so_far as f64, total)).await
}

/// Fetches some bytes of `url`; fewer where the file ends before.
///
/// # Errors
/// [`FetchError`], also when the server would send the whole file instead.
pub async fn fetch_range(url: &str, range: Range<u64>) -> Result<Vec<u8>, FetchError> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let response = ask(url, Some(&range)).await?;
    match response.status() {
        206 => body(url, &response, |_| ()).await,
        200 => Err(FetchError::NoRanges { url: url.to_owned() }),
        status => Err(FetchError::Status {
            url: url.to_owned(),
            status,
        }),
    }
}

/// Sends the request, for the whole file or for some of its bytes.
async fn ask(url: &str, range: Option<&Range<u64>>) -> Result<web_sys::Response, FetchError> {
    let network = |error: JsValue| FetchError::Network {
        url: url.to_owned(),
        reason: describe(&error),
    };
    // `fetch` exists in windows and in workers, but web-sys types it twice: ask the global object.
    let global = js_sys::global();
    let fetch: js_sys::Function = Reflect::get(&global, &"fetch".into())
        .and_then(JsCast::dyn_into)
        .map_err(network)?;
    let promise = match range {
        None => fetch.call1(&global, &url.into()),
        Some(range) => {
            let headers = Object::new();
            let wanted = format!("bytes={}-{}", range.start, range.end - 1);
            Reflect::set(&headers, &"range".into(), &wanted.into()).map_err(network)?;
            let options = Object::new();
            Reflect::set(&options, &"headers".into(), &headers).map_err(network)?;
            fetch.call2(&global, &url.into(), &options)
        }
    };
    let promise: js_sys::Promise = promise.and_then(JsCast::dyn_into).map_err(network)?;
    JsFuture::from(promise)
        .await
        .and_then(JsCast::dyn_into)
        .map_err(network)
}

async fn body(
    url: &str,
    response: &web_sys::Response,
    mut progress: impl FnMut(usize),
) -> Result<Vec<u8>, FetchError> {
    let body = read_body(response, |so_far| {
        progress(so_far);
        ControlFlow::Continue(())
    });
    let body = body.await.map_err(|reason| FetchError::Network {
        url: url.to_owned(),
        reason,
    })?;
    Ok(body.unwrap_or_default())
}
