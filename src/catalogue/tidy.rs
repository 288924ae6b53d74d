//! What spreadsheets and programs do to cells, undone: commas for points, text marks, words for missing values, names that
//! stand twice.

use std::collections::BTreeSet;

use super::cells::Cells;
use super::table::{Column, Table};

/// What means a missing value.
const MISSING: [&str; 16] = [
    "--", "---", "n/a", "N/A", "#N/A", "null", "NULL", "Null", "nan", "NaN", "NAN", "None", "<NA>", "masked",
    "~", "\\N",
];

/// True when a cell holds nothing: it is empty, or a word for a missing value.
pub fn is_missing(cell: &str) -> bool {
    let cell = cell.trim();
    cell.is_empty() || MISSING.contains(&cell)
}

/// A cell without the marks by which spreadsheets keep numbers as text, `="123"` and `'123`, and our own tables keep texts from
/// being formulas.
fn unmarked(cell: &str) -> &str {
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let marked = || {
        cell.strip_prefix('\'')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '='))
    };
    formula.or_else(marked).unwrap_or(cell)
}

/// True for `12,5` and `-1,2E3`.
fn has_comma(cell: &str) -> bool {
    let Some((whole, rest)) = cell.trim().split_once(',') else {
        return false;
    };
    let whole = whole.trim_start_matches(['-', '+']);
    let fraction = rest.split(['e', 'E']).next().unwrap_or(rest);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && cell.replacen(',', ".", 1).trim().parse::<f64>().is_ok()
}

/// True when the numbers of a column are written with commas for points.
fn is_in_commas(column: &Column) -> bool {
    let mut any = false;
    for cell in column.cells.iter().filter(|cell| !is_missing(cell)) {
        if has_comma(cell) {
            any = true;
        } else if cell.trim().parse::<i64>().is_err() {
            return false;
        }
    }
    any
}

/// Cells that are each changed. A column grows by nothing here, so that none can be refused.
fn changed(cells: &Cells, change: impl Fn(&str) -> String) -> Cells {
    let mut new = Cells::default();
    for cell in cells.iter() {
        let _ = new.push(&change(cell));
    }
    new
}

/// Tidies a table, and says in its remarks what that changed.
pub fn tidy(table: &mut Table) {
    let mut commas = Vec::new();
    for column in &mut table.columns {
        if column.cells.iter().any(|cell| unmarked(cell) != cell) {
            column.cells = changed(&column.cells, |cell| unmarked(cell).to_owned());
        }
        if is_in_commas(column) {
            column.cells = changed(&column.cells, |cell| cell.replacen(',', ".", 1));
            commas.push(format!("`{}`", column.name));
        }
    }
    if !commas.is_empty() {
        table.remarks.push(format!(
            "decimal commas were read as points in {}",
            commas.join(", ")
        ));
    }
    let renamed = name_all(&mut table.columns);
    if !renamed.is_empty() {
        table.remarks.push(format!(
            "several columns have one name: they are called {}",
            renamed.join(", ")
        ));
    }
}

/// Gives each column a name of its own. Returns the names that are new because others had them.
fn name_all(columns: &mut [Column]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut renamed = Vec::new();
    for (at, column) in columns.iter_mut().enumerate() {
        let wanted = match column.name.trim() {
            "" => format!("column {}", at + 1),
            name => name.to_owned(),
        };
        let mut name = wanted.clone();
        let mut number = 1;
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{wanted} ({number})");
        }
        if name != wanted {
            renamed.push(format!("`{name}`"));
        }
        column.name = name;
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, cells: &[&str]) -> Column {
        let mut column = Column {
            name: name.to_owned(),
            ..Column::default()
        };
        cells.iter().for_each(|cell| assert!(column.cells.push(cell)));
        column
    }

    #[test]
    fn tables_are_tidied() {
        let mut table = Table {
            columns: vec![
                column("id", &["=\"1237648720693755918\"", "'0012"]),
                column("z", &["0,038", "1"]),
                column("pair", &["1,5", "a,b"]),
                column("z", &["'s", "x"]),
                column("", &["1", "2"]),
            ],
            ..Table::default()
        };
        tidy(&mut table);
        let cells = |at: usize| table.columns[at].cells.iter().collect::<Vec<_>>();
        assert_eq!(cells(0), ["1237648720693755918", "0012"]);
        assert_eq!(cells(1), ["0.038", "1"]);
        assert_eq!(cells(2), ["1,5", "a,b"]);
        assert_eq!(cells(3), ["'s", "x"]);
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "z", "pair", "z (2)", "column 5"]);
        assert_eq!(table.remarks.len(), 2, "{:?}", table.remarks);
        assert!(is_missing(" -- ") && is_missing("") && !is_missing("0") && !is_missing("NA"));
    }
}
