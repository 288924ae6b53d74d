//! What writes: whole files or none, and figures.

pub mod figures;
pub mod files;
pub mod hdf5;
pub mod partial;
pub mod terminal;
