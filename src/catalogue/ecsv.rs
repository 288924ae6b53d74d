//! astropy's enhanced CSV: comments in YAML give names, types and units. Only these are read, line by line: a YAML parser
//! for four keys would be larger than the rest of this room.

use super::rows::{Form, rows};
use super::table::Table;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// True when the first line says so.
pub fn is_ecsv(head: &str) -> bool {
    head.trim_start_matches('\u{feff}').starts_with("# %ECSV")
}

/// Reads the table with the units and descriptions of its header.
pub fn read(text: &str, limits: &Limits) -> Result<Table, Refusal> {
    let header: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix('#'))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let delimiter = header
        .iter()
        .find_map(|line| line.strip_prefix("delimiter:"))
        .map(unquoted)
        .and_then(|sign| match sign.as_str() {
            "\\t" => Some(b'\t'),
            sign => sign.bytes().next(),
        })
        .unwrap_or(b' ');
    // The row of names is never taken for data, whatever they look like.
    let body: &str = text
        .split_inclusive('\n')
        .find(|line| !line.starts_with('#'))
        .unwrap_or_default();
    let names = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .from_reader(body.as_bytes())
        .records()
        .next()
        .and_then(Result::ok)
        .map(|record| record.iter().map(str::to_owned).collect());
    let start = text
        .split_inclusive('\n')
        .take_while(|line| line.starts_with('#'))
        .map(str::len)
        .sum::<usize>()
        + body.len();
    let mut table = rows(
        text.get(start..).unwrap_or_default(),
        Form::of(delimiter),
        names,
        limits,
    )?;
    for item in items(&header) {
        let Some(name) = value(&item, "name") else {
            continue;
        };
        if let Some(column) = table.columns.iter_mut().find(|column| column.name == name) {
            column.unit = value(&item, "unit");
            column.description = value(&item, "description");
        }
    }
    Ok(table)
}

/// The items of the list `datatype`, each as one text.
fn items(header: &[&str]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let listed = header
        .iter()
        .skip_while(|line| line.trim_end() != "datatype:")
        .skip(1)
        .take_while(|line| line.starts_with(['-', ' ']));
    for line in listed {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(last)) => {
                // A long text goes on in the next line; a key in block style is on a line of its own.
                last.push('\n');
                last.push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    items
}

/// The value of a key in `{key: value, key: 'it''s'}` or in lines of `key: value`.
fn value(item: &str, key: &str) -> Option<String> {
    let body = item.trim().trim_start_matches('{');
    let mut rest = body;
    loop {
        let at = rest.find(key)?;
        let (before, from) = rest.split_at(at);
        let is_key = before.is_empty() || before.ends_with(", ") || before.ends_with('\n');
        let behind = from.get(key.len()..)?;
        match behind.strip_prefix(':') {
            Some(value) if is_key => return Some(unquoted(end(value))),
            _ => rest = behind,
        }
    }
}

/// The text up to where the value ends.
fn end(value: &str) -> &str {
    let value = value.trim_start_matches([' ', '\n']);
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let mut letters = value.char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            if letter != quote {
                continue;
            }
            // A doubled quote inside stands for one.
            if letters.peek().is_some_and(|(_, next)| *next == quote) {
                letters.next();
            } else {
                return value.get(..=at).unwrap_or(value);
            }
        }
        return value;
    }
    let stops = [
        ", name:",
        ", unit:",
        ", datatype:",
        ", description:",
        ", format:",
        ", subtype:",
        ", meta:",
        "}",
    ];
    let lines = [
        "\nname:",
        "\nunit:",
        "\ndatatype:",
        "\ndescription:",
        "\nformat:",
        "\nsubtype:",
        "\nmeta:",
    ];
    let stop = stops
        .iter()
        .chain(&lines)
        .filter_map(|stop| value.find(stop))
        .min()
        .unwrap_or(value.len());
    value.get(..stop).unwrap_or(value)
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inside = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    match (inside('\''), inside('"')) {
        (Some(inner), _) => inner.replace("''", "'"),
        (_, Some(inner)) => inner.replace("\\\"", "\""),
        _ => value.replace('\n', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found() {
        let flow = "{name: r-mag, unit: mag, datatype: float32, description: 'it''s, say, unit: bright'}";
        assert_eq!(value(flow, "name").unwrap(), "r-mag");
        assert_eq!(value(flow, "unit").unwrap(), "mag");
        assert_eq!(value(flow, "description").unwrap(), "it's, say, unit: bright");
        assert_eq!(value(flow, "format"), None);
        let block = "name: ra\nunit: deg\ndatatype: float64\ndescription: a long\ntext";
        assert_eq!(value(block, "unit").unwrap(), "deg");
        assert_eq!(value(block, "description").unwrap(), "a long text");
    }
}
