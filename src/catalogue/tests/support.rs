//! Tables out of files and texts.

use std::{env, fs, path::PathBuf};

use crate::catalogue::{Table, read};
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
