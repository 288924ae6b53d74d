//! Work that happens beside the page, in workers.

mod timers;
mod workers;

pub use workers::{Job, Workers};
