//! Build script of the programs: which version, commit and state of the sources they are built from.
//!
//! Sets `GROVE_VERSION` for `env!`, such as `0.2.0 (commit 2d80dc9a1b2c)` or `0.2.0 (commit 2d80dc9a1b2c, modified)`.
//! `GROVE_COMMIT` in the environment names the commit where there is no git, as in an unpacked archive.

use std::path::Path;
use std::process::Command;

// The list of what must not be called in the browser holds for the page, not for its build script, which runs here.
#[allow(clippy::disallowed_methods)]
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root)
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[allow(clippy::disallowed_methods)]
fn main() {
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    // Both programs are two folders below the root.
    let root = Path::new("../..");
    let commit = git(root, &["rev-parse", "--short=12", "HEAD"]);
    let state = match (std::env::var("GROVE_COMMIT"), commit) {
        (Ok(commit), _) => format!("commit {commit}"),
        (_, Some(commit)) => {
            // Files that git does not track are no part of the program unless a tracked one names them.
            let changed = git(root, &["status", "--porcelain", "--untracked-files=no"]);
            let modified = changed.is_none_or(|changed| !changed.is_empty());
            format!("commit {commit}{}", if modified { ", modified" } else { "" })
        }
        _ => "commit unknown".to_owned(),
    };
    println!("cargo::rustc-env=GROVE_VERSION={version} ({state})");
    println!("cargo::rerun-if-env-changed=GROVE_COMMIT");
    // A commit appends to the log of HEAD; an edit touches one of the others.
    for path in [
        ".git/logs/HEAD",
        ".git/HEAD",
        "src",
        "www",
        "crates",
        "tools",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        if root.join(path).exists() {
            println!("cargo::rerun-if-changed={}", root.join(path).display());
        }
    }
}
