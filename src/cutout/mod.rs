//! The cutout: one galaxy as 64x64 pixels, and what is done to get there.

mod about;
mod duplicates;
mod error;
pub mod field;
mod frame;
pub mod prepare;
mod psf;
mod raster;
pub mod set;
pub mod simulate;
mod size;
mod wcs;

pub use about::About;
pub use duplicates::{DUPLICATE_OF, Duplicates, Fingerprint, correlation, is_same};
pub use frame::{Frame, Tone};
pub use prepare::{Prepared, Recipe};
pub use psf::{Psf, PsfError};
pub use set::{CutoutSet, SetError};
pub use size::{CODES, GRID, PIXELS, SIDE};
pub use wcs::{Sip, Wcs};
