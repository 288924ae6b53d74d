//! Vectors of any model, in the files that other programs write; the trees are SciPy's.

use grove_test_support::{failed, fixture_path, grove, printed, stated, succeeded, text};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;

fn path(name: &str) -> PathBuf {
    fixture_path(&format!("vectors/{name}"))
}

fn known() -> Value {
    serde_json::from_slice(&std::fs::read(path("known.json")).unwrap()).unwrap()
}

fn tree(name: &str, folder: &Path, more: &[&str]) -> Output {
    let (input, output) = (path(name), folder.join("z.csv"));
    let arguments = ["tree", text(&input), "--linkage", text(&output), "--force"];
    grove(&[&arguments[..], more].concat())
}

/// Who is merged at which height.
fn merges(folder: &Path) -> Vec<[f64; 4]> {
    let csv = std::fs::read_to_string(folder.join("z.csv")).unwrap();
    let rows = csv
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    rows.map(|line| {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        cells.try_into().unwrap()
    })
    .collect()
}

fn assert_scipys(folder: &Path, z: &Value) {
    let expected = z.as_array().unwrap();
    let found = merges(folder);
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let expected: Vec<f64> = expected
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_f64().unwrap())
            .collect();
        assert_eq!(
            (found[0], found[1], found[3]),
            (expected[0], expected[1], expected[3])
        );
        assert!((found[2] - expected[2]).abs() < 1e-9, "{found:?} {expected:?}");
    }
}

#[test]
fn every_kind_of_file_gives_scipys_tree() {
    let folder = tempfile::tempdir().unwrap();
    let known = known();
    for name in ["lists.parquet", "fixed.parquet", "columns.parquet", "array.npy"] {
        let run = tree(name, folder.path(), &[]);
        succeeded(&run);
        assert!(
            stated(&run).contains("20 vectors of 6 numbers"),
            "{name}: {}",
            stated(&run)
        );
        assert_scipys(folder.path(), &known["z"]);
    }
    succeeded(&tree("lists.parquet", folder.path(), &["--unit-length"]));
    assert_scipys(folder.path(), &known["unit_z"]);
    succeeded(&tree("several.parquet", folder.path(), &["--column", "b"]));
    assert_scipys(folder.path(), &known["z"]);
}

#[test]
fn groups_and_maps_carry_the_ids() {
    let folder = tempfile::tempdir().unwrap();
    let into = |name: &str| folder.path().join(name);
    let (groups, map) = (into("groups.csv"), into("map.csv"));
    let input = path("lists.parquet");
    let run = grove(&["groups", text(&input), "-k", "4", "--assignments", text(&groups)]);
    succeeded(&run);
    let table = std::fs::read_to_string(&groups).unwrap();
    let ids: Vec<i64> = known()["ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_i64().unwrap())
        .collect();
    let labels: Vec<(i64, usize)> = table
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(id, group)| (id.parse().unwrap(), group.parse().unwrap()))
        .collect();
    assert!(labels.iter().map(|(id, _)| *id).eq(ids.iter().copied()));
    // Every fourth galaxy comes from the same cloud.
    for (row, (_, group)) in labels.iter().enumerate() {
        assert_eq!(*group, labels[row % 4].1, "{labels:?}");
    }

    succeeded(&grove(&["map", text(&input), "-o", text(&map)]));
    let table = std::fs::read_to_string(&map).unwrap();
    assert!(table.starts_with(&format!("id,x,y\r\n{},", ids[0])), "{table}");
    assert_eq!(table.lines().count(), 21);
}

#[test]
fn ids_come_from_beside_an_array_or_are_rows() {
    let folder = tempfile::tempdir().unwrap();
    let array = folder.path().join("a.npy");
    std::fs::copy(path("array.npy"), &array).unwrap();
    let out = folder.path().join("groups.csv");
    let run = || {
        grove(&[
            "groups",
            text(&array),
            "-k",
            "2",
            "--assignments",
            text(&out),
            "--force",
        ])
    };
    let first = run();
    assert!(
        stated(&first).contains("ids are the rows, from 1"),
        "{}",
        stated(&first)
    );
    assert!(std::fs::read_to_string(&out).unwrap().contains("\r\n20,"));
    let mut ids = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    let head = "{'descr': '<i8', 'fortran_order': False, 'shape': (20,), }";
    ids.extend(format!("{head:<117}\n").bytes());
    ids.extend((100..120_i64).flat_map(i64::to_le_bytes));
    std::fs::write(folder.path().join("a.ids.npy"), ids).unwrap();
    succeeded(&run());
    assert!(std::fs::read_to_string(&out).unwrap().contains("\r\n119,"));
}

#[test]
fn what_makes_no_tree_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, more: &[&str], words: &[&str]| failed(&tree(name, folder.path(), more), words);
    refused("several.parquet", &[], &["a, b", "--column"]);
    refused("several.parquet", &["--column", "c"], &["no column `c`", "a, b"]);
    refused("ragged.parquet", &[], &["another length", "`a`"]);
    refused("nulls.parquet", &[], &["row 2", "null"]);
    refused("words.parquet", &[], &["words.parquet"]);
    refused(
        "lists.parquet",
        &["--id-column", "name"],
        &["`name`", "whole numbers"],
    );
    refused(
        "lists.parquet",
        &["--method", "average"],
        &["--method is for codes"],
    );
    refused(
        "lists.parquet",
        &["--rows", "5"],
        &["--rows and --precision are for codes"],
    );
    refused(
        "lists.parquet",
        &["--precision", "single"],
        &["--rows and --precision are for codes"],
    );
    refused("lists.parquet", &["--reference"], &["--reference is for codes"]);
    // Codes with a column beside them: what was refused before there were vectors.
    refused("codes.parquet", &[], &["`ra`", "whole numbers"]);
    let input = path("lists.parquet");
    failed(
        &grove(&["groups", text(&input), "-k", "2", "--stability", "3"]),
        &["--stability is for codes"],
    );
    let output = folder.path().join("m.csv");
    failed(
        &grove(&["map", text(&input), "-o", text(&output), "--figure", "m.png"]),
        &["holds no pictures"],
    );
    assert!(printed(&tree("several.parquet", folder.path(), &[])).is_empty());
}
