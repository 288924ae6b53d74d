//! From a file of codes to its merger tree: what `grove tree` and `grove groups` share.

use super::extract::ids_beside;
use anyhow::{Context as _, bail};
use galaxy_grove::export::{Features, read_features, read_ids_npy};
use galaxy_grove::grouping::{Linkage, Method, Precision, RowOrder, Tree, check_memory, grow};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::time::Duration;

/// How the tree is grown.
#[derive(Clone, Debug, clap::Args)]
pub struct Growth {
    /// Ward's formula on Hamming distances (the reference), or on their square roots, which are Euclidean, so that
    /// heights are variances. Neither is steadier than the other under other row orders (docs/grouping.md).
    #[arg(long, value_name = "METHOD", value_enum, default_value_t = LinkageName::Reference)]
    method: LinkageName,
    /// The order in which rows enter the tree: `reference` (NumPy's seed-0 shuffle), `given`, or a seed. It decides among
    /// tied distances.
    #[arg(long, value_name = "ORDER", value_parser = row_order, default_value = "reference")]
    rows: RowOrder,
    /// Distances of 8 bytes (SciPy's tree to the last bit) or of 4 bytes (half the memory).
    #[arg(long, value_name = "PRECISION", value_enum, default_value_t = PrecisionName::Double)]
    precision: PrecisionName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum LinkageName {
    Reference,
    WardEuclidean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PrecisionName {
    Double,
    Single,
}

fn row_order(text: &str) -> Result<RowOrder, String> {
    match text {
        "reference" => Ok(RowOrder::Reference),
        "given" => Ok(RowOrder::AsGiven),
        seed => seed
            .parse()
            .map(RowOrder::Seeded)
            .map_err(|_error: std::num::ParseIntError| {
                format!("`{seed}` is no order: say reference, given, or a seed from 0 to 4294967295")
            }),
    }
}

impl Growth {
    /// As the library wants it.
    pub fn method(&self) -> Method {
        Method {
            linkage: match self.method {
                LinkageName::Reference => Linkage::Reference,
                LinkageName::WardEuclidean => Linkage::WardEuclidean,
            },
            precision: match self.precision {
                PrecisionName::Double => Precision::Double,
                PrecisionName::Single => Precision::Single,
            },
            rows: self.rows,
            ..Method::default()
        }
    }
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
            "{name}: the id {id} stands twice, so results cannot be joined by id; give every galaxy an id of its own"
        );
    }
    Ok(features)
}

/// Grows the tree, with a progress bar where it takes long. Leaf i is row i of the file.
///
/// # Errors
/// When the memory is not there.
pub fn tree(features: &Features, method: Method) -> anyhow::Result<Tree> {
    let n = features.ids.len();
    if let Some(free) = free_memory() {
        check_memory(n, method.precision, free)?;
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} merges, {eta} left")?;
    let bar = ProgressBar::new(n as u64 - 1).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(500));
    let mut progress = |done: usize, _: usize| bar.set_position(done as u64);
    let tree = grow(&features.codes, features.width, method, Some(&mut progress))?;
    bar.finish_and_clear();
    Ok(tree)
}

/// Bytes that can be had without swapping, where the system says so (Linux).
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
