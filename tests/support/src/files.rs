//! Where files are: the fixtures of the repository, and the reference's files beside it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the workspace.
///
/// Asked when the tests run: a target folder may be shared by several clones, and then a test that another clone has
/// compiled is run, with that clone's path in it.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let is_root = |folder: &&Path| folder.join("tests/fixtures").is_dir();
        let root = package.ancestors().find(is_root);
        root.map(Path::to_path_buf).unwrap_or(package)
    })
}

/// A committed file or folder below `tests/fixtures`.
pub fn fixture_path(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// A committed file below `tests/fixtures`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = fixture_path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A folder of the reference's files. They are not part of the repository: without them the test says so and passes.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GROVE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!(
        "{} is not here; set GROVE_SHARED to the folder of reference files",
        path.display()
    ));
    None
}

/// Reports that a test cannot do its work, and why. Where `GROVE_REQUIRE_SHARED=1` is set, that is a failure.
pub fn skipped(why: &str) {
    let required = std::env::var("GROVE_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(!required, "GROVE_REQUIRE_SHARED is set, and {why}");
    eprintln!("SKIPPED: {why}");
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
