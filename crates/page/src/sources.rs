//! What the page shows: a demo, or the user's files, in the order in which they came.

use super::gather::Dropped;
use super::pool::Job;
use super::state::{FileRow, NO_SOURCE, Page, Stage};
use galaxy_grove::cutout::prepare::Override;
use galaxy_grove::intake::QuestionKey;
use galaxy_grove::page_model::protocol::{Answers, Request};
use galaxy_grove::page_model::session::Source;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Galaxies that one simulating job makes.
const SIMULATE_CHUNK: u32 = 25;

/// The user's files by the number of their source, and what was said about them.
#[derive(Debug, Default)]
pub struct Sources {
    pub(super) files: BTreeMap<u32, Given>,
    /// Rows for what was asked of the sky and gave no file: they stay in the list when the files are read again.
    missing: Vec<FileRow>,
    next: u32,
}

/// A file that the user gave.
#[derive(Debug, Clone)]
pub(super) struct Given {
    dropped: Dropped,
    answers: Answers,
}

impl Sources {
    /// A number that no source has had.
    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn add(&mut self, dropped: Dropped) -> u32 {
        let number = self.number();
        let answers = Answers::default();
        self.files.insert(number, Given { dropped, answers });
        number
    }
}

impl Page {
    /// Shows what a session asks for, from the start.
    pub fn open(&self, source: &Source) {
        self.hold_galaxy();
        self.clear();
        if *source != Source::Files {
            self.forget_files();
        }
        match *source {
            Source::Simulated { seed, count } => {
                let chunks = (0..count).step_by(SIMULATE_CHUNK as usize);
                let requests = chunks.map(|first| {
                    let count = SIMULATE_CHUNK.min(count - first);
                    move |file| Request::Simulate {
                        file,
                        seed,
                        first,
                        count,
                    }
                });
                self.read_made(requests);
            }
            Source::HubbleDeepField => {
                let url = "../www/demo/hubble-deep-field.safetensors".to_owned();
                let name = "Hubble Deep Field".to_owned();
                let sources = self.read_made([move |file| Request::Fetch { file, url, name }]);
                self.list(
                    sources
                        .into_iter()
                        .map(|source| (source, "Hubble Deep Field".to_owned())),
                );
            }
            Source::Files => {
                self.files
                    .set(self.flow.with_value(|flow| flow.sources.missing.clone()));
                let all = self
                    .flow
                    .with_value(|flow| flow.sources.files.keys().copied().collect());
                self.read_files(all, false);
            }
            Source::Nothing => self.stage.set(Stage::Idle),
        }
    }

    /// Adds files to those already here; a demo makes way for them.
    pub fn add(&self, dropped: Vec<Dropped>) {
        if dropped.is_empty() {
            return;
        }
        let keep = self
            .session
            .with_untracked(|session| session.source == Source::Files);
        if keep {
            let computing = self
                .stage
                .with_untracked(|stage| matches!(stage, Stage::Encoding { .. } | Stage::Growing { .. }));
            if let (true, Some(pool)) = (computing, self.pool()) {
                // It goes on, with the new galaxies, when they are read. What has codes keeps them.
                pool.cancel();
            }
        } else {
            self.clear();
            self.forget_files();
            self.session
                .update(|session| *session = session.of_another(Source::Files));
        }
        let new = self.flow.try_update_value(|flow| {
            let files = dropped.into_iter();
            files.map(|dropped| flow.sources.add(dropped)).collect()
        });
        // What was cancelled and is dropped again is listed once.
        self.files.update(|files| {
            self.flow.with_value(|flow| {
                files.retain(|row| row.source == NO_SOURCE || flow.sources.files.contains_key(&row.source));
            });
        });
        self.read_files(new.unwrap_or_default(), false);
    }

    /// Forgets the user's files: they make way for something else.
    fn forget_files(&self) {
        self.flow.update_value(|flow| {
            flow.sources.files.clear();
            flow.sources.missing.clear();
            flow.tables.clear();
        });
        self.sky.used.update(BTreeSet::clear);
        self.forget_steps();
    }

    /// Adds files, and a row in the list for each thing that gave none. Without any file, what is shown stays.
    pub fn add_with_missing(&self, dropped: Vec<Dropped>, missing: Vec<FileRow>) {
        self.add(dropped);
        self.files.update(|files| files.extend(missing.iter().cloned()));
        self.flow
            .update_value(|flow| flow.sources.missing.extend(missing));
    }

    /// Reads one of the user's files again with another answer to what it left open.
    pub fn answer(&self, source: u32, key: &QuestionKey, answer: &str) {
        self.say_of(source, |said| said.set(key, answer));
    }

    /// All that was said about a file of the user's.
    pub(super) fn said_of(&self, source: u32) -> Option<Answers> {
        self.flow
            .with_value(|flow| Some(flow.sources.files.get(&source)?.answers.clone()))
    }

    /// Puts other words in the place of all that was said about a file.
    pub(super) fn set_said(&self, source: u32, said: Answers) {
        self.flow.update_value(|flow| {
            if let Some(given) = flow.sources.files.get_mut(&source) {
                given.answers = said;
            }
        });
    }

    /// What is done differently for a galaxy of one of the user's files.
    pub fn change_of(&self, source: u32, galaxy: &str) -> Override {
        self.said_of(source)
            .map(|said| said.of(galaxy))
            .unwrap_or_default()
    }

    /// How many galaxies of a file something is done differently for.
    pub fn changes_of(&self, source: u32) -> usize {
        self.said_of(source).map_or(0, |said| said.changes().len())
    }

    /// Does something differently for galaxies of one of the user's files, which is read again. The galaxy that is looked
    /// at stays.
    pub fn make_changes(&self, source: u32, changes: impl IntoIterator<Item = (String, Override)>) {
        self.say_of(source, |said| {
            for (galaxy, change) in changes {
                said.change(&galaxy, change);
            }
        });
    }

    /// Takes back all that was done differently in a file.
    pub fn forget_changes(&self, source: u32) {
        self.say_of(source, Answers::forget_changes);
    }

    /// Reads one of the user's files again; its galaxies are replaced. When nothing is shown yet, all are read anew.
    pub fn read_again(&self, source: u32) {
        let unique = self.session.with_untracked(|session| session.unique);
        if unique || self.stage.with_untracked(Stage::busy) {
            // Busy: not all is there yet. Unique: what was left out for a galaxy that changes now has to come back.
            return self.open(&Source::Files);
        }
        // Answers that are under way speak of rows that will have moved.
        self.stop();
        self.hold_galaxy();
        self.flow.update_value(|flow| {
            flow.cut.remove(&source);
            flow.tables.remove(&source);
        });
        self.fields
            .update(|fields| fields.retain(|(of, _), _| *of != source));
        self.files.update(|files| {
            files.retain(|row| !(row.is_member && row.source == source));
            for row in files.iter_mut().filter(|row| row.source == source) {
                (row.verdict, row.galaxies) = (None, 0);
            }
        });
        self.read_files(vec![source], true);
    }

    /// Remembers which galaxy is looked at: its row is about to change.
    pub(super) fn hold_galaxy(&self) {
        if self.flow.with_value(|flow| flow.from_link) {
            return;
        }
        let row = self.session.with_untracked(|session| session.galaxy);
        let held = row.and_then(|row| {
            self.collection.with_value(|c| {
                let galaxy = c.galaxies.get(row)?;
                Some((galaxy.source, galaxy.name.clone()))
            })
        });
        if held.is_some() {
            self.flow.update_value(|flow| flow.reopen = held);
            self.session.update(|session| session.galaxy = None);
        }
    }

    /// A file of the user's.
    pub fn dropped(&self, source: u32) -> Option<Dropped> {
        self.flow
            .with_value(|flow| Some(flow.sources.files.get(&source)?.dropped.clone()))
    }

    /// The name of a source of the user's.
    pub fn name_of_source(&self, source: u32) -> String {
        self.dropped(source)
            .map_or_else(|| "FILE".to_owned(), |dropped| dropped.name)
    }

    /// Reads files of the user's; `again`, when they have rows and galaxies already.
    fn read_files(&self, sources: Vec<u32>, again: bool) {
        let recipe = self.session.with_untracked(|session| session.recipe.clone());
        let given: Vec<(u32, Given)> = self.flow.with_value(|flow| {
            let file = |source| Some((source, flow.sources.files.get(&source)?.clone()));
            sources.into_iter().filter_map(file).collect()
        });
        if !again {
            self.list(
                given
                    .iter()
                    .map(|(source, given)| (*source, given.dropped.name.clone())),
            );
        }
        let jobs = given.into_iter().map(|(source, given)| {
            let request = Request::Read {
                file: source,
                name: given.dropped.name,
                recipe: recipe.clone(),
                answers: given.answers,
            };
            (source, Job::on_file(request, given.dropped.file))
        });
        self.submit(jobs.collect(), again);
    }

    /// Reads sources that are not files of the user's.
    fn read_made<F: FnOnce(u32) -> Request>(&self, requests: impl IntoIterator<Item = F>) -> Vec<u32> {
        let jobs: Option<Vec<(u32, Job)>> = self.flow.try_update_value(|flow| {
            let number = |request: F| {
                let source = flow.sources.number();
                (source, Job::new(request(source), Vec::new()))
            };
            requests.into_iter().map(number).collect()
        });
        let jobs = jobs.unwrap_or_default();
        let sources = jobs.iter().map(|(source, _)| *source).collect();
        self.submit(jobs, false);
        sources
    }

    /// Gives sources rows in the list of files, before those of archives' members.
    fn list(&self, sources: impl Iterator<Item = (u32, String)>) {
        let rows: Vec<FileRow> = sources
            .map(|(source, name)| FileRow::waiting(name, source))
            .collect();
        self.files.update(|files| {
            let at = files.partition_point(|row| !row.is_member);
            files.splice(at..at, rows);
        });
    }
}
