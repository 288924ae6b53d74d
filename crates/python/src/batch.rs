//! An Arrow record batch of cutouts in, one of codes out: what engines for many machines call.

use crate::arrays::on_cutouts;
use crate::errors::grove;
use crate::models;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Float32Type;
use arrow_array::{Array, ArrayRef, FixedSizeListArray, Float64Array, RecordBatch, UInt8Array};
use arrow_schema::{DataType, Field, Schema};
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::shape::DIMENSIONS;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use std::sync::Arc;

/// The column of cutouts: lists of 4096 numbers, or 64 lists of 64.
const IMAGE: &str = "image";

/// Cutouts that one task encodes.
const TOGETHER: usize = 16;

/// The batch without its column `image`, and with `codes` (64 each); for the recipe `shape` also `vector` (16 each) and `unlike`.
#[pyfunction]
#[pyo3(signature = (batch, recipe, model=None))]
pub fn encode_batch(
    py: Python<'_>,
    batch: PyRecordBatch,
    recipe: &str,
    model: Option<Vec<u8>>,
) -> PyResult<PyRecordBatch> {
    let batch = batch.into_inner();
    let images = images(&batch).map_err(grove)?;
    let mut more: Vec<(Field, ArrayRef)> = Vec::new();
    match recipe {
        "reference" => {
            let extractor = models::reference(model.as_deref()).map_err(grove)?;
            let parts = on_cutouts(py, &images, TOGETHER, |part| {
                let found = pollster::block_on(extractor.extract(part));
                found.map(|found| found.codes).map_err(|error| error.to_string())
            })?;
            more.push(codes(parts.concat()).map_err(grove)?);
        }
        "shape" => {
            let extractor = models::shape(model.as_deref()).map_err(grove)?;
            let parts = on_cutouts(py, &images, TOGETHER, |part| {
                pollster::block_on(extractor.place(part)).map_err(|error| error.to_string())
            })?;
            let (mut all, mut vectors, mut unlike) = (Vec::new(), Vec::new(), Vec::new());
            for (galaxy, placed) in parts.into_iter().flatten() {
                all.extend(galaxy.codes);
                unlike.push(extractor.space().unusual(&placed.unlike));
                vectors.extend(placed.vector);
            }
            more.push(codes(all).map_err(grove)?);
            let vectors: ArrayRef = Arc::new(Float64Array::from(vectors));
            more.push(lists("vector", vectors, DataType::Float64, DIMENSIONS).map_err(grove)?);
            let unlike: ArrayRef = Arc::new(Float64Array::from(unlike));
            more.push((Field::new("unlike", DataType::Float64, false), unlike));
        }
        other => {
            return Err(grove(format!(
                "there is no recipe `{other}`: give shape or reference"
            )));
        }
    }
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let taken = more.iter().any(|(own, _)| own.name() == field.name());
        if taken {
            return Err(grove(format!(
                "the batch has a column `{}` already: rename it",
                field.name()
            )));
        }
        if field.name() != IMAGE {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
        }
    }
    for (field, column) in more {
        fields.push(Arc::new(field));
        columns.push(column);
    }
    let found = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(grove)?;
    Ok(PyRecordBatch::new(found))
}

/// The cutouts of a batch, `[N * 4096]`.
fn images(batch: &RecordBatch) -> Result<Vec<f32>, String> {
    let column = batch
        .column_by_name(IMAGE)
        .ok_or_else(|| format!("the batch has no column `{IMAGE}` of cutouts"))?;
    let rows = batch.num_rows();
    let mut values = Arc::clone(column);
    loop {
        if values.null_count() > 0 {
            return Err(format!(
                "`{IMAGE}` has rows without a value: leave them out first"
            ));
        }
        let inner = match values.data_type() {
            DataType::FixedSizeList(..) => values.as_fixed_size_list().clone(),
            DataType::List(_) => {
                let list = values.as_list::<i32>();
                let offsets = list.offsets();
                let first = offsets.first().copied().unwrap_or(0) as usize;
                let last = offsets.last().copied().unwrap_or(0) as usize;
                values = list.values().slice(first, last - first);
                continue;
            }
            DataType::LargeList(_) => {
                let list = values.as_list::<i64>();
                let offsets = list.offsets();
                let first = offsets.first().copied().unwrap_or(0) as usize;
                let last = offsets.last().copied().unwrap_or(0) as usize;
                values = list.values().slice(first, last - first);
                continue;
            }
            DataType::Float32 => break,
            other => {
                return Err(format!(
                    "`{IMAGE}` holds {other}: cutouts are lists of 4096 numbers of 32 bits"
                ));
            }
        };
        let width = inner.value_length() as usize;
        values = inner.values().slice(inner.offset() * width, inner.len() * width);
    }
    let pixels = values.as_primitive::<Float32Type>().values().to_vec();
    if pixels.len() != rows * PIXELS {
        return Err(format!(
            "`{IMAGE}` holds {} numbers in {rows} rows: cutouts have {PIXELS}",
            pixels.len()
        ));
    }
    Ok(pixels)
}

fn codes(codes: Vec<u8>) -> Result<(Field, ArrayRef), String> {
    lists("codes", Arc::new(UInt8Array::from(codes)), DataType::UInt8, CODES)
}

/// A column of lists of `width` values.
fn lists(name: &str, values: ArrayRef, kind: DataType, width: usize) -> Result<(Field, ArrayRef), String> {
    let item = Arc::new(Field::new("item", kind, false));
    let list = FixedSizeListArray::try_new(Arc::clone(&item), width as i32, values, None);
    let list = list.map_err(|error| error.to_string())?;
    Ok((Field::new(name, list.data_type().clone(), false), Arc::new(list)))
}
