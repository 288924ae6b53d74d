//! What takes long, and what several commands share of it.

pub mod encoding;
pub mod linkage_options;
pub mod models;
pub mod spool;
pub mod stop;
