//! `grove quality`: how good each number of groups is, by the distances alone.

use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::read;
use anyhow::bail;
use galaxy_grove::grouping::TreeOrder;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measure how well each number of groups parts the galaxies, without labels.
///
/// The silhouette (Rousseeuw 1987) is 1 for tight groups far apart, 0 for groups that touch; the index of Davies & Bouldin (1979, recipe
/// `shape` only) is smaller for better ones. The cophenetic correlation (Sokal & Rohlf 1962) says how much of the distances the tree keeps.
/// For groups beside labels: `grove compare groups.csv labels.csv`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove quality sorted/
      2 to 30 groups
  grove quality sorted/ -k 2 -k 5 -k 10 -k 27 -o quality.csv

Exit codes: 0 measured; 1 something was not; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The number of groups; may be given several times [default: 2 to 30]
    #[arg(short, long = "groups", value_name = "K")]
    k: Vec<usize>,
    /// Write the table, too.
    #[arg(short, long, value_name = "FILE.csv")]
    output: Option<PathBuf>,
    /// Replace the table if it exists.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite(&arguments.output, arguments.force)?;
    let sorted = read(&arguments.folder)?;
    let n = sorted.ids.len();
    let mut wanted = arguments.k.clone();
    if wanted.is_empty() {
        wanted = (2..=30.min(n.saturating_sub(1))).collect();
    }
    wanted.sort_unstable();
    wanted.dedup();
    if let Some(k) = wanted.iter().find(|k| **k < 2 || **k > n) {
        bail!("-k is {k}: {n} galaxies have 2 to {n} groups");
    }
    let order = TreeOrder::new(&sorted.tree);
    let quality = sorted.compared().quality(&sorted.tree, &order, &wanted);
    let mut text = "groups,silhouette,davies_bouldin,smallest,largest\r\n".to_owned();
    say!("{n} galaxies, recipe {}", sorted.recipe.name());
    say!(
        "cophenetic correlation: {}",
        quality.cophenetic.map_or_else(
            || "none, all distances are the same".to_owned(),
            |r| format!("{r:.4}")
        )
    );
    say!(
        "{:>6} {:>11} {:>15} {:>9} {:>8}",
        "groups",
        "silhouette",
        "Davies-Bouldin",
        "smallest",
        "largest"
    );
    for cut in &quality.cuts {
        let cell = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.4}"));
        let (silhouette, index) = (cell(cut.silhouette), cell(cut.davies_bouldin));
        let (k, (least, most)) = (cut.groups, cut.sizes);
        say!("{k:>6} {silhouette:>11} {index:>15} {least:>9} {most:>8}");
        let _ = write!(text, "{k},{silhouette},{index},{least},{most}\r\n");
    }
    if let Some(output) = &arguments.output {
        write_file(output, text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}
