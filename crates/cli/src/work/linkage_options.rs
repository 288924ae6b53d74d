//! From codes to their similarity tree: what `grove tree` and `grove groups` share.

use crate::inputs::rows::Rows;
use anyhow::bail;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use galaxy_grove::grouping::{
    Linkage, Method, Precision, RowOrder, Tree, check_memory, linked, ward_vectors,
};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// How the tree is built.
#[derive(Clone, Debug, clap::Args)]
pub struct LinkageOptions {
    /// Ward's formula on Hamming distances (the reference), or on their square roots, which are Euclidean, so that
    /// heights are variances. Neither is steadier than the other under other row orders (docs/grouping.md). Average, complete, weighted and
    /// single are on Hamming distances; centroid and median on their square roots, and merges that lie below an earlier one are raised to its
    /// height, which is reported.
    #[arg(long, value_name = "METHOD", value_parser = linkage_name(), default_value = "reference")]
    method: Linkage,
    /// The order in which rows enter the tree: `reference` (NumPy's seed-0 shuffle), `given`, or a seed. It decides among
    /// tied distances.
    #[arg(long, value_name = "ORDER", value_parser = row_order, default_value = "reference")]
    rows: RowOrder,
    /// Distances of 8 bytes (SciPy's tree to the last bit) or of 4 bytes (half the memory).
    #[arg(long, value_name = "PRECISION", value_enum, default_value_t = PrecisionName::Double)]
    precision: PrecisionName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum PrecisionName {
    Double,
    Single,
}

fn linkage_name() -> impl TypedValueParser<Value = Linkage> {
    let all = Linkage::ALL;
    PossibleValuesParser::new(all.map(|(name, _)| name)).map(move |wanted| {
        let found = all.into_iter().find(|(name, _)| *name == wanted);
        found.map_or_else(Linkage::default, |(_, linkage)| linkage)
    })
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

impl LinkageOptions {
    /// As the library wants it.
    pub fn method(&self) -> Method {
        Method {
            linkage: self.method,
            precision: match self.precision {
                PrecisionName::Double => Precision::Double,
                PrecisionName::Single => Precision::Single,
            },
            rows: self.rows,
            ..Method::default()
        }
    }
}

/// Builds the tree, with a progress bar where it takes long. Leaf i is row i of the file.
///
/// # Errors
/// When the memory is not there, or vectors are to be linked in a way that is for codes.
pub fn tree(rows: &Rows, method: Method) -> anyhow::Result<Tree> {
    match rows {
        Rows::Codes(features) => codes_tree(&features.codes, features.width, method),
        Rows::Vectors(..) if method.linkage != Linkage::default() => {
            bail!("--method is for codes: vectors are joined by Ward's method on Euclidean distances")
        }
        Rows::Vectors(..) if method.rows != RowOrder::Reference || method.precision != Precision::Double => {
            bail!(
                "--rows and --precision are for codes: vectors are joined in the order of the file, in double precision"
            )
        }
        Rows::Vectors(_, vectors) => vectors_tree(&vectors.values, vectors.width),
    }
}

/// The same for codes, `[N * width]`: leaf i is row i.
///
/// # Errors
/// As [`tree`].
pub fn codes_tree(codes: &[u8], width: usize, method: Method) -> anyhow::Result<Tree> {
    let n = codes.len() / width.max(1);
    if let Some(free) = free_memory() {
        check_memory(n, method.precision, free)?;
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} merges, {eta} left")?;
    let bar = ProgressBar::new((n as u64).saturating_sub(1)).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(500));
    let mut progress = |done: usize, _: usize| bar.set_position(done as u64);
    let linked = linked(codes, width, method, Some(&mut progress))?;
    bar.finish_and_clear();
    if linked.inversions > 0 {
        eprintln!(
            "{} of {} merges lay below an earlier one (an inversion) and were raised to its height",
            linked.inversions,
            n.saturating_sub(1)
        );
    }
    Ok(linked.tree)
}

/// Ward's tree of vectors, with a progress bar where it takes long. Leaf i is row i.
///
/// # Errors
/// When the vectors are not whole, or not finite.
pub fn vectors_tree(vectors: &[f64], dim: usize) -> anyhow::Result<Tree> {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} merges, {eta} left")?;
    let bar = ProgressBar::new((vectors.len() / dim).saturating_sub(1) as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(500));
    let mut progress = |done: usize, _: usize| bar.set_position(done as u64);
    let tree = ward_vectors(vectors, dim, Some(&mut progress))?;
    bar.finish_and_clear();
    Ok(tree)
}

/// Bytes available without swapping, where the system says so (Linux).
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
