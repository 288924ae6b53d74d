//! A cutout of one source of a field, with its neighbours masked.

use super::{Field, Source};
use crate::cutout::Frame;
use crate::cutout::prepare::{PrepareError, Prepared, Recipe};

/// Makes a cutout.
///
/// # Errors
/// [`PrepareError`] says why there is none.
pub fn cut(
    frame: &Frame,
    _field: &Field,
    _source: &Source,
    recipe: &Recipe,
) -> Result<Prepared, PrepareError> {
    crate::cutout::prepare::prepare(frame, recipe)
}
