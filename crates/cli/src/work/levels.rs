//! Writing a file of levels: parts into a temporary file, then behind their header.

use crate::inputs::attached::Attached;
use crate::inputs::pictures::Pictures;
use crate::outputs::partial::{Partial, failed, folder};
use crate::work::stop::stopped_by_user;
use anyhow::bail;
use galaxy_grove::grouping::{Tree, TreeOrder};
use galaxy_grove::levels::{Part, PartContents, header, plan, write_part};
use std::collections::BTreeMap;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::atomic::Ordering;

/// What is written.
pub struct Wanted<'a> {
    /// Where to.
    pub output: &'a Path,
    /// The galaxies.
    pub vectors: &'a Attached,
    /// Their tree: leaf i is vector i.
    pub tree: &'a Tree,
    /// Their pictures.
    pub pictures: Option<&'a Pictures>,
    /// Leaves of a part that shows branches.
    pub first: usize,
    /// Galaxies of a part that shows galaxies.
    pub most: usize,
    /// Which model gave the vectors.
    pub vectors_of: Option<&'a str>,
    /// Whom to credit.
    pub credit: Option<&'a str>,
}

/// What was written.
pub struct Made {
    pub parts: usize,
    pub bytes: u64,
    /// Bytes of the header and the first part.
    pub first_view: u64,
}

/// Writes the file, whole or not at all.
///
/// # Errors
/// When a picture cannot be read or the file not be written.
pub fn write(wanted: &Wanted<'_>) -> anyhow::Result<Made> {
    let order = TreeOrder::new(wanted.tree);
    let parts = plan(wanted.tree, &order, wanted.first, wanted.most);
    let on_disk = |error| failed(wanted.output, error);
    let mut spool = BufWriter::with_capacity(
        1 << 20,
        tempfile::tempfile_in(folder(wanted.output)).map_err(on_disk)?,
    );
    let stop = stopped_by_user("stopping: nothing will be written")?;
    let mut lengths = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        if stop.load(Ordering::Relaxed) {
            bail!("stopped: nothing was written");
        }
        let bytes = part_bytes(wanted, &order, number, part)?;
        spool.write_all(&bytes).map_err(on_disk)?;
        lengths.push(bytes.len() as u64);
    }
    let mut metadata = BTreeMap::from([
        ("galaxies".to_owned(), wanted.vectors.ids.len().to_string()),
        (
            "linkage".to_owned(),
            "Ward, Euclidean distances, exact".to_owned(),
        ),
        ("made_by".to_owned(), crate::version::made_by("grove levels")),
    ]);
    for (key, value) in [("vectors_of", wanted.vectors_of), ("credit", wanted.credit)] {
        if let Some(value) = value {
            metadata.insert(key.to_owned(), value.to_owned());
        }
    }
    let head = header(&lengths, &metadata);
    let mut spool = spool.into_inner().map_err(|error| on_disk(error.into_error()))?;
    spool.seek(SeekFrom::Start(0)).map_err(on_disk)?;
    let (partial, mut file) = Partial::create(wanted.output)?;
    let copied = file
        .write_all(&head)
        .and_then(|()| std::io::copy(&mut spool, &mut file));
    match copied {
        Ok(copied) => {
            drop(file);
            partial.finish()?;
            Ok(Made {
                parts: parts.len(),
                bytes: head.len() as u64 + copied,
                first_view: head.len() as u64 + lengths.first().copied().unwrap_or_default(),
            })
        }
        Err(error) => Err(partial.failed(error)),
    }
}

fn part_bytes(wanted: &Wanted<'_>, order: &TreeOrder, number: usize, part: &Part) -> anyhow::Result<Vec<u8>> {
    let n = part.leaves.len();
    let (mut ids, mut names) = (Vec::with_capacity(n), Vec::with_capacity(n));
    let (mut images, mut vectors) = (Vec::new(), Vec::new());
    let mut stands_for = Vec::with_capacity(n);
    for leaf in &part.leaves {
        let members = order.members(leaf.node);
        let row = central(wanted.vectors, members);
        let id = wanted.vectors.ids.get(row).copied().unwrap_or_default();
        let name = wanted.pictures.and_then(|pictures| pictures.name(row));
        names.push(name.map_or_else(|| id.to_string(), str::to_owned));
        if let Some(pictures) = wanted.pictures {
            images.extend(pictures.get(row).map_err(|error| failed(wanted.output, error))?);
        }
        ids.push(id);
        vectors.extend_from_slice(wanted.vectors.vector(row));
        stands_for.push(members.len() as u64);
    }
    let inside: Vec<Option<usize>> = part.leaves.iter().map(|leaf| leaf.part).collect();
    Ok(write_part(&PartContents {
        ids: &ids,
        names: &names,
        images: &images,
        vectors: &vectors,
        width: wanted.vectors.width,
        merges: &part.merges,
        stands_for: &stands_for,
        parts: &inside,
        part: number,
        up: part.up,
        galaxies: wanted.vectors.ids.len() as u64,
        vectors_of: wanted.vectors_of,
        credit: wanted.credit,
    }))
}

/// The row nearest to the mean of these rows; of several the first.
fn central(vectors: &Attached, members: &[usize]) -> usize {
    if let [only] = members {
        return *only;
    }
    let mut mean = vec![0.0; vectors.width];
    for row in members {
        for (sum, value) in mean.iter_mut().zip(vectors.vector(*row)) {
            *sum += value / members.len() as f64;
        }
    }
    let far = |row: usize| -> f64 {
        let pairs = mean.iter().zip(vectors.vector(row));
        pairs.map(|(a, b)| (a - b) * (a - b)).sum()
    };
    let nearest = members.iter().map(|row| (far(*row), *row));
    let least = nearest.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    least.map_or(0, |(_, row)| row)
}
