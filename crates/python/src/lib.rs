//! What the Python package `galaxy_grove` is made of: galaxies, codes, trees and groups as NumPy arrays, computed by the library.
//!
//! Functions here take and give plain arrays and dictionaries; `python/galaxy_grove` makes them pleasant. All that takes long runs without
//! Python's lock and on all cores, and looks now and then whether the user wants to stop.

mod arrays;
mod batch;
mod encode;
mod errors;
mod galaxies;
mod models;
mod simulated;
mod sorted;
mod structure;
mod tree;

use pyo3::prelude::*;

/// The compiled part of `galaxy_grove`.
#[pymodule]
fn _grove(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("GroveError", module.py().get_type::<errors::GroveError>())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("MEASURES", galaxy_grove::structure::NUMBERS.to_vec())?;
    module.add_function(wrap_pyfunction!(galaxies::read_files, module)?)?;
    module.add_function(wrap_pyfunction!(galaxies::read_bytes, module)?)?;
    module.add_function(wrap_pyfunction!(models::shipped_model, module)?)?;
    module.add_function(wrap_pyfunction!(simulated::simulate, module)?)?;
    module.add_function(wrap_pyfunction!(encode::encode_reference, module)?)?;
    module.add_function(wrap_pyfunction!(encode::encode_shape, module)?)?;
    module.add_function(wrap_pyfunction!(encode::reconstruct, module)?)?;
    module.add_function(wrap_pyfunction!(structure::structure_of_cutouts, module)?)?;
    module.add_function(wrap_pyfunction!(structure::structure_of_light, module)?)?;
    module.add_function(wrap_pyfunction!(tree::linkage_codes, module)?)?;
    module.add_function(wrap_pyfunction!(tree::linkage_vectors, module)?)?;
    module.add_function(wrap_pyfunction!(tree::cut, module)?)?;
    module.add_function(wrap_pyfunction!(sorted::save, module)?)?;
    module.add_function(wrap_pyfunction!(sorted::open, module)?)?;
    module.add_function(wrap_pyfunction!(sorted::place, module)?)?;
    module.add_function(wrap_pyfunction!(batch::encode_batch, module)?)?;
    Ok(())
}
