//! From cutouts to codes and vectors, and back.

use crate::arrays::{cutouts, on_cutouts, shaped, values};
use crate::errors::grove;
use crate::models;
use galaxy_grove::cutout::{CODES, GRID, SIDE};
use galaxy_grove::shape::DIMENSIONS;
use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Cutouts that one task encodes.
const TOGETHER: usize = 16;

/// Codes `[N, 8, 8]` and margins of cutouts `[N, 64, 64]` by the recipe `reference`, and the model's SHA-256.
#[pyfunction]
#[pyo3(signature = (images, model=None))]
pub fn encode_reference<'py>(
    py: Python<'py>,
    images: PyReadonlyArrayDyn<'py, f32>,
    model: Option<Vec<u8>>,
) -> PyResult<Bound<'py, PyDict>> {
    let (images, n) = cutouts(&images)?;
    let extractor = models::reference(model.as_deref()).map_err(grove)?;
    let parts = on_cutouts(py, images, TOGETHER, |part| {
        pollster::block_on(extractor.extract(part)).map_err(|error| error.to_string())
    })?;
    let (mut codes, mut margins) = (Vec::with_capacity(n * CODES), Vec::with_capacity(n * CODES));
    for part in parts {
        codes.extend(part.codes);
        margins.extend(part.margins);
    }
    let found = PyDict::new(py);
    found.set_item("codes", shaped(py, codes, &[n, GRID, GRID])?)?;
    found.set_item("margins", shaped(py, margins, &[n, GRID, GRID])?)?;
    found.set_item("model_sha256", models::sha256(false, model.as_deref()))?;
    Ok(found)
}

/// Vectors `[N, 16]`, codes `[N, 8, 8]`, ring histograms `[N, H]` and how unusual each is `[N]`, of cutouts `[N, 64, 64]` by the recipe
/// `shape`, and the model's SHA-256.
#[pyfunction]
#[pyo3(signature = (images, model=None))]
pub fn encode_shape<'py>(
    py: Python<'py>,
    images: PyReadonlyArrayDyn<'py, f32>,
    model: Option<Vec<u8>>,
) -> PyResult<Bound<'py, PyDict>> {
    let (images, n) = cutouts(&images)?;
    let extractor = models::shape(model.as_deref()).map_err(grove)?;
    let parts = on_cutouts(py, images, TOGETHER, |part| {
        pollster::block_on(extractor.place(part)).map_err(|error| error.to_string())
    })?;
    let (mut vectors, mut codes) = (Vec::with_capacity(n * DIMENSIONS), Vec::with_capacity(n * CODES));
    let (mut histograms, mut unlike) = (Vec::new(), Vec::with_capacity(n));
    for (galaxy, placed) in parts.into_iter().flatten() {
        codes.extend(galaxy.codes);
        histograms.extend(galaxy.histogram.iter().map(|share| *share as f32));
        unlike.push(extractor.space().unusual(&placed.unlike));
        vectors.extend(placed.vector);
    }
    let width = histograms.len().checked_div(n).unwrap_or(0);
    let found = PyDict::new(py);
    found.set_item("vectors", shaped(py, vectors, &[n, DIMENSIONS])?)?;
    found.set_item("codes", shaped(py, codes, &[n, GRID, GRID])?)?;
    found.set_item("histograms", shaped(py, histograms, &[n, width])?)?;
    found.set_item("unlike", shaped(py, unlike, &[n])?)?;
    found.set_item("model_sha256", models::sha256(true, model.as_deref()))?;
    Ok(found)
}

/// Images `[N, 64, 64]` that the model of the recipe `reference` makes of codes `[N, 8, 8]`.
#[pyfunction]
#[pyo3(signature = (codes, model=None))]
pub fn reconstruct<'py>(
    py: Python<'py>,
    codes: PyReadonlyArrayDyn<'py, u8>,
    model: Option<Vec<u8>>,
) -> PyResult<Bound<'py, PyAny>> {
    let n = match codes.shape() {
        [n, GRID, GRID] | [n, CODES] => *n,
        shape => {
            return Err(grove(format!(
                "codes are an array of shape [N, {GRID}, {GRID}], not {shape:?}"
            )));
        }
    };
    let extractor = models::reference(model.as_deref()).map_err(grove)?;
    let codes = values(&codes)?;
    let images = py.detach(|| pollster::block_on(extractor.reconstruct(codes)));
    Ok(shaped(py, images.map_err(grove)?, &[n, SIDE, SIDE])?.into_any())
}
