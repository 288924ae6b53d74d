//! The tree against SciPy's, bit for bit, and the table of codes against astropy's.
//!
//! `tests/fixtures/grouping/` (made by `make_grouping.py`) ships; the full golden files are compared where
//! `../shared` is present.

use galaxy_grove::export::{FeatureFormat, features_fits, read_features};
use galaxy_grove::grouping::{
    Engine, Linkage, Method, Precision, RowOrder, Tree, TreeOrder, cut_at_height, fcluster_labels, linkage,
};
use grove_test_support::{Npz, fixture_path, shared};
use std::collections::BTreeMap;
use std::path::Path;

/// An npz file's arrays of numbers, as doubles (all its integers are far below 2^53), with their shapes.
fn read_npz(path: &Path) -> BTreeMap<String, (Vec<usize>, Vec<f64>)> {
    let mut npz = Npz::open(path);
    let mut out = BTreeMap::new();
    for name in npz.names() {
        let array = npz.array(&name);
        let shape: Vec<usize> = array.shape().iter().map(|&side| side as usize).collect();
        let npyz::DType::Plain(kind) = array.dtype() else {
            continue;
        };
        let values: Vec<f64> = match (kind.type_char(), kind.num_bytes()) {
            (npyz::TypeChar::Float, Some(8)) => array.into_vec::<f64>().unwrap(),
            (npyz::TypeChar::Int, Some(8)) => array
                .into_vec::<i64>()
                .unwrap()
                .into_iter()
                .map(|v| v as f64)
                .collect(),
            (npyz::TypeChar::Int, Some(4)) => array
                .into_vec::<i32>()
                .unwrap()
                .into_iter()
                .map(f64::from)
                .collect(),
            (npyz::TypeChar::Uint, Some(1)) => array
                .into_vec::<u8>()
                .unwrap()
                .into_iter()
                .map(f64::from)
                .collect(),
            _ => continue,
        };
        out.insert(name, (shape, values));
    }
    out
}

fn fixture() -> BTreeMap<String, (Vec<usize>, Vec<f64>)> {
    read_npz(&fixture_path("grouping/scipy.npz"))
}

fn bytes(values: &[f64]) -> Vec<u8> {
    values.iter().map(|&value| value as u8).collect()
}

fn integers(values: &[f64]) -> Vec<usize> {
    values.iter().map(|&value| value as usize).collect()
}

/// All four columns of Z, the heights to the last bit.
fn assert_same_linkage(tree: &Tree, z: &[f64], name: &str) {
    assert_eq!(tree.merges().len() * 4, z.len(), "{name}");
    for (rank, (merge, row)) in tree.merges().iter().zip(z.chunks_exact(4)).enumerate() {
        let ours = [merge.a as f64, merge.b as f64, merge.height, merge.size as f64];
        assert_eq!(
            ours.map(f64::to_bits),
            [row[0], row[1], row[2], row[3]].map(f64::to_bits),
            "{name}, row {rank}"
        );
    }
}

fn with(linkage: Linkage) -> Method {
    Method {
        linkage,
        precision: Precision::Double,
        engine: Engine::Chain,
        rows: RowOrder::AsGiven,
    }
}

#[test]
fn the_shipped_sets_give_scipys_trees_and_labels() {
    let arrays = fixture();
    for set in ["part", "ties", "few", "odd"] {
        let (shape, codes) = &arrays[&format!("{set}_codes")];
        let codes = bytes(codes);
        let tree = linkage(&codes, shape[1], with(Linkage::Reference), None).unwrap();
        assert_eq!(tree.leaves(), shape[0]);
        assert_same_linkage(&tree, &arrays[&format!("{set}_Z")].1, set);
        let rooted = linkage(&codes, shape[1], with(Linkage::WardEuclidean), None).unwrap();
        assert_same_linkage(&rooted, &arrays[&format!("{set}_sqrt_Z")].1, set);
        let order = TreeOrder::new(&tree);
        assert_eq!(order.leaves(), integers(&arrays[&format!("{set}_leaves")].1));
        for k in [2, 5, 10, 27] {
            let threshold = arrays[&format!("{set}_threshold_{k}")].1[0];
            let labels = integers(&arrays[&format!("{set}_labels_{k}")].1);
            assert_eq!(fcluster_labels(&tree, threshold), labels, "{set}, {k}");
            assert_eq!(
                cut_at_height(&tree, &order, threshold).len(),
                *labels.iter().max().unwrap()
            );
        }
    }
}

#[test]
fn kodama_gives_a_sound_tree_that_joins_equal_galaxies_first() {
    // Among ties it goes its own way, so the heights near the top may differ from SciPy's.
    let arrays = fixture();
    for set in ["part", "ties", "few", "odd"] {
        let (shape, codes) = &arrays[&format!("{set}_codes")];
        let z = &arrays[&format!("{set}_Z")].1;
        let method = Method {
            engine: Engine::Kodama,
            ..with(Linkage::Reference)
        };
        let tree = linkage(&bytes(codes), shape[1], method, None).unwrap();
        let zeros = z.chunks_exact(4).filter(|row| row[2] == 0.0).count();
        assert_eq!(
            tree.merges().iter().filter(|merge| merge.height == 0.0).count(),
            zeros,
            "{set}"
        );
    }
}

#[test]
fn the_golden_tree_in_both_row_orders_and_with_ties() {
    let Some(path) = shared("reference/golden/golden_hc.npz") else {
        return;
    };
    let arrays = read_npz(&path);
    for (features, prefix) in [
        ("features", ""),
        ("features_file_order", "fileorder_"),
        ("ties_features", "ties_"),
    ] {
        let (shape, codes) = &arrays[features];
        let tree = linkage(&bytes(codes), shape[1], with(Linkage::Reference), None).unwrap();
        assert_same_linkage(&tree, &arrays[&format!("{prefix}Z")].1, features);
        let order = TreeOrder::new(&tree);
        assert_eq!(
            order.leaves(),
            integers(&arrays[&format!("{prefix}leaves_list")].1)
        );
        for k in [2, 5, 10, 27] {
            let (Some((_, threshold)), Some((_, labels))) = (
                arrays.get(&format!("{prefix}thr_{k}")),
                arrays.get(&format!("{prefix}labels_{k}")),
            ) else {
                continue;
            };
            assert_eq!(
                fcluster_labels(&tree, threshold[0]),
                integers(labels),
                "{features}, {k}"
            );
        }
    }
}

/// Ids and codes of the tables that `make_grouping.py` writes.
fn table(width: usize) -> (Vec<i64>, Vec<u8>) {
    let codes = (0..3).flat_map(|galaxy| (0..width).map(move |place| ((7 * galaxy + place) % 16) as u8));
    (vec![i64::MAX, 1, -5], codes.collect())
}

#[test]
fn the_shipped_tables_are_read_and_written_as_astropy_does() {
    let folder = fixture_path("grouping");
    let (ids, codes) = table(64);
    let bytes = std::fs::read(folder.join("reference.fits")).unwrap();
    assert!(
        features_fits(&ids, &codes, FeatureFormat::Reference).unwrap() == bytes,
        "other bytes than astropy's"
    );
    let (ids, codes) = table(6);
    let mixed = read_features(&std::fs::read(folder.join("mixed.fits")).unwrap()).unwrap();
    assert_eq!((mixed.ids, mixed.codes, mixed.width), (ids, codes, 6));
}

#[test]
fn the_golden_features_are_read_and_reproduced_byte_for_byte() {
    let Some(path) = shared("reference/golden/features.fits") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let features = read_features(&bytes).unwrap();
    assert_eq!((features.ids.len(), features.width), (1000, 64));
    if let Some(path) = shared("reference/golden/golden_hc.npz") {
        assert_eq!(
            features.codes,
            self::bytes(&read_npz(&path)["features_file_order"].1)
        );
    }
    let written = features_fits(&features.ids, &features.codes, FeatureFormat::Reference).unwrap();
    assert!(written == bytes, "other bytes than the reference's");
    let compact = features_fits(&features.ids, &features.codes, FeatureFormat::Compact).unwrap();
    assert_eq!(read_features(&compact).unwrap(), features);
}
