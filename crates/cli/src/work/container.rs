//! The container of sorted galaxies in a folder.

use super::device::DeviceFlag;
use super::models::{self, Model};
use anyhow::{Context as _, bail};
use galaxy_grove::export::csv_field;
use galaxy_grove::grouping::Groups;
use galaxy_grove::sorted::{FILE, Sorted};
use std::fmt::Write as _;
use std::path::Path;

/// Reads it.
///
/// # Errors
/// With the file's name and the remedy.
pub fn read(folder: &Path) -> anyhow::Result<Sorted> {
    let path = folder.join(FILE);
    let shown = path.display();
    let bytes =
        std::fs::read(&path).with_context(|| format!("cannot read {shown}; `grove sort` writes it"))?;
    Sorted::from_bytes(&bytes).with_context(|| shown.to_string())
}

/// Reads it, and opens the model that it was made with.
///
/// # Errors
/// As [`read`]; also when the model is another one.
pub fn read_with_model(folder: &Path, model: Option<&Path>) -> anyhow::Result<(Sorted, Model)> {
    let sorted = read(folder)?;
    let (model, hash) = models::open(sorted.recipe, model, DeviceFlag::Processor)?;
    if sorted.metadata.get("model_sha256") != Some(&hash) {
        bail!(
            "{} was made with another model than this one ({hash}): give that one with --model",
            folder.join(FILE).display()
        );
    }
    Ok((sorted, model))
}

/// Groups from 0, of groups from 1.
pub fn from_zero(labels: &[i32]) -> Vec<usize> {
    let label = |label: &i32| usize::try_from(label - 1).unwrap_or(usize::MAX);
    labels.iter().map(label).collect()
}

/// A cut of it as a table: id, file, group from 1, and the node on top of the group.
pub fn groups_table(sorted: &Sorted, groups: &Groups) -> String {
    let mut text = "id,file,group,node\r\n".to_owned();
    for ((id, name), group) in sorted.ids.iter().zip(&sorted.names).zip(groups.group_of()) {
        let node = groups.groups().get(*group).map_or(0, |group| group.node);
        let _ = write!(text, "{id},{},{},{node}\r\n", csv_field(name), group + 1);
    }
    text
}
