//! Tables out of files and texts.

use std::{fs, path::Path};

use crate::catalogue::{Table, read};
use crate::limits::Limits;

pub(super) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(super) fn table(text: &str) -> Table {
    read("t.csv", text.as_bytes(), &Limits::default()).unwrap()
}
