//! The first table of a FITS file without images, binary or ASCII.

use super::{
    Column, Table, check_cells, too_long,
    votable_binary::{number, single},
};
use crate::intake::{
    Limits, Refusal,
    fits_units::{Header, Holds, Unit, walk},
};

/// Longest array whose values are kept as text.
const SHORT: usize = 16;
/// An array this long is an image or a row of codes, for other readers.
const IMAGE: usize = 64;
/// Most columns that the standard allows.
const FIELDS: i64 = 999;

/// True for a file whose first unit with data is a table of facts: no image, no codes.
///
/// `bytes` may be the beginning of a file only; then it is judged by its headers.
pub fn is_table(bytes: &[u8]) -> bool {
    let limits = Limits::native();
    if let Ok(walk) = walk(bytes, &limits) {
        let has = |holds: Holds| walk.units.iter().any(|unit| unit.holds == holds);
        let first = walk
            .units
            .iter()
            .find(|unit| matches!(unit.holds, Holds::Table | Holds::TextTable));
        return !has(Holds::Image)
            && !has(Holds::Tiles)
            && first.is_some_and(|unit| !is_for_others(&unit.header));
    }
    // Cut off, on purpose or not: an empty primary unit and a table behind it.
    const BLOCK: usize = 2880;
    let cards = |block: &[u8]| -> String { block.iter().map(|byte| char::from(*byte)).collect() };
    let mut blocks = bytes.chunks(BLOCK).map(cards);
    let primary = blocks.next().unwrap_or_default();
    let has_no_data = primary
        .split_once("NAXIS   =")
        .is_some_and(|(_, rest)| rest.trim_start().starts_with('0'));
    let table = blocks
        .find(|block| block.starts_with("XTENSION"))
        .unwrap_or_default();
    has_no_data
        && (table.contains("'BINTABLE'") || table.contains("'TABLE   '"))
        && !table.contains("ZIMAGE")
        && !table.contains("sdss_objid")
}

/// A table of codes (the reference's, or ours) or of images.
fn is_for_others(header: &Header) -> bool {
    let fields = header.int("TFIELDS").unwrap_or(0).clamp(0, FIELDS);
    let mut has_id = false;
    let mut codes = 0;
    for field in 1..=fields {
        let name = header.text(&format!("TTYPE{field}")).unwrap_or_default();
        has_id |= name.eq_ignore_ascii_case("sdss_objid");
        codes += usize::from(
            name.strip_prefix('f')
                .is_some_and(|rest| rest.parse::<u16>().is_ok()),
        );
        let form = header.text(&format!("TFORM{field}")).unwrap_or_default();
        if let Some((repeat, code)) = binary_form(form)
            && repeat >= IMAGE
            && !matches!(code, b'A' | b'L' | b'X')
        {
            return true;
        }
    }
    has_id && codes >= 8
}

/// Reads the first table.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Table, Refusal> {
    let walk = walk(bytes, limits)?;
    let mut tables = walk
        .units
        .iter()
        .filter(|unit| matches!(unit.holds, Holds::Table | Holds::TextTable));
    let unit = tables
        .next()
        .ok_or_else(|| Refusal::new("the FITS file has no table", "give CSV, ECSV or VOTable"))?;
    let more = tables.count();
    let is_ascii = unit
        .header
        .text("XTENSION")
        .is_some_and(|kind| kind.trim_end() == "TABLE");
    let data = bytes.get(unit.data.clone()).unwrap_or_default();
    let mut table = rows(unit, data, is_ascii, limits)?;
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

/// Where a column's cells lie in a row, and what they are.
struct Field {
    start: usize,
    width: usize,
    repeat: usize,
    code: u8,
    scale: f64,
    zero: f64,
    null: Option<String>,
}

fn rows(unit: &Unit, data: &[u8], is_ascii: bool, limits: &Limits) -> Result<Table, Refusal> {
    let header = &unit.header;
    let length = |name: &str| header.int(name).and_then(|n| usize::try_from(n).ok());
    let (Some(row), Some(count)) = (length("NAXIS1"), length("NAXIS2")) else {
        return Err(damaged("NAXIS1 or NAXIS2 is missing"));
    };
    let fields = header
        .int("TFIELDS")
        .filter(|fields| (0..=FIELDS).contains(fields))
        .ok_or_else(|| damaged("TFIELDS makes no sense"))?;
    let main = row
        .checked_mul(count)
        .and_then(|length| data.get(..length))
        .ok_or_else(|| damaged("rows are missing"))?;
    check_cells(count, fields as usize, limits)?;
    let mut columns = Vec::new();
    let mut remarks = Vec::new();
    let mut offset = 0usize;
    for number in 1..=fields {
        let text = |key: &str| header.text(&format!("{key}{number}")).map(str::to_owned);
        let name = text("TTYPE").unwrap_or_default();
        let form = text("TFORM").unwrap_or_default();
        let understood = if is_ascii {
            header
                .int(&format!("TBCOL{number}"))
                .and_then(|start| usize::try_from(start).ok()?.checked_sub(1))
                .zip(ascii_form(&form))
                .map(|(start, (code, width))| (start, width, 1, code))
        } else {
            binary_form(&form).and_then(|(repeat, code)| {
                let width = if code == b'X' {
                    repeat.div_ceil(8)
                } else {
                    width_of(code)?.checked_mul(repeat)?
                };
                Some((offset, width, repeat, code))
            })
        };
        let Some((start, width, repeat, code)) = understood else {
            return Err(damaged(&format!("TFORM{number} = '{form}' is not understood")));
        };
        offset = start
            .checked_add(width)
            .filter(|end| *end <= row)
            .ok_or_else(|| damaged("its columns are wider than its rows"))?;
        if matches!(code, b'P' | b'Q') || (repeat > SHORT && !matches!(code, b'A' | b'X')) {
            remarks.push(format!("the column `{name}` was left out: its cells are arrays"));
            continue;
        }
        let field = Field {
            start,
            width,
            repeat,
            code,
            scale: header.float(&format!("TSCAL{number}")).unwrap_or(1.0),
            zero: header.float(&format!("TZERO{number}")).unwrap_or(0.0),
            null: text("TNULL").or_else(|| header.int(&format!("TNULL{number}")).map(|n| n.to_string())),
        };
        let mut column = Column {
            unit: text("TUNIT").filter(|unit| !unit.is_empty()),
            description: text("TCOMM"),
            name,
            ..Column::default()
        };
        for line in main.chunks_exact(row.max(1)) {
            let cell = line
                .get(field.start..field.start + field.width)
                .unwrap_or_default();
            let text = if is_ascii {
                ascii_cell(cell, &field)
            } else {
                binary_cell(cell, &field)
            };
            if !column.cells.push(&text) {
                return Err(too_long(&column.name));
            }
        }
        columns.push(column);
    }
    Ok(Table { columns, remarks })
}

fn width_of(code: u8) -> Option<usize> {
    Some(match code {
        b'L' | b'B' | b'A' => 1,
        b'I' => 2,
        b'J' | b'E' => 4,
        b'K' | b'D' | b'C' | b'P' => 8,
        b'M' | b'Q' => 16,
        _ => return None,
    })
}

/// `16A`, `D`, `1PB(2880)`: the repeat count and the letter.
fn binary_form(form: &str) -> Option<(usize, u8)> {
    let digits = form.len() - form.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (repeat, rest) = form.split_at_checked(digits)?;
    let repeat = if repeat.is_empty() {
        1
    } else {
        repeat.parse().ok()?
    };
    Some((repeat, rest.bytes().next()?))
}

/// `A20`, `I6`, `F12.6`: the letter and the width.
fn ascii_form(form: &str) -> Option<(u8, usize)> {
    let code = form.bytes().next().filter(|code| b"AIFED".contains(code))?;
    let width = form.get(1..)?.split('.').next()?.parse().ok()?;
    Some((code, width))
}

fn scaled(value: i64, field: &Field) -> String {
    if field.scale == 1.0 && field.zero.fract() == 0.0 {
        // Whole numbers stay exact: unsigned columns are stored with an offset of 2^63 and less.
        return (i128::from(value) + field.zero as i128).to_string();
    }
    number(value as f64 * field.scale + field.zero)
}

fn binary_cell(cell: &[u8], field: &Field) -> String {
    if field.code == b'A' {
        let letters: Vec<u8> = cell.iter().copied().take_while(|byte| *byte != 0).collect();
        return String::from_utf8_lossy(&letters).trim().to_owned();
    }
    if field.code == b'X' {
        return (0..field.repeat)
            .map(|at| {
                let set = cell
                    .get(at / 8)
                    .is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
                if set { '1' } else { '0' }
            })
            .collect();
    }
    let each = match field.code {
        b'C' => 4,
        b'M' => 8,
        code => width_of(code).unwrap_or(1),
    };
    let plain = field.scale == 1.0 && field.zero == 0.0;
    let parts: Vec<String> = cell
        .chunks(each)
        .map(|chunk| match field.code {
            b'L' => match chunk.first() {
                Some(b'T') => "true".to_owned(),
                Some(b'F') => "false".to_owned(),
                _ => String::new(),
            },
            b'E' | b'C' => match chunk.first_chunk().map(|chunk| f32::from_be_bytes(*chunk)) {
                Some(value) if plain => single(value),
                Some(value) => number(f64::from(value) * field.scale + field.zero),
                None => String::new(),
            },
            b'D' | b'M' => match chunk.first_chunk().map(|chunk| f64::from_be_bytes(*chunk)) {
                Some(value) if plain => number(value),
                Some(value) => number(value * field.scale + field.zero),
                None => String::new(),
            },
            code => {
                let negative = code != b'B' && chunk.first().is_some_and(|top| *top > 127);
                let value = chunk
                    .iter()
                    .fold(if negative { -1i64 } else { 0 }, |value, byte| {
                        (value << 8) | i64::from(*byte)
                    });
                if field.null.as_deref() == Some(value.to_string().as_str()) {
                    String::new()
                } else {
                    scaled(value, field)
                }
            }
        })
        .collect();
    parts.join(" ")
}

fn ascii_cell(cell: &[u8], field: &Field) -> String {
    let text = String::from_utf8_lossy(cell);
    let text = text.trim();
    if field.null.as_deref().map(str::trim) == Some(text) {
        return String::new();
    }
    let plain = field.scale == 1.0 && field.zero == 0.0;
    match field.code {
        b'A' => text.to_owned(),
        // Fortran's D marks a double's exponent.
        _ if plain => text.replace(['D', 'd'], "E"),
        b'I' => text
            .parse()
            .map_or_else(|_| text.to_owned(), |value| scaled(value, field)),
        _ => text.replace(['D', 'd'], "E").parse::<f64>().map_or_else(
            |_| text.to_owned(),
            |value| number(value * field.scale + field.zero),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written() {
        let field = |code, zero| Field {
            start: 0,
            width: 8,
            repeat: 1,
            code,
            scale: 1.0,
            zero,
            null: Some("-99".to_owned()),
        };
        let unsigned = 9_223_372_036_854_775_808.0;
        assert_eq!(
            binary_cell(&i64::MAX.to_be_bytes(), &field(b'K', unsigned)),
            "18446744073709551615"
        );
        assert_eq!(binary_cell(&(-99i16).to_be_bytes(), &field(b'I', 0.0)), "");
        assert_eq!(binary_cell(&[200], &field(b'B', 0.0)), "200");
        assert_eq!(binary_cell(b"M 51\0xx", &field(b'A', 0.0)), "M 51");
        assert_eq!(ascii_cell(b" 1.5D+02 ", &field(b'D', 0.0)), "1.5E+02");
        assert_eq!(binary_form("16A"), Some((16, b'A')));
        assert_eq!(binary_form("99999999999999999999A"), None);
        assert_eq!(ascii_form("F12.6"), Some((b'F', 12)));
        assert_eq!(ascii_form("é"), None);
    }
}
