//! VOTable: all tables with data, as TABLEDATA, BINARY or BINARY2.

use super::table::{Column, Table, check_cells, too_long};
use super::votable_field::{Field, Form};
use crate::catalogue::votable_binary;
use crate::limits::Limits;
use crate::refusal::Refusal;
use base64::{Engine, engine::general_purpose::STANDARD};
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// True when the root element is a VOTABLE.
pub fn is_votable(head: &str) -> bool {
    let head = head.trim_start();
    head.starts_with('<')
        && head
            .split('<')
            .skip(1)
            .find(|tag| !tag.starts_with(['?', '!']))
            .is_some_and(|tag| {
                let name = tag
                    .split(|c: char| c.is_whitespace() || c == '>')
                    .next()
                    .unwrap_or_default();
                name.rsplit(':').next() == Some("VOTABLE")
            })
}

fn damaged(why: &str) -> Refusal {
    Refusal::new(
        format!("the VOTable is damaged or cut short ({why})"),
        "download it again, or ask the service for CSV",
    )
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let value = tag.try_get_attribute(name).ok()??;
    let value = value.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// Where the reader stands.
#[derive(Default)]
struct State {
    fields: Vec<Field>,
    columns: Vec<Column>,
    form: Option<Form>,
    /// The text of the element that is being read.
    text: String,
    in_table: bool,
    in_field: bool,
    cell: usize,
    rows: usize,
    title: String,
    remarks: Vec<String>,
    /// The tables that were read.
    tables: Vec<Table>,
    /// What the service says of the query: `ERROR` or `OVERFLOW`, and its words.
    status: Option<(String, String)>,
    in_status: bool,
}

/// Reads all tables with data.
pub fn read(text: &str, limits: &Limits) -> Result<Vec<Table>, Refusal> {
    let mut reader = Reader::from_str(text);
    let mut state = State::default();
    let mut depth = 0usize;
    loop {
        let event = reader.read_event().map_err(|error| damaged(&error.to_string()))?;
        match event {
            Event::Start(tag) => {
                depth += 1;
                state.begin(&tag)?;
            }
            Event::Empty(tag) => {
                state.begin(&tag)?;
                state.end(tag.local_name().as_ref(), limits)?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                state.end(tag.local_name().as_ref(), limits)?;
            }
            Event::Text(part) if state.is_reading() => state.text.push_str(&part),
            Event::CData(part) if state.is_reading() => state.text.push_str(&part),
            Event::GeneralRef(name) if state.is_reading() => {
                let letter = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                state.text.push(letter.unwrap_or('?'));
            }
            Event::Eof if depth == 0 => break,
            Event::Eof => return Err(damaged("its end is missing")),
            _ => {}
        }
    }
    let words = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, message)) = state.status.as_ref().filter(|(status, _)| status == "ERROR") {
        return Err(Refusal::new(
            format!("the service answered with an error: {}", words(message)),
            "correct the query and ask the service again",
        ));
    }
    if state.tables.is_empty() {
        return Err(Refusal::new(
            "the VOTable has no table with rows",
            "ask the service again; the file may hold its message",
        ));
    }
    if state
        .status
        .as_ref()
        .is_some_and(|(status, _)| status == "OVERFLOW")
    {
        for table in &mut state.tables {
            table.remarks.push(
                "the service cut its answer short (QUERY_STATUS is OVERFLOW): rows are missing; ask it again with a higher limit".to_owned(),
            );
        }
    }
    Ok(state.tables)
}

impl State {
    fn is_reading(&self) -> bool {
        self.in_table || self.in_status
    }

    fn begin(&mut self, tag: &BytesStart<'_>) -> Result<(), Refusal> {
        let name = tag.local_name();
        let name: &str = name.as_ref();
        self.text.clear();
        match name {
            "TABLE" => {
                self.in_table = true;
                self.fields.clear();
                self.columns.clear();
                self.form = None;
                self.rows = 0;
                self.title = attribute(tag, "name")
                    .or_else(|| attribute(tag, "ID"))
                    .unwrap_or_default();
            }
            "INFO"
                if attribute(tag, "name").is_some_and(|name| name.eq_ignore_ascii_case("QUERY_STATUS")) =>
            {
                self.in_status = true;
                let status = attribute(tag, "value").unwrap_or_default().to_ascii_uppercase();
                // The last one counts: services add OVERFLOW behind the rows.
                self.status = Some((status, String::new()));
            }
            "FIELD" => {
                self.in_field = true;
                let name = attribute(tag, "name").or_else(|| attribute(tag, "ID"));
                self.fields.push(Field {
                    name: name.unwrap_or_default(),
                    unit: attribute(tag, "unit"),
                    description: None,
                    datatype: attribute(tag, "datatype").unwrap_or_default(),
                    arraysize: attribute(tag, "arraysize"),
                    null: None,
                });
            }
            "VALUES" if self.in_field => {
                if let Some(field) = self.fields.last_mut() {
                    field.null = attribute(tag, "null").filter(|null| !null.is_empty());
                }
            }
            "DATA" => {
                self.columns = self.fields.iter().map(|_| Column::default()).collect();
            }
            "BINARY" => self.form = Some(Form::Binary),
            "BINARY2" => self.form = Some(Form::Binary2),
            "FITS" => {
                return Err(Refusal::new(
                    "the VOTable holds its rows as FITS",
                    "ask the service for TABLEDATA or CSV",
                ));
            }
            "STREAM" if attribute(tag, "href").is_some() => {
                return Err(Refusal::new(
                    "the rows of the VOTable are in another file (STREAM href)",
                    "give the file that it names",
                ));
            }
            "TR" => self.cell = 0,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, limits: &Limits) -> Result<(), Refusal> {
        match name {
            "INFO" if self.in_status => {
                self.in_status = false;
                if let Some((_, message)) = &mut self.status {
                    *message = std::mem::take(&mut self.text);
                }
            }
            "FIELD" => self.in_field = false,
            "DESCRIPTION" if self.in_field => {
                let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
                if let Some(field) = self.fields.last_mut() {
                    field.description = Some(text);
                }
            }
            "TD" => {
                let text = self.text.trim();
                let field = self.fields.get(self.cell);
                let is_null = field.is_some_and(|field| field.null.as_deref() == Some(text));
                let cell = if is_null || text.eq_ignore_ascii_case("nan") {
                    ""
                } else {
                    text
                };
                if let Some(column) = self.columns.get_mut(self.cell)
                    && !column.cells.push(cell)
                {
                    return Err(too_long(&column.name));
                }
                self.cell += 1;
            }
            "TR" => {
                self.rows += 1;
                check_cells(self.rows, self.columns.len(), limits)?;
                for column in &mut self.columns {
                    while column.cells.len() < self.rows {
                        if !column.cells.push("") {
                            return Err(too_long(&column.name));
                        }
                    }
                }
            }
            "STREAM" => {
                if let Some(form) = self.form {
                    let packed: Vec<u8> = self
                        .text
                        .bytes()
                        .filter(|byte| !byte.is_ascii_whitespace())
                        .collect();
                    let bytes = STANDARD
                        .decode(packed)
                        .map_err(|error| damaged(&format!("base64: {error}")))?;
                    self.remarks =
                        votable_binary::read(&bytes, form, &self.fields, &mut self.columns, limits)?;
                }
            }
            "DATA" => {
                for (column, field) in self.columns.iter_mut().zip(&self.fields) {
                    column.name.clone_from(&field.name);
                    column.unit.clone_from(&field.unit);
                    column.description.clone_from(&field.description);
                }
                if !self.columns.is_empty() {
                    self.tables.push(Table {
                        columns: std::mem::take(&mut self.columns),
                        remarks: std::mem::take(&mut self.remarks),
                        title: std::mem::take(&mut self.title),
                    });
                }
            }
            "TABLE" => self.in_table = false,
            _ => {}
        }
        self.text.clear();
        Ok(())
    }
}
