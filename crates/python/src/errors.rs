//! What Python sees of errors: one exception, with the reason and the remedy in its text.

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(
    galaxy_grove,
    GroveError,
    PyValueError,
    "Why something could not be done, and what to do about it."
);

/// An error of the library as Python's.
pub fn grove(error: impl std::fmt::Display) -> PyErr {
    GroveError::new_err(error.to_string())
}
