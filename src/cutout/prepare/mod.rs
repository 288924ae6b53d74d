//! From a picture to a cutout: the recipe, the same in the page and the command line.
//!
//! `docs/preparation.md` tells it in words, with its numbers. Every target computes the same bits: only additions,
//! multiplications, divisions and square roots in a fixed order, and logarithms and powers from the `libm` crate.

mod body;
mod change;
mod cutting;
mod finish;
mod finished;
mod flags;
mod locate;
mod measures;
mod orient;
mod prepared;
mod preview;
mod recipe;
mod segment;
mod stretch;
mod turned;

pub(crate) use self::body::sky_and_galaxy;
pub use self::change::{Override, Scale, common_scale};
pub(in crate::cutout) use self::cutting::from_plane;
pub use self::cutting::{prepare, prepare_with};
pub use self::finished::is_prepared;
pub use self::flags::{Flag, flags};
pub use self::measures::{Extent, Measures, measure};
pub use self::orient::{Orientation, orientation};
pub use self::prepared::Prepared;
pub use self::preview::{FramePreview, preview};
pub use self::recipe::{Measured, Recipe};
pub use self::turned::{AS_IT_CAME, ORIENTATION, Turned};
pub use super::error::PrepareError;
