//! The library with some of its features only: each choice must build by itself.

use anyhow::Result;

use crate::{run, workspace::Workspace};

/// Choices that somebody may make; the rest is between them. `formats` brings cutouts and serde, `tables` all formats.
const CHOICES: [&[&str]; 5] = [
    &["--no-default-features"],
    &["--no-default-features", "--features", "parallel"],
    &["--no-default-features", "--features", "figures"],
    &["--no-default-features", "--features", "formats"],
    &["--all-features"],
];

/// Checks every one of these builds. A warning is an error.
pub fn check(workspace: &Workspace) -> Result<()> {
    CHOICES.iter().try_for_each(|choice| {
        let mut command = workspace.cargo();
        command
            .args(["clippy", "--package", "galaxy-grove"])
            .args(*choice);
        run::run(command.args(["--", "-D", "warnings"]))
    })
}
