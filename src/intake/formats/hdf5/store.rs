//! The datasets of an HDF5 file as arrays, read in ranges of rows.

use std::ops::Range;

use hdf5_reader::{
    Dataset, Datatype, H5Type, Hdf5File, SliceInfo, SliceInfoElem, dtype_element_size, error::Error,
};

use super::attributes;
use super::open::{AGAIN, damaged};
use crate::intake::formats::array::{Array, Arrays, Values};
use crate::intake::formats::array::{Class, Element};
use crate::intake::formats::hdf5::walk;
use crate::intake::formats::hdf5::walk::text;
use crate::refusal::Refusal;

/// Longer words are taken as empty: a small file may point to the same megabyte from every row.
const WORD: u32 = 1 << 16;

/// All datasets of a file. The fields of records and the attributes that hold lists are arrays of their own.
pub struct Store {
    arrays: Vec<Array>,
    places: Vec<Place>,
    remarks: Vec<String>,
}

/// Where the values of an array stand.
enum Place {
    /// They are those of a dataset.
    Dataset(Dataset),
    /// In the records of a dataset: each field's values begin at `offset`.
    Field {
        dataset: Dataset,
        offset: usize,
        datatype: Datatype,
        /// Bytes of the field in one record.
        length: usize,
    },
    /// In an attribute, which is in memory.
    Attribute { bytes: Vec<u8>, words: Vec<String> },
}

impl Store {
    /// Lists the datasets; reads none.
    ///
    /// # Errors
    /// As [`walk::datasets`].
    pub fn new(file: &Hdf5File) -> Result<Self, Refusal> {
        let (found, remarks) = walk::datasets(file)?;
        let mut store = Self {
            arrays: Vec::new(),
            places: Vec::new(),
            remarks,
        };
        for (name, dataset) in found {
            store.take(&name, dataset);
        }
        Ok(store)
    }

    fn push(&mut self, array: Array, place: Place) {
        self.arrays.push(array);
        self.places.push(place);
    }

    /// Takes in a dataset, or the fields of its records, and its attributes.
    fn take(&mut self, name: &str, dataset: Dataset) {
        let mut array = walk::array(name, &dataset);
        let attributes = attributes::read(&dataset);
        array.hints = attributes.hints;
        for list in attributes.lists {
            let name = format!("{name}.attrs/{}", list.name);
            let array = Array {
                name,
                shape: vec![list.count],
                values: list.values,
                block: 1,
                hints: Default::default(),
            };
            self.push(
                array,
                Place::Attribute {
                    bytes: list.bytes,
                    words: list.words,
                },
            );
        }
        let fields = match dataset.dtype() {
            Datatype::Compound { fields, .. } => fields.clone(),
            _ => {
                self.push(array, Place::Dataset(dataset));
                return;
            }
        };
        for field in fields {
            let (datatype, inner) = match field.datatype {
                Datatype::Array { base, dims } => (*base, dims),
                other => (other, Vec::new()),
            };
            let values = match walk::values(&datatype) {
                // References to words elsewhere are found by their dataset only.
                Values::Text if !matches!(datatype, Datatype::String { .. }) && !inner.is_empty() => {
                    Values::Other("lists of words".to_owned())
                }
                values => values,
            };
            let inner_count = inner.iter().try_fold(1usize, |product, n| {
                product.checked_mul(usize::try_from(*n).ok()?)
            });
            let size = walk::size(&datatype, &dataset);
            let Some(length) = size
                .zip(inner_count)
                .and_then(|(size, count)| size.checked_mul(count))
            else {
                continue;
            };
            let array = Array {
                name: format!("{name}/{}", field.name),
                shape: [array.shape.as_slice(), &inner].concat(),
                values,
                block: array.block,
                hints: Default::default(),
            };
            self.push(
                array,
                Place::Field {
                    dataset: dataset.clone(),
                    offset: field.byte_offset as usize,
                    datatype,
                    length,
                },
            );
        }
    }

    fn at(&self, index: usize) -> Result<(&Array, &Place), Refusal> {
        self.arrays.get(index).zip(self.places.get(index)).ok_or_else(|| {
            Refusal::new(
                "the dataset is not there",
                "this is a bug in Galaxy Grove; please report it",
            )
        })
    }
}

/// The bytes of a field in some records.
fn field(
    dataset: &Dataset,
    name: &str,
    part: &SliceInfo,
    offset: usize,
    length: usize,
) -> Result<Vec<u8>, Refusal> {
    let records = dataset
        .read_slice::<Word>(part)
        .map_err(|error| damaged(name, &error))?;
    let mut bytes = Vec::with_capacity(records.len().saturating_mul(length));
    for Word(record) in &records {
        let part = offset.checked_add(length).and_then(|end| record.get(offset..end));
        bytes.extend_from_slice(part.ok_or_else(|| {
            Refusal::new(
                format!("the records of {name} are shorter than they should be"),
                AGAIN,
            )
        })?);
    }
    Ok(bytes)
}

/// Some places of a list.
fn places<T: Clone>(list: &[T], places: Range<u64>, size: usize) -> Option<Vec<T>> {
    let at = |place: u64| usize::try_from(place).ok()?.checked_mul(size);
    list.get(at(places.start)?..at(places.end)?).map(<[T]>::to_vec)
}

impl Arrays for Store {
    fn list(&self) -> &[Array] {
        &self.arrays
    }

    fn remarks(&self) -> &[String] {
        &self.remarks
    }

    fn numbers(&self, index: usize, rows: Range<u64>) -> Result<Vec<u8>, Refusal> {
        self.numbers_along(index, 0, rows)
    }

    fn numbers_along(&self, index: usize, axis: usize, range: Range<u64>) -> Result<Vec<u8>, Refusal> {
        let (array, place) = self.at(index)?;
        let Values::Numbers(element) = array.values else {
            return Err(Refusal::new(
                format!("the dataset {} holds no numbers", array.name),
                "take another dataset",
            ));
        };
        match place {
            Place::Dataset(dataset) => {
                numbers_of(dataset, &array.name, element, &selection(dataset, axis, range))
            }
            Place::Field {
                dataset,
                offset,
                length,
                ..
            } => {
                if axis >= dataset.ndim().max(1) {
                    return Err(Refusal::new(
                        format!("the pictures of {} are counted inside its records", array.name),
                        "write them as a dataset of their own",
                    ));
                }
                field(
                    dataset,
                    &array.name,
                    &selection(dataset, axis, range),
                    *offset,
                    *length,
                )
            }
            Place::Attribute { bytes, .. } => places(bytes, range, element.size())
                .ok_or_else(|| Refusal::new(format!("the attribute {} is cut short", array.name), AGAIN)),
        }
    }

    fn texts(&self, index: usize, rows: Range<u64>) -> Result<Vec<String>, Refusal> {
        let (array, place) = self.at(index)?;
        let (dataset, words, datatype): (&Dataset, Vec<Vec<u8>>, &Datatype) = match place {
            Place::Dataset(dataset) if matches!(dataset.dtype(), Datatype::Enum { .. }) => {
                let axis = usize::from(matches!(array.shape.as_slice(), [1, n] if *n > 1));
                let size = walk::size(dataset.dtype(), dataset).unwrap_or(1).max(1);
                let element = Element::new(Class::Unsigned, size, false);
                let element = element
                    .ok_or_else(|| Refusal::new(format!("the type of {} is not read", array.name), AGAIN))?;
                let bytes = numbers_of(dataset, &array.name, element, &selection(dataset, axis, rows))?;
                let words = bytes.chunks_exact(size).map(<[u8]>::to_vec).collect();
                (dataset, words, dataset.dtype())
            }
            Place::Dataset(dataset) => {
                let axis = usize::from(matches!(array.shape.as_slice(), [1, n] if *n > 1));
                let words = dataset
                    .read_slice::<Word>(&selection(dataset, axis, rows))
                    .map_err(|error| damaged(&array.name, &error))?;
                (
                    dataset,
                    words.into_iter().map(|Word(bytes)| bytes).collect(),
                    dataset.dtype(),
                )
            }
            Place::Field {
                dataset,
                offset,
                datatype,
                length,
            } => {
                let bytes = field(
                    dataset,
                    &array.name,
                    &selection(dataset, 0, rows),
                    *offset,
                    *length,
                )?;
                let words = bytes.chunks_exact((*length).max(1)).map(<[u8]>::to_vec).collect();
                (dataset, words, datatype)
            }
            Place::Attribute { words, .. } => {
                return places(words, rows, 1).ok_or_else(|| {
                    Refusal::new(format!("the attribute {} is cut short", array.name), AGAIN)
                });
            }
        };
        let fixed = matches!(
            datatype,
            Datatype::String {
                size: hdf5_reader::StringSize::Fixed(_),
                ..
            }
        );
        let members = match datatype {
            Datatype::Enum { members, .. } => Some(members),
            _ => None,
        };
        words
            .into_iter()
            .map(|bytes| {
                if let Some(members) = members {
                    let member = members.iter().find(|member| member.value == bytes);
                    return Ok(member.map_or_else(String::new, |member| member.name.clone()));
                }
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
    numbers_of(dataset, name, element, &selection(dataset, 0, rows))
}

/// The bytes of a part of a dataset of numbers.
fn numbers_of(dataset: &Dataset, name: &str, element: Element, part: &SliceInfo) -> Result<Vec<u8>, Refusal> {
    let bytes = match element.size() {
        1 => raw::<1>(dataset, part),
        2 => raw::<2>(dataset, part),
        4 => raw::<4>(dataset, part),
        _ => raw::<8>(dataset, part),
    };
    bytes.map_err(|error| damaged(name, &error))
}

/// Some places along an axis, all of the others.
fn selection(dataset: &Dataset, axis: usize, places: Range<u64>) -> SliceInfo {
    let mut all = SliceInfo::all(dataset.ndim());
    if let Some(chosen) = all.selections.get_mut(axis) {
        *chosen = SliceInfoElem::Slice {
            start: places.start,
            end: places.end,
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
