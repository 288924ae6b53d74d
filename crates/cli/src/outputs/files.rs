//! Writing results: nothing is overwritten unasked, and nobody ever sees half a file.

use super::partial::Partial;
use anyhow::bail;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The exit code when something was written, but something of the input was refused or left out.
pub const SOME_REFUSED: u8 = 3;

/// The end of a file's name that tells its format, in small letters.
pub fn end(path: &Path) -> Option<String> {
    path.extension().map(|end| end.to_string_lossy().to_lowercase())
}

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
    let (partial, mut file) = Partial::create(path)?;
    if let Err(error) = file.write_all(bytes) {
        return Err(partial.failed(error));
    }
    drop(file);
    partial.finish()
}
