//! Reads LevelDB's sorted table, the container of a checkpoint's `.index`.
//!
//! ```text
//! [data block][trailer] .. [metaindex block][trailer] [index block][trailer] [footer, 48 bytes]
//! ```
//!
//! * footer: the handles of metaindex and index block (each two varints: offset, size), zeros up to byte 40, then the
//!   magic number in 8 little-endian bytes;
//! * block: entries `{varint shared, varint non_shared, varint value_len, key suffix, value}`, then the offsets of
//!   the entries whose key is stored in full (u32 each), then their count (u32);
//! * trailer: a type byte (0 raw, 1 snappy) and the masked CRC-32C of block and type byte.
//!
//! Described by LevelDB's `doc/table_format.md`; TensorFlow's copy of it differs only in its defaults. Everything in
//! the file is checked before it is believed: bounds, checksums, the order of keys and of blocks.

use super::error::CheckpointError;
use super::wire::{Cursor, masked_crc32c};

/// The last eight bytes of every table, little-endian.
pub const MAGIC: u64 = 0xdb47_7524_8b80_fb57;
/// Bytes of the footer.
pub const FOOTER_LEN: usize = 48;
/// Bytes behind each block: its type and its checksum.
pub const TRAILER_LEN: usize = 5;

/// Keys share prefixes, so a small hostile file could unpack to large keys. A writer that writes every 16th key whole
/// (all known ones do) cannot exceed this ratio of unpacked keys to file size.
const MAX_KEY_RATIO: usize = 16;

/// Where a block lies: the block's own bytes, without the trailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Handle {
    offset: u64,
    size: u64,
}

impl Handle {
    fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        Some(Self {
            offset: cursor.varint()?,
            size: cursor.varint()?,
        })
    }

    /// One past the trailer.
    fn end(self) -> Option<u64> {
        self.offset
            .checked_add(self.size)?
            .checked_add(TRAILER_LEN as u64)
    }
}

/// Gives every key and value of the table in `file`, in order, to `visit`.
///
/// # Errors
/// [`CheckpointError::NotAnIndex`] for other formats, [`CheckpointError::Damaged`],
/// [`CheckpointError::BlockChecksum`] and [`CheckpointError::Compressed`] for tables that cannot be trusted or
/// unpacked, and whatever `visit` returns.
pub fn visit_table<'a>(
    file: &'a [u8],
    mut visit: impl FnMut(&[u8], &'a [u8]) -> Result<(), CheckpointError>,
) -> Result<(), CheckpointError> {
    let (blocks, metaindex, index) = read_footer(file)?;
    // Nothing is wanted from the metaindex (it would name filters), but a damaged one is a damaged file.
    checked_block(blocks, metaindex)?;

    let mut key_budget = file.len().saturating_mul(MAX_KEY_RATIO);
    let mut blocks_end = 0;
    let mut last_key: Option<Vec<u8>> = None;
    visit_block(blocks, index, &mut |limit, value| {
        let data = Handle::read(&mut Cursor::new(value)).ok_or_else(|| {
            CheckpointError::damaged("the index block holds no block address", index.offset)
        })?;
        // Without this, an index that names one block many times would cost much work for few bytes.
        if data.offset < blocks_end {
            return Err(CheckpointError::damaged("data blocks overlap", data.offset));
        }
        blocks_end = data.end().ok_or_else(|| beyond(data))?;
        visit_block(blocks, data, &mut |key, value| {
            if last_key.as_deref().is_some_and(|last| last >= key) || key > limit {
                return Err(CheckpointError::damaged("keys are out of order", data.offset));
            }
            key_budget = key_budget.checked_sub(key.len()).ok_or_else(|| {
                CheckpointError::damaged("its names unpack to far more than the file itself", data.offset)
            })?;
            let last = last_key.get_or_insert_default();
            last.clear();
            last.extend_from_slice(key);
            visit(key, value)
        })
    })
}

/// Checks the footer; gives the bytes before it and the handles of metaindex and index block.
fn read_footer(file: &[u8]) -> Result<(&[u8], Handle, Handle), CheckpointError> {
    if let Some(reason) = recognise(file) {
        return Err(CheckpointError::foreign(reason));
    }
    let Some((blocks, footer)) = file.split_last_chunk::<FOOTER_LEN>() else {
        return Err(CheckpointError::foreign(format!(
            "it has {} bytes, fewer than the {FOOTER_LEN} of the footer alone",
            file.len()
        )));
    };
    let (handles, magic) = footer.split_at(FOOTER_LEN - 8);
    if Cursor::new(magic).u64() != Some(MAGIC) {
        return Err(CheckpointError::foreign(
            "it does not end in the table's magic number: it is of another kind, or its end is missing",
        ));
    }
    let mut cursor = Cursor::new(handles);
    match (Handle::read(&mut cursor), Handle::read(&mut cursor)) {
        (Some(metaindex), Some(index)) => Ok((blocks, metaindex, index)),
        _ => Err(CheckpointError::damaged(
            "the footer holds no block addresses",
            blocks.len() as u64,
        )),
    }
}

/// Names the formats that people give by mistake.
fn recognise(file: &[u8]) -> Option<&'static str> {
    if file.is_empty() {
        Some("it is empty")
    } else if file.starts_with(b"\x89HDF\r\n\x1a\n") {
        Some("it is an HDF5 file, such as Keras writes")
    } else if file.starts_with(b"PK\x03\x04") {
        Some("it is a zip archive, such as .keras, .npz or PyTorch files")
    } else if file.starts_with(b"model_checkpoint_path") {
        Some("it is TensorFlow's text file `checkpoint`, which only names the newest checkpoint")
    } else if file.get(8..).is_some_and(|rest| rest.starts_with(b"{\"")) {
        Some("it looks like a safetensors file, which needs no import")
    } else {
        None
    }
}

fn beyond(handle: Handle) -> CheckpointError {
    CheckpointError::damaged(
        format!("a block of {} bytes would end beyond the file", handle.size),
        handle.offset,
    )
}

/// The bytes of a block whose bounds, checksum and type are right.
fn checked_block(blocks: &[u8], handle: Handle) -> Result<&[u8], CheckpointError> {
    let mut cursor = Cursor::new(blocks);
    let (Some(_), Some(stored_block)) = (
        cursor.take(handle.offset),
        cursor.take(handle.size.saturating_add(1)),
    ) else {
        return Err(beyond(handle));
    };
    let stored = cursor.u32().ok_or_else(|| beyond(handle))?;
    let computed = masked_crc32c(stored_block);
    if stored != computed {
        return Err(CheckpointError::BlockChecksum {
            offset: handle.offset,
            stored,
            computed,
        });
    }
    match stored_block.split_last() {
        Some((0, block)) => Ok(block),
        Some((1, _)) => Err(CheckpointError::Compressed {
            offset: handle.offset,
        }),
        _ => Err(CheckpointError::damaged("a block of unknown type", handle.offset)),
    }
}

/// Takes a key and a value that lives as long as the file.
type Visitor<'v, 'a> = dyn FnMut(&[u8], &'a [u8]) -> Result<(), CheckpointError> + 'v;

/// Gives every key and value of one block to `visit`.
fn visit_block<'a>(
    blocks: &'a [u8],
    handle: Handle,
    visit: &mut Visitor<'_, 'a>,
) -> Result<(), CheckpointError> {
    let block = checked_block(blocks, handle)?;
    let damaged = |what: &str| CheckpointError::damaged(what, handle.offset);
    let (entries, mut restarts) =
        split_restarts(block).ok_or_else(|| damaged("a block's restart list does not fit"))?;

    let mut cursor = Cursor::new(entries);
    let mut key = Vec::new();
    let mut next_restart = restarts.u32();
    if next_restart != Some(0) {
        return Err(damaged(
            "a block's restart list does not begin at its first entry",
        ));
    }
    while !cursor.is_empty() {
        let at_restart = next_restart.is_some_and(|restart| restart as usize == cursor.position());
        if at_restart {
            next_restart = restarts.u32();
        }
        let (suffix, shared, value) =
            read_entry(&mut cursor).ok_or_else(|| damaged("an entry is cut short"))?;
        if at_restart && shared != 0 {
            return Err(damaged("a key at a restart point is incomplete"));
        }
        match usize::try_from(shared) {
            Ok(shared) if shared <= key.len() => key.truncate(shared),
            _ => return Err(damaged("a key shares more than its predecessor has")),
        }
        key.extend_from_slice(suffix);
        visit(&key, value)?;
    }
    // An empty block keeps its one restart; any other left over points between two entries or beyond the last.
    if !entries.is_empty() && next_restart.is_some() {
        return Err(damaged("a restart does not point at an entry"));
    }
    Ok(())
}

/// Parts a block into its entries and a cursor over its restart offsets.
fn split_restarts(block: &[u8]) -> Option<(&[u8], Cursor<'_>)> {
    let (rest, count) = block.split_last_chunk::<4>()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let entries_len = rest.len().checked_sub(count.checked_mul(4)?)?;
    let (entries, restarts) = rest.split_at_checked(entries_len)?;
    Some((entries, Cursor::new(restarts)))
}

/// Key suffix, length of the shared prefix, value.
fn read_entry<'a>(cursor: &mut Cursor<'a>) -> Option<(&'a [u8], u64, &'a [u8])> {
    let shared = cursor.varint()?;
    let suffix_len = cursor.varint()?;
    let value_len = cursor.varint()?;
    Some((cursor.take(suffix_len)?, shared, cursor.take(value_len)?))
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
