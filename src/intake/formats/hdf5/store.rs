//! The datasets of an HDF5 file as arrays, read in ranges of rows.

use std::ops::Range;

use hdf5_reader::{
    Dataset, Datatype, H5Type, Hdf5File, SliceInfo, SliceInfoElem, dtype_element_size, error::Error,
};

use super::open::damaged;
use crate::intake::formats::array::Element;
use crate::intake::formats::array::{Array, Arrays, Values};
use crate::intake::formats::hdf5::walk;
use crate::refusal::Refusal;

/// Longer words are taken as empty: a small file may point to the same megabyte from every row.
const WORD: u32 = 1 << 16;

/// All datasets of a file.
pub struct Store {
    arrays: Vec<Array>,
    datasets: Vec<Dataset>,
    remarks: Vec<String>,
}

impl Store {
    /// Lists the datasets; reads none.
    ///
    /// # Errors
    /// As [`walk::datasets`].
    pub fn new(file: &Hdf5File) -> Result<Self, Refusal> {
        let (found, remark) = walk::datasets(file)?;
        Ok(Self {
            remarks: remark.into_iter().collect(),
            arrays: found
                .iter()
                .map(|(name, dataset)| walk::array(name, dataset))
                .collect(),
            datasets: found.into_iter().map(|(_, dataset)| dataset).collect(),
        })
    }

    fn at(&self, index: usize) -> Result<(&Array, &Dataset), Refusal> {
        self.arrays
            .get(index)
            .zip(self.datasets.get(index))
            .ok_or_else(|| Refusal::new("the dataset is not there", "this is a fault of Galaxy Grove"))
    }
}

impl Arrays for Store {
    fn list(&self) -> &[Array] {
        &self.arrays
    }

    fn remarks(&self) -> &[String] {
        &self.remarks
    }

    fn numbers(&self, index: usize, rows: Range<u64>) -> Result<Vec<u8>, Refusal> {
        let (array, dataset) = self.at(index)?;
        let Values::Numbers(element) = array.values else {
            return Err(Refusal::new(
                format!("the dataset {} holds no numbers", array.name),
                "take another dataset",
            ));
        };
        numbers(dataset, &array.name, element, rows)
    }

    fn texts(&self, index: usize, rows: Range<u64>) -> Result<Vec<String>, Refusal> {
        let (array, dataset) = self.at(index)?;
        let words = dataset
            .read_slice::<Word>(&selection(dataset, rows))
            .map_err(|error| damaged(&array.name, &error))?;
        let fixed = matches!(
            dataset.dtype(),
            Datatype::String {
                size: hdf5_reader::StringSize::Fixed(_),
                ..
            }
        );
        words
            .into_iter()
            .map(|Word(bytes)| {
                if fixed {
                    return Ok(text(&bytes));
                }
                let length = bytes
                    .first_chunk()
                    .map_or(0, |length| u32::from_le_bytes(*length));
                if length > WORD {
                    return Ok(String::new());
                }
                dataset
                    .resolve_vlen_reference_bytes(&bytes, 1)
                    .map(|bytes| text(&bytes))
                    .map_err(|error| damaged(&array.name, &error))
            })
            .collect()
    }
}

/// The bytes of some rows of a dataset of numbers, in the file's own order.
///
/// # Errors
/// A [`Refusal`] that names the dataset.
pub(in crate::intake) fn numbers(
    dataset: &Dataset,
    name: &str,
    element: Element,
    rows: Range<u64>,
) -> Result<Vec<u8>, Refusal> {
    let part = selection(dataset, rows);
    let bytes = match element.size() {
        1 => raw::<1>(dataset, &part),
        2 => raw::<2>(dataset, &part),
        4 => raw::<4>(dataset, &part),
        _ => raw::<8>(dataset, &part),
    };
    bytes.map_err(|error| damaged(name, &error))
}

/// A word up to its first zero byte. Bytes that are no UTF-8 become question marks in a diamond.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// Some rows, all the rest of each.
fn selection(dataset: &Dataset, rows: Range<u64>) -> SliceInfo {
    let mut all = SliceInfo::all(dataset.ndim());
    if let Some(first) = all.selections.first_mut() {
        *first = SliceInfoElem::Slice {
            start: rows.start,
            end: rows.end,
            step: 1,
        };
    }
    all
}

fn raw<const N: usize>(dataset: &Dataset, part: &SliceInfo) -> Result<Vec<u8>, Error> {
    let array = dataset.read_slice::<Raw<N>>(part)?;
    let (values, _) = array.into_raw_vec_and_offset();
    // Same size and alignment: the memory is kept.
    let values: Vec<[u8; N]> = values.into_iter().map(|Raw(bytes)| bytes).collect();
    Ok(values.into_flattened())
}

/// A number as its bytes, whatever its type and order. So all types share one path, and bytes stay bytes.
#[derive(Clone)]
#[repr(transparent)]
struct Raw<const N: usize>([u8; N]);

impl<const N: usize> H5Type for Raw<N> {
    fn hdf5_type() -> Datatype {
        Datatype::Opaque {
            size: N as u32,
            tag: String::new(),
        }
    }

    fn from_bytes(bytes: &[u8], _: &Datatype) -> Result<Self, Error> {
        let bytes = bytes
            .first_chunk()
            .ok_or_else(|| Error::InvalidData("a number is cut short".to_owned()))?;
        Ok(Self(*bytes))
    }

    fn element_size(_: &Datatype) -> usize {
        N
    }

    fn decode_vec(raw: &[u8], datatype: &Datatype, count: usize) -> Option<Result<Vec<Self>, Error>> {
        if !Self::native_copy_compatible(datatype) {
            return None;
        }
        let (numbers, _) = raw.as_chunks::<N>();
        numbers
            .get(..count)
            .map(|numbers| Ok(numbers.iter().map(|bytes| Self(*bytes)).collect()))
    }

    fn native_copy_compatible(datatype: &Datatype) -> bool {
        // Every pattern of N bytes is a value, in either order.
        dtype_element_size(datatype).is_ok_and(|size| size == N)
    }
}

/// A word of fixed length, or the reference to one.
#[derive(Clone)]
struct Word(Vec<u8>);

impl H5Type for Word {
    fn hdf5_type() -> Datatype {
        Datatype::Opaque {
            size: 1,
            tag: String::new(),
        }
    }

    fn from_bytes(bytes: &[u8], _: &Datatype) -> Result<Self, Error> {
        Ok(Self(bytes.to_vec()))
    }

    fn element_size(datatype: &Datatype) -> usize {
        dtype_element_size(datatype).unwrap_or(1)
    }
}
