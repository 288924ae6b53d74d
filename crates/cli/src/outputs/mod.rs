//! What writes: whole files or none, and figures.

pub mod figures;
pub mod files;
pub mod partial;
