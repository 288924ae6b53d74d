//! Arrays from Python and to Python.

use crate::errors::grove;
use galaxy_grove::cutout::{PIXELS, SIDE};
use numpy::{Element, PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use rayon::prelude::*;

/// Galaxies between two looks at whether the user wants to stop.
const BETWEEN: usize = 512;

/// An array of a shape, out of its values.
pub fn shaped<'py, T: Element>(
    py: Python<'py>,
    values: Vec<T>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    PyArray1::from_vec(py, values).reshape(shape.to_vec())
}

/// The values of an array that lies in memory as C has it; the Python part sees to that.
pub fn values<'a, T: Element>(array: &'a PyReadonlyArrayDyn<'_, T>) -> PyResult<&'a [T]> {
    array
        .as_slice()
        .map_err(|_error| grove("the array does not lie in one piece: give numpy.ascontiguousarray(array)"))
}

/// Cutouts `[N, 64, 64]`, and how many.
pub fn cutouts<'a>(array: &'a PyReadonlyArrayDyn<'_, f32>) -> PyResult<(&'a [f32], usize)> {
    match array.shape() {
        [n, SIDE, SIDE] => Ok((values(array)?, *n)),
        shape => Err(grove(format!(
            "cutouts are an array of shape [N, {SIDE}, {SIDE}], not {shape:?}: `prepare` makes them of pictures"
        ))),
    }
}

/// Does some work on the cutouts on all cores, in their order, and stops when the user wants it.
pub fn on_cutouts<T: Send>(
    py: Python<'_>,
    images: &[f32],
    together: usize,
    work: impl Fn(&[f32]) -> Result<T, String> + Sync,
) -> PyResult<Vec<T>> {
    let mut all = Vec::new();
    for part in images.chunks(BETWEEN * PIXELS) {
        py.check_signals()?;
        let done = py.detach(|| {
            part.par_chunks(together * PIXELS)
                .map(&work)
                .collect::<Result<Vec<T>, String>>()
        });
        all.extend(done.map_err(grove)?);
    }
    Ok(all)
}
