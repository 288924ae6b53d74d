//! Where things lie.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run;

/// The directories that the tasks work with, all absolute.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The workspace root: `Cargo.toml`, `index.html`, `www/`.
    pub root: PathBuf,
    /// Cargo's target directory, wherever `CARGO_TARGET_DIR` or cargo's configuration puts it.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo for the workspace that this program belongs to.
    pub fn find() -> Result<Self> {
        // Cargo sets the variable when it runs us; the compiled-in path serves a direct call of the binary.
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .context("xtask/ must lie in the workspace root")?
            .to_path_buf();
        let mut command = Command::new(run::cargo_program());
        command
            .current_dir(&root)
            .args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Value = serde_json::from_slice(&run::output(&mut command)?)
            .context("cargo metadata printed something that is not JSON")?;
        let target = metadata["target_directory"]
            .as_str()
            .context("cargo metadata names no target directory")?;
        Ok(Self {
            target: PathBuf::from(target),
            root,
        })
    }

    /// Built wasm and its JavaScript; ignored by git.
    pub fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// The finished page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// A cargo command that runs in the root and builds into the workspace's target directory.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(run::cargo_program());
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// A cargo command for the browser.
    ///
    /// A `RUSTFLAGS` in the environment would replace the flags of `.cargo/config.toml`, and the engines would
    /// silently lose SIMD, so it is kept out.
    pub fn cargo_wasm(&self) -> Command {
        let mut command = self.cargo();
        command
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    }
}
