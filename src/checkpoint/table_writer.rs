//! Writes LevelDB's sorted table as TensorFlow does: the same block size, restarts and separators, so that equal
//! entries give equal bytes. The format is described at [`table`](super::table).

use super::table::{FOOTER_LEN, MAGIC};
use super::wire::{masked_crc32c, put_varint};

/// TensorFlow's default: a data block is closed once it has this many bytes.
const BLOCK_SIZE: usize = 256 * 1024;
/// TensorFlow's default: every 16th key of a data block is stored in full.
const DATA_RESTART_INTERVAL: usize = 16;

/// One block under construction.
#[derive(Debug)]
struct Block {
    entries: Vec<u8>,
    restarts: Vec<u32>,
    interval: usize,
    since_restart: usize,
    last_key: Vec<u8>,
}

impl Block {
    fn new(interval: usize) -> Self {
        Self {
            entries: Vec::new(),
            restarts: vec![0],
            interval,
            since_restart: 0,
            last_key: Vec::new(),
        }
    }

    fn size(&self) -> usize {
        self.entries.len() + 4 * self.restarts.len() + 4
    }

    fn add(&mut self, key: &[u8], value: &[u8]) {
        let mut shared = 0;
        if self.since_restart < self.interval {
            shared = key.iter().zip(&self.last_key).take_while(|(a, b)| a == b).count();
        } else {
            // Blocks are closed at 256 KiB and one entry is an index value, so offsets are far below 2^32.
            self.restarts.push(self.entries.len() as u32);
            self.since_restart = 0;
        }
        let suffix = key.get(shared..).unwrap_or_default();
        put_varint(&mut self.entries, shared as u64);
        put_varint(&mut self.entries, suffix.len() as u64);
        put_varint(&mut self.entries, value.len() as u64);
        self.entries.extend_from_slice(suffix);
        self.entries.extend_from_slice(value);
        self.since_restart += 1;
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
    }

    fn finish(mut self) -> Vec<u8> {
        for restart in &self.restarts {
            self.entries.extend_from_slice(&restart.to_le_bytes());
        }
        self.entries
            .extend_from_slice(&(self.restarts.len() as u32).to_le_bytes());
        self.entries
    }
}

/// Writes a table into memory, entry by entry.
#[derive(Debug)]
pub struct TableWriter {
    file: Vec<u8>,
    data: Block,
    index: Block,
    /// The handle of the last closed data block: its index key depends on the key that follows.
    closed: Option<Vec<u8>>,
    block_size: usize,
}

impl Default for TableWriter {
    fn default() -> Self {
        Self::with_block_size(BLOCK_SIZE)
    }
}

impl TableWriter {
    /// A writer whose data blocks are closed at `block_size` bytes. [`TableWriter::default`] takes TensorFlow's size.
    pub fn with_block_size(block_size: usize) -> Self {
        Self {
            file: Vec::new(),
            data: Block::new(DATA_RESTART_INTERVAL),
            index: Block::new(1),
            closed: None,
            block_size,
        }
    }

    /// Adds an entry. Keys must come in strictly ascending byte order; a table with others is refused by readers.
    pub fn add(&mut self, key: &[u8], value: &[u8]) {
        if let Some(handle) = self.closed.take() {
            self.index
                .add(&shortest_separator(&self.data.last_key, key), &handle);
            self.data.last_key.clear();
        }
        self.data.add(key, value);
        if self.data.size() >= self.block_size {
            self.close_data_block();
        }
    }

    fn close_data_block(&mut self) {
        let last_key = self.data.last_key.clone();
        let mut block = std::mem::replace(&mut self.data, Block::new(DATA_RESTART_INTERVAL));
        block.last_key = Vec::new();
        self.closed = Some(append_block(&mut self.file, block));
        // Kept for the separator; the new block's first key is stored in full, for `add` clears it before.
        self.data.last_key = last_key;
    }

    /// The finished file.
    pub fn finish(mut self) -> Vec<u8> {
        if !self.data.entries.is_empty() {
            self.close_data_block();
        }
        let mut footer = append_block(&mut self.file, Block::new(DATA_RESTART_INTERVAL));
        if let Some(handle) = self.closed.take() {
            self.index.add(&short_successor(&self.data.last_key), &handle);
        }
        footer.extend(append_block(&mut self.file, self.index));
        footer.resize(FOOTER_LEN - 8, 0);
        self.file.extend(footer);
        self.file.extend(MAGIC.to_le_bytes());
        self.file
    }
}

/// Appends block and trailer; gives the block's handle.
fn append_block(file: &mut Vec<u8>, block: Block) -> Vec<u8> {
    let mut bytes = block.finish();
    let mut handle = Vec::new();
    put_varint(&mut handle, file.len() as u64);
    put_varint(&mut handle, bytes.len() as u64);
    bytes.push(0);
    let checksum = masked_crc32c(&bytes);
    file.extend(bytes);
    file.extend(checksum.to_le_bytes());
    handle
}

/// A short key k with `start` <= k < `limit`.
fn shortest_separator(start: &[u8], limit: &[u8]) -> Vec<u8> {
    let shared = start.iter().zip(limit).take_while(|(a, b)| a == b).count();
    match (start.get(shared), limit.get(shared)) {
        (Some(&low), Some(&high)) if low < 0xff && low + 1 < high => {
            let mut key = start.get(..shared).unwrap_or_default().to_vec();
            key.push(low + 1);
            key
        }
        _ => start.to_vec(),
    }
}

/// A short key at or after `key`.
fn short_successor(key: &[u8]) -> Vec<u8> {
    match key.iter().position(|&byte| byte != 0xff) {
        Some(at) => {
            let mut short = key.get(..=at).unwrap_or_default().to_vec();
            if let Some(last) = short.last_mut() {
                *last += 1;
            }
            short
        }
        None => key.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_separator_of_the_published_index_is_w() {
        assert_eq!(short_successor(b"vq_layer/embedding/Adam_1"), b"w");
        assert_eq!(short_successor(&[0xff, 0xff]), [0xff, 0xff]);
        assert_eq!(shortest_separator(b"abcde", b"abz"), b"abd");
        assert_eq!(shortest_separator(b"abc", b"abd"), b"abc");
        assert_eq!(shortest_separator(b"ab", b"abc"), b"ab");
    }

    proptest! {
        #[test]
        fn separators_lie_between(mut a: Vec<u8>, mut b: Vec<u8>) {
            prop_assume!(a != b);
            if a > b {
                std::mem::swap(&mut a, &mut b);
            }
            let separator = shortest_separator(&a, &b);
            prop_assert!(a <= separator && separator < b);
            prop_assert!(short_successor(&a) >= a);
        }
    }
}
