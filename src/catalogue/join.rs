//! Which row of a table speaks of which galaxy. Every column is tried as the key; the one that fits most galaxies wins.

use crate::intake::Verdict;
use crate::refusal::Refusal;

use super::columns::Facts;
use super::key::{By, Keys};
use super::table::Table;

/// Names of columns that hold keys, those preferred first.
const KEY_NAMES: [&str; 26] = [
    "objid",
    "id",
    "dr7objid",
    "dr8objid",
    "asset_id",
    "name",
    "file",
    "filename",
    "image",
    "file_name",
    "image_name",
    "image_file",
    "source_file",
    "path",
    "galaxyid",
    "galaxy_id",
    "object_id",
    "objectid",
    "source_id",
    "sdss_objid",
    "specobjid",
    "iauname",
    "galaxy",
    "object",
    "index",
    "pgc",
];

/// Smaller numbers mean many things: as keys they count only in a column that is named as one.
const LARGE: i64 = 100_000;

/// The rows of a table brought to galaxies.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Join {
    /// The column whose cells were taken as keys; `None` when none fits any galaxy.
    pub key_column: Option<usize>,
    /// What the cells were compared with.
    pub by: Option<By>,
    /// The row of each galaxy.
    pub matched: Vec<Option<usize>>,
    /// Rows that speak of no galaxy.
    pub unmatched_rows: usize,
    /// Galaxies of which several rows speak: the first of them is taken.
    pub duplicates: usize,
    /// Sentences for the eye.
    pub remarks: Vec<String>,
}

impl Join {
    /// What became of the table, in a sentence: how many galaxies have a row, and by which column.
    pub fn verdict(&self, table: &Table) -> Verdict {
        let galaxies = self.matched.len();
        let found = self.matched.iter().flatten().count();
        let Some(column) = self
            .key_column
            .and_then(|at| table.columns.get(at))
            .filter(|_| found > 0)
        else {
            return Refusal::new(
                format!("no row of the table fits any of the {galaxies} galaxies"),
                "give it a column with the files' names or the galaxies' ids, and drop it together with the pictures",
            )
            .into();
        };
        let mut remarks = vec![format!(
            "a table of {} rows and {} columns: {found} of {galaxies} galaxies have a row in it, by the column `{}`",
            table.rows(),
            table.columns.len(),
            column.name
        )];
        remarks.extend(table.remarks.iter().chain(&self.remarks).cloned());
        remarks.extend(Facts::new(table, self.key_column).remark());
        Verdict::Remarked(remarks)
    }
}

/// One column as the key, compared in one way.
#[derive(Clone)]
struct Trial {
    /// For each galaxy its best row: how good, which, and how many are as good.
    best: Vec<Option<(usize, usize, usize)>>,
    rows: usize,
    last_row: Option<usize>,
    large: bool,
}

impl Trial {
    fn new(galaxies: usize) -> Self {
        Self {
            best: vec![None; galaxies],
            rows: 0,
            last_row: None,
            large: false,
        }
    }

    fn take(&mut self, galaxy: usize, row: usize, strength: usize, number: Option<i64>) {
        if self.last_row != Some(row) {
            self.last_row = Some(row);
            self.rows += 1;
        }
        self.large |= number.is_none_or(|number| number.unsigned_abs() >= LARGE.unsigned_abs());
        let Some(slot) = self.best.get_mut(galaxy) else {
            return;
        };
        *slot = Some(match *slot {
            Some((best, first, count)) if best == strength => (best, first, count + 1),
            Some(better) if better.0 > strength => better,
            _ => (strength, row, 1),
        });
    }

    /// Galaxies with exactly one row, then galaxies with any.
    fn worth(&self) -> (usize, usize) {
        let any = self.best.iter().flatten();
        let single = any.clone().filter(|(_, _, count)| *count == 1).count();
        (single, any.count())
    }
}

fn preference(name: &str) -> usize {
    let name = name.to_lowercase().replace(['-', ' '], "_");
    KEY_NAMES
        .iter()
        .position(|known| *known == name)
        .unwrap_or(KEY_NAMES.len())
}

/// Brings the rows of a table to galaxies, given by identifier and file name.
///
/// Tried as keys are file names with their paths, names without endings, identifiers, and the number in a file's name.
/// Names may differ in upper and lower case; the archive's name in front of a path does not matter.
pub fn join(table: &Table, galaxies: &[(i64, &str)]) -> Join {
    let keys = Keys::new(galaxies);
    let mut winner: Option<(Rank, usize, By, Trial)> = None;
    for (at, column) in table.columns.iter().enumerate() {
        if is_measurement(column.cells.iter()) {
            continue;
        }
        let mut trials = By::ALL.map(|_| Trial::new(galaxies.len()));
        for (row, cell) in column.cells.iter().enumerate() {
            keys.hits(cell, &mut |hit| {
                if let Some(trial) = trials.get_mut(hit.by as usize) {
                    trial.take(hit.galaxy, row, hit.strength, hit.number);
                }
            });
        }
        let liking = preference(&column.name);
        for (by, trial) in By::ALL.into_iter().zip(trials) {
            let worth = trial.worth();
            let is_chance = !trial.large && liking == KEY_NAMES.len();
            if worth.1 == 0 || is_chance {
                continue;
            }
            let rank = Rank {
                worth,
                by: std::cmp::Reverse((by, liking)),
            };
            // Of equals the first column stays.
            if winner.as_ref().is_none_or(|(best, ..)| rank > *best) {
                winner = Some((rank, at, by, trial));
            }
        }
    }
    let Some((_, at, by, trial)) = winner else {
        return Join {
            key_column: None,
            by: None,
            matched: vec![None; galaxies.len()],
            unmatched_rows: table.rows(),
            duplicates: 0,
            remarks: vec![
                "no column of the table names any of the galaxies, by file name or by number".to_owned(),
            ],
        };
    };
    finish(table, galaxies.len(), at, by, &trial)
}

/// More galaxies first, then the surer way of comparing, then the better name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    worth: (usize, usize),
    by: std::cmp::Reverse<(By, usize)>,
}

/// True for a column of numbers with fractions: no keys. A missing number (`nan`) is no fraction.
fn is_measurement<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    const LOOKED_AT: usize = 200;
    let mut fractions = 0;
    for cell in cells.filter(|cell| !cell.trim().is_empty()).take(LOOKED_AT) {
        match cell.trim().parse::<f64>() {
            Err(_) => return false,
            Ok(value) => fractions += usize::from(value.is_finite() && value.fract() != 0.0),
        }
    }
    fractions > 0
}

fn finish(table: &Table, galaxies: usize, at: usize, by: By, trial: &Trial) -> Join {
    let matched: Vec<Option<usize>> = trial
        .best
        .iter()
        .map(|best| best.map(|(_, row, _)| row))
        .collect();
    let found = matched.iter().flatten().count();
    let duplicates = trial
        .best
        .iter()
        .flatten()
        .filter(|(_, _, count)| *count > 1)
        .count();
    let unmatched_rows = table.rows().saturating_sub(trial.rows);
    let name = table.columns.get(at).map_or("", |column| column.name.as_str());
    let mut remarks = vec![format!(
        "{found} of {galaxies} galaxies stand in the table, found in its column `{name}` by {}",
        by.name()
    )];
    if duplicates > 0 {
        remarks.push(format!(
            "{duplicates} galaxies stand in several rows: the first was taken"
        ));
    }
    if unmatched_rows > 0 {
        remarks.push(format!(
            "{unmatched_rows} rows speak of galaxies that are not here"
        ));
    }
    Join {
        key_column: Some(at),
        by: Some(by),
        matched,
        unmatched_rows,
        duplicates,
        remarks,
    }
}
