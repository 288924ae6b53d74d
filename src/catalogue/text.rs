//! Tables of plain text: what stands between the cells is found out.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use super::table::{Column, Table, check_cells, too_long};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// What may stand between cells, in order of preference.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Records that are looked at to find out.
const SAMPLE: usize = 50;

/// What the bytes from 0x80 to 0x9f are in Windows-1252, where it differs from Latin-1. Five of them are nothing.
const WINDOWS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// A letter of Windows-1252, which holds Latin-1.
fn letter(byte: u8) -> char {
    let special = byte.checked_sub(0x80).and_then(|at| WINDOWS.get(usize::from(at)));
    special.copied().unwrap_or(char::from(byte))
}

/// The bytes as text: UTF-8, UTF-16 with its mark, else Windows-1252, as spreadsheets save it.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |big: bool, bytes: &[u8]| {
        let (pairs, _) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs
            .iter()
            .map(|pair| {
                if big {
                    u16::from_be_bytes(*pair)
                } else {
                    u16::from_le_bytes(*pair)
                }
            })
            .collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(false, rest),
        [0xfe, 0xff, rest @ ..] => wide(true, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => decode(rest),
        _ => std::str::from_utf8(bytes).map_or_else(
            |_| Cow::Owned(bytes.iter().map(|byte| letter(*byte)).collect()),
            Cow::Borrowed,
        ),
    }
}

/// The beginning of the file as text, up to the last whole line of `most` bytes. `None` when it is not text.
pub fn head(bytes: &[u8], most: usize) -> Option<Cow<'_, str>> {
    let marked = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let head = match bytes.get(..most) {
        None => bytes,
        Some(head) if marked => head,
        Some(head) => {
            let end = head.iter().rposition(|byte| *byte == b'\n').unwrap_or(head.len());
            head.get(..end).unwrap_or(head)
        }
    };
    let text = decode(head);
    let odd = |c: char| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    (!text.is_empty() && !text.contains(odd)).then_some(text)
}

/// True when the beginning of the file reads as rows of equally many cells, and the name does not speak against it.
pub fn is_table(name: &str, head: &str) -> bool {
    const ENDINGS: [&str; 7] = ["csv", "tsv", "tab", "txt", "dat", "psv", "tbl"];
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = file
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let named = match ending.as_deref() {
        None => false,
        Some(ending) if ENDINGS.contains(&ending) => ending == "csv" || ending == "tsv",
        Some(_) => return false,
    };
    // A list of one column is a table only if its name says so.
    match delimiter(head) {
        Some(_) => true,
        None => named && head.lines().filter(|line| !line.trim().is_empty()).count() > 1,
    }
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}

/// What stands between the cells, if almost all of the first rows have the same number of them, and at least two.
fn delimiter(text: &str) -> Option<u8> {
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| {
            let widths: Vec<usize> = reader(text, delimiter)
                .records()
                .take(SAMPLE)
                .map_while(Result::ok)
                .map(|record| record.len())
                .collect();
            let first = *widths.first()?;
            let same = widths.iter().filter(|width| **width == first).count();
            (first > 1 && widths.len() > 1 && same * 10 >= widths.len() * 9)
                .then_some((same * first, delimiter))
        })
        // The first of equals: `max_by_key` would take the last.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, delimiter)| delimiter)
}

/// Reads a table of text.
pub fn read(text: &str, limits: &Limits) -> Result<Table, Refusal> {
    let delimiter = delimiter(text).unwrap_or(b',');
    rows(without_head(text), delimiter, commented(text, delimiter), limits)
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok_and(f64::is_finite)
}

/// The names in the last comment above the first row, when that row holds numbers: `# id ra dec` above data.
fn commented(text: &str, delimiter: u8) -> Option<StringRecord> {
    let first = reader(text, delimiter).records().next()?.ok()?;
    if !first.iter().any(is_number) {
        return None;
    }
    let line = text
        .lines()
        .take_while(|line| line.starts_with('#') || line.trim().is_empty())
        .filter(|line| line.starts_with('#'))
        .last()?;
    let names = reader(line.trim_start_matches('#'), delimiter)
        .records()
        .next()?
        .ok()?;
    (names.len() == first.len() && !names.iter().any(is_number)).then_some(names)
}

/// The text from its first line that is no comment on.
fn without_head(text: &str) -> &str {
    let is_head = |line: &&str| line.starts_with('#') || line.trim().is_empty();
    let head = text.split_inclusive('\n').take_while(is_head);
    text.get(head.map(str::len).sum()..).unwrap_or_default()
}

/// Reads the rows. Without `names` the first row is the names, unless it holds numbers. Comments (`#`) stand above
/// the text; among the rows only lines that have not the cells of a row are taken for some.
pub fn rows(
    text: &str,
    delimiter: u8,
    names: Option<StringRecord>,
    limits: &Limits,
) -> Result<Table, Refusal> {
    let damaged = |error: csv::Error| {
        Refusal::new(
            format!("the table is damaged ({error})"),
            "open it in a spreadsheet and save it as CSV",
        )
    };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut more = reader.read_record(&mut record).map_err(damaged)?;
    let names = match names {
        Some(names) => names,
        None if more && !record.iter().any(is_number) => {
            let names = record.clone();
            more = reader.read_record(&mut record).map_err(damaged)?;
            names
        }
        None => record.iter().map(|_| "").collect(),
    };
    let mut columns: Vec<Column> = names
        .iter()
        .map(|name| Column {
            name: name.to_owned(),
            ..Column::default()
        })
        .collect();
    let (mut count, mut short, mut long, mut comments) = (0, 0, 0, 0);
    while more {
        let cells = if columns.len() > 1 { columns.len() } else { 0 };
        if record.len() != cells && record.get(0).is_some_and(|cell| cell.starts_with('#')) {
            comments += 1;
            more = reader.read_record(&mut record).map_err(damaged)?;
            continue;
        }
        count += 1;
        check_cells(count, columns.len(), limits)?;
        short += usize::from(record.len() < columns.len());
        long += usize::from(record.len() > columns.len());
        for (at, column) in columns.iter_mut().enumerate() {
            if !column.cells.push(record.get(at).unwrap_or_default()) {
                return Err(too_long(&column.name));
            }
        }
        more = reader.read_record(&mut record).map_err(damaged)?;
    }
    let mut remarks = Vec::new();
    if short > 0 {
        remarks.push(format!(
            "{short} rows have too few cells: the missing ones are empty"
        ));
    }
    if long > 0 {
        remarks.push(format!(
            "{long} rows have too many cells: those behind the last column were left out"
        ));
    }
    if comments > 0 {
        remarks.push(format!(
            "{comments} lines among the rows begin with #: they were taken for comments"
        ));
    }
    Ok(Table { columns, remarks })
}
