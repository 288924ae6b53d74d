//! `grove compare`: how far two groupings of the same galaxies agree.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail};
use galaxy_grove::catalogue::{self, Table};
use galaxy_grove::count::{counted, galaxies};
use galaxy_grove::grouping::{Contingency, Majority};
use galaxy_grove::intake::Limits;

use crate::inputs::numbers::IDS;
use crate::outputs::terminal::say;

const EXAMPLES: &str = "\
Examples:
  grove compare monday.csv tuesday.csv
      the adjusted Rand index of the columns `group`, and how many galaxies each pair of groups shares
  grove compare groups.csv catalogue.fits --column-b gz2_class
      groups beside the labels of a catalogue

Rows are matched by id. Exit codes: 0 compared; 1 something was not; 2 wrong usage.";

/// Groups that are shown of each table.
const SHOWN: usize = 30;

/// Compare two groupings of the same galaxies: the adjusted Rand index, and which groups share galaxies.
///
/// The index is 1 for the same groups under any names, and about 0 for chance (Hubert & Arabie 1985).
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// A table of ids and groups: CSV, FITS, VOTable and others
    #[arg(value_name = "A")]
    first: PathBuf,
    /// Another one
    #[arg(value_name = "B")]
    second: PathBuf,
    /// The column of groups in A [default: group]
    #[arg(long, value_name = "COLUMN")]
    column_a: Option<String>,
    /// The column of groups in B [default: group]
    #[arg(long, value_name = "COLUMN")]
    column_b: Option<String>,
    /// The column of ids in both [default: id, sdss_objid, objid or others]
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let id = arguments.id.as_deref();
    let first = Grouping::read(&arguments.first, arguments.column_a.as_deref(), id)?;
    let second = Grouping::read(&arguments.second, arguments.column_b.as_deref(), id)?;
    let pairs: Vec<(&str, &str)> = first
        .groups
        .iter()
        .filter_map(|(id, a)| Some((a.as_str(), second.groups.get(id)?.as_str())))
        .collect();
    if pairs.is_empty() {
        bail!(
            "no galaxy of {} is in {}: name the columns of ids with --id",
            first.name,
            second.name
        );
    }
    let (names_a, a) = numbered(pairs.iter().map(|pair| pair.0));
    let (names_b, b) = numbered(pairs.iter().map(|pair| pair.1));
    let shared = Contingency::new(&a, &b);
    say!(
        "{} in both; adjusted Rand index {:.4}, normalised mutual information {:.4}, purity of A by B {:.4}",
        galaxies(pairs.len()),
        shared.adjusted_rand(),
        shared.mutual_information(),
        shared.purity()
    );
    say!("{}", accuracy(&shared));
    for (own, other) in [(&first, &second), (&second, &first)] {
        for remark in &own.remarks {
            say!("{}: {remark}", own.name);
        }
        let alone = own
            .groups
            .keys()
            .filter(|id| !other.groups.contains_key(*id))
            .count();
        if alone > 0 {
            say!("{} only in {}", galaxies(alone), own.name);
        }
        if own.empty > 0 {
            say!(
                "{} without an id or a group in {}: left out",
                galaxies(own.empty),
                own.name
            );
        }
        if own.repeated > 0 {
            say!(
                "{} of {} repeat an id with the same group: taken once",
                counted(own.repeated, "row", "rows"),
                own.name
            );
        }
    }
    say!("\n{}", table(&names_a, &names_b, &shared));
    if let Some(enriched) = enriched(&names_a, &names_b, &shared) {
        say!("\n{enriched}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The groups in a table.
struct Grouping {
    name: String,
    /// By id. Whole numbers lose their leading zeros, so that tables of several programs agree.
    groups: BTreeMap<String, String>,
    /// Rows without an id or a group.
    empty: usize,
    /// Rows that say of an id what an earlier row said.
    repeated: usize,
    /// Sentences about the table as a whole.
    remarks: Vec<String>,
}

impl Grouping {
    fn read(path: &Path, column: Option<&str>, id: Option<&str>) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
        let table = catalogue::read(&name, &bytes, &Limits::default())
            .map_err(|refusal| anyhow!("{name}: {}. What to do: {}", refusal.reason, refusal.remedy))?;
        let ids = match id {
            Some(id) => find(&table, id, &name, "--id")?,
            None => {
                let known = IDS.iter().find_map(|id| table.find(id));
                known.ok_or_else(|| {
                    anyhow!(
                        "{name} has no column of ids: name it with --id; {}",
                        columns(&table)
                    )
                })?
            }
        };
        let groups = find(
            &table,
            column.unwrap_or("group"),
            &name,
            "--column-a or --column-b",
        )?;
        let mut found = Self {
            name,
            groups: BTreeMap::new(),
            empty: 0,
            repeated: 0,
            remarks: table.remarks.clone(),
        };
        // The ids as they are written: two that are one number only without their zeros are no two rows of one galaxy.
        let mut written = BTreeMap::new();
        for row in 0..table.rows() {
            let cell = |column: usize| {
                let column = table.columns.get(column);
                let text = column.and_then(|column| column.cells.get(row));
                text.unwrap_or_default().trim().to_owned()
            };
            let (id, group) = (cell(ids), cell(groups));
            if id.is_empty() || group.is_empty() {
                found.empty += 1;
                continue;
            }
            let key = id
                .parse::<i128>()
                .map_or_else(|_| id.clone(), |number| number.to_string());
            let name = &found.name;
            if let Some(other) = written.insert(key.clone(), id.clone())
                && other != id
            {
                bail!(
                    "{name}: the ids `{other}` and `{id}` are the same number: give every galaxy an id of its own"
                );
            }
            if let Some(other) = found.groups.insert(key, group.clone()) {
                if other != group {
                    bail!(
                        "{name}: the id {id} is in the groups `{other}` and `{group}`: keep one row for each galaxy"
                    );
                }
                found.repeated += 1;
            }
        }
        Ok(found)
    }
}

fn find(table: &Table, column: &str, name: &str, flag: &str) -> anyhow::Result<usize> {
    let found = table.find(column);
    found.ok_or_else(|| {
        anyhow!(
            "{name} has no column `{column}`: name one with {flag}; {}",
            columns(table)
        )
    })
}

fn columns(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    format!("its columns are {}", names.join(", "))
}

/// The names of groups, numbers in their order and before words, and the group of each galaxy.
fn numbered<'a>(groups: impl Iterator<Item = &'a str>) -> (Vec<&'a str>, Vec<usize>) {
    let groups: Vec<&str> = groups.collect();
    let mut names = groups.clone();
    names.sort_by_key(|name| (name.parse::<i64>().unwrap_or(i64::MAX), *name));
    names.dedup();
    let places: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let numbers = groups
        .iter()
        .filter_map(|group| places.get(group).copied())
        .collect();
    (names, numbers)
}

/// How often the most frequent name of a group is right, over all galaxies and as a mean over the names, and how many of the errors of calling
/// all alike that removes.
fn accuracy(shared: &Contingency) -> String {
    let Majority {
        accuracy,
        balanced,
        base,
    } = shared.majority();
    let removed = if base < 1.0 {
        format!("{:.0} % of the errors", 100.0 * (accuracy - base) / (1.0 - base))
    } else {
        "no error, as there is one name only".to_owned()
    };
    format!(
        "calling each group of A by its most frequent name in B: right for {accuracy:.4} of the galaxies, {balanced:.4} as a mean over the \
         names; calling all alike: {base:.4}, so the groups remove {removed}"
    )
}

/// Names that a group has more of than chance gives (Benjamini & Hochberg 1995, at 1 %), most significant first.
fn enriched(names_a: &[&str], names_b: &[&str], shared: &Contingency) -> Option<String> {
    const RATE: f64 = 0.01;
    let mut all = shared.enrichments();
    all.sort_by(|a, b| a.chance.total_cmp(&b.chance));
    // Pairs that share no galaxy are tests, too, with a chance of 1.
    let tests = (names_a.len() * names_b.len()) as f64;
    let kept = (0..all.len()).rev().find(|at| {
        let one = all.get(*at);
        one.is_some_and(|one| one.chance <= RATE * (at + 1) as f64 / tests)
    })?;
    let name = |names: &[&str], at: usize| names.get(at).copied().unwrap_or_default().to_owned();
    let more: Vec<_> = all.iter().take(kept + 1).filter(|one| one.factor > 1.0).collect();
    let mut lines =
        vec!["more frequent in a group than chance gives (at most 1 % of these by chance):".to_owned()];
    for one in more.iter().take(SHOWN) {
        lines.push(format!(
            "{}\t{}\t{} galaxies, {:.1} times the expected number\tp = {:.1e}",
            name(names_a, one.row),
            name(names_b, one.column),
            one.galaxies,
            one.factor,
            one.chance
        ));
    }
    if more.len() > SHOWN {
        lines.push(format!("{} more are not shown", more.len() - SHOWN));
    }
    (lines.len() > 1).then(|| lines.join("\n"))
}

/// How many galaxies each group of A shares with each group of B.
fn table(names_a: &[&str], names_b: &[&str], shared: &Contingency) -> String {
    let shown_b = &names_b[..names_b.len().min(SHOWN)];
    let mut lines = vec![format!("A \\ B\t{}", shown_b.join("\t"))];
    for (at, name) in names_a.iter().enumerate().take(SHOWN) {
        let row = (0..shown_b.len()).map(|other| shared.shared(at, other).to_string());
        lines.push(format!("{name}\t{}", row.collect::<Vec<_>>().join("\t")));
    }
    let left_out = names_a.len().saturating_sub(SHOWN) + names_b.len().saturating_sub(SHOWN);
    if left_out > 0 {
        lines.push(format!("{left_out} more groups are not shown"));
    }
    lines.join("\n")
}
