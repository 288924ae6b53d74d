//! The galaxies that train.

use super::Arguments;
use crate::inputs::set::read_set;
use crate::outputs::terminal::say;
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use std::collections::BTreeSet;

/// Reads the set, leaves out what `--leave-out` names, and says so.
///
/// # Errors
/// With the file's name, and the galaxy whose pixels are not numbers.
pub fn training_set(arguments: &Arguments) -> anyhow::Result<CutoutSet> {
    let mut set = read_set(&arguments.data)?;
    let name = arguments.data.display();
    if let Some(at) = set.image.iter().position(|pixel| !pixel.is_finite()) {
        let galaxy = at / PIXELS;
        let id = set.ids.get(galaxy).copied().unwrap_or_default();
        bail!(
            "{name}: galaxy {galaxy} (id {id}) has pixels that are not numbers; `grove convert {name}` fills them"
        );
    }
    if let Some(path) = &arguments.leave_out {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        let mut ids = BTreeSet::new();
        for (line, word) in text
            .lines()
            .map(str::trim)
            .enumerate()
            .filter(|(_, word)| !word.is_empty())
        {
            let Ok(id) = word.parse::<i64>() else {
                bail!(
                    "{shown}, line {}: `{word}` is not an id: write one whole number a line",
                    line + 1
                );
            };
            ids.insert(id);
        }
        let kept: Vec<usize> = (0..set.ids.len())
            .filter(|at| set.ids.get(*at).is_none_or(|id| !ids.contains(id)))
            .collect();
        let left_out = set.ids.len() - kept.len();
        say!(
            "{left_out} galaxies of {shown} do not train ({} ids are not in {name})",
            ids.len() - left_out.min(ids.len())
        );
        let image = kept
            .iter()
            .filter_map(|at| set.image.get(at * PIXELS..(at + 1) * PIXELS))
            .flatten()
            .copied()
            .collect();
        set.ids = kept.iter().filter_map(|at| set.ids.get(*at).copied()).collect();
        set.image = image;
    }
    Ok(set)
}
