//! What the list of files says of each.

use crate::count::galaxies;
use crate::intake::Refusal;
use crate::page_model::files::FileRow;
use crate::page_model::protocol::{Question, Verdict};
use crate::page_model::state::{PageState, Part};

/// What a report says about a source, beside its galaxies.
#[derive(Debug)]
pub struct ReportSummary {
    /// The source.
    pub source: u32,
    /// Which file inside it, when it is an archive. The archive itself comes last, without a member.
    pub member: Option<String>,
    /// The outcome of it.
    pub verdict: Verdict,
    /// What it can be asked to give instead.
    pub questions: Vec<Question>,
    /// It is a table, or an archive with tables in it.
    pub tables: bool,
    /// More from the same source will follow.
    pub more: bool,
}

impl ReportSummary {
    /// The end of a source about which there is nothing to say but this.
    pub fn end(source: u32, verdict: Verdict) -> Self {
        Self {
            source,
            member: None,
            verdict,
            questions: Vec::new(),
            tables: false,
            more: false,
        }
    }
}

/// Gives sources rows in the list of files, before those of archives' members.
pub fn list<F>(page: &mut PageState<F>, sources: impl Iterator<Item = (u32, String)>) {
    let rows: Vec<FileRow> = sources
        .map(|(source, name)| FileRow::waiting(name, source))
        .collect();
    let files = page.files_mut();
    let at = files.partition_point(|row| !row.is_member);
    files.splice(at..at, rows);
}

/// Writes the outcome of a file, and how many galaxies were found in it.
pub fn note<F>(page: &mut PageState<F>, arrival: ReportSummary, found: usize) {
    let ReportSummary {
        source,
        member,
        verdict,
        questions,
        more,
        ..
    } = arrival;
    let files = page.files_mut();
    match member {
        Some(name) => {
            let mut wholes = files.iter_mut();
            if let Some(whole) = wholes.find(|row| row.source == source && !row.is_member) {
                whole.galaxies += found;
            }
            let known = files.iter_mut().rfind(|row| row.is_member && row.name == name);
            match known {
                // A further part of the same member.
                Some(row) if found > 0 && row.source == source => row.galaxies += found,
                _ => files.push(FileRow {
                    verdict: Some(verdict),
                    galaxies: found,
                    is_member: true,
                    questions,
                    ..FileRow::waiting(name, source)
                }),
            }
        }
        None => {
            let at = files.partition_point(|row| !row.is_member && row.source < source);
            let row = files.get_mut(at);
            if let Some(row) = row.filter(|row| row.source == source && !row.is_member) {
                row.galaxies += found;
                if !more {
                    row.verdict = Some(verdict);
                    row.questions = questions;
                }
            }
        }
    }
}

/// Says of every file that is still to be read that it will not be: `refusal`, or, where galaxies of it are here from an
/// earlier reading, that they are as they were.
pub fn end_waiting<F>(page: &mut PageState<F>, refusal: &Refusal, why: &str) {
    let collection = &page.collection;
    for row in page.files.iter_mut().filter(|row| row.verdict.is_none()) {
        row.galaxies = collection.rows_of(row.source).len();
        row.verdict = Some(match row.galaxies {
            0 => refusal.clone().into(),
            held => Verdict::Remarked(vec![format!(
                "it was not read to its end, because {why}: {} of it are here",
                galaxies(held)
            )]),
        });
    }
    page.mark(Part::Files);
}

/// How many galaxies a source has given so far.
pub fn galaxies_of<F>(page: &PageState<F>, source: u32) -> usize {
    let mut rows = page.files.iter();
    rows.find(|row| row.source == source && !row.is_member)
        .map_or(0, |row| row.galaxies)
}
