//! What takes long, and what several commands share of it.

pub mod encoding;
pub mod growth;
pub mod spool;
pub mod stop;
