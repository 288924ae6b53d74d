//! `grove groups`, run as a user runs it.

use galaxy_grove::bundle::Dtype;
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use galaxy_grove::export::{FeatureFormat, read_features};
use grove_test_support::{
    codes_table, failed, fixture_path, grove, read_npz, shared, succeeded, text, write_bundle,
};
use std::path::{Path, PathBuf};

/// The shipped codes of `make_grouping.py` as a table, ids 1000, 1001, ...
fn features(folder: &Path, set: &str, n: usize) -> PathBuf {
    let codes = read_npz::<u8>(&fixture_path("grouping/scipy.npz"), &format!("{set}_codes"));
    codes_table(folder, &codes, n, FeatureFormat::Compact)
}

/// A bundle of blank galaxies with these ids.
fn images(folder: &Path, ids: &[i64]) -> PathBuf {
    let pixels: Vec<f32> = (0..ids.len() * PIXELS)
        .map(|at| (at % 61) as f32 / 60.0)
        .collect();
    let set = CutoutSet::new(ids.to_vec(), Vec::new(), pixels.clone(), pixels).unwrap();
    write_bundle(folder.join("images.safetensors"), &set, Dtype::U8)
}

/// The assignments of a CSV file, by row.
fn assigned(path: &Path) -> Vec<(i64, i32)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("sdss_objid,group"));
    lines
        .map(|line| {
            let (id, group) = line.split_once(',').unwrap();
            (id.parse().unwrap(), group.parse().unwrap())
        })
        .collect()
}

#[test]
fn labels_are_scipys_and_every_table_holds_them() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), "part", 200);
    for k in ["2", "5", "10", "27"] {
        let [csv, fits, parquet] = ["g.csv", "g.fits", "g.parquet"].map(|name| folder.path().join(name));
        let run = grove(&[
            "groups",
            text(&input),
            "-k",
            k,
            "--rows",
            "given",
            "--assignments",
            text(&csv),
            "--assignments",
            text(&fits),
            "--assignments",
            text(&parquet),
            "--force",
        ]);
        succeeded(&run);
        let expected = read_npz::<i32>(&fixture_path("grouping/scipy.npz"), &format!("part_labels_{k}"));
        let (ids, groups): (Vec<i64>, Vec<i32>) = assigned(&csv).into_iter().unzip();
        assert_eq!(groups, expected, "{k}");
        assert_eq!(ids, (1000..1200).collect::<Vec<i64>>());
        for table in [&fits, &parquet] {
            let read = read_features(&std::fs::read(table).unwrap()).unwrap();
            assert_eq!(read.ids, ids);
            assert_eq!(
                read.codes.into_iter().map(i32::from).collect::<Vec<_>>(),
                expected
            );
        }
        let count = expected.iter().max().unwrap();
        let stated = String::from_utf8(run.stdout).unwrap();
        assert!(
            stated.starts_with(&format!("Number of cluster {count}\n")),
            "{stated}"
        );
        let first = expected.iter().filter(|label| **label == 1).count();
        assert!(
            stated.contains(&format!("Number of data in group 1: {first}\n")),
            "{stated}"
        );
    }
}

#[test]
fn ties_give_a_warning_and_exact_k_gives_k() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), "few", 150);
    let csv = folder.path().join("g.csv");
    // Three codes a galaxy: so many ties that most numbers of groups cannot be reached by a height.
    let base = [
        "groups",
        text(&input),
        "-k",
        "27",
        "--assignments",
        text(&csv),
        "--force",
    ];
    let run = grove(&base);
    succeeded(&run);
    let most = |path: &Path| assigned(path).into_iter().map(|row| row.1).max().unwrap();
    assert!(most(&csv) > 27);
    let stated = String::from_utf8(run.stderr).unwrap();
    assert!(
        stated.contains("27 groups were asked for") && stated.contains("--exact-k"),
        "{stated}"
    );
    let run = grove(&[&base[..], &["--exact-k"]].concat());
    succeeded(&run);
    assert_eq!(most(&csv), 27);
    assert!(!String::from_utf8(run.stderr).unwrap().contains("warning"));
}

#[test]
fn one_group_n_groups_and_a_height() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), "part", 200);
    let groups = |more: &[&str]| {
        let run = grove(&[&["groups", text(&input)], more].concat());
        succeeded(&run);
        let stated = String::from_utf8(run.stdout).unwrap();
        let first = stated.lines().next().unwrap();
        first
            .strip_prefix("Number of cluster ")
            .unwrap()
            .parse::<usize>()
            .unwrap()
    };
    assert_eq!(groups(&["-k", "1"]), 1);
    assert_eq!(groups(&["-k", "200", "--exact-k"]), 200);
    assert_eq!(groups(&["--height", "1000"]), 1);
    let k5 = read_npz::<f64>(&fixture_path("grouping/scipy.npz"), "part_threshold_5")[0];
    assert_eq!(groups(&["--height", &k5.to_string(), "--rows", "given"]), 5);
    for k in ["0", "201"] {
        failed(
            &grove(&["groups", text(&input), "-k", k]),
            &["200 galaxies make 1 to 200 groups"],
        );
    }
    failed(&grove(&["groups", text(&input), "--height", "-1"]), &[]);
    failed(&grove(&["groups", text(&input)]), &["--groups <K>"]);
    failed(
        &grove(&["groups", text(&input), "-k", "2", "--assignments", "g.txt"]),
        &["g.txt"],
    );
}

#[test]
fn sheets_are_joined_by_id_and_differing_ids_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), "part", 200);
    let sheets = folder.path().join("sheets");
    let mut ids: Vec<i64> = (1000..1200).rev().collect();
    let run = |images: &Path, more: &[&str]| {
        let base = [
            "groups",
            text(&input),
            "-k",
            "3",
            "--exact-k",
            "--sheets",
            text(&sheets),
            "--images",
            text(images),
        ];
        grove(&[&base[..], more].concat())
    };
    succeeded(&run(&images(folder.path(), &ids), &["--svg"]));
    let first = std::fs::read(sheets.join("group_1.svg")).unwrap();
    for group in 1..=3 {
        let picture = image::open(sheets.join(format!("group_{group}.png"))).unwrap();
        assert!(picture.width() > 900);
        let svg = std::fs::read_to_string(sheets.join(format!("group_{group}.svg"))).unwrap();
        let shown = svg.matches("<image").count();
        assert!((1..=25).contains(&shown));
        assert_eq!(
            (1000..1200).filter(|id| svg.contains(&format!(">{id}<"))).count(),
            shown
        );
    }
    failed(&run(&images(folder.path(), &ids), &[]), &["--force"]);
    // The same seed chooses the same galaxies, another seed others.
    succeeded(&run(&images(folder.path(), &ids), &["--svg", "--force"]));
    assert!(std::fs::read(sheets.join("group_1.svg")).unwrap() == first);
    succeeded(&run(
        &images(folder.path(), &ids),
        &["--svg", "--force", "--seed", "1"],
    ));
    assert!(std::fs::read(sheets.join("group_1.svg")).unwrap() != first);

    ids[0] = 7;
    let words = [
        "1 galaxies have codes but no image",
        "1 have an image but no codes",
    ];
    failed(&run(&images(folder.path(), &ids), &["--force"]), &words);
    failed(
        &grove(&["groups", text(&input), "-k", "3", "--sheets", text(&sheets)]),
        &["--images"],
    );
}

#[test]
fn stability_is_reported_for_each_group() {
    let folder = tempfile::tempdir().unwrap();
    let input = features(folder.path(), "part", 200);
    let mean = |method: &str| {
        let run = grove(&[
            "groups",
            text(&input),
            "-k",
            "4",
            "--exact-k",
            "--stability",
            "6",
            "--method",
            method,
        ]);
        succeeded(&run);
        let stated = String::from_utf8(run.stdout).unwrap();
        assert_eq!(
            stated.matches("% of its pairs of members stay together").count(),
            4,
            "{stated}"
        );
        let at = stated.find("mean adjusted Rand index ").unwrap() + "mean adjusted Rand index ".len();
        stated[at..at + 5].parse::<f64>().unwrap()
    };
    let (reference, euclidean) = (mean("reference"), mean("ward-euclidean"));
    assert!((-0.1..1.0).contains(&reference), "{reference}");
    assert!((-0.1..=1.0).contains(&euclidean), "{euclidean}");
}

#[test]
fn the_golden_labels() {
    let Some(golden) = shared("reference/golden") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("g.csv");
    let arrays = golden.join("golden_hc.npz");
    let order = read_npz::<i64>(&arrays, "perm");
    for k in ["2", "5", "10", "27"] {
        let run = grove(&[
            "groups",
            text(&golden.join("features.fits")),
            "-k",
            k,
            "--assignments",
            text(&csv),
            "--force",
        ]);
        succeeded(&run);
        let ours: Vec<i32> = assigned(&csv).into_iter().map(|row| row.1).collect();
        let shuffled: Vec<i32> = order.iter().map(|&row| ours[row as usize]).collect();
        assert_eq!(shuffled, read_npz::<i32>(&arrays, &format!("labels_{k}")), "{k}");
    }
}
