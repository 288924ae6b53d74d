//! Work that happens beside the page, in workers.

mod timers;
pub mod workers;

pub use workers::{Job, Workers};
