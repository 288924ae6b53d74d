//! Trees, as SciPy's linkage matrices, and cuts.

use crate::arrays::{shaped, values};
use crate::errors::grove;
use galaxy_grove::grouping::{
    self, CutRule, Engine, Linkage, Merge, Method, Precision, RowOrder, Tree, TreeOrder, cut_at_height,
    cut_into, linked, ward_vectors,
};
use numpy::{PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::prelude::*;

/// A tree as SciPy writes it, `[N - 1, 4]`.
pub fn matrix<'py>(py: Python<'py>, tree: &Tree) -> PyResult<Bound<'py, PyAny>> {
    let merges = tree.merges();
    let rows = merges
        .iter()
        .flat_map(|merge| [merge.a as f64, merge.b as f64, merge.height, merge.size as f64]);
    Ok(shaped(py, rows.collect(), &[merges.len(), 4])?.into_any())
}

/// A tree out of SciPy's matrix.
pub fn tree_of(z: &PyReadonlyArrayDyn<'_, f64>) -> PyResult<Tree> {
    let rows = match z.shape() {
        [rows, 4] => *rows,
        shape => {
            return Err(grove(format!(
                "a linkage is an array of shape [N - 1, 4], not {shape:?}"
            )));
        }
    };
    let whole = |value: f64| -> PyResult<usize> {
        match value >= 0.0 && value.fract() == 0.0 && value < 9e15 {
            true => Ok(value as usize),
            false => Err(grove(format!("{value} in the linkage is no node"))),
        }
    };
    let merges = values(z)?.chunks_exact(4).map(|row| {
        Ok(Merge {
            a: whole(row[0])?,
            b: whole(row[1])?,
            height: row[2],
            size: whole(row[3])?,
        })
    });
    let merges = merges.collect::<PyResult<Vec<Merge>>>()?;
    Tree::from_merges(rows + 1, merges).map_err(grove)
}

/// The tree of codes `[N, width]`: `method` is a linkage's name.
#[pyfunction]
pub fn linkage_codes<'py>(
    py: Python<'py>,
    codes: PyReadonlyArrayDyn<'py, u8>,
    method: &str,
    shuffled: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let &[_, width] = codes.shape() else {
        return Err(grove("codes are an array of shape [N, width]"));
    };
    let linkage = Linkage::from_name(method).ok_or_else(|| {
        let names: Vec<&str> = Linkage::ALL.into_iter().map(|(name, _)| name).collect();
        grove(format!(
            "there is no linkage `{method}`: give one of {}",
            names.join(", ")
        ))
    })?;
    let method = Method {
        linkage,
        precision: Precision::Double,
        engine: if linkage == Linkage::Reference || linkage == Linkage::WardEuclidean {
            Engine::Chain
        } else {
            Engine::Kodama
        },
        rows: if shuffled {
            RowOrder::Reference
        } else {
            RowOrder::AsGiven
        },
    };
    let codes = values(&codes)?;
    let tree = py
        .detach(|| linked(codes, width, method, None))
        .map_err(grove)?
        .tree;
    matrix(py, &tree)
}

/// Ward's tree of vectors `[N, D]`.
#[pyfunction]
pub fn linkage_vectors<'py>(
    py: Python<'py>,
    vectors: PyReadonlyArrayDyn<'py, f64>,
) -> PyResult<Bound<'py, PyAny>> {
    let &[_, width] = vectors.shape() else {
        return Err(grove("vectors are an array of shape [N, D]"));
    };
    let vectors = values(&vectors)?;
    let tree = py.detach(|| ward_vectors(vectors, width, None)).map_err(grove)?;
    matrix(py, &tree)
}

/// The group of each galaxy, from 1: `k` groups, or by a height, or by a rule.
#[pyfunction]
#[pyo3(signature = (z, k=None, height=None, rule=None))]
pub fn cut<'py>(
    py: Python<'py>,
    z: PyReadonlyArrayDyn<'py, f64>,
    k: Option<usize>,
    height: Option<f64>,
    rule: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let tree = tree_of(&z)?;
    let order = TreeOrder::new(&tree);
    let groups = match (k, height, rule) {
        (Some(k), None, None) if (1..=tree.leaves()).contains(&k) => cut_into(&tree, &order, k),
        (Some(k), None, None) => {
            let n = tree.leaves();
            return Err(grove(format!("{k} groups: {n} galaxies make 1 to {n}")));
        }
        (None, Some(height), None) if height.is_finite() => cut_at_height(&tree, &order, height),
        (None, None, Some(rule)) => {
            let rule: CutRule = rule.parse().map_err(grove)?;
            rule.apply(&tree, &order).map_err(grove)?
        }
        (None, None, None) => cut_into(&tree, &order, grouping::natural_cut(&tree)),
        _ => return Err(grove("give one of k, height and rule")),
    };
    let labels: Vec<i64> = groups.numbers().into_iter().map(|number| number as i64).collect();
    let n = labels.len();
    Ok(shaped(py, labels, &[n])?.into_any())
}
