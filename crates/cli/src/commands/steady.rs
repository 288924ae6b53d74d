//! `grove steady`: how much groups depend on which galaxies there are.

use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::read;
use crate::work::stop::stopped_by_user;
use anyhow::bail;
use galaxy_grove::cutout::CODES;
use galaxy_grove::export::csv_field;
use galaxy_grove::grouping::{
    GroupingError, Method, Steadiness, Tree, UNSURE, linkage, steadiness, ward_vectors,
};
use galaxy_grove::shape::DIMENSIONS;
use galaxy_grove::sorted::{RecipeName, Sorted};
use indicatif::ProgressBar;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// Measure how steady groups are when a third of the galaxies is left out, again and again.
///
/// For each cut of FOLDER and each galaxy: of the trees that it was in, the share where it is with its group. Galaxies below 0.75 are marked:
/// their group is unsure.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove steady sorted/ -o steady.csv
      id, file, and for each cut group_K, steady_K, unsure_K
  grove steady sorted/ -o steady.csv --rounds 100

Exit codes: 0 measured; 1 something was not; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The table.
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
    /// Trees to build for each cut.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(2..=1000))]
    rounds: u32,
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
    let stop = stopped_by_user("stopping; nothing will be written")?;
    let bar = ProgressBar::new(u64::from(arguments.rounds) * sorted.groups.len() as u64);
    let mut found: Vec<(usize, &[i32], Steadiness)> = Vec::new();
    for (k, labels) in &sorted.groups {
        let own: Vec<usize> = labels
            .iter()
            .map(|label| usize::try_from(label - 1).unwrap_or_default())
            .collect();
        let one = steadiness(
            &own,
            *k,
            arguments.rounds,
            |rows| tree(&sorted, rows),
            |_| {
                bar.inc(1);
                !stop.load(Ordering::Relaxed)
            },
        )?;
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; nothing was written");
        }
        found.push((*k, labels, one));
    }
    bar.finish_and_clear();
    write_file(&arguments.output, table(&sorted, &found).as_bytes())?;
    for (k, _, one) in &found {
        let unsure = one.galaxies.iter().filter(|share| **share < UNSURE).count();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        say!(
            "{k} groups: adjusted Rand index {:.3} (mean of {}); {:.1} % of the galaxies are with their group on average; {unsure} galaxies unsure",
            mean(&one.rand),
            one.rand.len(),
            100.0 * mean(&one.galaxies)
        );
        let groups = one.groups.iter().enumerate();
        let groups: Vec<String> = groups
            .map(|(at, share)| format!("{} {share:.2}", at + 1))
            .collect();
        say!("  by group: {}", groups.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// The tree of some galaxies, as `grove sort` builds it.
fn tree(sorted: &Sorted, rows: &[usize]) -> Result<Tree, GroupingError> {
    match sorted.recipe {
        RecipeName::Shape => {
            let some = rows.iter().flat_map(|row| sorted.vector(*row));
            let some: Vec<f64> = some.copied().collect();
            ward_vectors(&some, DIMENSIONS, None)
        }
        RecipeName::Reference => {
            let some = rows.iter().flat_map(|row| sorted.codes_of(*row));
            let some: Vec<u8> = some.copied().collect();
            linkage(&some, CODES, Method::default(), None)
        }
    }
}

fn table(sorted: &Sorted, found: &[(usize, &[i32], Steadiness)]) -> String {
    let mut text = "id,file".to_owned();
    for (k, _, _) in found {
        let _ = write!(text, ",group_{k},steady_{k},unsure_{k}");
    }
    text.push_str("\r\n");
    for (row, (id, name)) in sorted.ids.iter().zip(&sorted.names).enumerate() {
        let _ = write!(text, "{id},{}", csv_field(name));
        for (_, labels, one) in found {
            let group = labels.get(row).copied().unwrap_or_default();
            let share = one.galaxies.get(row).copied().unwrap_or_default();
            let _ = write!(text, ",{group},{share:.3},{}", u8::from(share < UNSURE));
        }
        text.push_str("\r\n");
    }
    text
}
