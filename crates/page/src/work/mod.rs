//! What runs beside the page, and what it brings in from outside: workers, dropped folders, kept answers.

pub mod choose;
pub mod clock;
pub mod gather;
pub mod sky_cache;
mod timers;
pub mod workers;
