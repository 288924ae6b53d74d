//! The Python package as its users have it: pytest in an environment of its own, which is made beside the build and kept.
//!
//! Needs `python3` (3.10 or later) and, the first time, the network. `cargo xtask wheel` builds the wheel itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// The folder that cargo builds into.
fn target() -> PathBuf {
    // Tests run from `target/PROFILE/deps/`.
    let program = std::env::current_exe().unwrap();
    program.parent().and_then(Path::parent).unwrap().to_owned()
}

/// The compiled part, as cargo left it.
fn compiled() -> PathBuf {
    let name = format!(
        "{}_grove{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    let made = [target().join("deps").join(&name), target().join(&name)];
    let newest = made
        .iter()
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .max();
    newest.expect("cargo built the compiled part").1.clone()
}

fn run(command: &mut Command) -> String {
    let done = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = [done.stdout, done.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    assert!(done.status.success(), "{command:?} failed:\n{text}");
    text
}

/// An environment with what the tests need, made again when that changes.
fn python() -> PathBuf {
    let folder = target().join("python-tests");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let note = folder.join("installed.txt");
    if std::fs::read_to_string(&note).is_ok_and(|there| there == REQUIREMENTS) {
        return python;
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder));
    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/requirements.txt");
    let mut pip = Command::new(&python);
    run(pip
        .args(["-m", "pip", "install", "--quiet", "--requirement"])
        .arg(requirements));
    std::fs::write(note, REQUIREMENTS).unwrap();
    python
}

#[test]
fn pytest_passes() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let staged = tempfile::tempdir().unwrap();
    let package = staged.path().join("galaxy_grove");
    std::fs::create_dir(&package).unwrap();
    for file in std::fs::read_dir(here.join("python/galaxy_grove")).unwrap() {
        let file = file.unwrap();
        if file.path().is_file() {
            std::fs::copy(file.path(), package.join(file.file_name())).unwrap();
        }
    }
    let end = if cfg!(windows) { "pyd" } else { "abi3.so" };
    std::fs::copy(compiled(), package.join(format!("_grove.{end}"))).unwrap();
    let python = python();
    let mut tests = Command::new(&python);
    tests
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(here.join("tests"))
        .env(
            "PYTHONPATH",
            std::env::join_paths([staged.path(), &here.join("examples")]).unwrap(),
        )
        .env("PYSPARK_PYTHON", &python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("GROVE_ROOT", grove_test_support::root())
        .env("GROVE", grove_test_support::grove_program());
    let shown = run(&mut tests);
    println!("{shown}");
    // Only Spark may be missing, where there is no Java.
    let skipped = shown.contains("skipped") && !shown.contains("1 skipped");
    assert!(shown.contains(" passed") && !skipped, "{shown}");
}
