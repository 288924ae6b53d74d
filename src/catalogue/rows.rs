//! Rows of delimited text to columns.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::heading::{is_data, is_rule};
use super::table::{Column, Table, check_cells, too_long};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Records that are looked at before the table is read.
const SAMPLE: usize = 50;

/// How cells are written.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What is between them.
    pub delimiter: u8,
    /// Whether quotes hold cells together.
    pub quoting: bool,
}

impl Form {
    /// Cells with that between them, and quotes.
    pub fn of(delimiter: u8) -> Self {
        Self {
            delimiter,
            quoting: true,
        }
    }

    /// A reader of all records. `#` begins a comment where `comments` says so.
    pub fn reader(self, text: &str, comments: bool) -> Reader<&[u8]> {
        ReaderBuilder::new()
            .delimiter(self.delimiter)
            .quoting(self.quoting)
            .comment(comments.then_some(b'#'))
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes())
    }
}

fn damaged(error: &csv::Error) -> Refusal {
    Refusal::new(
        format!("the table is damaged ({error})"),
        "open it in a spreadsheet and save it as CSV",
    )
}

/// Names and units of the columns, and how many of the first records are no data.
#[derive(Default)]
struct Head {
    names: Vec<String>,
    units: Vec<String>,
    records: usize,
    remarks: Vec<String>,
}

/// Finds out what the first records are.
fn head(first: &[Vec<String>]) -> Head {
    let mut head = Head::default();
    let row = |at: usize| first.get(at).cloned().unwrap_or_default();
    // VizieR draws a line below names and units.
    if let Some(rule) = first
        .iter()
        .take(4)
        .position(|row| is_rule(row))
        .filter(|at| (1..=2).contains(at))
    {
        head.names = row(0);
        head.units = if rule == 2 { row(1) } else { Vec::new() };
        head.records = rule + 1;
    } else if is_data(first) {
        head.names = row(0).iter().map(|_| String::new()).collect();
        head.remarks.push(
            "its first row was taken for data, not for names, because of its values: its columns are called `column 1` and so on"
                .to_owned(),
        );
    } else {
        head.names = row(0);
        head.records = 1;
    }
    // R gives the column of its row names no name.
    let rows = first.get(head.records..).unwrap_or_default();
    let width = head.names.len();
    let is_shifted = head.records == 1 && !rows.is_empty() && rows.iter().all(|row| row.len() == width + 1);
    if is_shifted
        && rows
            .iter()
            .any(|row| row.last().is_some_and(|cell| !cell.is_empty()))
    {
        head.names.insert(0, "row name".to_owned());
        head.remarks.push(
            "its rows have one cell more than its row of names: the first was taken for the row's name, as R writes it".to_owned(),
        );
    }
    head
}

/// Reads the rows. Without `names` they are found out. Comments (`#`) stand above the text; among the rows only lines that
/// have not the cells of a row are taken for some.
pub fn rows(text: &str, form: Form, names: Option<Vec<String>>, limits: &Limits) -> Result<Table, Refusal> {
    let mut head = match names {
        Some(names) => Head {
            names,
            ..Head::default()
        },
        None => {
            let sample = form
                .reader(text, false)
                .into_records()
                .take(SAMPLE)
                .map_while(Result::ok);
            let cells = |record: StringRecord| record.iter().map(str::to_owned).collect();
            head(&sample.map(cells).collect::<Vec<_>>())
        }
    };
    let mut columns: Vec<Column> = head
        .names
        .iter()
        .enumerate()
        .map(|(at, name)| Column {
            name: name.clone(),
            unit: head.units.get(at).filter(|unit| !unit.is_empty()).cloned(),
            ..Column::default()
        })
        .collect();
    let mut reader = form.reader(text, false);
    let mut record = StringRecord::new();
    for _ in 0..head.records {
        reader.read_record(&mut record).map_err(|error| damaged(&error))?;
    }
    let (mut count, mut short, mut long, mut comments) = (0, 0, 0, 0);
    while reader.read_record(&mut record).map_err(|error| damaged(&error))? {
        let cells = if columns.len() > 1 { columns.len() } else { 0 };
        if record.len() != cells && record.get(0).is_some_and(|cell| cell.starts_with('#')) {
            comments += 1;
            continue;
        }
        count += 1;
        check_cells(count, columns.len(), limits)?;
        short += usize::from(record.len() < columns.len());
        long += usize::from(record.iter().skip(columns.len()).any(|cell| !cell.is_empty()));
        for (at, column) in columns.iter_mut().enumerate() {
            if !column.cells.push(record.get(at).unwrap_or_default()) {
                return Err(too_long(&column.name));
            }
        }
    }
    let mut remarks = std::mem::take(&mut head.remarks);
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
    Ok(Table {
        columns,
        remarks,
        ..Table::default()
    })
}
