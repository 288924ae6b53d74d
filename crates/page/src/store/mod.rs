//! What the page knows.

mod handles;
mod signals;

pub use signals::Page;

/// What happens to the page, with the browser's files.
pub type Action = galaxy_grove::page_model::Action<web_sys::File>;
/// What the page then does.
pub type Effect = galaxy_grove::page_model::Effect<web_sys::File>;
