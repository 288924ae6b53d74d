//! The first table of a FITS file without images, binary or ASCII.

use super::table::{Column, Table, check_cells, too_long};
use crate::fits::header::{Holds, Unit, walk, walk_head};
use crate::fits::numbers::double_text;
use crate::fits::table::Table as Binary;
use crate::intake::has_galaxies;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Most columns that the standard allows.
const FIELDS: i64 = 999;

/// True for a file that holds a table of facts and nothing that [`crate::intake`] reads: no image, no codes. A table that is
/// compressed is not read here either.
///
/// `bytes` may be the beginning of a file only; then it is judged by what is there.
pub fn is_table(bytes: &[u8]) -> bool {
    let limits = Limits::native();
    let Ok(walk) = walk(bytes, &limits).or_else(|_| walk_head(bytes, &limits)) else {
        return false;
    };
    let is_for_others =
        |unit: &Unit| matches!(unit.holds, Holds::Image | Holds::Tiles) || has_galaxies(unit, bytes);
    !walk.units.iter().any(is_for_others) && tables(&walk.units).next().is_some()
}

/// The tables that can be read.
fn tables(units: &[Unit]) -> impl Iterator<Item = &Unit> {
    let is_table = |unit: &&Unit| matches!(unit.holds, Holds::Table | Holds::TextTable);
    units
        .iter()
        .filter(move |unit| is_table(unit) && !unit.is_compressed())
}

/// Reads the first table.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Refusal> {
    let walk = walk(bytes, limits)?;
    let mut tables = tables(&walk.units);
    let unit = tables
        .next()
        .ok_or_else(|| Refusal::new("the FITS file has no table", "give CSV, ECSV or VOTable"))?;
    let more = tables.count();
    let data = bytes.get(unit.data.clone()).unwrap_or_default();
    let mut table = if unit.holds == Holds::TextTable {
        text_rows(unit, data, limits)?
    } else {
        rows(unit, data, limits)?
    };
    if more > 0 {
        table.remarks.push(format!(
            "the FITS file has {more} more tables: the first was taken"
        ));
    }
    Ok(table)
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
        .ok_or_else(|| damaged("TFIELDS makes no sense"))? as usize;
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
