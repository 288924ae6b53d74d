//! Telling tables from other files, and reading them.

use super::table::Table;
use super::tidy::tidy;
use crate::catalogue::{ecsv, fits, text, votable};
use crate::cutout::Recipe;
use crate::intake;
use crate::intake::{Answers, FileReport, Kind, Outcome, Packing, expand};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// The forms of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TableKind {
    /// Text with `,`, `;`, tab or `|` between the cells.
    Csv,
    /// astropy's enhanced CSV.
    Ecsv,
    /// VOTable, the virtual observatory's XML.
    VoTable,
    /// The tables of a FITS file.
    Fits,
}

impl TableKind {
    /// The name for display.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Ecsv => "ECSV",
            Self::VoTable => "VOTable",
            Self::Fits => "FITS table",
        }
    }
}

/// How much of a file is looked at to tell what it is.
const HEAD: usize = 64 * 1024;

/// Tells whether a file is a table of facts, packed or not. A FITS file with an image, a table of codes or of images is
/// none: [`crate::intake`] or [`crate::export`] reads it.
pub fn detect(name: &str, bytes: &[u8]) -> Option<TableKind> {
    if let Some(packing) = Packing::detect(bytes) {
        let head = packing.head(bytes, HEAD);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        return plain(stem, &head);
    }
    plain(name, bytes)
}

fn plain(name: &str, bytes: &[u8]) -> Option<TableKind> {
    if bytes.starts_with(b"SIMPLE  =") {
        return (fits::facts(bytes) == fits::Facts::Only).then_some(TableKind::Fits);
    }
    let head = text::head(bytes, HEAD)?;
    if ecsv::is_ecsv(&head) {
        Some(TableKind::Ecsv)
    } else if votable::is_votable(&head) {
        Some(TableKind::VoTable)
    } else {
        text::is_table(name, &head).then_some(TableKind::Csv)
    }
}

/// What a file turned out to be.
#[derive(Debug)]
pub enum FileContent {
    /// Galaxies or codes, or neither: the report says what.
    Report(Box<FileReport>),
    /// A table of facts, still to be read.
    Table(TableKind),
    /// Galaxies, and tables of facts beside them, still to be read.
    Both(Box<FileReport>, TableKind),
}

/// Reads a file as pictures or codes; a table of facts is reported as one and left to [`read`].
pub fn read_or_detect(
    name: &str,
    bytes: &[u8],
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
) -> FileContent {
    let kind = detect(name, bytes);
    // A picture may be written in letters, as Netpbm's are.
    let is_text = kind.is_some_and(|kind| kind != TableKind::Fits)
        && (Packing::detect(bytes).is_some() || Kind::detect(bytes).is_err());
    if let (Some(kind), true) = (kind, is_text) {
        return FileContent::Table(kind);
    }
    let report = intake::read(name, bytes, recipe, limits, answers);
    match kind {
        Some(kind) if matches!(report.outcome, Outcome::Refused(_)) => FileContent::Table(kind),
        None if !report.galaxies().is_empty() && has_facts_beside(bytes, limits) => {
            FileContent::Both(Box::new(report), TableKind::Fits)
        }
        _ => FileContent::Report(Box::new(report)),
    }
}

/// True for a file with tables of facts, also beside images.
pub fn has_tables(name: &str, bytes: &[u8], limits: &Limits) -> bool {
    detect(name, bytes).is_some() || has_facts_beside(bytes, limits)
}

/// True for a FITS file with tables of facts beside its images.
fn has_facts_beside(bytes: &[u8], limits: &Limits) -> bool {
    if Packing::detect(bytes).is_some() {
        let head = Packing::detect(bytes).map(|packing| packing.head(bytes, 9));
        let is_fits = head.is_some_and(|head| head.starts_with(b"SIMPLE  ="));
        return is_fits && expand(bytes, limits).is_ok_and(|bytes| has_facts_beside(&bytes, limits));
    }
    bytes.starts_with(b"SIMPLE  =") && fits::facts(bytes) == fits::Facts::Beside
}

/// Reads the first table of a file; a remark says how many more there are.
///
/// # Errors
/// As [`read_all`].
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Table, Refusal> {
    let mut tables = read_all(name, bytes, limits)?.into_iter();
    let none = || Refusal::new("the file has no table", "give CSV, ECSV, VOTable or a FITS table");
    let mut table = tables.next().ok_or_else(none)?;
    let more = tables.count();
    if more > 0 {
        table
            .remarks
            .push(format!("the file has {more} more tables: the first was taken"));
    }
    Ok(table)
}

/// Reads all tables of a file, in its order: at least one.
///
/// # Errors
/// A [`Refusal`] when there is none, the file is damaged, or it is larger than [`Limits::bytes`] or [`Limits::table_cells`]
/// allow.
pub fn read_all(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Table>, Refusal> {
    limits.check_size(name, bytes.len() as u64)?;
    let unpacked;
    let (kind, bytes) = if Packing::detect(bytes).is_some() {
        let kind = detect(name, bytes);
        unpacked = expand(bytes, limits)?;
        (kind, unpacked.as_slice())
    } else {
        (detect(name, bytes), bytes)
    };
    let beside = bytes.starts_with(b"SIMPLE  =").then_some(TableKind::Fits);
    let kind = kind.or(beside).ok_or_else(|| {
        Refusal::new(
            "it is not a table of a supported kind",
            "give CSV, ECSV, VOTable or a FITS table",
        )
    })?;
    let tables = match kind {
        TableKind::Csv => vec![text::read(&text::decode(bytes), limits)?],
        TableKind::Ecsv => vec![ecsv::read(&text::decode(bytes), limits)?],
        TableKind::VoTable => votable::read(&text::decode(bytes), limits)?,
        TableKind::Fits => fits::read(bytes, limits)?,
    };
    let mut found = Vec::new();
    let mut refusal = Refusal::new("the table has no rows", "export it again");
    let mut lost = Vec::new();
    for mut table in tables {
        tidy(&mut table);
        if table.columns.is_empty() {
            let why = table.remarks.first().cloned();
            refusal = Refusal::new(
                why.map_or_else(
                    || "the table has no columns".to_owned(),
                    |why| format!("no column of the table could be kept: {why}"),
                ),
                "export it again with columns of single numbers and words",
            );
            lost.push(table.title);
        } else if table.rows() == 0 {
            refusal = Refusal::new("the table has no rows", "export it again");
            lost.push(table.title);
        } else {
            found.push(table);
        }
    }
    let lost: Vec<String> = lost.into_iter().filter(|title| !title.is_empty()).collect();
    match found.first_mut() {
        None => return Err(refusal),
        Some(first) if !lost.is_empty() => first.remarks.push(format!(
            "tables without rows or columns to keep: {}",
            lost.join(", ")
        )),
        Some(_) => {}
    }
    Ok(found)
}
