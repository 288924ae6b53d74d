//! What comes back from the readers: galaxies into the collection, verdicts into the list of files, tables to the galaxies.

use super::atlas;
use super::flow::MOST_GALAXIES;
use super::pool::Job;
use super::state::{FileRow, Notice, Offer, Page, Sheet, Stage};
use crate::collection::{Collection, Parcel};
use crate::protocol::{Question, Request, Verdict};
use leptos::prelude::*;

/// What a report says about a source, beside its galaxies.
pub(super) struct Arrival {
    pub source: u32,
    pub member: Option<String>,
    pub verdict: Verdict,
    pub questions: Vec<Question>,
    pub tables: bool,
    pub more: bool,
}

impl Page {
    /// One source, or a part of it, was read.
    pub(super) fn arrived(&self, mut arrival: Arrival, mut parcel: Parcel) {
        let source = arrival.source;
        let waiting = self.flow.with_value(|flow| flow.waiting);
        let room = MOST_GALAXIES.saturating_sub(waiting + self.collection.with_value(Collection::len));
        if parcel.heads.len() > room || self.flow.with_value(|flow| flow.cut.contains(&source)) {
            // From here on nothing of this source is taken, so that what was taken is its beginning.
            self.flow.update_value(|flow| {
                flow.cut.insert(source);
            });
            parcel = Parcel::default();
            arrival.verdict = self.too_many(source);
        }
        let found = parcel.heads.len();
        let finished = !arrival.more && arrival.member.is_none();
        let tables = arrival.tables;
        self.note(arrival, found);
        self.flow.update_value(|flow| {
            if found > 0 {
                flow.parcels.entry(source).or_default().push(parcel);
                flow.waiting += found;
            }
            if finished {
                flow.unread.remove(&source);
                if tables {
                    flow.tables.insert(source);
                }
            }
        });
        self.settle();
        self.show_reading();
        if self
            .flow
            .with_value(|flow| flow.to_read > 0 && flow.unread.is_empty())
        {
            self.all_read();
        }
    }

    /// The verdict on a source that holds more galaxies than the page has room for.
    fn too_many(&self, source: u32) -> Verdict {
        let name = self.name_of_source(source);
        let taken = self.files.with_untracked(|files| {
            let row = files.iter().find(|row| row.source == source && !row.is_member);
            row.map_or(0, |row| row.galaxies)
        });
        let command = format!("`grove convert \"{name}\" -o galaxies.safetensors`");
        if taken > 0 {
            return Verdict::Remarked(vec![format!(
                "only its first {taken} galaxies were taken: this page takes {MOST_GALAXIES} in all; {command} takes every one"
            )]);
        }
        Verdict::Refused {
            reason: format!(
                "with it there would be more than {MOST_GALAXIES} galaxies, the most this page takes"
            ),
            remedy: format!("let the command line read it: {command}"),
        }
    }

    /// Writes into the list of files what became of one.
    fn note(&self, arrival: Arrival, found: usize) {
        let Arrival {
            source,
            member,
            verdict,
            questions,
            more,
            ..
        } = arrival;
        self.files.update(|files| match member {
            Some(name) => {
                if let Some(whole) = files
                    .iter_mut()
                    .find(|row| row.source == source && !row.is_member)
                {
                    whole.galaxies += found;
                }
                let known = files.iter_mut().rfind(|row| row.is_member && row.name == name);
                match known {
                    // A further part of the same member.
                    Some(row) if found > 0 && row.source == source => row.galaxies += found,
                    _ => files.push(FileRow {
                        name,
                        verdict: Some(verdict),
                        galaxies: found,
                        source,
                        is_member: true,
                        questions,
                    }),
                }
            }
            None => {
                let at = files.partition_point(|row| !row.is_member && row.source < source);
                let whole = files
                    .get(at)
                    .is_some_and(|row| row.source == source && !row.is_member);
                if let (Some(row), true) = (files.get_mut(at), whole) {
                    row.galaxies += found;
                    if !more {
                        row.verdict = Some(verdict);
                        row.questions = questions;
                    }
                }
            }
        });
    }

    /// Moves parcels into the collection as soon as all sources before them were read: a little at a time, so that the
    /// page answers in between.
    fn settle(&self) {
        loop {
            let next = self.flow.try_update_value(|flow| {
                let front = flow.unread.first().copied().unwrap_or(u32::MAX);
                let mut entry = flow.parcels.first_entry()?;
                let source = *entry.key();
                if source > front || flow.again.contains(&source) {
                    return None;
                }
                let parcel = match entry.get().len() {
                    0 | 1 => entry.remove().pop()?,
                    _ => entry.get_mut().remove(0),
                };
                flow.waiting -= parcel.heads.len();
                Some((source, parcel))
            });
            let Some((source, parcel)) = next.flatten() else {
                return;
            };
            self.collection.update_value(|c| c.append(source, parcel));
        }
    }

    /// Writes into the list of files what became of a table.
    pub(super) fn joined(&self, source: u32, name: &str, verdict: Verdict) {
        self.files.update(|files| {
            let row = files
                .iter_mut()
                .find(|row| row.source == source && row.name == name);
            if let Some(row) = row {
                row.verdict = Some(verdict);
            }
        });
    }

    /// Has all tables joined to all galaxies.
    fn join_tables(&self) {
        let tables = self.flow.with_value(|flow| flow.tables.clone());
        if tables.is_empty() {
            return;
        }
        let galaxies: Vec<(String, String)> = self.collection.with_value(|c| {
            let facts = c
                .galaxies
                .iter()
                .map(|galaxy| (galaxy.id.to_string(), galaxy.name.clone()));
            facts.collect()
        });
        for source in tables {
            if let (Some(pool), Some(dropped)) = (self.pool(), self.dropped(source)) {
                let request = Request::Join {
                    file: source,
                    name: dropped.name,
                    galaxies: galaxies.clone(),
                };
                pool.submit(Job::on_file(request, dropped.file));
            }
        }
    }

    fn all_read(&self) {
        let (parcels, again) = self
            .flow
            .try_update_value(|flow| {
                (flow.to_read, flow.waiting) = (0, 0);
                (std::mem::take(&mut flow.parcels), std::mem::take(&mut flow.again))
            })
            .unwrap_or_default();
        if !again.is_empty() {
            // Rows move: what is shown and what was selected would speak of other galaxies.
            self.grove.set(None);
            self.session
                .update(|session| (session.galaxy, session.branch) = (None, None));
            self.forget_steps();
        }
        self.collection.update_value(|c| {
            let mut parcels = parcels;
            for source in again {
                c.replace(source, parcels.remove(&source).unwrap_or_default());
            }
            c.name_ids();
        });
        self.join_tables();
        let refused = self.files.with_untracked(|files| {
            files
                .iter()
                .filter(|file| matches!(file.verdict, Some(Verdict::Refused { .. })))
                .count()
        });
        if refused > 0 {
            let all = self.files.with_untracked(Vec::len);
            let text = format!("{refused} of {all} files could not be used.");
            self.notice.set(Some(Notice {
                text,
                bad: refused == all,
                offer: Some(Offer::Files),
            }));
        }
        let count = self.collection.with_value(Collection::len);
        self.count.set(count);
        atlas::rebuild(*self);
        match count {
            0 => {
                self.stage.set(Stage::Idle);
                if refused > 0 {
                    self.sheet.set(Some(Sheet::Files));
                }
            }
            _ => self.encode(),
        }
    }
}
