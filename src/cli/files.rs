//! Writing results: nothing is overwritten unasked, and nobody ever sees half a file.

use anyhow::bail;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Refuses to go on when one of the outputs exists, unless `force` is given.
///
/// # Errors
/// Names the first file that exists, and both remedies.
pub fn refuse_overwrite<'a>(
    outputs: impl IntoIterator<Item = &'a PathBuf>,
    force: bool,
) -> anyhow::Result<()> {
    match outputs.into_iter().find(|path| !force && path.exists()) {
        Some(path) => bail!(
            "{} exists already: choose another name, or --force to replace it",
            path.display()
        ),
        None => Ok(()),
    }
}

/// Writes a file in one step: beside its place first, then under its name.
///
/// # Errors
/// With the file's name and what to do.
pub fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|error| {
            // Nothing to be done where even this fails; the first error is the one to tell.
            let _ = fs::remove_file(&beside);
            let remedy = match error.kind() {
                ErrorKind::NotFound => "check that the folder exists, or make its folder first",
                ErrorKind::PermissionDenied => "choose a folder that you may write to",
                ErrorKind::StorageFull => "the disk is full, make room",
                _ => "choose another place",
            };
            anyhow::Error::new(error).context(format!("cannot write {}: {remedy}", path.display()))
        })
}
