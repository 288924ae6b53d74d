//! What the page and its worker share of the browser.

#![cfg(target_arch = "wasm32")]

mod adapter;
mod ask;
mod body;
mod describe;
mod envelope;
mod fetch;

pub use adapter::Adapter;
pub use ask::{Answered, ask};
pub use body::read_body;
pub use describe::describe;
pub use envelope::{Envelope, EnvelopeError, to_js};
pub use fetch::{FetchError, fetch_bytes, fetch_range};
pub use galaxy_grove::page_model::protocol::Buffer;
