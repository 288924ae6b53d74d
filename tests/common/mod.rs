//! What several tests need: fixtures, and the reference's files where they are at hand.

#![allow(dead_code, reason = "each test uses a part")]

use std::path::{Path, PathBuf};

/// A committed file below `tests/fixtures`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder of the reference's files. They are not part of the repository: without them the test says so and passes.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GROVE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} is not here; set GROVE_SHARED to the folder of reference files",
        path.display()
    );
    None
}

/// One array of an NPZ file, flattened in C order.
pub fn read_npz<T: npyz::Deserialize>(path: &Path, name: &str) -> Vec<T> {
    let mut npz = npyz::npz::NpzArchive::open(path).unwrap();
    let array = npz
        .by_name(name)
        .unwrap()
        .unwrap_or_else(|| panic!("{} has no {name}", path.display()));
    array.into_vec().unwrap()
}
