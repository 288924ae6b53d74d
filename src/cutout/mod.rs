//! The cutout: one galaxy as 64x64 pixels, and what is done to get there.

mod about;
mod duplicates;
pub mod field;
mod frame;
pub mod prepare;
pub mod set;
pub mod simulate;
mod wcs;

pub use about::About;
pub use duplicates::{DUPLICATE_OF, Duplicates, Likeness, correlation};
pub use frame::{Frame, Tone};
pub use prepare::{Prepared, Recipe};
pub use set::{CutoutSet, SetError};
pub use wcs::{Sip, Wcs};

/// Pixels along one side of a cutout.
pub const SIDE: usize = 64;
/// Pixels of a cutout: row-major, top row first.
pub const PIXELS: usize = SIDE * SIDE;
/// Positions along one side of a galaxy's code grid.
pub const GRID: usize = 8;
/// Codes of one galaxy: row-major, top row first.
pub const CODES: usize = GRID * GRID;
