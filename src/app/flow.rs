//! From files to a tree: reading, encoding, growing. Each step hands over to the next; each can be cancelled.

use super::atlas;
use super::catalogue::Parcel;
use super::choose::tree_budget;
use super::gather::Dropped;
use super::grove::Grove;
use super::pool::{Event, Job, SharedPool};
use super::state::{DeviceState, FileRow, Notice, Offer, Page, Sheet, Stage};
use crate::browser::{Bulk, Envelope};
use crate::cutout::PIXELS;
use crate::grouping::{self, Method, Precision};
use crate::protocol::{Answers, Backend, Report, Request, Verdict};
use crate::session::{Session, Source};
use leptos::prelude::*;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Galaxies that one encoding job holds: large enough to keep a device busy, small enough to show progress.
const ENCODE_CHUNK: usize = 32;
/// Encoding jobs under way at once: two for each of four workers, so that none waits for the page.
const ENCODE_AHEAD: usize = 8;
/// Galaxies that one simulating job makes.
const SIMULATE_CHUNK: u32 = 25;
/// A worker whose memory grew by more than this many bytes is replaced: WebAssembly's never shrinks.
const MUCH: u64 = 200_000_000;
/// The most galaxies that the page takes: 40 kB each.
pub const MOST_GALAXIES: usize = 25_000;

/// The work in progress.
#[derive(Default)]
pub struct Flow {
    /// The workers.
    pub pool: Option<SharedPool>,
    /// The user's files, kept to read them again when the recipe changes.
    dropped: Vec<Dropped>,
    /// Rows for what was asked of the sky and gave no file: they stay in the list when the files are read again.
    missing: Vec<FileRow>,
    parcels: BTreeMap<u32, Vec<Parcel>>,
    /// Number of the next source.
    next: u32,
    /// The file row of each source that shows one.
    rows: BTreeMap<u32, usize>,
    to_read: usize,
    read: usize,
    /// Galaxies in the parcels.
    waiting: usize,
    /// The first galaxy that no job encodes yet.
    next_to_encode: usize,
    begun: f64,
}

impl Page {
    /// Shows what a session asks for, from the start.
    pub fn open(&self, source: &Source) {
        self.clear();
        match *source {
            Source::Simulated { seed, count } => {
                let chunks = (0..count).step_by(SIMULATE_CHUNK as usize);
                let jobs = chunks.map(|first| {
                    let count = SIMULATE_CHUNK.min(count - first);
                    move |file| {
                        Job::new(
                            Request::Simulate {
                                file,
                                seed,
                                first,
                                count,
                            },
                            Vec::new(),
                        )
                    }
                });
                self.read_all(jobs, None);
            }
            Source::HubbleDeepField => {
                let job = |file| {
                    let url = "../www/demo/hubble-deep-field.safetensors".to_owned();
                    Job::new(
                        Request::Fetch {
                            file,
                            url,
                            name: "Hubble Deep Field".to_owned(),
                        },
                        Vec::new(),
                    )
                };
                self.read_all([job], Some(vec!["Hubble Deep Field".to_owned()]));
            }
            Source::Files => {
                let (dropped, missing) = self
                    .flow
                    .with_value(|flow| (flow.dropped.clone(), flow.missing.clone()));
                self.files.set(missing);
                self.read_files(dropped);
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
        if keep && self.stage.with_untracked(|stage| *stage == Stage::Ready) {
            self.flow
                .update_value(|flow| flow.dropped.extend(dropped.iter().cloned()));
            self.read_files(dropped);
        } else {
            let (mut all, missing) = if keep {
                self.flow
                    .with_value(|flow| (flow.dropped.clone(), flow.missing.clone()))
            } else {
                Default::default()
            };
            all.extend(dropped);
            self.flow.update_value(|flow| {
                flow.dropped.clone_from(&all);
                flow.missing.clone_from(&missing);
            });
            self.clear();
            self.files.set(missing);
            let recipe = self.session.with_untracked(|session| session.recipe.clone());
            self.session.set(Session {
                source: Source::Files,
                recipe,
                ..Session::default()
            });
            self.read_files(all);
        }
    }

    /// Adds files, and a row in the list for each thing that gave none. Without any file, what is shown stays.
    pub fn add_with_missing(&self, dropped: Vec<Dropped>, missing: Vec<FileRow>) {
        self.add(dropped);
        self.files.update(|files| files.extend(missing.iter().cloned()));
        self.flow.update_value(|flow| flow.missing.extend(missing));
    }

    /// Ends all work and forgets all galaxies. The files themselves are remembered.
    pub fn clear(&self) {
        self.stop();
        self.flow.update_value(|flow| flow.rows.clear());
        self.catalogue.set_value(super::catalogue::Catalogue::default());
        self.files.set(Vec::new());
        self.notice.set(None);
        self.hover.set(None);
        self.painted.set(None);
        self.grove.set(None);
        self.count.set(0);
        self.forget_steps();
        atlas::rebuild(*self);
    }

    fn pool(&self) -> Option<SharedPool> {
        self.flow.with_value(|flow| flow.pool.clone())
    }

    /// Ends all jobs and forgets what they brought.
    fn stop(&self) {
        if let Some(pool) = self.pool() {
            pool.cancel();
        }
        self.flow.update_value(|flow| {
            flow.parcels.clear();
            (flow.to_read, flow.read, flow.waiting) = (0, 0, 0);
        });
    }

    /// Stops what runs. The galaxies of the tree that is shown stay.
    pub fn cancel(&self) {
        self.stop();
        let verdict = Verdict::Refused {
            reason: "cancelled before it was read".to_owned(),
            remedy: "drop it again to read it".to_owned(),
        };
        self.files.update(|files| {
            for file in files.iter_mut().filter(|file| file.verdict.is_none()) {
                file.verdict = Some(verdict.clone());
            }
        });
        if let Some(grove) = self.grove.get_untracked() {
            // Galaxies that were read but are in no tree would stand beside it without a place.
            self.catalogue.update_value(|c| c.truncate(grove.leaves()));
            self.count.set(grove.leaves());
            atlas::rebuild(*self);
            self.stage.set(Stage::Ready);
            self.say("Cancelled. The galaxies that were here before are still here.");
        } else {
            self.stage.set(Stage::Idle);
            self.say("Cancelled. Drop galaxies, or open a demo, to go on.");
        }
    }

    fn read_files(&self, dropped: Vec<Dropped>) {
        let recipe = self.session.with_untracked(|session| session.recipe.clone());
        let names = dropped.iter().map(|dropped| dropped.name.clone()).collect();
        let jobs = dropped.into_iter().map(|Dropped { name, file: handle }| {
            let recipe = recipe.clone();
            move |file| {
                let request = Request::Read {
                    file,
                    name,
                    recipe,
                    answers: Answers::default(),
                };
                Job::on_file(request, handle)
            }
        });
        self.read_all(jobs, Some(names));
    }

    /// Submits one job for each source. With `names`, each has a row in the list of files.
    fn read_all<F: FnOnce(u32) -> Job>(&self, jobs: impl IntoIterator<Item = F>, names: Option<Vec<String>>) {
        let mut first_row = 0;
        if let Some(names) = &names {
            first_row = self.files.with_untracked(Vec::len);
            let rows = names.iter().map(|name| FileRow {
                name: name.clone(),
                verdict: None,
                galaxies: 0,
            });
            self.files.update(|files| files.extend(rows));
        }
        let Some(pool) = self.pool() else {
            return;
        };
        let mut submitted = Vec::new();
        self.flow.update_value(|flow| {
            for (offset, job) in jobs.into_iter().enumerate() {
                if names.is_some() {
                    flow.rows.insert(flow.next, first_row + offset);
                }
                submitted.push(job(flow.next));
                flow.next += 1;
            }
            flow.to_read += submitted.len();
            flow.begun = now();
        });
        self.show_reading();
        for job in submitted {
            pool.submit(job);
        }
    }

    fn show_reading(&self) {
        let (done, total) = self.flow.with_value(|flow| (flow.read, flow.to_read));
        self.stage.set(Stage::Reading { done, total });
    }

    /// Takes what the workers say.
    pub fn hear(&self, event: Event) {
        match event {
            Event::Report(envelope) => self.report(*envelope),
            Event::Lost { request, reason } => self.lost(&request, &reason),
            Event::FellBack { reason } => {
                self.device.set(DeviceState::Loading(0.0, 0.0));
                self.say(format!("The processor does the computing now, because {reason}."));
            }
            Event::Unusable { reason } => {
                self.device.set(DeviceState::Unusable(reason.clone()));
                self.stage.set(Stage::Idle);
                self.complain(format!(
                    "The model cannot run in this browser: {reason}. Reload the page to try again."
                ));
            }
        }
    }

    fn report(&self, mut envelope: Envelope<Report>) {
        match envelope.head.clone() {
            Report::Ready(ready) => {
                let better = self.device.with_untracked(|device| match device {
                    DeviceState::Ready(now) => now.backend == Backend::Cpu && ready.backend != Backend::Cpu,
                    _ => true,
                });
                if better {
                    self.device.set(DeviceState::Ready(Box::new(ready)));
                }
            }
            Report::Loading { done, total } => {
                if self
                    .device
                    .with_untracked(|device| matches!(device, DeviceState::Loading(..)))
                {
                    self.device.set(DeviceState::Loading(done, total));
                }
            }
            Report::Cutouts {
                file,
                verdict,
                cutouts,
                questions: _,
                more,
            } => {
                let [raw, images, previews] = envelope.take();
                let parcel = Parcel {
                    heads: cutouts,
                    raw: raw.into_f32(),
                    images: images.into_f32(),
                    previews: previews.into_u8(),
                };
                self.arrived(file, verdict, parcel, more);
            }
            Report::Encoded { first } => {
                let [codes, margins] = envelope.take();
                let (codes, margins) = (codes.into_u8(), margins.into_f32());
                self.catalogue
                    .update_value(|c| c.set_codes(first as usize, &codes, &margins));
                self.encoded();
            }
            Report::Growing { done, total } => {
                if self
                    .stage
                    .with_untracked(|stage| matches!(stage, Stage::Growing { .. }))
                {
                    self.stage.set(Stage::Growing {
                        done: done as usize,
                        total: total as usize,
                    });
                }
            }
            Report::Grown { leaves } => {
                let [a, b, heights] = envelope.take();
                self.grown(leaves as usize, &a.into_u32(), &b.into_u32(), &heights.into_f64());
            }
            Report::Reconstructed { row } => {
                let [image] = envelope.take();
                self.painted.set(Some((row as usize, Arc::new(image.into_f32()))));
            }
            Report::Failed { reason } => {
                self.complain(format!("That did not work: {reason}."));
                if self.stage.with_untracked(Stage::busy) {
                    self.stage.set(Stage::Idle);
                }
            }
            Report::Hello
            | Report::ModelInUse
            | Report::Unusable { .. }
            | Report::Inspected
            | Report::Crashed { .. } => {}
        }
    }

    fn lost(&self, request: &Request, reason: &str) {
        match request {
            Request::Read { file, .. } | Request::Fetch { file, .. } => {
                let verdict = Verdict::Refused {
                    reason: format!("the reader broke off on this file ({reason})"),
                    remedy: "the file is probably damaged; save it anew, or convert it with `grove convert`"
                        .to_owned(),
                };
                let parcel = Parcel::default();
                self.arrived(*file, verdict, parcel, false);
            }
            Request::Reconstruct { .. } => {}
            _ => {
                self.stage.set(Stage::Idle);
                self.complain(format!("The work was given up after three tries: {reason}."));
            }
        }
    }

    /// One source, or a part of it, was read.
    fn arrived(&self, file: u32, mut verdict: Verdict, mut parcel: Parcel, more: bool) {
        let waiting = self.flow.with_value(|flow| flow.waiting);
        if waiting + self.count.get_untracked() + parcel.heads.len() > MOST_GALAXIES {
            parcel = Parcel::default();
            verdict = Verdict::Refused {
                reason: format!(
                    "with it there would be more than {MOST_GALAXIES} galaxies, the most this page takes"
                ),
                remedy: "take a part of it: `grove convert FILE --limit 20000 -o SMALLER.safetensors`"
                    .to_owned(),
            };
        }
        let found = parcel.heads.len();
        let row = self.flow.with_value(|flow| flow.rows.get(&file).copied());
        if let Some(row) = row {
            self.files.update(|files| {
                if let Some(row) = files.get_mut(row) {
                    row.galaxies += found;
                    if !more {
                        row.verdict = Some(verdict);
                    }
                }
            });
        }
        self.flow.update_value(|flow| {
            if found > 0 {
                flow.parcels.entry(file).or_default().push(parcel);
                flow.waiting += found;
            }
            flow.read += usize::from(!more);
        });
        self.show_reading();
        if self
            .flow
            .with_value(|flow| flow.to_read > 0 && flow.read >= flow.to_read)
        {
            self.all_read();
        }
    }

    fn all_read(&self) {
        let parcels = self.flow.try_update_value(|flow| {
            (flow.to_read, flow.read, flow.waiting) = (0, 0, 0);
            std::mem::take(&mut flow.parcels)
        });
        self.catalogue
            .update_value(|c| c.append(parcels.unwrap_or_default()));
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
        let count = self.catalogue.with_value(super::catalogue::Catalogue::len);
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

    /// Sends the first chunks to the model; [`Self::encoded`] sends one more for each that comes back, so that the
    /// images of a large set are not all copied into the queue.
    fn encode(&self) {
        self.show_encoding();
        let (first, total) = self.catalogue.with_value(|c| (c.encoded, c.len()));
        self.flow.update_value(|flow| flow.next_to_encode = first);
        if first == total {
            return self.grow();
        }
        for _ in 0..ENCODE_AHEAD {
            self.encode_next();
        }
    }

    fn encode_next(&self) {
        let first = self.flow.with_value(|flow| flow.next_to_encode);
        let images = self.catalogue.with_value(|c| {
            let last = (first + ENCODE_CHUNK).min(c.len());
            c.images
                .get(first * PIXELS..last * PIXELS)
                .map(<[f32]>::to_vec)
                .unwrap_or_default()
        });
        if let (Some(pool), false) = (self.pool(), images.is_empty()) {
            self.flow
                .update_value(|flow| flow.next_to_encode = first + ENCODE_CHUNK);
            pool.submit(Job::new(
                Request::Encode { first: first as u32 },
                vec![Bulk::F32(images)],
            ));
        }
    }

    fn show_encoding(&self) {
        let (done, total) = self.catalogue.with_value(|c| (c.encoded, c.len()));
        self.stage.set(Stage::Encoding { done, total });
    }

    fn encoded(&self) {
        self.show_encoding();
        self.encode_next();
        if self.catalogue.with_value(|c| c.encoded == c.len()) {
            self.grow();
        }
    }

    fn grow(&self) {
        let Some(pool) = self.pool() else {
            return;
        };
        let (count, codes) = self.catalogue.with_value(|c| (c.len(), c.codes.clone()));
        if count == 1 {
            self.stage.set(Stage::Idle);
            return self.say("One galaxy makes no tree. Add at least one more.");
        }
        let precision = precision(count);
        let needed = grouping::memory_needed(count, precision);
        let budget = tree_budget();
        if needed > budget {
            let fits = grouping::largest_set(budget, precision);
            let text = format!(
                "The tree of {count} galaxies needs {:.1} MB for its distances; this page can take {:.1} MB, which is \
                 {fits} galaxies.",
                needed as f64 / 1e6,
                budget as f64 / 1e6
            );
            self.stage.set(Stage::Idle);
            return self.notice.set(Some(Notice {
                text,
                bad: true,
                offer: Some(Offer::Sample(fits)),
            }));
        }
        self.stage.set(Stage::Growing {
            done: 0,
            total: count - 1,
        });
        let method = Method {
            precision,
            ..Method::default()
        };
        pool.submit(Job::new(Request::Grow { method }, vec![Bulk::U8(codes)]));
    }

    /// Keeps a random sample, the same for the same set, and grows its tree.
    pub fn sample(&self, size: usize) {
        let count = self.count.get_untracked();
        let mut rows: Vec<usize> = (0..count).collect();
        rows.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
        rows.truncate(size);
        rows.sort_unstable();
        self.catalogue.update_value(|c| c.keep(&rows));
        // A tree that is shown has other rows.
        self.grove.set(None);
        self.count.set(rows.len());
        self.notice.set(None);
        atlas::rebuild(*self);
        self.grow();
    }

    fn grown(&self, leaves: usize, a: &[u32], b: &[u32], heights: &[f64]) {
        let codes = self.catalogue.with_value(|c| c.codes.clone());
        if leaves != self.count.get_untracked() {
            return;
        }
        match Grove::new(leaves, a, b, heights, codes) {
            Ok(grove) => {
                let most = grove.leaves();
                self.session.update(|session| {
                    session.groups = session.groups.map(|k| k.min(most));
                    session.galaxy = session.galaxy.filter(|&row| row < most);
                    session.branch = session.branch.filter(|&node| node < 2 * most - 1);
                });
                self.grove.set(Some(Arc::new(grove)));
                self.stage.set(Stage::Ready);
                let much = grouping::memory_needed(leaves, precision(leaves)) > MUCH;
                if let Some(pool) = self.pool().filter(|_| much) {
                    pool.refresh();
                }
                super::timing::first_groups(self.flow.with_value(|flow| flow.begun));
            }
            Err(error) => {
                self.stage.set(Stage::Idle);
                self.complain(format!("The tree could not be built: {error}."));
            }
        }
    }

    /// Asks a worker to paint a galaxy from its codes.
    pub fn paint(&self, row: usize) {
        let codes = self
            .catalogue
            .with_value(|c| c.codes.get(row * 64..row * 64 + 64).map(<[u8]>::to_vec));
        if let (Some(codes), Some(pool)) = (codes, self.pool()) {
            pool.submit(Job::new(
                Request::Reconstruct { row: row as u32 },
                vec![Bulk::U8(codes)],
            ));
        }
    }
}

/// Double precision gives SciPy's tree to the last bit; where it would not fit, single precision has to do.
pub fn precision(galaxies: usize) -> Precision {
    let fits = grouping::memory_needed(galaxies, Precision::Double) <= tree_budget();
    if fits {
        Precision::Double
    } else {
        Precision::Single
    }
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}
