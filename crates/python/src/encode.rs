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

/// What the recipe `shape` makes of cutouts.
pub struct Shaped {
    pub codes: Vec<u8>,
    pub vectors: Vec<f64>,
    pub histograms: Vec<f32>,
    pub unlike: Vec<f64>,
}

/// Codes and margins of cutouts `[N * 4096]` by the recipe `reference`.
pub fn by_reference(py: Python<'_>, images: &[f32], model: Option<&[u8]>) -> PyResult<(Vec<u8>, Vec<f32>)> {
    let extractor = models::reference(model).map_err(grove)?;
    let parts = on_cutouts(py, images, TOGETHER, |part| {
        pollster::block_on(extractor.extract(part)).map_err(|error| error.to_string())
    })?;
    let (mut codes, mut margins) = (Vec::new(), Vec::new());
    for part in parts {
        codes.extend(part.codes);
        margins.extend(part.margins);
    }
    Ok((codes, margins))
}

/// Codes, vectors and what they are made of, of cutouts `[N * 4096]` by the recipe `shape`.
pub fn by_shape(py: Python<'_>, images: &[f32], model: Option<&[u8]>) -> PyResult<Shaped> {
    let extractor = models::shape(model).map_err(grove)?;
    let parts = on_cutouts(py, images, TOGETHER, |part| {
        pollster::block_on(extractor.place(part)).map_err(|error| error.to_string())
    })?;
    let mut all = Shaped {
        codes: Vec::new(),
        vectors: Vec::new(),
        histograms: Vec::new(),
        unlike: Vec::new(),
    };
    for (galaxy, placed) in parts.into_iter().flatten() {
        all.codes.extend(galaxy.codes);
        let shares = galaxy.histogram.iter().map(|share| *share as f32);
        all.histograms.extend(shares);
        all.unlike.push(extractor.space().unusual(&placed.unlike));
        all.vectors.extend(placed.vector);
    }
    Ok(all)
}

/// Codes `[N, 8, 8]` and margins of cutouts `[N, 64, 64]` by the recipe `reference`, and the model's SHA-256.
#[pyfunction]
#[pyo3(signature = (images, model=None))]
pub fn encode_reference<'py>(
    py: Python<'py>,
    images: PyReadonlyArrayDyn<'py, f32>,
    model: Option<Vec<u8>>,
) -> PyResult<Bound<'py, PyDict>> {
    let (images, n) = cutouts(&images)?;
    let (codes, margins) = by_reference(py, images, model.as_deref())?;
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
    let all = by_shape(py, images, model.as_deref())?;
    let width = all.histograms.len().checked_div(n).unwrap_or(0);
    let found = PyDict::new(py);
    found.set_item("vectors", shaped(py, all.vectors, &[n, DIMENSIONS])?)?;
    found.set_item("codes", shaped(py, all.codes, &[n, GRID, GRID])?)?;
    found.set_item("histograms", shaped(py, all.histograms, &[n, width])?)?;
    found.set_item("unlike", shaped(py, all.unlike, &[n])?)?;
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
