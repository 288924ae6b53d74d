//! A table of text cells.

use super::cells::Cells;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// A table of text cells. Every column has the same number of cells.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// The columns, in the order of the file; at least one.
    pub columns: Vec<Column>,
    /// Sentences about what was left out.
    pub remarks: Vec<String>,
    /// Its name in a file of several tables, else empty.
    pub title: String,
}

/// One column of a table.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Column {
    /// Its name; `column 3` where the file gives none.
    pub name: String,
    /// Its cells; empty where a value is missing.
    pub cells: Cells,
    /// Its unit, if the file says.
    pub unit: Option<String>,
    /// What it is, if the file says.
    pub description: Option<String>,
}

impl Table {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }

    /// True when two rows have the same cells.
    pub fn is_same(&self, row: usize, other: usize) -> bool {
        let cells = |row: usize| self.columns.iter().map(move |column| column.cells.get(row));
        row == other || cells(row).eq(cells(other))
    }

    /// The number of the column with that name, in upper or lower case.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// Refuses a table of too many cells.
pub(super) fn check_cells(rows: usize, columns: usize, limits: &Limits) -> Result<(), Refusal> {
    if rows.saturating_mul(columns) <= limits.table_cells {
        return Ok(());
    }
    Err(Refusal::new(
        format!(
            "the table has more than {:.0} million cells, the limit",
            limits.table_cells as f64 / 1e6
        ),
        "keep only the columns and rows that you need",
    ))
}

/// A column that does not fit.
pub(super) fn too_long(name: &str) -> Refusal {
    Refusal::new(
        format!("the column `{name}` holds more than 4 GB of text"),
        "leave it out of the table",
    )
}
