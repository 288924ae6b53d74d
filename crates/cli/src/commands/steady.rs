//! `grove steady`: how much groups depend on which galaxies there are.

use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::{from_zero, read};
use crate::work::stop::stopped_by_user;
use anyhow::bail;
use galaxy_grove::export::csv_field;
use galaxy_grove::grouping::{
    Linkage, MAX_CONSENSUS, Steadiness, Tree, TreeOrder, UNSURE, adjusted_rand, consensus, cut_into,
    steadiness,
};
use galaxy_grove::sorted::Sorted;
use indicatif::ProgressBar;
use std::cell::RefCell;
use std::collections::BTreeMap;
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
  grove steady sorted/ -o steady.csv --rounds 100 --consensus
      with the groups on which a hundred trees agree

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
    /// Also write the groups on which the trees agree: column consensus_K (Fred & Jain 2005). Takes at most 20,000 galaxies.
    #[arg(long)]
    consensus: bool,
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
    let n = sorted.ids.len();
    if arguments.consensus && n > MAX_CONSENSUS {
        bail!(
            "{n} galaxies are too many for --consensus, which counts all pairs: it takes at most {MAX_CONSENSUS}"
        );
    }
    let passes = if arguments.consensus { 2 } else { 1 };
    let bar = ProgressBar::new(passes * u64::from(arguments.rounds) * sorted.groups.len() as u64);
    let compared = sorted.compared();
    // The parts of a round are the same for every cut, and for the consensus: each tree is built once.
    let known: RefCell<BTreeMap<Vec<usize>, Tree>> = RefCell::default();
    let tree_of = |rows: &[usize]| {
        if let Some(tree) = known.borrow().get(rows) {
            return Ok(tree.clone());
        }
        let tree = compared.tree_of(rows, Linkage::Reference)?;
        known.borrow_mut().insert(rows.to_vec(), tree.clone());
        Ok(tree)
    };
    let each = |_| {
        bar.inc(1);
        !stop.load(Ordering::Relaxed)
    };
    let mut found: Vec<Found<'_>> = Vec::new();
    for (k, labels) in &sorted.groups {
        let own = from_zero(labels);
        let steady = steadiness(&own, *k, arguments.rounds, tree_of, each)?;
        let agreed = if arguments.consensus && !stop.load(Ordering::Relaxed) {
            let tree = consensus(n, *k, arguments.rounds, tree_of, each)?;
            let groups = cut_into(&tree, &TreeOrder::new(&tree), *k);
            Some(groups.group_of().to_vec())
        } else {
            None
        };
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; nothing was written");
        }
        found.push(Found {
            k: *k,
            labels,
            rand: agreed.as_ref().map(|agreed| adjusted_rand(&own, agreed)),
            steady,
            agreed,
        });
    }
    bar.finish_and_clear();
    write_file(&arguments.output, table(&sorted, &found).as_bytes())?;
    for Found {
        k, steady: one, rand, ..
    } in &found
    {
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
        if let Some(rand) = rand {
            say!("  consensus of the trees: adjusted Rand index {rand:.3} with these groups");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was found out about one cut.
struct Found<'a> {
    k: usize,
    labels: &'a [i32],
    steady: Steadiness,
    /// The consensus group of each galaxy, from 0, where it was asked for.
    agreed: Option<Vec<usize>>,
    /// Its adjusted Rand index with the cut.
    rand: Option<f64>,
}

fn table(sorted: &Sorted, found: &[Found<'_>]) -> String {
    let mut text = "id,file".to_owned();
    for Found { k, agreed, .. } in found {
        let _ = write!(text, ",group_{k},steady_{k},unsure_{k}");
        if agreed.is_some() {
            let _ = write!(text, ",consensus_{k}");
        }
    }
    text.push_str("\r\n");
    for (row, (id, name)) in sorted.ids.iter().zip(&sorted.names).enumerate() {
        let _ = write!(text, "{id},{}", csv_field(name));
        for one in found {
            let group = one.labels.get(row).copied().unwrap_or_default();
            let share = one.steady.galaxies.get(row).copied().unwrap_or_default();
            let _ = write!(text, ",{group},{share:.3},{}", u8::from(share < UNSURE));
            if let Some(group) = one.agreed.as_ref().and_then(|agreed| agreed.get(row)) {
                let _ = write!(text, ",{}", group + 1);
            }
        }
        text.push_str("\r\n");
    }
    text
}
