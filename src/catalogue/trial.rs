//! One column of a table as the key, compared in one way: which row each galaxy gets.

use super::key::{By, Hit};
use super::table::Table;

/// The rows that fit one galaxy best.
#[derive(Clone, Copy, Debug)]
struct Best {
    strength: usize,
    row: usize,
    /// True when another row fits as well and says something else.
    is_open: bool,
    /// Rows that fit as well.
    rows: usize,
}

/// The galaxies that fit one row best.
#[derive(Clone, Copy, Debug)]
struct Fit {
    row: usize,
    strength: usize,
    galaxy: usize,
    galaxies: usize,
}

/// One column as the key, compared in one way.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The column's number.
    pub column: usize,
    /// What its cells were compared with.
    pub by: By,
    /// Its place among the usual names of keys.
    pub liking: usize,
    /// False when all that fits may be an accident: short numbers.
    pub is_sure: bool,
    /// Rows that fit no galaxy, or none for certain.
    pub unmatched_rows: usize,
    /// Rows that fit several galaxies alike, and the first of them.
    pub open_rows: (usize, Option<usize>),
    best: Vec<Option<Best>>,
    fit: Option<Fit>,
}

impl Trial {
    /// Nothing was compared yet.
    pub fn new(column: usize, by: By, liking: usize, galaxies: usize) -> Self {
        Self {
            column,
            by,
            liking,
            is_sure: false,
            unmatched_rows: 0,
            open_rows: (0, None),
            best: vec![None; galaxies],
            fit: None,
        }
    }

    /// Takes a galaxy that fits the cell of a row.
    pub fn take(&mut self, row: usize, hit: Hit) {
        self.is_sure |= !hit.is_weak;
        self.fit = Some(match self.fit {
            Some(fit) if fit.strength > hit.strength => fit,
            Some(fit) if fit.strength == hit.strength && fit.galaxy != hit.galaxy => Fit {
                galaxies: fit.galaxies + 1,
                ..fit
            },
            Some(fit) if fit.strength == hit.strength => fit,
            _ => Fit {
                row,
                strength: hit.strength,
                galaxy: hit.galaxy,
                galaxies: 1,
            },
        });
    }

    /// Ends a row: all that fits its cell was taken.
    pub fn end_row(&mut self, table: &Table) {
        let Some(fit) = self.fit.take() else {
            self.unmatched_rows += 1;
            return;
        };
        if fit.galaxies > 1 {
            self.open_rows.0 += 1;
            self.open_rows.1.get_or_insert(fit.row);
            return;
        }
        let Some(slot) = self.best.get_mut(fit.galaxy) else {
            return;
        };
        *slot = Some(match *slot {
            Some(best) if best.strength > fit.strength => best,
            Some(best) if best.strength == fit.strength => Best {
                is_open: best.is_open || !table.is_same(best.row, fit.row),
                rows: best.rows + 1,
                ..best
            },
            _ => Best {
                strength: fit.strength,
                row: fit.row,
                is_open: false,
                rows: 1,
            },
        });
    }

    /// The row of each galaxy that has exactly one, or several that say the same.
    pub fn matched(&self) -> impl Iterator<Item = Option<usize>> {
        self.best
            .iter()
            .map(|best| best.filter(|best| !best.is_open).map(|best| best.row))
    }

    /// How many galaxies get a row.
    pub fn covered(&self) -> usize {
        self.matched().flatten().count()
    }

    /// How many galaxies have several rows that say different things, and the first of these rows.
    pub fn open_galaxies(&self) -> (usize, Option<usize>) {
        let mut open = self.best.iter().flatten().filter(|best| best.is_open);
        let first = open.next();
        (first.map_or(0, |_| 1 + open.count()), first.map(|best| best.row))
    }

    /// How many galaxies have several rows that say the same.
    pub fn repeated(&self) -> usize {
        let repeated = self
            .best
            .iter()
            .flatten()
            .filter(|best| best.rows > 1 && !best.is_open);
        repeated.count()
    }

    /// How many galaxies get another row than by `other`.
    pub fn contradicts(&self, other: &Self, table: &Table) -> usize {
        let pairs = self.matched().zip(other.matched());
        let differ = |(own, other): &(Option<usize>, Option<usize>)| match (own, other) {
            (Some(own), Some(other)) => own != other && !table.is_same(*own, *other),
            _ => false,
        };
        pairs.filter(differ).count()
    }
}
