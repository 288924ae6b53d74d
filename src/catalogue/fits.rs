//! The tables of a FITS file, binary or ASCII.

use super::table::{Column, Table, check_cells, too_long};
use crate::fits::header::{Holds, Unit, walk, walk_head};
use crate::fits::numbers::double_text;
use crate::fits::table::Table as Binary;
use crate::intake::has_galaxies;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Most columns that the standard allows.
const FIELDS: i64 = 999;

/// What a FITS file holds beside pictures and codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facts {
    /// Tables of facts and nothing that [`crate::intake`] reads: no image, no codes.
    Only,
    /// Tables of facts beside what intake reads.
    Beside,
    /// No table.
    None,
}

/// Tells what a file holds. `bytes` may be the beginning of a file only; then it is judged by what is there.
pub fn facts(bytes: &[u8]) -> Facts {
    let limits = Limits::native();
    let Ok(walk) = walk(bytes, &limits).or_else(|_| walk_head(bytes, &limits)) else {
        return Facts::None;
    };
    let mut found = tables(&walk.units, bytes).peekable();
    if found.peek().is_none() {
        return Facts::None;
    }
    if !walk.units.iter().any(|unit| is_for_others(unit, bytes)) {
        return Facts::Only;
    }
    // A table of one row beside an image describes how that image was made.
    let is_list = |unit: &Unit| unit.header.int("NAXIS2").is_some_and(|rows| rows > 1);
    if found.any(is_list) {
        Facts::Beside
    } else {
        Facts::None
    }
}

/// True for a unit with pictures or codes. A row of numbers is no picture: TOPCAT keeps a VOTable as bytes in one.
fn is_for_others(unit: &Unit, bytes: &[u8]) -> bool {
    match unit.holds {
        Holds::Image => unit.header.int("NAXIS").is_none_or(|axes| axes > 1),
        Holds::Tiles => true,
        _ => has_galaxies(unit, bytes),
    }
}

/// The tables that can be read.
fn tables<'a>(units: &'a [Unit], bytes: &'a [u8]) -> impl Iterator<Item = &'a Unit> {
    let is_table = |unit: &&Unit| matches!(unit.holds, Holds::Table | Holds::TextTable);
    units
        .iter()
        .filter(move |unit| is_table(unit) && !unit.is_compressed() && !has_galaxies(unit, bytes))
}

/// Reads all tables. One that is damaged or too large is named in the remarks of its neighbours; it is an error when it is
/// the only one.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, Refusal> {
    let walk = walk(bytes, limits)?;
    let (mut found, mut lost): (Vec<Table>, Vec<Refusal>) = (Vec::new(), Vec::new());
    for unit in tables(&walk.units, bytes) {
        let data = bytes.get(unit.data.clone()).unwrap_or_default();
        let table = if unit.holds == Holds::TextTable {
            text_rows(unit, data, limits)
        } else {
            rows(unit, data, limits)
        };
        match table {
            Ok(mut table) => {
                let name = unit.header.text("EXTNAME").unwrap_or_default().trim();
                table.title = format!("[{}] {name}", unit.index).trim_end().to_owned();
                found.push(table);
            }
            Err(refusal) => lost.push(refusal),
        }
    }
    if found.is_empty() {
        let none = || Refusal::new("the FITS file has no table", "give CSV, ECSV or VOTable");
        return Err(lost.into_iter().next().unwrap_or_else(none));
    }
    if let Some(table) = found.first_mut() {
        table.remarks.extend(
            lost.into_iter()
                .map(|refusal| format!("another table of the file was left out: {}", refusal.reason)),
        );
    }
    Ok(found)
}

fn damaged(why: &str) -> Refusal {
    Refusal::new(
        format!("the FITS table is damaged ({why})"),
        "download or copy it again",
    )
}

/// A column without cells: its name, unit and description.
fn column(unit: &Unit, number: usize) -> Column {
    let text = |key: &str| unit.header.text(&format!("{key}{number}")).map(str::to_owned);
    Column {
        name: text("TTYPE").unwrap_or_default(),
        unit: text("TUNIT").filter(|unit| !unit.is_empty()),
        description: text("TCOMM"),
        ..Column::default()
    }
}

/// The rows of a binary table.
fn rows(unit: &Unit, data: &[u8], limits: &Limits) -> Result<Table, Refusal> {
    let binary = Binary::new(&unit.header, data).map_err(|why| damaged(&why))?;
    check_cells(binary.rows, binary.columns.len(), limits)?;
    let mut table = Table::default();
    for (at, field) in binary.columns.iter().enumerate() {
        if !field.is_shown() {
            table.remarks.push(format!(
                "the column `{}` was left out: its cells are arrays",
                field.label(at + 1)
            ));
            continue;
        }
        let mut column = column(unit, at + 1);
        for row in 0..binary.rows {
            if !column.cells.push(&binary.text(row, field).unwrap_or_default()) {
                return Err(too_long(&column.name));
            }
        }
        table.columns.push(column);
    }
    Ok(table)
}

/// Where a column's cells lie in a row of text, and what they are.
struct Field {
    start: usize,
    width: usize,
    code: u8,
    scale: f64,
    zero: f64,
    null: Option<String>,
}

/// The rows of a table in text.
fn text_rows(unit: &Unit, data: &[u8], limits: &Limits) -> Result<Table, Refusal> {
    let header = &unit.header;
    let length = |name: &str| header.int(name).and_then(|n| usize::try_from(n).ok());
    let (Some(row), Some(count)) = (length("NAXIS1"), length("NAXIS2")) else {
        return Err(damaged("NAXIS1 or NAXIS2 is missing"));
    };
    let fields = header
        .int("TFIELDS")
        .filter(|fields| (0..=FIELDS).contains(fields))
        .ok_or_else(|| damaged("TFIELDS is not valid"))? as usize;
    let main = row
        .checked_mul(count)
        .and_then(|length| data.get(..length))
        .ok_or_else(|| damaged("rows are missing"))?;
    check_cells(count, fields, limits)?;
    let mut table = Table::default();
    for number in 1..=fields {
        let form = header.text(&format!("TFORM{number}")).unwrap_or_default();
        let (start, (code, width)) = header
            .int(&format!("TBCOL{number}"))
            .and_then(|start| usize::try_from(start).ok()?.checked_sub(1))
            .zip(form_of(form))
            .ok_or_else(|| damaged(&format!("TFORM{number} = '{form}' is not understood")))?;
        if start.checked_add(width).is_none_or(|end| end > row) {
            return Err(damaged("its columns are wider than its rows"));
        }
        let null = header.text(&format!("TNULL{number}")).map(str::to_owned);
        let field = Field {
            start,
            width,
            code,
            scale: header.float(&format!("TSCAL{number}")).unwrap_or(1.0),
            zero: header.float(&format!("TZERO{number}")).unwrap_or(0.0),
            null: null.or_else(|| header.int(&format!("TNULL{number}")).map(|n| n.to_string())),
        };
        let mut column = column(unit, number);
        for line in main.chunks_exact(row.max(1)) {
            let cell = line.get(field.start..field.start + field.width);
            if !column.cells.push(&cell_text(cell.unwrap_or_default(), &field)) {
                return Err(too_long(&column.name));
            }
        }
        table.columns.push(column);
    }
    Ok(table)
}

/// `A20`, `I6`, `F12.6`: the letter and the width.
fn form_of(form: &str) -> Option<(u8, usize)> {
    let code = form.bytes().next().filter(|code| b"AIFED".contains(code))?;
    let width = form.get(1..)?.split('.').next()?.parse().ok()?;
    Some((code, width))
}

fn cell_text(cell: &[u8], field: &Field) -> String {
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    if field.null.as_deref().map(str::trim) == Some(text) {
        return String::new();
    }
    // Fortran's D marks a double's exponent.
    let number = || text.replace(['D', 'd'], "E");
    if field.code == b'A' {
        return text.to_owned();
    }
    if field.scale == 1.0 && field.zero == 0.0 {
        return number();
    }
    let scaled = |value: f64| double_text(value * field.scale + field.zero);
    number().parse().map_or_else(|_| text.to_owned(), scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_text_are_read() {
        let mut field = Field {
            start: 0,
            width: 8,
            code: b'D',
            scale: 1.0,
            zero: 0.0,
            null: Some("-99".to_owned()),
        };
        assert_eq!(cell_text(b" 1.5D+02 ", &field), "1.5E+02");
        assert_eq!(cell_text(b"  -99", &field), "");
        field.scale = 0.5;
        assert_eq!(cell_text(b"  3", &field), "1.5");
        assert_eq!(form_of("F12.6"), Some((b'F', 12)));
        assert_eq!(form_of("\u{e9}"), None);
    }
}
