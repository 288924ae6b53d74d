//! Asking a server that is not our own: no cookies, no referrer, a limit for the answer, and a way to stop.

use super::body::read_body;
use super::describe::describe;
use std::ops::ControlFlow;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReferrerPolicy, RequestCredentials, RequestInit, Response};

/// What a server answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Milliseconds that the server wants to be left alone, where it says so in seconds (`Retry-After`).
    pub after: Option<f64>,
    /// The body.
    pub bytes: Vec<u8>,
}

/// Fetches `url` with GET and nothing but the address. `signal` ends it.
///
/// # Errors
/// The browser's message when there is no answer, or a sentence when the answer is longer than `most` bytes.
pub async fn ask(url: &str, signal: &AbortSignal, most: usize) -> Result<Answered, String> {
    let options = RequestInit::new();
    options.set_method("GET");
    options.set_credentials(RequestCredentials::Omit);
    options.set_referrer_policy(ReferrerPolicy::NoReferrer);
    options.set_signal(Some(signal));
    let window = web_sys::window().ok_or("there is no window")?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(url, &options))
        .await
        .and_then(JsCast::dyn_into)
        .map_err(|error| describe(&error))?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let after = header("retry-after")
        .and_then(|seconds| seconds.trim().parse::<u32>().ok())
        .map(|seconds| f64::from(seconds) * 1000.0);
    let too_long = || format!("its answer is longer than {} kB", most / 1000);
    // What the server announces is only a hint; what comes is counted.
    if header("content-length").is_some_and(|length| length.parse().is_ok_and(|length: usize| length > most))
    {
        return Err(too_long());
    }
    let body = read_body(&response, |so_far| {
        if so_far > most {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let bytes = body.await?.ok_or_else(too_long)?;
    Ok(Answered {
        status: response.status(),
        after,
        bytes,
    })
}
