//! What the page knows.

pub mod grove;
pub mod sky_state;
pub mod state;
pub mod steps;
