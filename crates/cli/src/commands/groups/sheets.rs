//! Sheets of examples: some galaxies of each group, joined to their images by id.

use crate::inputs::batch::Pixels;
use crate::inputs::list::collect;
use crate::inputs::preparation::Preparation;
use crate::inputs::stream::Stream;
use crate::outputs::figures;
use crate::outputs::files::refuse_overwrite;
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::figure::{Panel, group_sheet};
use rand::{SeedableRng as _, seq::index};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is to be drawn.
pub struct Order<'a> {
    /// Where the sheets go.
    pub folder: &'a Path,
    /// Where the images are.
    pub images: &'a [PathBuf],
    /// Examples of each group.
    pub examples: usize,
    /// The seed of their choice.
    pub seed: u64,
    /// SVG beside PNG.
    pub svg: bool,
    /// Whether sheets that exist may be replaced.
    pub force: bool,
    /// The galaxies' ids, each once.
    pub ids: &'a [i64],
    /// Their groups, from 1.
    pub labels: &'a [usize],
    /// The number of groups.
    pub groups: usize,
}

/// Draws one sheet a group, `group_<number>.png`.
///
/// # Errors
/// When the ids of codes and images differ, or a file cannot be read or written.
pub fn draw(order: &Order<'_>) -> anyhow::Result<()> {
    let files = |group: usize| {
        let mut files = vec![order.folder.join(format!("group_{group}.png"))];
        if order.svg {
            files.push(order.folder.join(format!("group_{group}.svg")));
        }
        files
    };
    let all: Vec<PathBuf> = (1..=order.groups).flat_map(files).collect();
    refuse_overwrite(&all, order.force)?;
    let chosen = choose(order);
    let wanted: BTreeSet<i64> = chosen.iter().flatten().copied().collect();
    let pixels = images(order, &all, &wanted)?;
    std::fs::create_dir_all(order.folder)
        .with_context(|| format!("cannot make the folder {}", order.folder.display()))?;
    for (index, ids) in chosen.iter().enumerate() {
        let members = order.labels.iter().filter(|&&label| label == index + 1).count();
        let panels: Vec<Panel<'_>> = ids
            .iter()
            .filter_map(|id| {
                Some(Panel {
                    label: id.to_string(),
                    pixels: pixels.get(id)?,
                })
            })
            .collect();
        let title = match members > panels.len() {
            true => format!(
                "Group {}: {} of {members} galaxies, chosen at random",
                index + 1,
                panels.len()
            ),
            false => format!("Group {}: all its {members} galaxies", index + 1),
        };
        figures::write(&group_sheet(&title, &panels), &files(index + 1))?;
    }
    eprintln!("{} sheets -> {}", order.groups, order.folder.display());
    Ok(())
}

/// The ids on each sheet: all of a small group, a seeded choice of a large one, in the order of the file.
fn choose(order: &Order<'_>) -> Vec<Vec<i64>> {
    let mut random = ChaCha8Rng::seed_from_u64(order.seed);
    let mut members = vec![Vec::new(); order.groups];
    for (id, label) in order.ids.iter().zip(order.labels) {
        if let Some(group) = members.get_mut(label - 1) {
            group.push(*id);
        }
    }
    members
        .into_iter()
        .map(|group| {
            let count = order.examples.min(group.len());
            let mut places = index::sample(&mut random, group.len(), count).into_vec();
            places.sort_unstable();
            places
                .into_iter()
                .filter_map(|place| group.get(place).copied())
                .collect()
        })
        .collect()
}

/// The pixels of the wanted galaxies; `sheets` are what is to be written. Codes and images must be of the same galaxies,
/// in whatever order.
fn images(
    order: &Order<'_>,
    sheets: &[PathBuf],
    wanted: &BTreeSet<i64>,
) -> anyhow::Result<BTreeMap<i64, Vec<f32>>> {
    let ids: BTreeSet<i64> = order.ids.iter().copied().collect();
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let (mut strangers, mut twice) = (Vec::new(), None);
    // The whole folder, for there may be sheets of more groups in it; and each sheet, should the images be there too.
    let folder = order.folder.to_owned();
    let inputs = collect(order.images, std::iter::once(&folder).chain(sheets))?;
    let stream = Stream::open(inputs, &Preparation::default())?.showing(Pixels::Raw);
    stream.read(&mut |batch| {
        for (&id, pixels) in batch.ids.iter().zip(batch.images.chunks_exact(PIXELS)) {
            if !seen.insert(id) {
                twice.get_or_insert(id);
            }
            if !ids.contains(&id) {
                strangers.push(id);
            }
            if wanted.contains(&id) {
                found.entry(id).or_insert_with(|| pixels.to_vec());
            }
        }
        Ok(())
    })?;
    if let Some(id) = twice {
        bail!("the images have two galaxies with the id {id}, so they cannot be joined by id");
    }
    let missing: Vec<i64> = ids.difference(&seen).copied().collect();
    if let Some(example) = missing.first().or(strangers.first()) {
        bail!(
            "the ids of the codes and of the images differ: {} galaxies have codes but no image, {} have an image but no \
             codes (such as {example}); give the images that the codes were made from",
            missing.len(),
            strangers.len()
        );
    }
    Ok(found)
}
