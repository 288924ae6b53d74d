//! Reads TensorFlow's checkpoint format V2, the "tensor bundle": an `.index` that says where each tensor lies in one
//! or more `.data-00000-of-00001` files of raw little-endian numbers.
//!
//! The index is a sorted [table](super::table). Its first key is empty and holds a `BundleHeaderProto`; each other key
//! is a tensor's name and holds a `BundleEntryProto` (TensorFlow, `core/protobuf/tensor_bundle.proto`).

use super::data_type::DataType;
use super::error::CheckpointError;
use super::proto::{Field, Fields, Malformed};
use super::table::visit_table;
use super::wire::masked_crc32c;

/// The format version that this reader knows.
const FORMAT_VERSION: u64 = 1;

/// More dimensions than this no TensorFlow tensor has.
const MAX_RANK: usize = 254;

/// One tensor as the index describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorEntry {
    /// The variable's name, such as `encoder/enc_1/w`.
    pub name: String,
    /// What its numbers are.
    pub dtype: DataType,
    /// Its shape, in TensorFlow's order of axes; empty for a scalar.
    pub shape: Vec<usize>,
    /// The data file that holds it, counted from 0.
    pub shard: u32,
    /// Where it begins in that file, in bytes.
    pub offset: u64,
    /// How many bytes it has.
    pub size: u64,
    /// The masked CRC-32C of those bytes.
    pub checksum: u32,
    /// Whether it was saved in slices, which are not supported.
    pub sliced: bool,
}

/// The contents of a checkpoint's `.index`: every tensor's name, type, shape and place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorBundle {
    shards: u32,
    /// Sorted by name.
    entries: Vec<TensorEntry>,
}

impl TensorBundle {
    /// Reads the bytes of an `.index` file.
    ///
    /// # Errors
    /// [`CheckpointError::NotAnIndex`] for other formats; [`CheckpointError::Damaged`] and
    /// [`CheckpointError::BlockChecksum`] for damaged files; [`CheckpointError::Compressed`],
    /// [`CheckpointError::BigEndian`] and [`CheckpointError::TooNew`] for what this reader does not know.
    pub fn open(index: &[u8]) -> Result<Self, CheckpointError> {
        let mut shards = None;
        let mut entries = Vec::new();
        visit_table(index, |key, value| {
            let Some(shards) = shards else {
                if !key.is_empty() {
                    return Err(CheckpointError::foreign(
                        "the table has no header entry: it is another LevelDB table",
                    ));
                }
                shards = Some(read_header(value)?);
                return Ok(());
            };
            // The pieces of a sliced tensor stand under keys in a binary code that begins with 0.
            if key.first() != Some(&0) {
                entries.push(read_entry(key, value, shards)?);
            }
            Ok(())
        })?;
        match shards {
            Some(shards) => Ok(Self { shards, entries }),
            None => Err(CheckpointError::foreign("the table is empty")),
        }
    }

    /// How many data files the checkpoint has.
    pub fn shards(&self) -> u32 {
        self.shards
    }

    /// All tensors, sorted by name.
    pub fn entries(&self) -> &[TensorEntry] {
        &self.entries
    }

    /// The tensor called `name`.
    ///
    /// # Errors
    /// [`CheckpointError::NoSuchTensor`].
    pub fn entry(&self, name: &str) -> Result<&TensorEntry, CheckpointError> {
        self.entries
            .binary_search_by(|entry| entry.name.as_str().cmp(name))
            .ok()
            .and_then(|at| self.entries.get(at))
            .ok_or_else(|| CheckpointError::NoSuchTensor {
                name: name.to_owned(),
            })
    }

    /// The values of the tensor called `name`, in TensorFlow's row-major order, out of the bytes of the data file
    /// that holds it ([`TensorEntry::shard`]).
    ///
    /// # Errors
    /// [`CheckpointError::NoSuchTensor`]; [`CheckpointError::WrongType`] and [`CheckpointError::Sliced`] for tensors
    /// that are not whole float32 ones; [`CheckpointError::ShardTooShort`], [`CheckpointError::SizeMismatch`] and
    /// [`CheckpointError::TensorChecksum`] for damaged files.
    pub fn read_f32(&self, name: &str, shard: &[u8]) -> Result<Vec<f32>, CheckpointError> {
        self.read_f32_from(name, |_| Some(shard))
    }

    /// As [`TensorBundle::read_f32`], with the data files given by number.
    ///
    /// # Errors
    /// As [`TensorBundle::read_f32`], and [`CheckpointError::ShardMissing`] where `shard` gives `None`.
    pub fn read_f32_from<'s>(
        &self,
        name: &str,
        shard: impl FnOnce(u32) -> Option<&'s [u8]>,
    ) -> Result<Vec<f32>, CheckpointError> {
        let entry = self.entry(name)?;
        let name = || entry.name.clone();
        if entry.sliced {
            return Err(CheckpointError::Sliced { name: name() });
        }
        if entry.dtype != DataType::FLOAT32 {
            return Err(CheckpointError::WrongType {
                name: name(),
                dtype: entry.dtype,
            });
        }
        let size_by_shape = entry.shape.iter().try_fold(4u64, |product, &dim| {
            product.checked_mul(u64::try_from(dim).ok()?)
        });
        if size_by_shape != Some(entry.size) {
            return Err(CheckpointError::SizeMismatch {
                name: name(),
                shape: entry.shape.clone(),
                size: entry.size,
            });
        }
        let shard = shard(entry.shard).ok_or_else(|| CheckpointError::ShardMissing {
            name: name(),
            shard: entry.shard,
            shards: self.shards,
        })?;
        let end = entry.offset.saturating_add(entry.size);
        let bytes = bounds(entry.offset, end)
            .and_then(|range| shard.get(range))
            .ok_or_else(|| CheckpointError::ShardTooShort {
                name: name(),
                shard: entry.shard,
                shards: self.shards,
                missing: end.saturating_sub(shard.len() as u64),
                end,
            })?;
        let computed = masked_crc32c(bytes);
        if computed != entry.checksum {
            return Err(CheckpointError::TensorChecksum {
                name: name(),
                stored: entry.checksum,
                computed,
            });
        }
        let (words, _) = bytes.as_chunks::<4>();
        Ok(words.iter().map(|word| f32::from_le_bytes(*word)).collect())
    }
}

fn bounds(start: u64, end: u64) -> Option<std::ops::Range<usize>> {
    Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The file name of data file `shard` of the checkpoint with this `prefix`: `model.ckpt.data-00000-of-00001`.
pub fn shard_file_name(prefix: &str, shard: u32, shards: u32) -> String {
    format!("{prefix}.data-{shard:05}-of-{shards:05}")
}

/// Reads a `BundleHeaderProto`; gives the number of data files.
fn read_header(value: &[u8]) -> Result<u32, CheckpointError> {
    let damaged = |_: Malformed| CheckpointError::damaged("its header is malformed", 0);
    let mut shards = 0;
    for field in Fields::new(value) {
        match field.map_err(damaged)? {
            (1, Field::Varint(count)) => shards = count,
            // The older format keeps a nested message here.
            (1, _) => {
                return Err(CheckpointError::foreign(
                    "it is a checkpoint of the older format V1: save it again with \
                     tf.train.Saver(write_version=tf.train.SaverDef.V2)",
                ));
            }
            (2, Field::Varint(endianness)) if endianness != 0 => return Err(CheckpointError::BigEndian),
            (3, Field::Bytes(version)) => {
                for field in Fields::new(version) {
                    if let (2, Field::Varint(needed)) = field.map_err(damaged)?
                        && needed > FORMAT_VERSION
                    {
                        return Err(CheckpointError::TooNew { needed });
                    }
                }
            }
            _ => {}
        }
    }
    match u32::try_from(shards) {
        Ok(shards) if shards > 0 => Ok(shards),
        _ => Err(CheckpointError::foreign(format!(
            "its header names {shards} data files"
        ))),
    }
}

/// Reads a `BundleEntryProto`.
fn read_entry(key: &[u8], value: &[u8], shards: u32) -> Result<TensorEntry, CheckpointError> {
    let name = str::from_utf8(key)
        .map_err(|error| CheckpointError::damaged(format!("a tensor's name is no text: {error}"), 0))?
        .to_owned();
    let damaged = |what: &str| CheckpointError::damaged(format!("tensor `{name}`: {what}"), 0);
    let malformed = |_: Malformed| damaged("its description is malformed");
    let mut entry = TensorEntry {
        name: String::new(),
        dtype: DataType(0),
        shape: Vec::new(),
        shard: 0,
        offset: 0,
        size: 0,
        checksum: 0,
        sliced: false,
    };
    for field in Fields::new(value) {
        match field.map_err(malformed)? {
            (1, Field::Varint(dtype)) => entry.dtype = DataType(dtype),
            (2, Field::Bytes(shape)) => {
                entry.shape = read_shape(shape).ok_or_else(|| damaged("its shape is malformed"))?
            }
            (3, Field::Varint(shard)) => {
                entry.shard = u32::try_from(shard)
                    .ok()
                    .filter(|&shard| shard < shards)
                    .ok_or_else(|| damaged("it lies in a data file beyond the number of data files"))?;
            }
            (4, Field::Varint(offset)) => entry.offset = offset,
            (5, Field::Varint(size)) => entry.size = size,
            (6, Field::Fixed32(checksum)) => entry.checksum = checksum,
            (7, Field::Bytes(_)) => entry.sliced = true,
            (1..=7, _) => return Err(damaged("its description is malformed")),
            _ => {}
        }
    }
    // Both are signed 64-bit numbers in the format.
    if entry
        .offset
        .checked_add(entry.size)
        .is_none_or(|end| i64::try_from(end).is_err())
    {
        return Err(damaged("its place in the data file is outside the file"));
    }
    entry.name = name;
    Ok(entry)
}

/// Reads a `TensorShapeProto`.
fn read_shape(message: &[u8]) -> Option<Vec<usize>> {
    let mut shape = Vec::new();
    for field in Fields::new(message) {
        match field.ok()? {
            (2, Field::Bytes(dim)) => {
                if shape.len() == MAX_RANK {
                    return None;
                }
                // A length of zero is left out.
                let mut size = 0;
                for field in Fields::new(dim) {
                    if let (1, Field::Varint(value)) = field.ok()? {
                        // A negative length would mean "unknown", which no saved tensor is.
                        size = usize::try_from(i64::try_from(value).ok()?).ok()?;
                    }
                }
                shape.push(size);
            }
            // Field 3 says that the rank is unknown.
            (3, Field::Varint(unknown)) if unknown != 0 => return None,
            _ => {}
        }
    }
    Some(shape)
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
