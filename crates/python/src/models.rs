//! The models of the two recipes: those that come with the package, or a file's bytes.

use galaxy_grove::checkpoint::{Weights, sha256_hex};
use galaxy_grove::shape::ShapeModel;
use grove_model::{Extractor, ShapeExtractor};

const SHAPE: &[u8] = include_bytes!("../../../www/model/shape.safetensors");
const REFERENCE: &[u8] = include_bytes!("../../../www/model/galaxies.safetensors");

/// The model of the recipe `reference`.
///
/// # Errors
/// Why the bytes are no such model.
pub fn reference(model: Option<&[u8]>) -> Result<Extractor, String> {
    let weights = Weights::from_safetensors(model.unwrap_or(REFERENCE)).map_err(|error| error.to_string())?;
    Extractor::on_processor(&weights).map_err(|error| error.to_string())
}

/// The model of the recipe `shape`.
///
/// # Errors
/// Why the bytes are no such model.
pub fn shape(model: Option<&[u8]>) -> Result<ShapeExtractor, String> {
    let model = ShapeModel::from_bytes(model.unwrap_or(SHAPE)).map_err(|error| error.to_string())?;
    Ok(ShapeExtractor::on_processor(&model))
}

/// The SHA-256 of a recipe's model.
#[must_use]
pub fn sha256(is_shape: bool, model: Option<&[u8]>) -> String {
    sha256_hex(model.unwrap_or(if is_shape { SHAPE } else { REFERENCE }))
}
