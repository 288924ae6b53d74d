//! Tests of reader and writer against each other, against an index that TensorFlow wrote, and against damage.

use super::super::bundle_writer::{NewTensor, write_bundle, write_index, write_sharded};
use super::super::table_writer::TableWriter;
use super::*;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Written by TensorFlow 2.15: the 107 tensors of the published graph, trained on simulated galaxies.
const GOLDEN_INDEX: &[u8] = include_bytes!("../../tests/fixtures/checkpoint/golden.index");

type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

fn tensors() -> impl Strategy<Value = Tensors> {
    let tensor = vec(0usize..4, 0..4).prop_flat_map(|shape| {
        let count = shape.iter().product::<usize>();
        (Just(shape), vec(any::<f32>(), count))
    });
    btree_map("[a-z]{1,3}(/[a-z0-9_]{1,4}){0,3}", tensor, 0..30)
}

fn views(tensors: &Tensors) -> Vec<NewTensor<'_>> {
    tensors
        .iter()
        .map(|(name, (shape, values))| NewTensor { name, shape, values })
        .collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// An index with one hand-made entry.
fn index_of(header: &[u8], name: &[u8], entry: &[u8]) -> Vec<u8> {
    let mut table = TableWriter::default();
    table.add(b"", header);
    table.add(name, entry);
    table.finish()
}

const HEADER: &[u8] = &[0x08, 0x01, 0x1a, 0x02, 0x08, 0x01];

#[test]
fn the_index_that_tensorflow_wrote_is_read() {
    let bundle = TensorBundle::open(GOLDEN_INDEX).unwrap();
    assert_eq!(bundle.shards(), 1);
    assert_eq!(bundle.entries().len(), 107);
    let entry = bundle.entry("encoder/enc_3/w").unwrap();
    assert_eq!(
        (entry.dtype, entry.shape.as_slice()),
        (DataType::FLOAT32, &[4, 4, 128, 128][..])
    );
    assert_eq!(
        (entry.shard, entry.offset, entry.size, entry.sliced),
        (0, 8_195_348, 1_048_576, false)
    );
    assert_eq!(bundle.entry("beta1_power").unwrap().shape, Vec::<usize>::new());
    // The data file is the tensors back to back.
    let mut end = 0;
    for entry in bundle.entries() {
        assert_eq!(entry.offset, end, "{}", entry.name);
        end += entry.size;
    }
    assert_eq!(end, 14_210_324);
}

#[test]
fn the_index_that_tensorflow_wrote_is_written_byte_for_byte() {
    let bundle = TensorBundle::open(GOLDEN_INDEX).unwrap();
    assert_eq!(GOLDEN_INDEX.len(), 3_917);
    assert!(write_index(bundle.entries(), 1) == GOLDEN_INDEX);
}

#[test]
fn an_unknown_name_is_refused_by_name() {
    let bundle = TensorBundle::open(GOLDEN_INDEX).unwrap();
    let message = bundle.read_f32("encoder/enc_9/w", &[]).unwrap_err().to_string();
    assert!(message.contains("`encoder/enc_9/w`"), "{message}");
}

#[test]
fn a_short_data_file_is_told_by_how_much() {
    let (index, data) = write_bundle(&[NewTensor {
        name: "a/b",
        shape: &[3],
        values: &[1.0, 2.0, 3.0],
    }])
    .unwrap();
    let bundle = TensorBundle::open(&index).unwrap();
    let message = bundle.read_f32("a/b", &data[..5]).unwrap_err().to_string();
    assert!(
        message.contains(".data-00000-of-00001 is 7 bytes short: tensor `a/b` ends at byte 12"),
        "{message}"
    );
}

#[test]
fn a_changed_bit_of_data_names_the_tensor() {
    let (index, mut data) = write_bundle(&[NewTensor {
        name: "a",
        shape: &[],
        values: &[1.0],
    }])
    .unwrap();
    data[2] ^= 1;
    let message = TensorBundle::open(&index)
        .unwrap()
        .read_f32("a", &data)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("tensor `a` has checksum") && message.contains("again together"),
        "{message}"
    );
}

#[test]
fn a_missing_data_file_is_named() {
    let tensors = [
        NewTensor {
            name: "a",
            shape: &[1],
            values: &[1.0],
        },
        NewTensor {
            name: "b",
            shape: &[1],
            values: &[2.0],
        },
    ];
    let (index, shards) = write_sharded(&tensors, 2).unwrap();
    let bundle = TensorBundle::open(&index).unwrap();
    let give = |wanted: u32| (wanted == 0).then(|| shards[0].as_slice());
    assert_eq!(bundle.read_f32_from("a", give), Ok(vec![1.0]));
    let message = bundle.read_f32_from("b", give).unwrap_err().to_string();
    assert!(
        message.contains("tensor `b`") && message.contains(".data-00001-of-00002"),
        "{message}"
    );
}

#[test]
fn other_types_and_slices_are_listed_but_not_read() {
    // dtype double, shape [1], size 8.
    let double = index_of(
        HEADER,
        b"x",
        &[0x08, 0x02, 0x12, 0x04, 0x12, 0x02, 0x08, 0x01, 0x28, 0x08],
    );
    let bundle = TensorBundle::open(&double).unwrap();
    let message = bundle.read_f32("x", &[0; 8]).unwrap_err().to_string();
    assert!(message.contains("holds float64, not float32"), "{message}");

    let sliced = index_of(
        HEADER,
        b"x",
        &[0x08, 0x01, 0x12, 0x04, 0x12, 0x02, 0x08, 0x01, 0x3a, 0x00],
    );
    let bundle = TensorBundle::open(&sliced).unwrap();
    assert!(bundle.entry("x").unwrap().sliced);
    assert_eq!(
        bundle.read_f32("x", &[0; 8]),
        Err(CheckpointError::Sliced { name: "x".into() })
    );
}

#[test]
fn headers_of_other_worlds_are_refused() {
    let open = |header: &[u8]| TensorBundle::open(&index_of(header, b"x", &[])).unwrap_err();
    assert_eq!(open(&[0x08, 0x01, 0x10, 0x01]), CheckpointError::BigEndian);
    assert_eq!(
        open(&[0x08, 0x01, 0x1a, 0x02, 0x10, 0x02]),
        CheckpointError::TooNew { needed: 2 }
    );
    assert!(open(&[0x0a, 0x00]).to_string().contains("older format V1"));
    assert!(open(&[]).to_string().contains("0 data files"));
    assert!(matches!(open(&[0x08]), CheckpointError::Damaged { .. }));

    let mut table = TableWriter::default();
    table.add(b"only", b"");
    assert!(
        TensorBundle::open(&table.finish())
            .unwrap_err()
            .to_string()
            .contains("no header")
    );
    assert!(
        TensorBundle::open(&TableWriter::default().finish())
            .unwrap_err()
            .to_string()
            .contains("empty")
    );
}

#[test]
fn impossible_entries_are_refused_by_name() {
    let negative = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let mut offset = vec![0x20];
    offset.extend(negative);
    let mut dim = vec![0x12, 0x0d, 0x12, 0x0b, 0x08];
    dim.extend(negative);
    for entry in [
        offset,
        dim,
        vec![0x18, 0x01],
        vec![0x0d, 0, 0, 0, 0],
        vec![0x12, 0x7f],
    ] {
        let message = TensorBundle::open(&index_of(HEADER, b"e/w", &entry))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("`e/w`") && message.contains("again"),
            "{message}"
        );
    }
    // A shape whose product overflows, and one that disagrees with the size: read, then refused.
    let big = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40];
    let mut huge = vec![0x08, 0x01, 0x12, 0x16];
    for _ in 0..2 {
        huge.extend([0x12, 0x09, 0x08]);
        huge.extend(big);
    }
    let bundle = TensorBundle::open(&index_of(HEADER, b"e/w", &huge)).unwrap();
    assert!(matches!(
        bundle.read_f32("e/w", &[]),
        Err(CheckpointError::SizeMismatch { .. })
    ));
}

#[test]
fn what_cannot_be_read_back_is_not_written() {
    let one = |name| NewTensor {
        name,
        shape: &[1],
        values: &[0.0],
    };
    assert!(write_bundle(&[one("")]).is_err());
    assert!(
        write_bundle(&[one("a"), one("a")])
            .unwrap_err()
            .to_string()
            .contains("two tensors")
    );
    let short = NewTensor {
        name: "a",
        shape: &[2, 3],
        values: &[0.0],
    };
    assert!(
        write_bundle(&[short])
            .unwrap_err()
            .to_string()
            .contains("[2, 3] does not hold 1 values")
    );
    let overflow = NewTensor {
        name: "a",
        shape: &[usize::MAX, 3],
        values: &[0.0],
    };
    assert!(write_bundle(&[overflow]).is_err());
}

proptest! {
    #[test]
    fn bundles_come_back(tensors in tensors(), shards in 1u32..5) {
        let (index, data) = write_sharded(&views(&tensors), shards).unwrap();
        let bundle = TensorBundle::open(&index).unwrap();
        prop_assert_eq!(bundle.shards(), shards);
        prop_assert_eq!(bundle.entries().len(), tensors.len());
        for (name, (shape, values)) in &tensors {
            prop_assert_eq!(&bundle.entry(name).unwrap().shape, shape);
            let read = bundle.read_f32_from(name, |shard| data.get(shard as usize).map(Vec::as_slice)).unwrap();
            prop_assert_eq!(bits(&read), bits(values));
        }
    }

    #[test]
    fn a_flipped_bit_of_a_real_index_is_seen(at in 0usize..3_917, bit in 0u8..8) {
        let mut index = GOLDEN_INDEX.to_vec();
        index[at] ^= 1 << bit;
        if let Ok(bundle) = TensorBundle::open(&index) {
            prop_assert_eq!(bundle, TensorBundle::open(GOLDEN_INDEX).unwrap());
        }
    }

    #[test]
    fn a_cut_of_a_real_index_is_refused(kept in 0usize..3_917) {
        prop_assert!(TensorBundle::open(&GOLDEN_INDEX[..kept]).is_err());
    }

    #[test]
    fn hostile_entries_never_reach_beyond_the_data(entry in vec(any::<u8>(), 0..40), data in vec(any::<u8>(), 0..64)) {
        // Under right checksums, so that the bytes are believed as far as they go.
        if let Ok(bundle) = TensorBundle::open(&index_of(HEADER, b"x", &entry)) {
            if let Ok(values) = bundle.read_f32("x", &data) {
                prop_assert!(4 * values.len() <= data.len());
            }
            prop_assert!(bundle.entry("x").unwrap().shape.len() <= entry.len());
        }
    }

    #[test]
    fn any_flipped_bit_of_data_is_seen(values in vec(any::<f32>(), 1..50), place in 0.0f64..1.0, bit in 0u8..8) {
        let (index, mut data) =
            write_bundle(&[NewTensor { name: "x", shape: &[values.len()], values: &values }]).unwrap();
        let at = (data.len() as f64 * place) as usize;
        data[at] ^= 1 << bit;
        let seen = TensorBundle::open(&index).unwrap().read_f32("x", &data);
        let is_seen = matches!(seen, Err(CheckpointError::TensorChecksum { .. }));
        prop_assert!(is_seen);
    }
}
