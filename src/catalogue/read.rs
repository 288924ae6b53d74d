//! Telling tables from other files, and reading them.

use super::table::Table;
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
    /// The first table of a FITS file without images.
    Fits,
}

impl TableKind {
    /// The name for the eye.
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
        return fits::is_table(bytes).then_some(TableKind::Fits);
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
pub enum Found {
    /// Galaxies or codes, or neither: the report says what.
    Report(Box<FileReport>),
    /// A table of facts, still to be read.
    Table(TableKind),
}

/// Reads a file as pictures or codes; a table of facts is told as such and left to [`read`].
pub fn read_or_detect(
    name: &str,
    bytes: &[u8],
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
) -> Found {
    let kind = detect(name, bytes);
    // A picture may be written in letters, as Netpbm's are.
    let is_text = kind.is_some_and(|kind| kind != TableKind::Fits)
        && (Packing::detect(bytes).is_some() || Kind::detect(bytes).is_err());
    if let (Some(kind), true) = (kind, is_text) {
        return Found::Table(kind);
    }
    let report = intake::read(name, bytes, recipe, limits, answers);
    match kind {
        Some(kind) if matches!(report.outcome, Outcome::Refused(_)) => Found::Table(kind),
        _ => Found::Report(Box::new(report)),
    }
}

/// Reads a table.
///
/// # Errors
/// A [`Refusal`] when it is none, is damaged, or is larger than [`Limits::bytes`] or [`Limits::table_cells`] allow.
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Table, Refusal> {
    limits.check_size(name, bytes.len() as u64)?;
    let kind = detect(name, bytes).ok_or_else(|| {
        Refusal::new(
            "it is no table that is read here",
            "give CSV, ECSV, VOTable or a FITS table",
        )
    })?;
    let unpacked;
    let bytes = if Packing::detect(bytes).is_some() {
        unpacked = expand(bytes, limits)?;
        &unpacked
    } else {
        bytes
    };
    let mut table = match kind {
        TableKind::Csv => text::read(&text::decode(bytes), limits)?,
        TableKind::Ecsv => ecsv::read(&text::decode(bytes), limits)?,
        TableKind::VoTable => votable::read(&text::decode(bytes), limits)?,
        TableKind::Fits => fits::read(bytes, limits)?,
    };
    for (at, column) in table.columns.iter_mut().enumerate() {
        if column.name.is_empty() {
            column.name = format!("column {}", at + 1);
        }
    }
    if table.columns.is_empty() {
        let why = table.remarks.first().cloned();
        return Err(Refusal::new(
            why.map_or_else(
                || "the table has no columns".to_owned(),
                |why| format!("no column of the table could be kept: {why}"),
            ),
            "export it again with columns of single numbers and words",
        ));
    }
    if table.rows() == 0 {
        return Err(Refusal::new("the table has no rows", "export it again"));
    }
    Ok(table)
}
