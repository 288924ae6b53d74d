//! Tests of the table reader against the writer and against hostile bytes.

use super::super::table_writer::TableWriter;
use super::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn write(entries: &BTreeMap<Vec<u8>, Vec<u8>>, block_size: usize) -> Vec<u8> {
    let mut writer = TableWriter::with_block_size(block_size);
    for (key, value) in entries {
        writer.add(key, value);
    }
    writer.finish()
}

/// A key and its value.
type Pair = (Vec<u8>, Vec<u8>);

fn read(file: &[u8]) -> Result<Vec<Pair>, CheckpointError> {
    let mut entries = Vec::new();
    visit_table(file, |key, value| {
        entries.push((key.to_vec(), value.to_vec()));
        Ok(())
    })?;
    Ok(entries)
}

/// A table of one data block whose bytes before the trailer are `block`.
fn table_around(block: &[u8], kind: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut put = |bytes: &[u8], kind: u8| {
        let mut handle = Vec::new();
        super::super::wire::put_varint(&mut handle, file.len() as u64);
        super::super::wire::put_varint(&mut handle, bytes.len() as u64);
        let mut block = bytes.to_vec();
        block.push(kind);
        let checksum = masked_crc32c(&block);
        file.extend(block);
        file.extend(checksum.to_le_bytes());
        handle
    };
    let data = put(block, kind);
    let mut footer = put(&[0, 0, 0, 0, 1, 0, 0, 0], 0);
    let mut index = vec![0, 1, data.len() as u8, 0xff];
    index.extend(&data);
    index.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    footer.extend(put(&index, 0));
    footer.resize(40, 0);
    file.extend(footer);
    file.extend(MAGIC.to_le_bytes());
    file
}

fn what(error: CheckpointError) -> String {
    match error {
        CheckpointError::Damaged { what, .. } => what,
        other => panic!("expected damage, got {other:?}"),
    }
}

#[test]
fn foreign_files_are_named() {
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"\x89HDF\r\n\x1a\nrest", "HDF5"),
        (b"PK\x03\x04rest", "zip"),
        (b"model_checkpoint_path: \"a\"", "checkpoint"),
        (b"\x10\0\0\0\0\0\0\0{\"a\":1}", "safetensors"),
        (b"short", "5 bytes"),
        (&[7; 100], "magic"),
    ] {
        let message = read(bytes).unwrap_err().to_string();
        assert!(
            message.starts_with("this is not a TensorFlow V2 checkpoint index ("),
            "{message}"
        );
        assert!(message.contains(word) && message.contains(".index"), "{message}");
    }
}

#[test]
fn snappy_blocks_are_refused_with_the_remedy() {
    let error = read(&table_around(&[0, 0, 0, 0, 1, 0, 0, 0], 1)).unwrap_err();
    assert_eq!(error, CheckpointError::Compressed { offset: 0 });
    assert!(error.to_string().contains("tf.train.Saver"));
    assert_eq!(
        what(read(&table_around(&[0, 0, 0, 0, 1, 0, 0, 0], 2)).unwrap_err()),
        "a block of unknown type"
    );
}

#[test]
fn every_contradiction_inside_a_block_is_seen() {
    let entry = |shared: u8, suffix: &[u8]| {
        let mut bytes = vec![shared, suffix.len() as u8, 0];
        bytes.extend(suffix);
        bytes
    };
    let block = |entries: &[Vec<u8>], restarts: &[u32]| {
        let mut bytes = entries.concat();
        bytes.extend(restarts.iter().flat_map(|restart| restart.to_le_bytes()));
        bytes.extend((restarts.len() as u32).to_le_bytes());
        bytes
    };
    let good = block(&[entry(0, b"ab"), entry(1, b"c")], &[0]);
    assert_eq!(read(&table_around(&good, 0)).unwrap().len(), 2);
    for (bad, reason) in [
        (block(&[entry(0, b"ab"), entry(3, b"c")], &[0]), "shares more"),
        (block(&[entry(0, b"ab"), entry(0, b"a")], &[0]), "out of order"),
        (block(&[entry(0, b"ab"), entry(0, b"ab")], &[0]), "out of order"),
        (block(&[entry(0, b"ab"), entry(1, b"c")], &[0, 5]), "incomplete"),
        (
            block(&[entry(0, b"ab"), entry(0, b"c")], &[0, 4]),
            "point at an entry",
        ),
        (block(&[entry(0, b"ab")], &[1]), "first entry"),
        (block(&[entry(0, b"ab")], &[]), "first entry"),
        (block(&[vec![0, 9, 0, 1]], &[0]), "cut short"),
        (vec![0, 0, 0, 0, 9, 0, 0, 0], "does not fit"),
        (vec![0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], "does not fit"),
        (vec![1, 0], "does not fit"),
    ] {
        let message = what(read(&table_around(&bad, 0)).unwrap_err());
        assert!(message.contains(reason), "{message} should say {reason}");
    }
}

#[test]
fn keys_that_unpack_beyond_measure_are_refused() {
    // One key of 20,000 bytes, then 20,000 keys that repeat it and add nothing but a counter.
    let long = vec![b'k'; 20_000];
    let mut bytes = Vec::new();
    let mut put = |shared: u64, suffix: &[u8]| {
        super::super::wire::put_varint(&mut bytes, shared);
        super::super::wire::put_varint(&mut bytes, suffix.len() as u64);
        super::super::wire::put_varint(&mut bytes, 0);
        bytes.extend(suffix);
    };
    put(0, &long);
    for counter in 0..20_000u32 {
        put(20_000, &counter.to_be_bytes());
    }
    bytes.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    assert!(what(read(&table_around(&bytes, 0)).unwrap_err()).contains("unpack"));
}

proptest! {
    #[test]
    fn tables_come_back(
        entries in btree_map(vec(any::<u8>(), 0..6), vec(any::<u8>(), 0..20), 0..80),
        block_size in 1usize..400,
    ) {
        let file = write(&entries, block_size);
        let expected: Vec<_> = entries.into_iter().collect();
        prop_assert_eq!(read(&file), Ok(expected));
    }

    #[test]
    fn a_cut_table_is_refused(
        entries in btree_map(vec(any::<u8>(), 0..6), vec(any::<u8>(), 0..20), 1..40),
        cut in 0.0f64..1.0,
    ) {
        let file = write(&entries, 100);
        let kept = (file.len() as f64 * cut) as usize;
        prop_assert!(read(&file[..kept]).is_err());
    }

    #[test]
    fn a_flipped_bit_is_seen_or_does_no_harm(
        entries in btree_map(vec(any::<u8>(), 0..6), vec(any::<u8>(), 0..20), 1..40),
        place in 0.0f64..1.0,
        bit in 0u8..8,
    ) {
        let mut file = write(&entries, 100);
        let at = (file.len() as f64 * place) as usize;
        file[at] ^= 1 << bit;
        // Only the footer's padding is covered by nothing.
        if let Ok(found) = read(&file) {
            let expected: Vec<_> = entries.into_iter().collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn hostile_bytes_under_a_right_checksum_do_not_panic(block in vec(any::<u8>(), 0..200), restarts in 0u32..4) {
        let mut block = block;
        block.extend((0..restarts).flat_map(|_| [0, 0, 0, 0]));
        block.extend(restarts.to_le_bytes());
        let file = table_around(&block, 0);
        let unpacked: usize = read(&file).map_or(0, |entries| entries.iter().map(|(key, _)| key.len()).sum());
        prop_assert!(unpacked <= MAX_KEY_RATIO * file.len());
    }
}
