//! Tables among the files that were given, joined to the galaxies of all files.

use std::collections::BTreeMap;

use super::gather::{Gathered, Row};
use galaxy_grove::catalogue::{Facts, Join, Known, Table, join_best, merge, replaced};
use galaxy_grove::cutout::About;
use galaxy_grove::intake::Verdict;
use galaxy_grove::intake::{Answers, FileReport};

/// Joins every table to the galaxies of all files, and says in its verdict how well it fitted. A table may know only a
/// column that another one gives: those that fitted no galaxy are tried again after others were joined.
pub fn join_tables(files: &mut [Gathered], answers: &Answers) {
    let mut waiting: Vec<(usize, Vec<Table>)> = files
        .iter_mut()
        .enumerate()
        .map(|(at, file)| (at, std::mem::take(&mut file.tables)))
        .filter(|(_, tables)| !tables.is_empty())
        .collect();
    loop {
        let before = waiting.len();
        let mut open = Vec::new();
        for (at, tables) in waiting {
            let (taken, joined) = join_best(&tables, &known(files), answers);
            if joined.key_column.is_none() && joined.questions.is_empty() {
                open.push((at, tables, joined));
            } else if let Some(table) = tables.get(taken) {
                report_join(files, at, table, &joined);
            }
        }
        if open.is_empty() || open.len() == before {
            for (at, tables, joined) in open {
                if let Some(table) = tables.first() {
                    report_join(files, at, table, &joined);
                }
            }
            return;
        }
        waiting = open.into_iter().map(|(at, tables, _)| (at, tables)).collect();
    }
}

/// What is known of all galaxies.
fn known(files: &[Gathered]) -> Vec<Known> {
    let nothing = About::default();
    let known = |row: &Row| {
        let id = row.id.filter(|_| !row.is_numbered);
        Known::new(id, &row.name, row.about.as_deref().unwrap_or(&nothing))
    };
    files.iter().flat_map(|file| &file.rows).map(known).collect()
}

/// Adds to the galaxies what the table says of them, and sets its verdict.
fn report_join(files: &mut [Gathered], at: usize, table: &Table, joined: &Join) {
    let facts = Facts::new(table, joined.key_column);
    let rows = files.iter_mut().flat_map(|file| &mut file.rows);
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    for (galaxy, row) in rows.zip(&joined.matched) {
        let Some(row) = row else { continue };
        for column in merge(galaxy.about_mut(), facts.of(*row)) {
            *columns.entry(column).or_default() += 1;
        }
    }
    let Some(file) = files.get_mut(at) else {
        return;
    };
    let mut verdict = joined.verdict(table);
    if let Some(remark) = replaced(&columns) {
        verdict.remark(remark);
    }
    let report = &mut file.report;
    if file.rows.is_empty() {
        *report = FileReport::with_verdict(&report.name, verdict);
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
