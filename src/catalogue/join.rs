//! Which row of a table belongs to which galaxy. Every column is tried as the key.
//!
//! The column that fits most galaxies wins, unless a surer way of comparing that covers most of these says otherwise. Where
//! two columns name different rows and neither is surer, nothing is joined and the user is asked.

use std::collections::BTreeSet;

use crate::intake::{Answers, Question, QuestionKey, Reading, Verdict};
use crate::limits::Limits;
use crate::refusal::Refusal;

use super::columns::Facts;
use super::key::{By, Keys};
use super::key_names::{is_key_name, preference};
use super::known::Known;
use super::table::{Column, Table};
use super::trial::Trial;
use super::words::is_rounded;

/// Cells that are looked at to judge a column.
const LOOKED_AT: usize = 200;
/// Columns that are offered as keys at most.
const OFFERED: usize = 12;
/// Names of columns that count rows.
const COUNTERS: [&str; 6] = ["", "index", "unnamed: 0", "row", "rownum", "column 1"];

/// The rows of a table brought to galaxies.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Join {
    /// The column whose cells were taken as keys; `None` when nothing was joined.
    pub key_column: Option<usize>,
    /// What the cells were compared with.
    pub by: Option<By>,
    /// The row of each galaxy.
    pub matched: Vec<Option<usize>>,
    /// Rows that match no galaxy.
    pub unmatched_rows: usize,
    /// Galaxies of which several rows say the same: the first of them is taken.
    pub duplicates: usize,
    /// Sentences for display.
    pub remarks: Vec<String>,
    /// Which column is the key, where that is open.
    pub questions: Vec<Question>,
    /// Why nothing was joined.
    pub refusal: Option<Refusal>,
}

impl Join {
    /// The outcome of the table, in a sentence: how many galaxies have a row, and by which column.
    pub fn verdict(&self, table: &Table) -> Verdict {
        let galaxies = self.matched.len();
        let found = self.matched.iter().flatten().count();
        let column = self.key_column.and_then(|at| table.columns.get(at));
        let Some(column) = column.filter(|_| found > 0) else {
            let refusal = self
                .refusal
                .clone()
                .unwrap_or_else(|| unmatched_table(galaxies, &[]));
            return refusal.into();
        };
        let mut remarks = vec![format!(
            "a table of {} rows and {} columns: {found} of {galaxies} galaxies have a row in it, found in its column `{}` by {}",
            table.rows(),
            table.columns.len(),
            column.name,
            self.by.map_or("", By::name)
        )];
        remarks.extend(table.remarks.iter().chain(&self.remarks).cloned());
        remarks.extend(Facts::new(table, self.key_column).remark());
        Verdict::Remarked(remarks)
    }
}

/// Brings the rows of a table to galaxies.
///
/// Tried as keys are file names with their paths, names without endings, identifiers that the galaxies' files gave, columns
/// that are known of the galaxies, and the number in a file's name. Names may differ in upper and lower case and in the way
/// in which Unicode writes a letter; the archive's name in front of a path does not matter. The answer to the question
/// `key` is the name of a column.
pub fn join(table: &Table, galaxies: &[Known], answers: &Answers) -> Join {
    let (trials, remarks) = trials(table, galaxies);
    let nothing = |refusal: Refusal, questions: Vec<Question>| Join {
        matched: vec![None; galaxies.len()],
        unmatched_rows: table.rows(),
        questions,
        refusal: Some(refusal),
        ..Join::default()
    };
    let Some(choice) = choose(table, &trials) else {
        // Perhaps every row fits, but none for certain.
        let refusal = open(table, &trials).unwrap_or_else(|| unmatched_table(galaxies.len(), &remarks));
        return nothing(refusal, Vec::new());
    };
    let answered = answers.get(&QuestionKey::Key).is_some_and(|answer| {
        let names = |trial: &&Trial| {
            table
                .columns
                .get(trial.column)
                .is_some_and(|column| column.name == answer)
        };
        answer.parse::<usize>().is_ok() || answer == NONE || trials.iter().any(|trial| names(&trial))
    });
    let mut questions = Vec::new();
    let taken = if choice.rivals.is_empty() && !answered {
        Some(choice.winner)
    } else {
        match ask(table, &trials, &choice, answers) {
            Ok((question, taken)) => {
                questions.push(question);
                taken
            }
            Err(refusal) => return nothing(refusal, Vec::new()),
        }
    };
    let Some(trial) = taken.and_then(|at| trials.get(at)) else {
        return nothing(disputed(table, &trials, &choice), questions);
    };
    let mut join = finish(table, galaxies.len(), trial);
    join.questions = questions;
    join.remarks.extend(remarks);
    join
}

/// Joins the one of a file's tables that fits most galaxies. Returns its number; the remarks name the others that fit too.
pub fn join_best(tables: &[Table], galaxies: &[Known], answers: &Answers) -> (usize, Join) {
    let count = |join: &Join| join.matched.iter().flatten().count();
    let mut joins: Vec<(usize, Join)> = tables
        .iter()
        .map(|table| join(table, galaxies, answers))
        .enumerate()
        .collect();
    // The first of equals; a table that asks comes before one that fits nothing.
    joins.sort_by_key(|(at, join)| {
        std::cmp::Reverse((count(join), !join.questions.is_empty(), std::cmp::Reverse(*at)))
    });
    let mut joins = joins.into_iter();
    let (taken, mut best) = joins.next().unwrap_or_default();
    let title = |at: usize| tables.get(at).map_or("", |table| table.title.as_str());
    if tables.len() > 1 && best.key_column.is_some() {
        best.remarks.push(format!(
            "of its {} tables `{}` was taken",
            tables.len(),
            title(taken)
        ));
        let others: Vec<String> = joins
            .filter(|(_, join)| count(join) > 0)
            .map(|(at, join)| format!("`{}` ({} galaxies)", title(at), count(&join)))
            .collect();
        if !others.is_empty() {
            best.remarks.push(format!(
                "other tables of it fit galaxies too and were not used: {}; save them as files of their own to have them joined",
                others.join(", ")
            ));
        }
    }
    (taken, best)
}

/// The trials that fit any galaxy, and sentences on columns that are no keys.
fn trials(table: &Table, galaxies: &[Known]) -> (Vec<Trial>, Vec<String>) {
    let keys = Keys::new(galaxies);
    let (mut found, mut remarks) = (Vec::new(), Vec::new());
    for (at, column) in table.columns.iter().enumerate() {
        if is_measurement(column) {
            continue;
        }
        let rounded = rounded(column);
        if let Some(cell) = rounded {
            remarks.push(format!(
                "the column `{}` holds numbers that were rounded, as spreadsheets and floating point do (`{cell}`): it is not used \
                 as a key; write its cells as text and export the table again",
                column.name
            ));
        }
        let is_number = rounded.is_none() && !is_counter(column);
        let liking = preference(&column.name);
        let mut trials = By::ALL.map(|by| Trial::new(at, by, liking, galaxies.len()));
        for (row, cell) in column.cells.iter().enumerate() {
            keys.hits(&column.name, cell, is_number, &mut |hit| {
                if let Some(trial) = trials.get_mut(hit.by as usize) {
                    trial.take(row, hit);
                }
            });
            trials.iter_mut().for_each(|trial| trial.end_row(table));
        }
        let is_any = |trial: &Trial| trial.covered() + trial.open_rows.0 + trial.open_galaxies().0 > 0;
        // Short numbers in names are the same by accident, unless most galaxies have one in the table.
        let is_likely = |trial: &Trial| {
            is_key_name(&column.name) && (trial.by != By::Digits || trial.covered() * 2 > galaxies.len())
        };
        let counts = |trial: &Trial| is_any(trial) && (trial.is_sure || is_likely(trial));
        found.extend(trials.into_iter().filter(counts));
    }
    (found, remarks)
}

/// The trial that wins, and those that contradict it and are not less sure.
struct Choice {
    winner: usize,
    rivals: BTreeSet<usize>,
}

fn choose(table: &Table, trials: &[Trial]) -> Option<Choice> {
    let at = |index: usize| trials.get(index);
    let rank = |index: &usize| {
        at(*index).map(|trial| {
            let less = std::cmp::Reverse((trial.by, trial.liking, trial.column));
            (trial.covered(), less)
        })
    };
    let all = (0..trials.len()).filter(|index| at(*index).is_some_and(|trial| trial.covered() > 0));
    let mut winner = all.clone().max_by_key(rank)?;
    // A surer way that covers most of these galaxies wins, if it says otherwise.
    loop {
        let best = at(winner)?;
        let is_surer = |index: &usize| {
            at(*index).is_some_and(|trial| {
                trial.by < best.by
                    && trial.covered() * 2 > best.covered()
                    && trial.contradicts(best, table) > 0
            })
        };
        match all.clone().filter(is_surer).max_by_key(|index| {
            at(*index).map(|trial| {
                (
                    std::cmp::Reverse(trial.by),
                    trial.covered(),
                    std::cmp::Reverse((trial.liking, trial.column)),
                )
            })
        }) {
            Some(surer) => winner = surer,
            None => break,
        }
    }
    let best = at(winner)?;
    let rivals = all.filter(|index| {
        *index != winner
            && at(*index).is_some_and(|trial| trial.by <= best.by && trial.contradicts(best, table) > 0)
    });
    let rivals = rivals.collect();
    Some(Choice { winner, rivals })
}

/// The answer that joins nothing.
const NONE: &str = "none of them";

/// Asks which column is the key. Without an answer nothing is taken.
fn ask(
    table: &Table,
    trials: &[Trial],
    choice: &Choice,
    answers: &Answers,
) -> Result<(Question, Option<usize>), Refusal> {
    let mut order = vec![choice.winner];
    order.extend(&choice.rivals);
    // Any other column that fits may be meant as well.
    let rest = (0..trials.len()).filter(|index| *index != choice.winner && !choice.rivals.contains(index));
    order.extend(rest);
    let mut columns = BTreeSet::new();
    order.retain(|index| {
        trials
            .get(*index)
            .is_some_and(|trial| trial.covered() > 0 && columns.insert(trial.column))
    });
    order.truncate(OFFERED);
    let mut options: Vec<String> = order
        .iter()
        .filter_map(|index| trials.get(*index))
        .map(|trial| {
            let name = table
                .columns
                .get(trial.column)
                .map_or("", |column| column.name.as_str());
            format!("{name} ({}, {} galaxies)", trial.by.name(), trial.covered())
        })
        .collect();
    options.push(NONE.to_owned());
    let default = if choice.rivals.is_empty() {
        0
    } else {
        options.len() - 1
    };
    let limits = Limits::default();
    let mut reading = Reading::new(&limits, answers);
    let text = "Which column of the table names the galaxies?";
    let taken = reading.choose(QuestionKey::Key, text, options, default)?;
    let question = reading.questions.pop();
    let question = question
        .ok_or_else(|| Refusal::new("no column of the table fits", "give it a column with file names"))?;
    Ok((question, order.get(taken).copied()))
}

/// A table whose columns disagree.
fn disputed(table: &Table, trials: &[Trial], choice: &Choice) -> Refusal {
    let words = |index: &usize| {
        let trial = trials.get(*index)?;
        let column = table.columns.get(trial.column)?;
        Some(format!("`{}` (by {})", column.name, trial.by.name()))
    };
    let named: Vec<String> = std::iter::once(&choice.winner)
        .chain(choice.rivals.iter().take(2))
        .filter_map(words)
        .collect();
    Refusal::new(
        format!(
            "its columns {} name different rows for the same galaxies, so that no label is certain: the table was not joined",
            named.join(" and ")
        ),
        "say which column names the galaxies (the answer to the question `key`), or take the other one out of the table",
    )
}

/// A table in which some rows fit, but none for certain.
fn open(table: &Table, trials: &[Trial]) -> Option<Refusal> {
    let trial = trials.iter().min_by_key(|trial| (trial.by, trial.liking))?;
    let column = table.columns.get(trial.column)?;
    let cell = |row: Option<usize>| row.and_then(|row| column.cells.get(row)).unwrap_or_default();
    let (count, first) = trial.open_galaxies();
    let (why, remedy) = if count > 0 {
        (
            format!(
                "several rows with different values name the same galaxy (`{}`)",
                cell(first)
            ),
            "keep one row for each galaxy",
        )
    } else {
        (
            format!(
                "a row fits several galaxies alike (`{}`)",
                cell(trial.open_rows.1)
            ),
            "write the names with their folders, so that each row names one galaxy",
        )
    };
    Some(Refusal::new(
        format!(
            "no row of the table is joined: in its column `{}` {why}",
            column.name
        ),
        remedy,
    ))
}

/// A table that names none of the galaxies.
fn unmatched_table(galaxies: usize, remarks: &[String]) -> Refusal {
    let mut reason =
        format!("no row of the table fits any of the {galaxies} galaxies, by file name or by number");
    for remark in remarks {
        reason.push_str("; ");
        reason.push_str(remark);
    }
    Refusal::new(
        reason,
        "give it a column with the files' names or the galaxies' ids, and drop it together with the pictures",
    )
}

/// True for a column of numbers with fractions: no keys. A missing number (`nan`) is no fraction.
fn is_measurement(column: &Column) -> bool {
    let mut fractions = 0;
    for cell in column
        .cells
        .iter()
        .filter(|cell| !cell.trim().is_empty())
        .take(LOOKED_AT)
    {
        match cell.trim().parse::<f64>() {
            Err(_) => return false,
            Ok(value) => fractions += usize::from(value.is_finite() && value.fract() != 0.0),
        }
    }
    fractions > 0
}

/// A cell of a column whose long numbers were all rounded, if it is such a one.
fn rounded(column: &Column) -> Option<&str> {
    const LONG: usize = 16;
    let mut found = None;
    for cell in column.cells.iter().filter(|cell| !cell.trim().is_empty()) {
        if is_rounded(cell) {
            found.get_or_insert(cell);
        } else if cell.len() >= LONG && cell.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
    }
    found
}

/// True for a column that counts the rows, 0, 1, 2, ... or 1, 2, 3, ..., and has no better name: it says nothing of galaxies.
fn is_counter(column: &Column) -> bool {
    let name = column.name.trim().to_lowercase();
    let counts_from = |first: usize| {
        let mut cells = column.cells.iter().enumerate();
        cells.all(|(row, cell)| cell.trim().parse() == Ok(row + first))
    };
    COUNTERS.contains(&name.as_str()) && (counts_from(0) || counts_from(1))
}

fn finish(table: &Table, galaxies: usize, trial: &Trial) -> Join {
    let matched: Vec<Option<usize>> = trial.matched().collect();
    let found = matched.iter().flatten().count();
    let column = table.columns.get(trial.column);
    let cell = |row: Option<usize>| {
        let cell = column.zip(row).and_then(|(column, row)| column.cells.get(row));
        cell.unwrap_or_default().to_owned()
    };
    let mut remarks = Vec::new();
    let repeated = trial.repeated();
    if repeated > 0 {
        remarks.push(format!(
            "{repeated} galaxies have several rows with the same values: the first was taken"
        ));
    }
    let (open, first) = trial.open_galaxies();
    if open > 0 {
        remarks.push(format!(
            "{open} galaxies stand in several rows that say different things and get none of them (the first is `{}`): keep one row \
             for each galaxy",
            cell(first)
        ));
    }
    let (open, first) = trial.open_rows;
    if open > 0 {
        remarks.push(format!(
            "{open} rows fit several galaxies alike and are joined to none of them (the first is `{}`): write the names with their \
             folders",
            cell(first)
        ));
    }
    let missing = galaxies.saturating_sub(found + trial.open_galaxies().0);
    if missing > 0 {
        remarks.push(format!("{missing} galaxies have no row in the table"));
    }
    if trial.unmatched_rows > 0 {
        remarks.push(format!(
            "{} rows name galaxies that are not in the set",
            trial.unmatched_rows
        ));
    }
    Join {
        key_column: Some(trial.column),
        by: Some(trial.by),
        matched,
        unmatched_rows: trial.unmatched_rows + trial.open_rows.0,
        duplicates: repeated,
        remarks,
        questions: Vec::new(),
        refusal: None,
    }
}
