//! Writing figures: the name's end gives the format.

use super::files::{end, write_file};
use anyhow::{Context as _, bail};
use galaxy_grove::figure::Figure;
use std::path::PathBuf;

/// Refuses names that end in neither .svg nor .png, before any work is done.
///
/// # Errors
/// Names the first such file, and the remedy.
pub fn check_names(paths: &[PathBuf]) -> anyhow::Result<()> {
    match paths
        .iter()
        .find(|path| !matches!(end(path).as_deref(), Some("svg" | "png")))
    {
        Some(path) => bail!(
            "{} is no figure's name: let it end in .svg or .png",
            path.display()
        ),
        None => Ok(()),
    }
}

/// Writes a figure to each of some files.
///
/// # Errors
/// With the file's name and the remedy.
pub fn write(figure: &Figure, paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths {
        let bytes = match end(path).as_deref() {
            Some("png") => figure
                .png(1.0)
                .with_context(|| format!("cannot draw {}; an .svg has no limits of size", path.display()))?,
            _ => figure.svg_by(&crate::version::made_by("grove")).into_bytes(),
        };
        write_file(path, &bytes)?;
    }
    Ok(())
}
