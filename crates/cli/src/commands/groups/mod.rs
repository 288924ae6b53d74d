//! `grove groups`: cutting the tree.

mod sheets;

use crate::inputs::rows::{self, Rows, VectorOptions};
use crate::outputs::files::{end, refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::linkage_options::{self, LinkageOptions};
use anyhow::{Context as _, bail};
use galaxy_grove::export::{ID_COLUMN, Numbers, groups_fits, parquet};
use galaxy_grove::grouping::reference_cut::cut;
use galaxy_grove::grouping::{
    Method, ReferenceCut, RowOrder, Tree, TreeOrder, cut_height, cut_into, reference_cut, stability,
};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Cut the similarity tree of codes, or of vectors of any model, into groups.
///
/// The reference's rule: the tree is cut just below the height of the (K-1)-th highest merge. Where that height is tied,
/// more groups come out, with a warning; --exact-k undoes exactly K-1 merges instead. Groups are numbered as SciPy's
/// fcluster numbers them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove groups features.fits -k 10 --assignments groups.csv --assignments groups.fits
      the group of each galaxy, by its id (columns sdss_objid and group); .parquet too
  grove groups features.fits -k 10 --sheets sheets/ --images data.hdf5
      25 examples of each group, joined by id
  grove groups embeddings.npy -k 10 --unit-length --assignments groups.csv --sheets sheets/ --images cutouts/
      groups of another model's vectors, with pictures of each
  grove groups features.fits -k 10 --stability 20
      how the groups fare in 20 other row orders
  grove groups features.fits --height 2.5 --assignments groups.csv --method ward-euclidean")]
pub struct Arguments {
    /// Codes as `grove extract` or the reference writes them: FITS, Parquet, NPY or safetensors. Or vectors of any model: NPY (N x D, real numbers), Parquet.
    features: PathBuf,
    /// The number of groups.
    #[arg(short, long = "groups", value_name = "K", required_unless_present = "height")]
    k: Option<usize>,
    /// Cut at this height instead.
    #[arg(long, value_name = "HEIGHT", conflicts_with = "k")]
    height: Option<f64>,
    /// Exactly K groups, also where merges are tied.
    #[arg(long, conflicts_with = "height")]
    exact_k: bool,
    /// Write the group of each galaxy: .csv, .fits or .parquet. May be given several times.
    #[arg(long, value_name = "FILE")]
    assignments: Vec<PathBuf>,
    /// Draw examples of each group into this folder (PNG).
    #[arg(long, value_name = "DIR", requires = "images")]
    sheets: Option<PathBuf>,
    /// Where the galaxies of FEATURES are: HDF5, bundles, pictures or folders, the same ids in any order.
    #[arg(long, value_name = "IN", requires = "sheets")]
    images: Vec<PathBuf>,
    /// Examples on a sheet.
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=400))]
    examples: u32,
    /// The seed of their choice.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Draw the sheets as SVG too.
    #[arg(long)]
    svg: bool,
    /// Repeat the tree over R seeded row orders, and report how often each group's members stay together.
    #[arg(long, value_name = "R", default_value_t = 0)]
    stability: u32,
    #[command(flatten)]
    vectors: VectorOptions,
    #[command(flatten)]
    linkage_options: LinkageOptions,
    /// Overwrite outputs that exist.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite(&arguments.assignments, arguments.force)?;
    let kind = |path: &&PathBuf| !matches!(end(path).as_deref(), Some("csv" | "fits" | "fit" | "parquet"));
    if let Some(path) = arguments.assignments.iter().find(kind) {
        bail!(
            "{} is no table's name: let it end in .csv, .fits or .parquet",
            path.display()
        );
    }
    if let Some(height) = arguments.height
        && (!height.is_finite() || height < 0.0)
    {
        bail!("--height is {height}: give 0 or a positive number");
    }
    let found = rows::read(&arguments.features, &arguments.vectors)?;
    let n = found.ids().len();
    if arguments.stability > 0 && matches!(found, Rows::Vectors(..)) {
        bail!(
            "--stability is for codes, whose distances are often tied: the tree of vectors hardly depends on the order of rows"
        );
    }
    if let Some(k) = arguments.k
        && (k == 0 || k > n)
    {
        bail!("-k is {k}, but {n} galaxies make 1 to {n} groups");
    }
    let method = arguments.linkage_options.method();
    let tree = linkage_options::tree(&found, method)?;
    let cut = groups(arguments, &tree)?;
    report(arguments, &cut);
    for path in &arguments.assignments {
        write_file(path, &table(path, found.ids(), &cut.labels)?)?;
    }
    if arguments.stability > 0 {
        steadiness(&found, method, &cut, arguments.stability)?;
    }
    if let Some(folder) = &arguments.sheets {
        sheets::draw(&sheets::Order {
            folder,
            images: &arguments.images,
            examples: arguments.examples as usize,
            seed: arguments.seed,
            svg: arguments.svg,
            force: arguments.force,
            ids: found.ids(),
            labels: &cut.labels,
            groups: cut.groups,
        })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn groups(arguments: &Arguments, tree: &Tree) -> anyhow::Result<ReferenceCut> {
    let Some(k) = arguments.k else {
        return Ok(cut(tree, arguments.height.unwrap_or_default()));
    };
    if !arguments.exact_k {
        return reference_cut(tree, k).with_context(|| format!("the tree cannot be cut into {k} groups"));
    }
    let groups = cut_into(tree, &TreeOrder::new(tree), k);
    Ok(ReferenceCut {
        threshold: cut_height(tree, k),
        labels: groups.numbers(),
        groups: groups.len(),
    })
}

/// The reference's lines, and its warning.
fn report(arguments: &Arguments, cut: &ReferenceCut) {
    say!("Number of cluster {}", cut.groups);
    let mut counts = vec![0_usize; cut.groups];
    for label in &cut.labels {
        if let Some(count) = counts.get_mut(label - 1) {
            *count += 1;
        }
    }
    for (index, count) in counts.iter().enumerate() {
        say!("Number of data in group {}: {count}", index + 1);
    }
    if let Some(k) = arguments.k.filter(|k| *k != cut.groups) {
        eprintln!(
            "warning: {k} groups were asked for and {} came out, for merges are tied (or within 0.00001) at the height \
             of the cut, {:.6}; --exact-k gives exactly {k}",
            cut.groups, cut.threshold
        );
    }
}

/// Ids and groups in the format of the name.
fn table(path: &Path, ids: &[i64], labels: &[usize]) -> anyhow::Result<Vec<u8>> {
    Ok(match end(path).as_deref() {
        Some("fits" | "fit") => groups_fits(ids, labels, &[])?,
        Some("parquet") => {
            let labels = labels
                .iter()
                .map(|&label| i32::try_from(label).unwrap_or(i32::MAX));
            let columns = [
                (ID_COLUMN.to_owned(), Numbers::Long(ids.to_vec())),
                ("group".to_owned(), Numbers::Int(labels.collect())),
            ];
            parquet(&columns, &crate::version::made_by("grove groups"))?
        }
        _ => {
            let mut text = format!("{ID_COLUMN},group\r\n");
            for (id, label) in ids.iter().zip(labels) {
                let _ = write!(text, "{id},{label}\r\n");
            }
            text.into_bytes()
        }
    })
}

/// The tree over other row orders, cut into as many groups.
fn steadiness(rows: &Rows, method: Method, cut: &ReferenceCut, trees: u32) -> anyhow::Result<()> {
    let mut others = Vec::new();
    for seed in 1..=trees {
        let method = Method {
            rows: RowOrder::Seeded(seed),
            ..method
        };
        let tree = linkage_options::tree(rows, method)?;
        let groups = cut_into(&tree, &TreeOrder::new(&tree), cut.groups);
        others.push(groups.group_of().to_vec());
    }
    let labels: Vec<usize> = cut.labels.iter().map(|label| label - 1).collect();
    let found = stability(&labels, others.iter().map(Vec::as_slice));
    say!(
        "Stability over {trees} row orders (shuffles of seed 1 to {trees}), each tree cut into {} groups:",
        cut.groups
    );
    for (index, share) in found.together.iter().enumerate() {
        say!(
            "group {}: {:.1} % of its pairs of members stay together",
            index + 1,
            100.0 * share
        );
    }
    if let Some((mean, deviation)) = found.mean_rand() {
        say!("mean adjusted Rand index {mean:.3} (standard deviation {deviation:.3})");
    }
    Ok(())
}
