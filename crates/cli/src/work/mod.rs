//! What takes long, and what several commands share of it.

pub mod container;
pub mod described;
pub mod device;
pub mod encoding;
pub mod levels;
pub mod linkage_options;
pub mod models;
pub mod site;
pub mod site_levels;
pub mod spool;
pub mod stop;
