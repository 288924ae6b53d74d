//! Structure in numbers, of cutouts and of pictures of light.

use crate::arrays::{cutouts, on_cutouts, values};
use crate::errors::grove;
use galaxy_grove::cutout::{PIXELS, Psf, SIDE};
use galaxy_grove::structure::{
    Light, NOTHING_TO_MEASURE, NUMBERS, Options, Structure, StructureFlag, structure,
};
use numpy::{PyArray1, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Columns of measures, one value a galaxy.
fn columns<'py>(py: Python<'py>, all: &[Option<Structure>], errors: bool) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for (at, name) in NUMBERS.iter().enumerate() {
        let number = |one: &Option<Structure>| {
            let number = one
                .as_ref()
                .and_then(|one| one.numbers().get(at).copied().flatten());
            number.unwrap_or(f64::NAN)
        };
        found.set_item(*name, PyArray1::from_iter(py, all.iter().map(number)))?;
        let error = |one: &Option<Structure>| {
            let errors = one.as_ref().and_then(|one| one.errors);
            errors
                .and_then(|errors| errors.get(at).copied())
                .unwrap_or(f64::NAN)
        };
        if errors && at < galaxy_grove::structure::MEASURES {
            found.set_item(
                format!("{name}_error"),
                PyArray1::from_iter(py, all.iter().map(error)),
            )?;
        }
    }
    let flags = all.iter().map(|one| match one {
        None => NOTHING_TO_MEASURE.to_owned(),
        Some(one) if one.flags.is_empty() => "none".to_owned(),
        Some(one) => {
            let names: Vec<&str> = one.flags.iter().copied().map(StructureFlag::name).collect();
            names.join(" ")
        }
    });
    found.set_item("flags", flags.collect::<Vec<_>>())?;
    Ok(found)
}

/// Structure of prepared cutouts `[N, 64, 64]`, which are stretched.
#[pyfunction]
pub fn structure_of_cutouts<'py>(
    py: Python<'py>,
    images: PyReadonlyArrayDyn<'py, f32>,
    errors: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let (images, _) = cutouts(&images)?;
    let options = Options {
        errors,
        stretched: true,
        ..Options::default()
    };
    let all = on_cutouts(py, images, 1, |image| {
        debug_assert_eq!(image.len(), PIXELS);
        Ok(Light::find(SIDE, SIDE, image, None).and_then(|light| structure(&light, &options)))
    })?;
    columns(py, &all, errors)
}

/// Structure of one picture of light `[rows, columns]`, its last row on top. `mask` marks pixels that do not count.
#[pyfunction]
#[pyo3(signature = (image, errors, sersic, psf=None, place=None))]
pub fn structure_of_light<'py>(
    py: Python<'py>,
    image: PyReadonlyArrayDyn<'py, f32>,
    errors: bool,
    sersic: bool,
    psf: Option<PyReadonlyArrayDyn<'py, f64>>,
    place: Option<(f64, f64)>,
) -> PyResult<Bound<'py, PyDict>> {
    let &[height, width] = image.shape() else {
        return Err(grove("a picture is an array of two dimensions"));
    };
    let psf = match psf {
        None => None,
        Some(psf) => {
            let &[rows, across] = psf.shape() else {
                return Err(grove("a point spread function is an array of two dimensions"));
            };
            let turned = top_first(values(&psf)?, across);
            Some(
                Psf::centred(across, rows, &turned)
                    .map_err(|error| grove(format!("this is no point spread function: {error}")))?,
            )
        }
    };
    let pixels = top_first(values(&image)?, width);
    let place = place.map(|(x, y)| (x, height as f64 - 1.0 - y));
    let options = Options {
        errors,
        sersic,
        psf,
        stretched: false,
    };
    let found = py
        .detach(|| Light::find(width, height, &pixels, place).and_then(|light| structure(&light, &options)));
    columns(py, &[found], errors)
}

/// Rows the other way round: arrays of FITS images begin at the bottom.
fn top_first<T: Copy>(values: &[T], width: usize) -> Vec<T> {
    values.chunks(width.max(1)).rev().flatten().copied().collect()
}
