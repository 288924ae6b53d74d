//! Galaxies of the simulator.

use crate::arrays::shaped;
use galaxy_grove::cutout::simulate::{Simulated, galaxy};
use galaxy_grove::cutout::{PIXELS, SIDE};
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rayon::prelude::*;

/// Galaxies between two looks at whether the user wants to stop.
const BETWEEN: usize = 1024;

/// `count` galaxies of the world `seed`, with what each is.
#[pyfunction]
pub fn simulate(py: Python<'_>, count: usize, seed: u64, first: usize) -> PyResult<Bound<'_, PyDict>> {
    let mut made: Vec<Simulated> = Vec::with_capacity(count);
    for start in (0..count).step_by(BETWEEN) {
        py.check_signals()?;
        let end = count.min(start + BETWEEN);
        made.extend(py.detach(|| {
            let numbers = first + start..first + end;
            numbers
                .into_par_iter()
                .map(|index| galaxy(seed, index))
                .collect::<Vec<_>>()
        }));
    }
    let (mut raw, mut images) = (
        Vec::with_capacity(count * PIXELS),
        Vec::with_capacity(count * PIXELS),
    );
    for one in &made {
        raw.extend_from_slice(&one.raw);
        images.extend_from_slice(&one.image);
    }
    let columns = PyDict::new(py);
    columns.set_item(
        "kind",
        made.iter().map(|one| one.kind.label()).collect::<Vec<_>>(),
    )?;
    let real =
        |value: fn(&Simulated) -> f32| PyArray1::from_iter(py, made.iter().map(|one| f64::from(value(one))));
    columns.set_item("angle_deg", real(|one| one.angle))?;
    columns.set_item("axis_ratio", real(|one| one.axis_ratio))?;
    let found = PyDict::new(py);
    found.set_item("ids", PyArray1::from_iter(py, made.iter().map(|one| one.id)))?;
    found.set_item(
        "names",
        made.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
    )?;
    found.set_item("images", shaped(py, images, &[count, SIDE, SIDE])?)?;
    found.set_item("raw", shaped(py, raw, &[count, SIDE, SIDE])?)?;
    found.set_item("columns", columns)?;
    Ok(found)
}
