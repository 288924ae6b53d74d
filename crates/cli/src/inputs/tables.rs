//! Tables among the files that were given, joined to the galaxies of all files.

use std::collections::BTreeMap;

use super::reading::Outcome;
use galaxy_grove::catalogue::{Facts, Join, Known, Table, join_best, merge, replaced};
use galaxy_grove::intake::Verdict;
use galaxy_grove::intake::{Answers, FileReport};

/// Joins every table to the galaxies of all files, and says in its verdict how well it fitted. A table may know only a
/// column that another one gives: those that fitted no galaxy are tried again after others were joined.
pub fn join_tables(outcomes: &mut [Outcome], answers: &Answers) {
    let mut files: Vec<(usize, Vec<Table>)> = outcomes
        .iter_mut()
        .enumerate()
        .map(|(at, outcome)| (at, std::mem::take(&mut outcome.tables)))
        .filter(|(_, tables)| !tables.is_empty())
        .collect();
    loop {
        let before = files.len();
        let mut open = Vec::new();
        for (at, tables) in files {
            let (taken, joined) = join_best(&tables, &known(outcomes), answers);
            if joined.key_column.is_none() && joined.questions.is_empty() {
                open.push((at, tables, joined));
            } else if let Some(table) = tables.get(taken) {
                tell(outcomes, at, table, &joined);
            }
        }
        if open.is_empty() || open.len() == before {
            for (at, tables, joined) in open {
                if let Some(table) = tables.first() {
                    tell(outcomes, at, table, &joined);
                }
            }
            return;
        }
        files = open.into_iter().map(|(at, tables, _)| (at, tables)).collect();
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
    let Some(outcome) = outcomes.get_mut(at) else {
        return;
    };
    let mut verdict = joined.verdict(table);
    if let Some(remark) = replaced(&columns) {
        verdict.remark(remark);
    }
    let report = &mut outcome.report;
    if report.galaxies().is_empty() {
        *report = FileReport::told(&report.name, verdict);
    } else {
        // A file of galaxies with a table beside them.
        match verdict {
            Verdict::Accepted => {}
            Verdict::Remarked(remarks) => remarks.into_iter().for_each(|remark| report.remark(remark)),
            Verdict::Refused { reason, .. } => report.remark(format!(
                "the table `{}` beside its images ({} rows) was not used: {reason}",
                table.title,
                table.rows()
            )),
        }
    }
    report.questions.extend(joined.questions.iter().cloned());
}
