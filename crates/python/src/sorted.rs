//! The container of sorted galaxies, and new galaxies in its groups.

use crate::arrays::{cutouts, shaped, values};
use crate::errors::grove;
use crate::tree::{matrix, tree_of};
use galaxy_grove::cutout::{CODES, GRID, SIDE};
use galaxy_grove::placing::Placing;
use galaxy_grove::shape::DIMENSIONS;
use galaxy_grove::sorted::{RecipeName, Sorted};
use galaxy_grove::structure::MEASURES;
use numpy::{PyArray1, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// What a container holds, as keyword arguments of the Python part.
#[derive(FromPyObject)]
pub struct Parts<'py> {
    #[pyo3(item)]
    recipe: String,
    #[pyo3(item)]
    ids: Vec<i64>,
    #[pyo3(item)]
    names: Vec<String>,
    #[pyo3(item)]
    images: PyReadonlyArrayDyn<'py, f32>,
    #[pyo3(item)]
    codes: PyReadonlyArrayDyn<'py, u8>,
    #[pyo3(item)]
    vectors: Option<PyReadonlyArrayDyn<'py, f64>>,
    #[pyo3(item)]
    histograms: Option<PyReadonlyArrayDyn<'py, f32>>,
    #[pyo3(item)]
    unlike: Option<PyReadonlyArrayDyn<'py, f64>>,
    #[pyo3(item)]
    structure: PyReadonlyArrayDyn<'py, f64>,
    #[pyo3(item)]
    linkage: PyReadonlyArrayDyn<'py, f64>,
    #[pyo3(item)]
    groups: Vec<(usize, Vec<i32>)>,
    #[pyo3(item)]
    metadata: BTreeMap<String, String>,
}

/// The bytes of a container.
#[pyfunction]
pub fn save<'py>(py: Python<'py>, parts: Parts<'py>) -> PyResult<Bound<'py, PyBytes>> {
    let sorted = sorted_of(&parts, true)?;
    let bytes = py.detach(|| sorted.to_bytes());
    Ok(PyBytes::new(py, &bytes))
}

fn sorted_of(parts: &Parts<'_>, needs_images: bool) -> PyResult<Sorted> {
    let recipe = RecipeName::from_name(&parts.recipe).ok_or_else(|| {
        grove(format!(
            "there is no recipe `{}`: give shape or reference",
            parts.recipe
        ))
    })?;
    let (images, n) = cutouts(&parts.images)?;
    let fits = |name: &str, found: usize, needed: usize| match found == needed {
        true => Ok(()),
        false => Err(grove(format!(
            "{name} holds {found} values; {n} galaxies need {needed}"
        ))),
    };
    fits("ids", parts.ids.len(), n)?;
    fits("names", parts.names.len(), n)?;
    fits("codes", parts.codes.len(), n * CODES)?;
    fits("structure", parts.structure.len(), n * MEASURES)?;
    let optional = |array: &Option<PyReadonlyArrayDyn<'_, f64>>| -> PyResult<Vec<f64>> {
        Ok(array
            .as_ref()
            .map(values)
            .transpose()?
            .unwrap_or_default()
            .to_vec())
    };
    let (vectors, unlike) = (optional(&parts.vectors)?, optional(&parts.unlike)?);
    let histograms = parts
        .histograms
        .as_ref()
        .map(values)
        .transpose()?
        .unwrap_or_default()
        .to_vec();
    if recipe == RecipeName::Shape {
        fits("vectors", vectors.len(), n * DIMENSIONS)?;
        fits("unlike", unlike.len(), n)?;
        if n == 0 || !histograms.len().is_multiple_of(n) {
            return Err(grove("histograms are an array of shape [N, H]"));
        }
    }
    let tree = tree_of(&parts.linkage)?;
    fits("linkage", parts.linkage.len(), 4 * n.saturating_sub(1))?;
    for (k, labels) in &parts.groups {
        fits("groups", labels.len(), n)?;
        let is_number = |label: &i32| usize::try_from(*label).is_ok_and(|label| (1..=*k).contains(&label));
        if !labels.iter().all(is_number) {
            return Err(grove(format!("the labels of {k} groups are not 1 to {k}")));
        }
    }
    Ok(Sorted {
        recipe,
        ids: parts.ids.clone(),
        names: parts.names.clone(),
        images: if needs_images { images.to_vec() } else { Vec::new() },
        codes: values(&parts.codes)?.to_vec(),
        vectors,
        histograms,
        unlike,
        structure: values(&parts.structure)?.to_vec(),
        tree,
        groups: parts.groups.clone(),
        metadata: parts.metadata.clone(),
    })
}

/// What the bytes of a container hold.
#[pyfunction]
pub fn open<'py>(py: Python<'py>, file: &[u8]) -> PyResult<Bound<'py, PyDict>> {
    let sorted = py.detach(|| Sorted::from_bytes(file)).map_err(grove)?;
    let n = sorted.ids.len();
    let found = PyDict::new(py);
    found.set_item("recipe", sorted.recipe.name())?;
    found.set_item("ids", shaped(py, sorted.ids, &[n])?)?;
    found.set_item("names", sorted.names)?;
    found.set_item("images", shaped(py, sorted.images, &[n, SIDE, SIDE])?)?;
    found.set_item("codes", shaped(py, sorted.codes, &[n, GRID, GRID])?)?;
    if sorted.recipe == RecipeName::Shape {
        let width = sorted.histograms.len().checked_div(n).unwrap_or(0);
        found.set_item("vectors", shaped(py, sorted.vectors, &[n, DIMENSIONS])?)?;
        found.set_item("histograms", shaped(py, sorted.histograms, &[n, width])?)?;
        found.set_item("unlike", shaped(py, sorted.unlike, &[n])?)?;
    }
    found.set_item("structure", shaped(py, sorted.structure, &[n, MEASURES])?)?;
    found.set_item("linkage", matrix(py, &sorted.tree)?)?;
    found.set_item("groups", sorted.groups)?;
    found.set_item("metadata", sorted.metadata)?;
    Ok(found)
}

/// Where new galaxies belong: vectors `[N, 16]` count for the recipe `shape`, codes `[N, 8, 8]` for `reference`.
#[pyfunction]
pub fn place<'py>(
    py: Python<'py>,
    parts: Parts<'py>,
    vectors: Option<PyReadonlyArrayDyn<'py, f64>>,
    codes: PyReadonlyArrayDyn<'py, u8>,
) -> PyResult<Bound<'py, PyDict>> {
    // Placing looks at vectors and codes only: images may be gigabytes.
    let sorted = sorted_of(&parts, false)?;
    let vectors = vectors.as_ref().map(values).transpose()?.unwrap_or_default();
    let codes = values(&codes)?;
    let n = codes.len() / CODES;
    if sorted.recipe == RecipeName::Shape && vectors.len() != n * DIMENSIONS {
        return Err(grove(
            "the new galaxies have no vectors: encode them with the recipe shape",
        ));
    }
    let placed = py.detach(|| {
        let placing = Placing::new(&sorted);
        let one = |row: usize| {
            let vector = vectors.get(row * DIMENSIONS..(row + 1) * DIMENSIONS);
            let codes = codes.get(row * CODES..(row + 1) * CODES);
            placing.place(vector.unwrap_or_default(), codes.unwrap_or_default())
        };
        (0..n).into_par_iter().map(one).collect::<Vec<_>>()
    });
    let found = PyDict::new(py);
    for (at, (k, _)) in sorted.groups.iter().enumerate() {
        let into = || placed.iter().filter_map(|one| one.groups.get(at));
        let runner_up = |one: &galaxy_grove::placing::PlacedInto| one.runner_up;
        found.set_item(
            format!("group_{k}"),
            PyArray1::from_iter(py, into().map(|one| i64::from(one.group.group))),
        )?;
        found.set_item(
            format!("distance_{k}"),
            PyArray1::from_iter(py, into().map(|one| one.group.distance)),
        )?;
        // 0 and NaN where there is one group only.
        let second = into().map(|one| runner_up(one).map_or(0, |second| i64::from(second.group)));
        found.set_item(format!("runner_up_{k}"), PyArray1::from_iter(py, second))?;
        let distance = into().map(|one| runner_up(one).map_or(f64::NAN, |second| second.distance));
        found.set_item(
            format!("runner_up_distance_{k}"),
            PyArray1::from_iter(py, distance),
        )?;
        found.set_item(
            format!("confidence_{k}"),
            PyArray1::from_iter(py, into().map(|one| one.confidence)),
        )?;
    }
    let nearest = placed
        .iter()
        .map(|one| sorted.ids.get(one.nearest).copied().unwrap_or_default());
    found.set_item("nearest_id", PyArray1::from_iter(py, nearest))?;
    let distance = placed.iter().map(|one| one.nearest_distance);
    found.set_item("nearest_distance", PyArray1::from_iter(py, distance))?;
    Ok(found)
}
