//! Writes TensorFlow's checkpoint format V2 so that TensorFlow's `Saver` reads it, byte for byte as TensorFlow would
//! have written it.

use super::bundle::TensorEntry;
use super::data_type::DataType;
use super::error::CheckpointError;
use super::proto::{put_bytes, put_fixed32, put_integer};
use super::table_writer::TableWriter;
use super::wire::masked_crc32c;

/// A tensor to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewTensor<'a> {
    /// The variable's name; not empty, and unique in its checkpoint.
    pub name: &'a str,
    /// Its shape, in TensorFlow's order of axes; empty for a scalar.
    pub shape: &'a [usize],
    /// Its values, row-major.
    pub values: &'a [f32],
}

/// Makes a checkpoint of one data file: the bytes of `PREFIX.index` and of `PREFIX.data-00000-of-00001`.
///
/// # Errors
/// [`CheckpointError::Unwritable`] for empty or repeated names, names that begin with a zero byte (which the format
/// keeps for slices), and shapes that do not match the number of values.
pub fn write_bundle(tensors: &[NewTensor<'_>]) -> Result<(Vec<u8>, Vec<u8>), CheckpointError> {
    let (index, shards) = write_sharded(tensors, 1)?;
    Ok((index, shards.into_iter().next().unwrap_or_default()))
}

/// Makes a checkpoint of `shards` data files (at least one): the index, and the data files in order. Each data file
/// gets a run of the tensors, sorted by name.
///
/// # Errors
/// As [`write_bundle`].
pub fn write_sharded(
    tensors: &[NewTensor<'_>],
    shards: u32,
) -> Result<(Vec<u8>, Vec<Vec<u8>>), CheckpointError> {
    let shards = shards.max(1);
    let mut sorted = tensors.to_vec();
    sorted.sort_by_key(|tensor| tensor.name);
    for pair in sorted.windows(2) {
        if let [first, second] = pair
            && first.name == second.name
        {
            return Err(unwritable(
                first.name,
                "there are two tensors of this name: rename one",
            ));
        }
    }

    let mut data: Vec<Vec<u8>> = (0..shards).map(|_| Vec::new()).collect();
    let mut entries = Vec::with_capacity(sorted.len());
    for (at, tensor) in sorted.iter().enumerate() {
        check(tensor)?;
        // Below `shards`, because `at` is below the number of tensors.
        let shard = (at as u64 * u64::from(shards) / sorted.len() as u64) as u32;
        let Some(file) = data.get_mut(shard as usize) else {
            continue;
        };
        let offset = file.len();
        file.extend(tensor.values.iter().flat_map(|value| value.to_le_bytes()));
        let bytes = file.get(offset..).unwrap_or_default();
        entries.push(TensorEntry {
            name: tensor.name.to_owned(),
            dtype: DataType::FLOAT32,
            shape: tensor.shape.to_vec(),
            shard,
            offset: offset as u64,
            size: bytes.len() as u64,
            checksum: masked_crc32c(bytes),
            sliced: false,
        });
    }
    Ok((write_index(&entries, shards), data))
}

fn unwritable(name: &str, reason: impl Into<String>) -> CheckpointError {
    CheckpointError::Unwritable {
        name: name.to_owned(),
        reason: reason.into(),
    }
}

fn check(tensor: &NewTensor<'_>) -> Result<(), CheckpointError> {
    if tensor.name.is_empty() || tensor.name.starts_with('\0') {
        return Err(unwritable(
            tensor.name,
            "a name must not be empty or begin with a zero byte",
        ));
    }
    let count = tensor
        .shape
        .iter()
        .try_fold(1usize, |product, &dim| product.checked_mul(dim));
    if count != Some(tensor.values.len()) {
        return Err(unwritable(
            tensor.name,
            format!(
                "its shape {:?} does not hold {} values",
                tensor.shape,
                tensor.values.len()
            ),
        ));
    }
    Ok(())
}

/// The index of tensors that are sorted by name.
pub(crate) fn write_index(entries: &[TensorEntry], shards: u32) -> Vec<u8> {
    let mut version = Vec::new();
    put_integer(&mut version, 1, 1);
    let mut header = Vec::new();
    put_integer(&mut header, 1, u64::from(shards));
    put_bytes(&mut header, 3, &version);

    let mut table = TableWriter::default();
    table.add(b"", &header);
    for entry in entries {
        let mut shape = Vec::new();
        for &dim in &entry.shape {
            let mut message = Vec::new();
            put_integer(&mut message, 1, dim as u64);
            put_bytes(&mut shape, 2, &message);
        }
        let mut value = Vec::new();
        put_integer(&mut value, 1, entry.dtype.0);
        put_bytes(&mut value, 2, &shape);
        put_integer(&mut value, 3, u64::from(entry.shard));
        put_integer(&mut value, 4, entry.offset);
        put_integer(&mut value, 5, entry.size);
        put_fixed32(&mut value, 6, entry.checksum);
        table.add(entry.name.as_bytes(), &value);
    }
    table.finish()
}
