//! Tables of plain text: what is between the cells is found out.

use std::borrow::Cow;

use super::heading::is_number;
use super::rows::{Form, rows};
use super::table::Table;
use super::{blanks, fixed};
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

/// True when the beginning of the file reads as rows of equally many cells, and the name does not count against it.
pub fn is_table(name: &str, head: &str) -> bool {
    const ENDINGS: [&str; 18] = [
        "csv", "tsv", "tab", "txt", "dat", "psv", "tbl", "cat", "asc", "ascii", "lis", "lst", "list", "mrt",
        "ssv", "data", "out", "catalog",
    ];
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = file
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.as_deref();
    if ending.is_some_and(|ending| !ENDINGS.contains(&ending)) || is_page(head) {
        return false;
    }
    if fixed::is_ipac(head) || fixed::is_listed(head) || declared(head).is_some() || delimiter(head).is_some()
    {
        return true;
    }
    // A list of one column is a table only if its name says so.
    let is_list = matches!(ending, Some("csv" | "tsv"))
        && head.lines().filter(|line| !line.trim().is_empty()).count() > 1;
    is_list || ending.is_some() && blanks::is_table(head)
}

/// True for a web page or other text in tags or braces.
fn is_page(head: &str) -> bool {
    head.trim_start().starts_with(['<', '{', '['])
}

/// What is between the cells by the first line, as Excel writes it: `sep=;`.
fn declared(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim().trim_matches('"');
    match line.strip_prefix("sep=")?.as_bytes() {
        [delimiter] => Some(*delimiter),
        b"\\t" => Some(b'\t'),
        _ => None,
    }
}

/// What is between the cells, if almost all of the first rows have the same number of them, and at least two.
fn delimiter(text: &str) -> Option<u8> {
    DELIMITERS
        .into_iter()
        .filter_map(|delimiter| {
            let widths: Vec<usize> = Form::of(delimiter)
                .reader(text, true)
                .records()
                .take(SAMPLE)
                .map_while(Result::ok)
                .map(|record| record.len())
                .collect();
            // The row of names may have a cell less, or no name for the last one.
            let usual = widths.get(1).or(widths.first()).copied()?;
            let same = widths.iter().filter(|width| **width == usual).count();
            let most = widths.len() - usize::from(widths.len() > 2 && widths.first() != Some(&usual));
            (usual > 1 && widths.len() > 1 && same * 10 >= most * 9).then_some((same * usual, delimiter))
        })
        // The first of equals: `max_by_key` would take the last.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, delimiter)| delimiter)
}

/// Reads a table of text.
pub fn read(text: &str, limits: &Limits) -> Result<Table, Refusal> {
    if let Some(delimiter) = declared(text) {
        let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
        return rows(rest, Form::of(delimiter), None, limits);
    }
    if fixed::is_ipac(text) {
        return fixed::read_ipac(text, limits);
    }
    if fixed::is_listed(text) {
        return fixed::read_listed(text, limits);
    }
    if let Some(columns) = blanks::sextractor(text) {
        let names = columns.iter().map(|(name, _)| name.clone()).collect();
        let mut table = in_blanks(text, Some(names), limits)?;
        for (column, (_, unit)) in table.columns.iter_mut().zip(columns) {
            column.unit = unit;
        }
        return Ok(table);
    }
    let Some(delimiter) = delimiter(text) else {
        if blanks::is_table(text) {
            let names = commented(text, blanks::cells);
            return in_blanks(text, names, limits);
        }
        return rows(without_head(text), Form::of(b','), None, limits);
    };
    let form = Form::of(delimiter);
    let cells = |line: &str| {
        let record = form.reader(line, false).records().next();
        let record = record.and_then(Result::ok).unwrap_or_default();
        record.iter().map(str::to_owned).collect()
    };
    rows(without_head(text), form, commented(text, cells), limits)
}

/// Reads a table whose cells are separated by blanks.
fn in_blanks(text: &str, names: Option<Vec<String>>, limits: &Limits) -> Result<Table, Refusal> {
    let mut parted = String::with_capacity(text.len());
    for line in without_head(text).lines().filter(|line| !line.trim().is_empty()) {
        let cells = blanks::cells(line);
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('\t', " ")).collect();
        parted += &cells.join("\t");
        parted.push('\n');
    }
    let form = Form {
        delimiter: b'\t',
        quoting: false,
    };
    rows(&parted, form, names, limits)
}

/// The names in the last comment above the first row, when that row is data and has as many cells: `# id ra dec`.
fn commented(text: &str, cells: impl Fn(&str) -> Vec<String>) -> Option<Vec<String>> {
    let first = cells(without_head(text).lines().next()?);
    let line = text
        .lines()
        .take_while(|line| line.starts_with('#') || line.trim().is_empty())
        .filter(|line| line.starts_with('#'))
        .last()?;
    let names = cells(line.trim_start_matches('#'));
    let is_fit = names.len() == first.len() && first.iter().any(|cell| is_number(cell));
    (is_fit && !names.iter().any(|name| is_number(name))).then_some(names)
}

/// The text from its first line that is no comment on.
fn without_head(text: &str) -> &str {
    let is_head = |line: &&str| line.starts_with('#') || line.trim().is_empty();
    let head = text.split_inclusive('\n').take_while(is_head);
    text.get(head.map(str::len).sum()..).unwrap_or_default()
}
