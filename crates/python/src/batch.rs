//! An Arrow record batch of cutouts in, one of codes out: what engines for many machines call.

use crate::encode::{by_reference, by_shape};
use crate::errors::grove;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Float32Type;
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, Float64Array, GenericListArray, OffsetSizeTrait, RecordBatch,
    UInt8Array,
};
use arrow_schema::{DataType, Field, Schema};
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::shape::DIMENSIONS;
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatch;
use std::sync::Arc;

/// The column of cutouts: lists of 4096 numbers, or 64 lists of 64.
const IMAGE: &str = "image";

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
            let (found, _) = by_reference(py, &images, model.as_deref())?;
            more.push(codes(found).map_err(grove)?);
        }
        "shape" => {
            let found = by_shape(py, &images, model.as_deref())?;
            more.push(codes(found.codes).map_err(grove)?);
            let vectors: ArrayRef = Arc::new(Float64Array::from(found.vectors));
            more.push(lists("vector", vectors, DataType::Float64, DIMENSIONS).map_err(grove)?);
            let unlike: ArrayRef = Arc::new(Float64Array::from(found.unlike));
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

/// What is in lists, which must be equally long: else pixels would move from one galaxy to the next.
fn inside<O: OffsetSizeTrait>(list: &GenericListArray<O>) -> Result<ArrayRef, String> {
    let offsets: Vec<usize> = list.offsets().iter().map(|offset| offset.as_usize()).collect();
    let mut lengths = offsets.windows(2).map(|pair| pair[1] - pair[0]);
    let first = lengths.next().unwrap_or(0);
    if let Some(other) = lengths.find(|length| *length != first) {
        return Err(format!(
            "`{IMAGE}` holds lists of {first} and of {other} values: cutouts have {PIXELS} numbers each"
        ));
    }
    let start = offsets.first().copied().unwrap_or(0);
    let end = offsets.last().copied().unwrap_or(0);
    Ok(list.values().slice(start, end - start))
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
        values = match values.data_type() {
            DataType::FixedSizeList(..) => {
                let list = values.as_fixed_size_list();
                let width = list.value_length() as usize;
                list.values().slice(list.offset() * width, list.len() * width)
            }
            DataType::List(_) => inside(values.as_list::<i32>())?,
            DataType::LargeList(_) => inside(values.as_list::<i64>())?,
            DataType::Float32 => break,
            other => {
                return Err(format!(
                    "`{IMAGE}` holds {other}: cutouts are lists of 4096 numbers of 32 bits"
                ));
            }
        };
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
