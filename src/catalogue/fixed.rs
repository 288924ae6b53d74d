//! Tables of fixed width: IPAC's, with bars above the columns, and the machine-readable tables of journals, with a list of
//! bytes.

use super::table::{Column, Table, check_cells, too_long};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// A column's place in a line, in characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Field {
    start: usize,
    end: usize,
    name: String,
    unit: Option<String>,
    null: Option<String>,
    description: Option<String>,
}

/// True for IPAC's form: keywords behind `\`, names between bars.
pub fn is_ipac(head: &str) -> bool {
    let mut lines = head
        .lines()
        .skip_while(|line| line.starts_with('\\') || line.trim().is_empty());
    let is_bar = |line: &str| line.starts_with('|') && line.trim_end().ends_with('|');
    lines.next().is_some_and(is_bar)
        && lines
            .next()
            .is_some_and(|line| is_bar(line) || line.starts_with(' '))
}

/// True for a journal's machine-readable table.
pub fn is_listed(head: &str) -> bool {
    head.lines()
        .take(200)
        .any(|line| line.starts_with("Byte-by-byte Description"))
}

/// Reads IPAC's form.
pub fn read_ipac(text: &str, limits: &Limits) -> Result<Table, Refusal> {
    let bars: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .take(4)
        .collect();
    let names = bars.first().copied().unwrap_or_default();
    let marks: Vec<usize> = names
        .chars()
        .enumerate()
        .filter(|(_, c)| *c == '|')
        .map(|(at, _)| at)
        .collect();
    let fields: Vec<Field> = marks
        .windows(2)
        .filter_map(|pair| {
            let [start, end] = *pair else { return None };
            let word = |row: usize| {
                bars.get(row)
                    .map(|line| slice(line, start + 1, end).trim().to_owned())
            };
            let kept = |row: usize| word(row).filter(|word| !word.is_empty());
            Some(Field {
                // Values may reach under the bar in front of them.
                start,
                end,
                name: word(0).unwrap_or_default(),
                unit: kept(2),
                null: kept(3),
                description: None,
            })
        })
        .collect();
    let rows = text
        .lines()
        .filter(|line| !line.starts_with(['\\', '|']) && !line.trim().is_empty());
    fill(&fields, rows, limits)
}

/// Reads a journal's machine-readable table.
pub fn read_listed(text: &str, limits: &Limits) -> Result<Table, Refusal> {
    let is_rule = |line: &str| line.len() > 20 && line.bytes().all(|byte| matches!(byte, b'-' | b'='));
    let lines: Vec<&str> = text.lines().collect();
    let begin = lines
        .iter()
        .position(|line| line.starts_with("Byte-by-byte Description"))
        .unwrap_or(0);
    let listed = lines.iter().skip(begin).skip_while(|line| !is_rule(line)).skip(1);
    let listed = listed
        .skip_while(|line| !is_rule(line))
        .skip(1)
        .take_while(|line| !is_rule(line));
    let mut fields: Vec<Field> = Vec::new();
    for line in listed {
        match field(line) {
            Some(field) => fields.push(field),
            // A description goes on in the next line.
            None => {
                if let Some(description) = fields.last_mut().and_then(|field| field.description.as_mut()) {
                    description.push(' ');
                    description.push_str(line.trim());
                }
            }
        }
    }
    let end = lines.iter().rposition(|line| is_rule(line)).unwrap_or(0);
    let rows = lines
        .iter()
        .skip(end + 1)
        .copied()
        .filter(|line| !line.trim().is_empty());
    if fields.is_empty() {
        return Err(Refusal::new(
            "the list of its columns (Byte-by-byte Description) is not understood",
            "turn it into CSV, for example with astropy: Table.read(FILE, format='ascii.mrt').write('table.csv')",
        ));
    }
    fill(&fields, rows, limits)
}

/// `  1-  5 I5    ---    Name   Running number`: the bytes, form, unit, name and description of a column.
fn field(line: &str) -> Option<Field> {
    let digits = |text: &str| text.trim().parse::<usize>().ok();
    let (start, rest) = match line.split_once('-') {
        Some((start, rest)) if digits(start).is_some() => {
            let rest = rest.trim_start();
            let length = rest.find(|c: char| !c.is_ascii_digit())?;
            let (end, rest) = rest.split_at(length);
            ((digits(start)?, digits(end)?), rest)
        }
        _ => {
            let line = line.trim_start();
            let length = line.find(|c: char| !c.is_ascii_digit())?;
            let (at, rest) = line.split_at(length);
            let at = digits(at)?;
            ((at, at), rest)
        }
    };
    let mut words = rest.split_whitespace();
    let (_, unit, name) = (words.next()?, words.next()?, words.next()?);
    Some(Field {
        start: start.0.checked_sub(1)?,
        end: start.1,
        name: name.to_owned(),
        unit: Some(unit.to_owned()).filter(|unit| unit != "---"),
        null: None,
        description: Some(words.collect::<Vec<_>>().join(" ")),
    })
}

/// The characters of a line from one place to another.
fn slice(line: &str, start: usize, end: usize) -> &str {
    let at = |place: usize| line.char_indices().nth(place).map_or(line.len(), |(at, _)| at);
    line.get(at(start)..at(end)).unwrap_or_default()
}

fn fill<'a>(
    fields: &[Field],
    rows: impl Iterator<Item = &'a str>,
    limits: &Limits,
) -> Result<Table, Refusal> {
    let column = |field: &Field| Column {
        name: field.name.clone(),
        unit: field.unit.clone(),
        description: field.description.clone(),
        ..Column::default()
    };
    let mut columns: Vec<Column> = fields.iter().map(column).collect();
    for (row, line) in rows.enumerate() {
        check_cells(row + 1, fields.len(), limits)?;
        for (field, column) in fields.iter().zip(&mut columns) {
            let cell = slice(line, field.start, field.end).trim();
            let cell = if field.null.as_deref() == Some(cell) {
                ""
            } else {
                cell
            };
            if !column.cells.push(cell) {
                return Err(too_long(&column.name));
            }
        }
    }
    Ok(Table {
        columns,
        ..Table::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(table: &Table, column: usize) -> Vec<&str> {
        table.columns[column].cells.iter().collect()
    }

    #[test]
    fn tables_of_ipac_are_read() {
        let text = "\\catalog = x\n|  id|      ra|class |\n| int|  double|char  |\n|    |     deg|      |\n|null|    null|null  |\n    1   180.25 spiral\n    2     null ring\n";
        assert!(is_ipac(text));
        let table = read_ipac(text, &Limits::default()).unwrap();
        assert_eq!(cells(&table, 0), ["1", "2"]);
        assert_eq!(cells(&table, 1), ["180.25", ""]);
        assert_eq!(cells(&table, 2), ["spiral", "ring"]);
        assert_eq!(table.columns[1].unit.as_deref(), Some("deg"));
        assert!(!is_ipac("| a | b |\n"));
    }

    #[test]
    fn tables_of_journals_are_read() {
        let rule = "-".repeat(80);
        let text = format!(
            "Title: x\nByte-by-byte Description of file: t.txt\n{rule}\n   Bytes Format Units  Label   Explanations\n{rule}\n   1-  8 A8     ---    Name    Name of the\n                               galaxy\n  10- 15 F6.2   deg    RAdeg   Right ascension\n      17 A1     ---    Flag    A flag\n{rule}\nNGC 4414 186.61 x\nM 51     202.47\n"
        );
        assert!(is_listed(&text));
        let table = read_listed(&text, &Limits::default()).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["Name", "RAdeg", "Flag"]);
        assert_eq!(cells(&table, 0), ["NGC 4414", "M 51"]);
        assert_eq!(cells(&table, 1), ["186.61", "202.47"]);
        assert_eq!(cells(&table, 2), ["x", ""]);
        assert_eq!(
            table.columns[0].description.as_deref(),
            Some("Name of the galaxy")
        );
    }
}
