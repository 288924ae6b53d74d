//! What a page is, without a browser: the view, the galaxies, the workers, and the messages between page and worker.

pub mod collection;
pub mod pool;
pub mod protocol;
pub mod session;
