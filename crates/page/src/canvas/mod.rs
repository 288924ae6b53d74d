//! What is drawn on canvases, and what pointers do there.

pub mod gesture;
pub mod map;
pub mod paint;
pub mod pictures;
pub mod shown;
pub mod thumbnail;
