//! The list of files: every source of galaxies, and the outcome of it.

use super::protocol::{Answers, Question, Verdict};
use crate::intake::Refusal;
use std::collections::BTreeMap;

/// A file and the outcome of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRow {
    /// Name with folders.
    pub name: String,
    /// `None` while it waits.
    pub verdict: Option<Verdict>,
    /// What was said when it was read, before a table in it was joined.
    pub when_read: Option<Verdict>,
    /// Galaxies found in it.
    pub galaxies: usize,
    /// The source that it is, or is a part of.
    pub source: u32,
    /// It is inside an archive.
    pub is_member: bool,
    /// What it can be asked to give instead.
    pub questions: Vec<Question>,
}

/// The source of what is no file of the user's and cannot be read again: behind all others.
pub const NO_SOURCE: u32 = u32::MAX;

impl FileRow {
    /// A file that waits to be read.
    pub fn waiting(name: String, source: u32) -> Self {
        Self {
            name,
            verdict: None,
            when_read: None,
            galaxies: 0,
            source,
            is_member: false,
            questions: Vec::new(),
        }
    }

    /// Something that gave no file at all.
    pub fn missing(name: String, refusal: Refusal) -> Self {
        Self {
            verdict: Some(refusal.into()),
            is_member: true,
            ..Self::waiting(name, NO_SOURCE)
        }
    }

    /// True when nothing of it could be used.
    pub fn is_refused(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Refused { .. }))
    }
}

/// A field, which is a picture of many galaxies: its source and name.
pub type FieldKey = (u32, String);

/// A file that a person gave. `F` is the browser's handle.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped<F> {
    /// Name with folders.
    pub name: String,
    /// The handle.
    pub file: F,
}

/// A file that a person gave, and what was said about it.
#[derive(Debug, Clone)]
pub(super) struct GivenFile<F> {
    pub dropped: Dropped<F>,
    pub answers: Answers,
}

/// The user's files by the number of their source, kept to read them again.
#[derive(Debug)]
pub(super) struct Sources<F> {
    pub files: BTreeMap<u32, GivenFile<F>>,
    /// Rows for what gave no file: they stay in the list when the files are read again.
    pub missing: Vec<FileRow>,
    last: u32,
}

impl<F> Default for Sources<F> {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            missing: Vec::new(),
            last: 0,
        }
    }
}

impl<F> Sources<F> {
    /// A number that no source has had.
    pub fn number(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// Keeps a file, under a new number.
    pub fn add(&mut self, dropped: Dropped<F>) -> u32 {
        let number = self.number();
        let answers = Answers::default();
        self.files.insert(number, GivenFile { dropped, answers });
        number
    }
}
