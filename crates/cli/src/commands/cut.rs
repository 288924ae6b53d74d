//! `grove cut`: groups by a rule with thresholds for single branches.

use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::{groups_table, read};
use galaxy_grove::count::{counted, galaxies};
use galaxy_grove::grouping::{CutRule, TreeOrder};
use std::path::PathBuf;
use std::process::ExitCode;

/// Cut the tree of sorted galaxies by a rule: several thresholds within one tree.
///
/// A rule is one start and any number of changes, with semicolons between: `groups K` or `height H`, then `split NODE`, `join NODE`, `below NODE at
/// H`, `smallest N`. Nodes are SciPy's: leaf i is row i of FOLDER, merge i makes node n + i; this command prints the node on top of each
/// group. The same rule gives the same groups wherever it is applied to the same tree.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove cut sorted/ --rule 'groups 9' -o groups.csv
      nine groups, and the node of each
  grove cut sorted/ --rule 'groups 9; split 7991; below 7988 at 1.25; smallest 20' -o groups.csv
      one group in two, one branch cut at a height of its own, and no group of fewer than 20 galaxies

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The rule.
    #[arg(long, value_name = "RULE")]
    rule: CutRule,
    /// The table: id, file, group, node.
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
    /// Replace the table if it exists.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite([&arguments.output], arguments.force)?;
    let sorted = read(&arguments.folder)?;
    let order = TreeOrder::new(&sorted.tree);
    let groups = arguments.rule.apply(&sorted.tree, &order)?;
    write_file(&arguments.output, groups_table(&sorted, &groups).as_bytes())?;
    say!(
        "{} by the rule `{}`",
        counted(groups.len(), "group", "groups"),
        arguments.rule
    );
    for (at, group) in groups.groups().iter().enumerate() {
        say!(
            "  {}: node {}, {}, merged at {:.6}",
            at + 1,
            group.node,
            galaxies(group.len()),
            sorted.tree.height(group.node)
        );
    }
    Ok(ExitCode::SUCCESS)
}
