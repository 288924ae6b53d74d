//! Files of codes.

use anyhow::{Context as _, bail};
use galaxy_grove::export::{Features, read_features, read_ids_npy};
use std::path::{Path, PathBuf};

/// Where the ids of an NPY file stand: `features.npy` has `features.ids.npy` beside it.
pub fn ids_beside(codes: &Path) -> PathBuf {
    codes.with_extension("ids.npy")
}

/// Reads a file of codes for a tree: at least two galaxies, each id once.
///
/// # Errors
/// With the file's name and the remedy.
pub fn read(path: &Path) -> anyhow::Result<Features> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let mut features = read_features(&bytes).with_context(|| format!("{name}"))?;
    let ids = ids_beside(path);
    if bytes.starts_with(b"\x93NUMPY") && ids != path && ids.exists() {
        let bytes = std::fs::read(&ids).with_context(|| format!("cannot read {}", ids.display()))?;
        let found = read_ids_npy(&bytes).with_context(|| format!("{}", ids.display()))?;
        if found.len() != features.ids.len() {
            bail!(
                "{} has {} ids for the {} galaxies of {name}; give the files of one and the same run",
                ids.display(),
                found.len(),
                features.ids.len()
            );
        }
        features.ids = found;
    }
    if features.ids.len() < 2 {
        bail!(
            "{name} holds {}; a tree needs at least two",
            match features.ids.len() {
                0 => "no galaxies",
                _ => "one galaxy",
            }
        );
    }
    if let Some(id) = features.duplicate() {
        bail!(
            "{name}: the id {id} appears twice, so results cannot be joined by id; give every galaxy an id of its own"
        );
    }
    Ok(features)
}
