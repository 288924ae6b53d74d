//! Tables among the files that were given, joined to the galaxies of all files.

use std::collections::BTreeMap;

use super::reading::Outcome;
use galaxy_grove::catalogue::{Facts, Join, Known, Table, join, merge, replaced};
use galaxy_grove::intake::{Answers, FileReport};

/// Joins every table to the galaxies of all files, and says in its verdict how well it fitted. A table may know only a
/// column that another one gives: those that fitted no galaxy are tried again after others were joined.
pub fn join_tables(outcomes: &mut [Outcome], answers: &Answers) {
    let mut tables: Vec<(usize, Table)> = outcomes
        .iter_mut()
        .enumerate()
        .filter_map(|(at, outcome)| Some((at, outcome.table.take()?)))
        .collect();
    loop {
        let before = tables.len();
        let mut open = Vec::new();
        for (at, table) in tables {
            let joined = join(&table, &known(outcomes), answers);
            tell(outcomes, at, &table, &joined);
            if joined.key_column.is_none() && joined.questions.is_empty() {
                open.push((at, table));
            }
        }
        tables = open;
        if tables.is_empty() || tables.len() == before {
            return;
        }
    }
}

/// What is known of all galaxies.
fn known(outcomes: &[Outcome]) -> Vec<Known> {
    outcomes
        .iter()
        .flat_map(|outcome| outcome.report.galaxies())
        .map(|galaxy| Known::new(galaxy.own_id(), &galaxy.name, &galaxy.about))
        .collect()
}

/// Adds to the galaxies what the table says of them, and sets its verdict.
fn tell(outcomes: &mut [Outcome], at: usize, table: &Table, joined: &Join) {
    let facts = Facts::new(table, joined.key_column);
    let galaxies = outcomes
        .iter_mut()
        .flat_map(|outcome| outcome.report.galaxies_mut());
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    for (galaxy, row) in galaxies.zip(&joined.matched) {
        let Some(row) = row else { continue };
        for column in merge(&mut galaxy.about, facts.of(*row)) {
            *columns.entry(column).or_default() += 1;
        }
    }
    if let Some(outcome) = outcomes.get_mut(at) {
        let mut verdict = joined.verdict(table);
        if let Some(remark) = replaced(&columns) {
            verdict.remark(remark);
        }
        outcome.report = FileReport::told(&outcome.report.name, verdict);
        outcome.report.questions.clone_from(&joined.questions);
    }
}
