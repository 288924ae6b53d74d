//! `grove compare`, run as a user runs it.

use grove_test_support::{failed, grove, printed, text};
use std::path::{Path, PathBuf};

fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn the_index_and_the_shared_galaxies_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    // sklearn.metrics.adjusted_rand_score([0, 0, 1, 1], [0, 0, 1, 2]) is 0.5714.
    let a = file(folder.path(), "a.csv", "id,group\n1,1\n02,1\n3,2\n4,2\n5,2\n");
    let b = file(
        folder.path(),
        "b.csv",
        "OBJID,type\n4,ring\n1,disc\n2,disc\n3,round\n6,round\n7,\n",
    );
    let out = printed(&grove(&["compare", text(&a), text(&b), "--column-b", "type"]));
    for part in [
        "4 galaxies in both; adjusted Rand index 0.5714",
        "1 galaxy only in",
        "1 galaxy without an id or a group in",
        "A \\ B\tdisc\tring\tround",
        "1\t2\t0\t0",
        "2\t0\t1\t1",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn the_same_groups_under_other_names_have_the_index_1() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.csv", "id,group\n1,1\n2,1\n3,2\n");
    let b = file(folder.path(), "b.csv", "id,group\n3,1\n1,7\n2,7\n");
    let out = printed(&grove(&["compare", text(&a), text(&b)]));
    assert!(out.contains("index 1.0000"), "{out}");
}

#[test]
fn rows_that_repeat_an_id_and_remarks_of_the_table_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.csv", "id,group\n1,1\n2,1\n2,1\n");
    let b = file(folder.path(), "b.csv", "id,group\n1,1\n2,2,extra\n");
    let out = printed(&grove(&["compare", text(&a), text(&b)]));
    assert!(out.contains("1 row of") && out.contains("taken once"), "{out}");
    assert!(out.contains("b.csv: 1 rows have too many cells"), "{out}");
}

#[test]
fn what_cannot_be_compared_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let a = file(folder.path(), "a.csv", "id,group\n1,1\n2,1\n");
    let other = file(folder.path(), "b.csv", "id,group\n11,1\n12,1\n");
    let none = file(folder.path(), "c.csv", "id,class\n1,1\n2,1\n");
    let twice = file(folder.path(), "d.csv", "id,group\n1,1\n1,2\n");
    let zeros = file(folder.path(), "e.csv", "id,group\n1,1\n01,1\n");
    for (b, part) in [
        (&other, "--id"),
        (&none, "its columns are id, class"),
        (&twice, "keep one row for each galaxy"),
        (&zeros, "are the same number"),
    ] {
        failed(&grove(&["compare", text(&a), text(b)]), &[part]);
    }
}
