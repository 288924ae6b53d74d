//! Tables out of files and texts.

use std::{env, fs, path::PathBuf};

use crate::catalogue::{Join, Known, Table, read};
use crate::intake::Answers;
use crate::limits::Limits;

/// A committed file of `tests/fixtures/formats`. Where that is is asked when the test runs: clones may share a target folder.
pub(super) fn fixture(name: &str) -> Vec<u8> {
    let root = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let path = root.join("tests/fixtures/formats").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(super) fn table(text: &str) -> Table {
    read("t.csv", text.as_bytes(), &Limits::default()).unwrap()
}

/// What is known of galaxies, by their own identifiers and names.
pub(super) fn known(galaxies: &[(i64, &str)]) -> Vec<Known> {
    let of = |(id, name): &(i64, &str)| Known {
        id: Some(id.to_string()),
        name: (*name).to_owned(),
        ..Known::default()
    };
    galaxies.iter().map(of).collect()
}

/// The same without identifiers of their own.
pub(super) fn named(names: &[&str]) -> Vec<Known> {
    let of = |name: &&str| Known {
        name: (*name).to_owned(),
        ..Known::default()
    };
    names.iter().map(of).collect()
}

pub(super) fn join(table: &Table, galaxies: &[(i64, &str)]) -> Join {
    crate::catalogue::join(table, &known(galaxies), &Answers::default())
}

pub(super) fn join_names(table: &Table, names: &[&str]) -> Join {
    crate::catalogue::join(table, &named(names), &Answers::default())
}
