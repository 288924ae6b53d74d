//! `grove tree`: the similarity tree, as files and as a figure.

use crate::inputs::rows::{self, Rows, VectorOptions};
use crate::outputs::figures;
use crate::outputs::files::{end, refuse_overwrite, write_file};
use crate::work::linkage_options::{self, LinkageOptions};
use anyhow::bail;
use galaxy_grove::export::{linkage_csv, linkage_npy, newick};
use galaxy_grove::figure::{TreeFigure, tree_figure};
use galaxy_grove::grouping::{Tree, TreeOrder};
use std::path::PathBuf;
use std::process::ExitCode;

/// Build the similarity tree of galaxies from their codes, or from vectors of any model.
///
/// Ward's linkage on the Hamming distances of the codes, with SciPy's rules among ties: equal, to the last bit, to
/// `scipy.cluster.hierarchy.ward(pdist(codes, 'hamming'))` on the shuffled rows. Vectors (the embeddings of Zoobot, AstroPT and others) are joined by Ward's
/// method on Euclidean distances, as `scipy.cluster.hierarchy.ward(vectors)` does, without a matrix.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove tree features.fits --linkage Z.npy --newick tree.nwk --figure tree.svg --merges merge_node.txt
  grove tree features.fits --merges merge_node.txt --reference
      the file that the reference script writes: heights above 2 only
  grove tree embeddings.parquet --column embedding --unit-length --newick tree.nwk
      vectors of any model, compared by their directions
  grove tree features.parquet --method ward-euclidean --figure tree.png --annotate-above 1.5

Nodes of the linkage are SciPy's: leaf i is row i of FEATURES, merge i makes node n + i. In Python:
  scipy.cluster.hierarchy.dendrogram(numpy.load('Z.npy'))")]
pub struct Arguments {
    /// Codes as `grove extract` or the reference writes them: FITS, Parquet, NPY or safetensors. Or vectors of any model: NPY (N x D, real numbers), Parquet.
    features: PathBuf,
    /// Write SciPy's linkage matrix: .npy or .csv. May be given several times.
    #[arg(long, value_name = "FILE")]
    linkage: Vec<PathBuf>,
    /// Write the tree as Newick, leaves named by id, branches as long as the heights differ.
    #[arg(long, value_name = "FILE")]
    newick: Option<PathBuf>,
    /// Draw the tree: .png or .svg. May be given several times.
    #[arg(long, value_name = "FILE")]
    figure: Vec<PathBuf>,
    /// Write the heights of all merges, one a line, ascending.
    #[arg(long, value_name = "FILE")]
    merges: Option<PathBuf>,
    /// As the reference: leaves of the linkage are places after its shuffle, and the list has only heights above
    /// --annotate-above.
    #[arg(long)]
    reference: bool,
    /// In the figure, label merges above this height.
    #[arg(long, value_name = "HEIGHT", default_value_t = 2.0)]
    annotate_above: f64,
    /// In the figure, colour the branches whose top lies below this height [default: 0.7 of the tree's height]
    #[arg(long, value_name = "HEIGHT")]
    colour_threshold: Option<f64>,
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
    let outputs = || {
        let files = arguments.linkage.iter().chain(&arguments.figure);
        files.chain(&arguments.newick).chain(&arguments.merges)
    };
    if outputs().next().is_none() {
        bail!("nothing is to be written: give --linkage, --newick, --figure or --merges");
    }
    refuse_overwrite(outputs(), arguments.force)?;
    figures::check_names(&arguments.figure)?;
    let kind = |path: &PathBuf| matches!(end(path).as_deref(), Some("npy" | "csv"));
    if let Some(path) = arguments.linkage.iter().find(|path| !kind(path)) {
        bail!(
            "{} is no linkage's name: let it end in .npy or .csv",
            path.display()
        );
    }
    for (name, height) in [
        ("--annotate-above", Some(arguments.annotate_above)),
        ("--colour-threshold", arguments.colour_threshold),
    ] {
        if height.is_some_and(|height| !height.is_finite() || height < 0.0) {
            bail!("{name} is a height: give 0 or a positive number");
        }
    }
    let found = rows::read(&arguments.features, &arguments.vectors)?;
    if arguments.reference && matches!(found, Rows::Vectors(..)) {
        bail!("--reference is for codes: the reference makes no tree of vectors");
    }
    let method = arguments.linkage_options.method();
    let tree = linkage_options::tree(&found, method)?;
    let order = TreeOrder::new(&tree);

    let linkage = if arguments.reference {
        &tree.relabelled(&places(&method.rows.rows(tree.leaves())))?
    } else {
        &tree
    };
    for path in &arguments.linkage {
        let bytes = match end(path).as_deref() == Some("npy") {
            true => linkage_npy(linkage),
            false => linkage_csv(linkage).into_bytes(),
        };
        write_file(path, &bytes)?;
    }
    if let Some(path) = &arguments.newick {
        write_file(path, newick(&tree, found.ids())?.as_bytes())?;
    }
    if let Some(path) = &arguments.merges {
        let above = if arguments.reference {
            arguments.annotate_above
        } else {
            -1.0
        };
        write_file(path, heights(&tree, above).as_bytes())?;
    }
    if !arguments.figure.is_empty() {
        let options = TreeFigure {
            title: format!("Similarity tree of {} galaxies", tree.leaves()),
            colour_threshold: arguments.colour_threshold,
            annotate_above: arguments.annotate_above,
            ..TreeFigure::default()
        };
        figures::write(&tree_figure(&tree, &order, &options), &arguments.figure)?;
    }
    eprintln!(
        "{} galaxies; the last merge is at height {:.6}",
        tree.leaves(),
        tree.max_height()
    );
    Ok(ExitCode::SUCCESS)
}

/// The heights above a limit, ascending, one a line, as Python prints them.
fn heights(tree: &Tree, above: f64) -> String {
    let heights = tree.merges().iter().map(|merge| merge.height);
    heights
        .filter(|height| *height > above)
        .map(|height| format!("{height:?}\n"))
        .collect()
}

/// Where each row went: the inverse of an order.
fn places(rows: &[usize]) -> Vec<usize> {
    let mut places = vec![0; rows.len()];
    for (place, &row) in rows.iter().enumerate() {
        if let Some(slot) = places.get_mut(row) {
            *slot = place;
        }
    }
    places
}
