//! What comes back from the readers: galaxies into the collection, verdicts into the list of files, tables to the galaxies.

use super::atlas;
use super::flow::{MOST_GALAXIES, now};
use super::state::{FileRow, Notice, Offer, Page, Sheet, Stage};
use super::work::Job;
use galaxy_grove::page_model::collection::{Collection, Parcel};
use galaxy_grove::page_model::protocol::{FieldView, Question, Request, Verdict};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Milliseconds that one turn of moving galaxies into the collection may take.
const A_TURN: f64 = 12.0;
/// Fields whose pictures are kept for their sheets: 0.8 MB each.
const MOST_FIELDS: usize = 40;

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
        let (waiting, again) = self.flow.with_value(|flow| (flow.waiting, flow.again.clone()));
        // Those that will be replaced make room.
        let held = self
            .collection
            .with_value(|c| c.len() - again.iter().map(|&source| c.rows_of(source).len()).sum::<usize>());
        let room = MOST_GALAXIES.saturating_sub(waiting + held);
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
                flow.parcels.entry(source).or_default().push_back(parcel);
                flow.waiting += found;
            }
            if finished {
                flow.unread.remove(&source);
                if tables {
                    flow.tables.insert(source);
                }
            }
        });
        self.show_reading();
        self.settle();
    }

    /// A picture turned out to be a field of many galaxies.
    pub(super) fn found_field(&self, source: u32, name: String, view: FieldView) {
        let text = format!(
            "{name} shows a field: {} of {} sources were taken for galaxies.",
            view.boxes.iter().filter(|of| of.is_taken).count(),
            view.boxes.len()
        );
        let key = (source, name);
        self.fields.update(|fields| {
            fields.insert(key.clone(), Arc::new(view));
            while fields.len() > MOST_FIELDS {
                fields.pop_first();
            }
        });
        self.field.set(Some(key));
        self.notice.set(Some(Notice {
            text,
            bad: false,
            offers: vec![Offer::Field],
        }));
    }

    /// How many galaxies a source has given so far.
    pub(super) fn galaxies_of(&self, source: u32) -> usize {
        self.files.with_untracked(|files| {
            let row = files.iter().find(|row| row.source == source && !row.is_member);
            row.map_or(0, |row| row.galaxies)
        })
    }

    /// The verdict on a source that holds more galaxies than the page has room for.
    fn too_many(&self, source: u32) -> Verdict {
        let name = self.name_of_source(source);
        let taken = self.galaxies_of(source);
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
    /// page answers in between. When nothing is left to read, goes on to the next step.
    pub(super) fn settle(&self) {
        let until = now() + A_TURN;
        while let Some((source, parcel)) = self.next_parcel() {
            self.collection.update_value(|c| c.append(source, parcel));
            if now() > until {
                let first = self
                    .flow
                    .try_update_value(|flow| !std::mem::replace(&mut flow.settling, true));
                if first == Some(true) {
                    let page = *self;
                    let turn = move || {
                        page.flow.update_value(|flow| flow.settling = false);
                        page.settle();
                    };
                    set_timeout(turn, Duration::ZERO);
                }
                return;
            }
        }
        if self
            .flow
            .with_value(|flow| flow.to_read > 0 && flow.unread.is_empty())
        {
            self.all_read();
        }
    }

    /// The next parcel that can go into the collection: of the first source, when all before it were read. What replaces
    /// other galaxies waits until all is read.
    fn next_parcel(&self) -> Option<(u32, Parcel)> {
        let next = self.flow.try_update_value(|flow| {
            let front = flow.unread.first().copied().unwrap_or(u32::MAX);
            let source = *flow.parcels.keys().find(|source| !flow.again.contains(source))?;
            let parcels = flow.parcels.get_mut(&source).filter(|_| source <= front)?;
            let parcel = parcels.pop_front();
            if parcels.is_empty() {
                flow.parcels.remove(&source);
            }
            let parcel = parcel?;
            flow.waiting -= parcel.heads.len();
            Some((source, parcel))
        });
        next.flatten()
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
    pub(super) fn join_tables(&self) {
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

    /// Leaves out galaxies that show the same as another one, given as pairs of rows, and says so of their files.
    fn leave_out(&self, duplicates: &[(usize, usize)]) {
        if duplicates.is_empty() {
            return;
        }
        let dropped: BTreeMap<usize, usize> = duplicates.iter().map(|&(first, row)| (row, first)).collect();
        let by_source = self.collection.try_update_value(|c| {
            let mut by_source: BTreeMap<u32, Vec<String>> = BTreeMap::new();
            for (&row, &first) in &dropped {
                if let (Some(galaxy), Some(first)) = (c.galaxies.get(row), c.galaxies.get(first)) {
                    let words = format!("{} shows the same as {}", galaxy.name, first.name);
                    by_source.entry(galaxy.source).or_default().push(words);
                }
            }
            let kept: Vec<usize> = (0..c.len()).filter(|row| !dropped.contains_key(row)).collect();
            c.keep(&kept);
            by_source
        });
        let by_source = by_source.unwrap_or_default();
        self.files.update(|files| {
            for file in files.iter_mut().filter(|file| !file.is_member) {
                let Some(words) = by_source.get(&file.source) else {
                    continue;
                };
                file.galaxies = file.galaxies.saturating_sub(words.len());
                let words = match words.as_slice() {
                    [one] => format!("left out: {one}"),
                    [one, ..] => format!("{} galaxies were left out; the first: {one}", words.len()),
                    [] => continue,
                };
                if let Some(verdict) = &mut file.verdict {
                    verdict.remark(words);
                }
            }
        });
    }

    /// Says above the panels how many files were refused, and how many galaxies are here twice. Returns the first number.
    fn tell_what_is_wrong(&self, duplicates: usize, left_out: bool) -> usize {
        let (refused, all) = self.files.with_untracked(|files| {
            let is_refused = |file: &&FileRow| matches!(file.verdict, Some(Verdict::Refused { .. }));
            (files.iter().filter(is_refused).count(), files.len())
        });
        let (mut words, mut offers) = (Vec::new(), Vec::new());
        if refused > 0 {
            words.push(format!("{refused} of {all} files could not be used."));
            offers.push(Offer::Files);
        }
        let (subject, verb) = if duplicates == 1 {
            ("1 galaxy".to_owned(), "shows")
        } else {
            (format!("{duplicates} galaxies"), "show")
        };
        if duplicates > 0 && left_out {
            words.push(format!(
                "Left out: {subject} that {verb} the same as another one."
            ));
            offers = vec![Offer::Files];
        } else if duplicates > 0 {
            words.push(format!("{subject} {verb} the same as another one."));
            offers.push(Offer::Unique);
        }
        if !words.is_empty() {
            self.notice.set(Some(Notice {
                text: words.join(" "),
                bad: refused > 0 && refused == all,
                offers,
            }));
        }
        refused
    }

    /// Leaves out galaxies that show the same as another one, or takes them in again: all is read anew.
    pub fn leave_out_duplicates(&self, unique: bool) {
        self.session.update(|session| session.unique = unique);
        let source = self.session.with_untracked(|session| session.source.clone());
        self.open(&source);
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
        }
        let duplicates = self.collection.try_update_value(|c| {
            let mut parcels = parcels;
            for source in again {
                let fresh = parcels.remove(&source).unwrap_or_default();
                c.replace(source, fresh.into());
            }
            c.name_ids();
            c.mark_duplicates()
        });
        let duplicates = duplicates.unwrap_or_default();
        let unique = self.session.with_untracked(|session| session.unique);
        if unique {
            self.leave_out(&duplicates);
        }
        self.join_tables();
        let refused = self.tell_what_is_wrong(duplicates.len(), unique);
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
