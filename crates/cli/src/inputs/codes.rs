//! Files of codes.

use anyhow::{Context as _, bail};
use galaxy_grove::export::{Features, read_features, read_ids_npy};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where the ids of an NPY file stand: `features.npy` has `features.ids.npy` beside it.
pub fn ids_beside(codes: &Path) -> PathBuf {
    codes.with_extension("ids.npy")
}

/// The codes of a file, whose bytes are at hand, for a tree: at least two galaxies, each id once.
///
/// # Errors
/// With the file's name and the remedy.
pub fn parse(path: &Path, bytes: &[u8]) -> anyhow::Result<Features> {
    let name = path.display();
    let mut features = read_features(bytes).with_context(|| format!("{name}"))?;
    let ids = ids_beside(path);
    if bytes.starts_with(b"\x93NUMPY") && ids != path && ids.exists() {
        features.ids = read_ids(&ids, features.ids.len(), path)?;
    }
    galaxies_needed(&name.to_string(), features.ids.len())?;
    each_once(&name.to_string(), &features.ids)?;
    Ok(features)
}

/// The ids beside an NPY file, as many as it has galaxies.
///
/// # Errors
/// With the file's name and the remedy.
pub fn read_ids(ids: &Path, galaxies: usize, of: &Path) -> anyhow::Result<Vec<i64>> {
    let bytes = std::fs::read(ids).with_context(|| format!("cannot read {}", ids.display()))?;
    let found = read_ids_npy(&bytes).with_context(|| format!("{}", ids.display()))?;
    if found.len() != galaxies {
        bail!(
            "{} has {} ids for the {galaxies} galaxies of {}; give the files of one and the same run",
            ids.display(),
            found.len(),
            of.display()
        );
    }
    Ok(found)
}

/// Refuses ids that appear twice.
///
/// # Errors
/// With the file's name and the remedy.
pub fn each_once(name: &str, ids: &[i64]) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    match ids.iter().find(|id| !seen.insert(**id)) {
        None => Ok(()),
        Some(id) => bail!(
            "{name}: the id {id} appears twice, so results cannot be joined by id; give every galaxy an id of its own"
        ),
    }
}

/// Refuses what is too little for a tree.
///
/// # Errors
/// With the file's name.
pub fn galaxies_needed(name: &str, galaxies: usize) -> anyhow::Result<()> {
    let found = match galaxies {
        0 => "no galaxies",
        1 => "one galaxy",
        _ => return Ok(()),
    };
    bail!("{name} holds {found}; a tree needs at least two")
}
