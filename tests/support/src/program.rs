//! The real binary, and what it said.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::process::Output;

/// The real binary, in the folder that cargo builds into. Tests outside the command line's own package must see to it
/// that it is built.
pub fn grove_program() -> PathBuf {
    assert_cmd::cargo::cargo_bin("grove")
}

/// Runs the real binary.
pub fn grove(arguments: &[&str]) -> Output {
    grove_in(Path::new("."), arguments)
}

/// Runs the real binary in a folder.
pub fn grove_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("grove")
        .unwrap()
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// What a run said on standard error.
pub fn stated(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// What a run printed on standard output.
pub fn printed(run: &Output) -> String {
    String::from_utf8_lossy(&run.stdout).into_owned()
}

/// A run that did what it should.
#[track_caller]
pub fn succeeded(run: &Output) {
    assert!(run.status.success(), "{}", stated(run));
}

/// A run that refused, with these words, and without a panic.
#[track_caller]
pub fn failed(run: &Output, words: &[&str]) {
    let stated = stated(run);
    assert!(!run.status.success() && !stated.contains("panicked"), "{stated}");
    for word in words {
        assert!(stated.contains(word), "`{word}` is not in: {stated}");
    }
}
