//! The models of the two recipes: those that come with the package, or a file's bytes.

use crate::errors::grove;
use galaxy_grove::checkpoint::{Weights, sha256_hex};
use galaxy_grove::shape::ShapeModel;
use grove_model::{Extractor, ShapeExtractor};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

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

/// The file of a recipe's model that comes with the package, for the page that it serves.
#[pyfunction]
pub fn shipped_model<'py>(py: Python<'py>, recipe: &str) -> PyResult<Bound<'py, PyBytes>> {
    match recipe {
        "shape" => Ok(PyBytes::new(py, SHAPE)),
        "reference" => Ok(PyBytes::new(py, REFERENCE)),
        other => Err(grove(format!(
            "there is no recipe `{other}`: give shape or reference"
        ))),
    }
}

/// The SHA-256 of a recipe's model.
#[must_use]
pub fn sha256(is_shape: bool, model: Option<&[u8]>) -> String {
    sha256_hex(model.unwrap_or(if is_shape { SHAPE } else { REFERENCE }))
}
