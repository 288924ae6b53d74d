//! `grove tree`, run as a user runs it.

use galaxy_grove::export::{FeatureFormat, features_fits};
use galaxy_grove::grouping::reference_order;
use grove_test_support::{codes_table, failed, fixture_path, grove, read_npz, shared, succeeded, text};
use std::path::{Path, PathBuf};

/// Codes whose tree SciPy made, from `make_grouping.py`: 200 galaxies of 64 codes, with ties.
fn shipped(name: &str) -> Vec<f64> {
    read_npz(&fixture_path("grouping/scipy.npz"), name)
}

fn shipped_codes() -> Vec<u8> {
    read_npz::<u8>(&fixture_path("grouping/scipy.npz"), "part_codes")
}

/// A table of codes in `folder`, as the reference writes it, with ids 1000, 1001, ...
fn features(folder: &Path, codes: &[u8]) -> PathBuf {
    codes_table(folder, codes, codes.len() / 64, FeatureFormat::Reference)
}

fn linkage(path: &Path) -> Vec<f64> {
    let bytes = std::fs::read(path).unwrap();
    npyz::NpyFile::new(&bytes[..]).unwrap().into_vec().unwrap()
}

#[test]
fn the_linkage_is_scipys_in_both_row_orders() {
    let folder = tempfile::tempdir().unwrap();
    let z = folder.path().join("Z.npy");
    let input = features(folder.path(), &shipped_codes());
    succeeded(&grove(&[
        "tree",
        text(&input),
        "--linkage",
        text(&z),
        "--rows",
        "given",
    ]));
    assert_eq!(linkage(&z), shipped("part_Z"));
    let loud = folder.path().join("LOUD.NPY");
    let rows = ["--rows", "given", "--linkage", text(&loud)];
    succeeded(&grove(&[&["tree", text(&input)], &rows[..]].concat()));
    assert_eq!(linkage(&loud), linkage(&z));

    // Rows such that the seed-0 shuffle brings them into the order that SciPy saw.
    let order = reference_order(200, 0);
    let mut codes = vec![0; 200 * 64];
    for (place, row) in order.iter().enumerate() {
        codes[row * 64..][..64].copy_from_slice(&shipped_codes()[place * 64..][..64]);
    }
    let input = features(folder.path(), &codes);
    let run = grove(&[
        "tree",
        text(&input),
        "--linkage",
        text(&z),
        "--reference",
        "--force",
    ]);
    succeeded(&run);
    assert_eq!(linkage(&z), shipped("part_Z"));
    // Without --reference the same tree refers to the rows of the file.
    succeeded(&grove(&["tree", text(&input), "--linkage", text(&z), "--force"]));
    let ours = linkage(&z);
    for (ours, theirs) in ours.chunks(4).zip(shipped("part_Z").chunks(4)) {
        for side in 0..2 {
            let node = theirs[side] as usize;
            let named = order.get(node).copied().unwrap_or(node);
            assert_eq!(ours[side] as usize, named);
        }
        assert_eq!(ours[2..], theirs[2..]);
    }
}

#[test]
fn every_output_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), &shipped_codes());
    let at = |name: &str| folder.path().join(name);
    let names = ["Z.csv", "tree.nwk", "tree.svg", "tree.png", "merges.txt"].map(at);
    let [csv, newick, svg, png, merges] = &names;
    let run = grove(&[
        "tree",
        text(&input),
        "--linkage",
        text(csv),
        "--newick",
        text(newick),
        "--figure",
        text(svg),
        "--figure",
        text(png),
        "--merges",
        text(merges),
        "--annotate-above",
        "1.5",
    ]);
    succeeded(&run);
    assert_eq!(std::fs::read_to_string(csv).unwrap().lines().count(), 200);
    let tree = std::fs::read_to_string(newick).unwrap();
    assert!((1000..1200).all(|id| tree.contains(&format!("{id}:"))), "{tree}");
    let heights: Vec<f64> = std::fs::read_to_string(merges)
        .unwrap()
        .lines()
        .map(|line| line.parse().unwrap())
        .collect();
    assert!(heights.len() == 199 && heights.is_sorted());
    let drawing = std::fs::read_to_string(svg).unwrap();
    let above = heights.iter().filter(|height| **height > 1.5).count();
    assert_eq!(drawing.matches("<circle").count(), above);
    let picture = image::open(png).unwrap().to_luma8();
    assert_eq!((picture.width(), picture.height()), (3000, 1000));
    assert!(picture.pixels().filter(|pixel| pixel.0[0] < 200).count() > 20_000);

    let again = grove(&["tree", text(&input), "--merges", text(merges)]);
    failed(&again, &["merges.txt", "--force"]);
}

#[test]
fn bad_input_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let merges = at("m.txt");
    let refused = |bytes: &[u8], words: &[&str]| {
        let path = at("bad.fits");
        std::fs::write(&path, bytes).unwrap();
        failed(&grove(&["tree", text(&path), "--merges", text(&merges)]), words);
        assert!(!merges.exists());
    };
    let table = |ids: &[i64]| features_fits(ids, &vec![1; ids.len() * 64], FeatureFormat::Reference).unwrap();
    refused(b"nothing", &["bad.fits", "neither FITS nor"]);
    refused(&table(&[]), &["bad.fits", "no galaxies"]);
    refused(&table(&[5]), &["one galaxy"]);
    refused(&table(&[5, 6, 5]), &["the id 5 appears twice"]);
    let mut float = table(&[5, 6]);
    let form = float
        .windows(12)
        .position(|part| part == b"TFORM2  = 'K")
        .unwrap();
    float[form + 11] = b'D';
    refused(&float, &["f0", "whole numbers"]);
    let missing = at("missing.fits");
    failed(
        &grove(&["tree", text(&missing), "--merges", text(&merges)]),
        &["missing.fits"],
    );
    let input = features(folder.path(), &shipped_codes());
    failed(&grove(&["tree", text(&input)]), &["nothing is to be written"]);
    failed(
        &grove(&["tree", text(&input), "--figure", "tree.jpg"]),
        &["tree.jpg", ".png"],
    );
    failed(
        &grove(&["tree", text(&input), "--linkage", "Z.txt"]),
        &["Z.txt", ".npy"],
    );
    failed(
        &grove(&[
            "tree",
            text(&input),
            "--merges",
            text(&merges),
            "--annotate-above",
            "nan",
        ]),
        &["--annotate-above"],
    );
}

#[test]
fn the_golden_merge_list_and_tree() {
    let Some(golden) = shared("reference/golden") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (z, merges) = (folder.path().join("Z.npy"), folder.path().join("merge_node.txt"));
    let input = golden.join("features.fits");
    let run = grove(&[
        "tree",
        text(&input),
        "--linkage",
        text(&z),
        "--merges",
        text(&merges),
        "--reference",
    ]);
    succeeded(&run);
    assert_eq!(linkage(&z), read_npz::<f64>(&golden.join("golden_hc.npz"), "Z"));
    let theirs = std::fs::read(golden.join("merge_node.txt")).unwrap();
    assert!(std::fs::read(&merges).unwrap() == theirs);
}

/// Every linkage builds a sound tree; what centroid and median had to raise is reported.
#[test]
fn other_linkages_are_a_choice() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), &shipped_codes());
    for method in ["average", "complete", "weighted", "single", "centroid", "median"] {
        let z = folder.path().join(format!("{method}.npy"));
        let run = grove(&["tree", text(&input), "--method", method, "--linkage", text(&z)]);
        succeeded(&run);
        let rows = linkage(&z);
        assert_eq!(rows.len(), 199 * 4);
        let heights: Vec<f64> = rows.chunks_exact(4).map(|row| row[2]).collect();
        assert!(heights.is_sorted(), "{method}");
        let reported = grove_test_support::stated(&run).contains("an inversion");
        assert_eq!(reported, matches!(method, "centroid" | "median"), "{method}");
        // A single link is the shortest, a complete one the longest.
        assert!(*heights.last().unwrap() > 0.0);
    }
}
