//! What a page is, without a browser: the view, the galaxies, and the messages between page and worker.

pub mod collection;
pub mod protocol;
pub mod session;
