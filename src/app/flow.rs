//! From files to a tree: reading, encoding, growing. Each step hands over to the next; each can be cancelled.

use super::atlas;
use super::catalogue::Parcel;
use super::gather::Dropped;
use super::grove::Grove;
use super::pool::{Event, Job, SharedPool};
use super::state::{DeviceState, FileRow, Notice, Offer, Page, Sheet, Stage};
use crate::browser::{Bulk, Envelope};
use crate::cutout::PIXELS;
use crate::grouping::{self, Method, Precision};
use crate::protocol::{Backend, CutoutHead, Report, Request, Verdict};
use crate::session::{Session, Source};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Galaxies that one encoding job holds: large enough to keep a device busy, small enough to show progress.
const ENCODE_CHUNK: usize = 32;
/// Galaxies that one simulating job makes.
const SIMULATE_CHUNK: u32 = 25;
/// The most memory that the tree's distances may take here: WebAssembly has 4 GB, and the browser needs some.
pub const MOST_TREE_BYTES: u64 = 1_600_000_000;
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
    parcels: BTreeMap<u32, Vec<Parcel>>,
    /// Number of the next source.
    next: u32,
    /// The file row of each source that shows one.
    rows: BTreeMap<u32, usize>,
    to_read: usize,
    read: usize,
    to_encode: usize,
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
                let dropped = self.flow.with_value(|flow| flow.dropped.clone());
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
            let mut all = if keep {
                self.flow.with_value(|flow| flow.dropped.clone())
            } else {
                Vec::new()
            };
            all.extend(dropped);
            self.flow.update_value(|flow| flow.dropped.clone_from(&all));
            self.clear();
            let recipe = self.session.with_untracked(|session| session.recipe.clone());
            self.session.set(Session {
                source: Source::Files,
                recipe,
                ..Session::default()
            });
            self.read_files(all);
        }
    }

    /// Ends all work and forgets all galaxies. The files themselves are remembered.
    pub fn clear(&self) {
        let pool = self.flow.with_value(|flow| flow.pool.clone());
        if let Some(pool) = pool {
            pool.cancel();
        }
        self.flow.update_value(|flow| {
            flow.parcels.clear();
            flow.rows.clear();
            (flow.to_read, flow.read, flow.to_encode) = (0, 0, 0);
        });
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

    /// Stops what runs. Galaxies whose codes are known stay.
    pub fn cancel(&self) {
        let pool = self.flow.with_value(|flow| flow.pool.clone());
        if let Some(pool) = pool {
            pool.cancel();
        }
        let stage = self.stage.get_untracked();
        self.flow.update_value(|flow| {
            flow.parcels.clear();
            (flow.to_read, flow.read, flow.to_encode) = (0, 0, 0);
        });
        let verdict = Verdict::Refused {
            reason: "cancelled before it was read".to_owned(),
            remedy: "drop it again to read it".to_owned(),
        };
        self.files.update(|files| {
            for file in files.iter_mut().filter(|file| file.verdict.is_none()) {
                file.verdict = Some(verdict.clone());
            }
        });
        if self.grove.with_untracked(Option::is_some) && matches!(stage, Stage::Reading { .. }) {
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
            move |file| Job::on_file(Request::Read { file, name, recipe }, handle)
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
        let Some(pool) = self.flow.with_value(|flow| flow.pool.clone()) else {
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
                self.encoded(codes.len() / 64);
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
                let parcel = Parcel {
                    heads: Vec::new(),
                    raw: Vec::new(),
                    images: Vec::new(),
                    previews: Vec::new(),
                };
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
        let waiting = self.flow.with_value(|flow| {
            flow.parcels
                .values()
                .flatten()
                .map(|p| p.heads.len())
                .sum::<usize>()
        });
        if waiting + self.count.get_untracked() + parcel.heads.len() > MOST_GALAXIES {
            parcel = Parcel {
                heads: Vec::new(),
                raw: Vec::new(),
                images: Vec::new(),
                previews: Vec::new(),
            };
            verdict = Verdict::Refused {
                reason: format!(
                    "with it there would be more than {MOST_GALAXIES} galaxies, the most this page takes"
                ),
                remedy: "take a part of it: `grove convert FILE --limit 20000 -o SMALLER.safetensors`"
                    .to_owned(),
            };
        }
        let cutouts: &[CutoutHead] = &parcel.heads;
        let found = cutouts.len();
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
            (flow.to_read, flow.read) = (0, 0);
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

    fn encode(&self) {
        let Some(pool) = self.flow.with_value(|flow| flow.pool.clone()) else {
            return;
        };
        let jobs = self.catalogue.with_value(|c| {
            let mut jobs = Vec::new();
            for first in (c.encoded..c.len()).step_by(ENCODE_CHUNK) {
                let last = (first + ENCODE_CHUNK).min(c.len());
                jobs.push((first as u32, c.images[first * PIXELS..last * PIXELS].to_vec()));
            }
            jobs
        });
        let (done, total) = self.catalogue.with_value(|c| (c.encoded, c.len()));
        self.flow.update_value(|flow| flow.to_encode = total - done);
        self.stage.set(Stage::Encoding { done, total });
        if jobs.is_empty() {
            return self.grow();
        }
        for (first, images) in jobs {
            pool.submit(Job::new(Request::Encode { first }, vec![Bulk::F32(images)]));
        }
    }

    fn encoded(&self, galaxies: usize) {
        let left = self.flow.try_update_value(|flow| {
            flow.to_encode = flow.to_encode.saturating_sub(galaxies);
            flow.to_encode
        });
        let (done, total) = self.catalogue.with_value(|c| (c.encoded, c.len()));
        self.stage.set(Stage::Encoding { done, total });
        if left == Some(0) {
            self.grow();
        }
    }

    fn grow(&self) {
        let Some(pool) = self.flow.with_value(|flow| flow.pool.clone()) else {
            return;
        };
        let (count, codes) = self.catalogue.with_value(|c| (c.len(), c.codes.clone()));
        if count == 1 {
            self.stage.set(Stage::Idle);
            return self.say("One galaxy makes no tree. Add at least one more.");
        }
        let precision = precision(count);
        let needed = grouping::memory_needed(count, precision);
        if needed > MOST_TREE_BYTES {
            let fits = grouping::largest_set(MOST_TREE_BYTES, precision);
            let text = format!(
                "The tree of {count} galaxies needs {} MB for its distances; this page can take {} MB, which is {fits} \
                 galaxies.",
                needed / 1_000_000,
                MOST_TREE_BYTES / 1_000_000
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
        // A fixed stride through a full-period generator needs no random numbers and draws no row twice.
        let mut rows: Vec<usize> = (0..count).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for last in (1..count).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            rows.swap(last, ((state >> 33) % (last as u64 + 1)) as usize);
        }
        rows.truncate(size);
        rows.sort_unstable();
        self.catalogue.update_value(|c| c.keep(&rows));
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
                let pool = self.flow.with_value(|flow| flow.pool.clone());
                if let Some(pool) = pool.filter(|_| grouping::memory_needed(leaves, precision(leaves)) > MUCH)
                {
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
        let pool = self.flow.with_value(|flow| flow.pool.clone());
        if let (Some(codes), Some(pool)) = (codes, pool) {
            pool.submit(Job::new(
                Request::Reconstruct { row: row as u32 },
                vec![Bulk::U8(codes)],
            ));
        }
    }
}

/// Double precision gives SciPy's tree to the last bit; where it would not fit, single precision has to do.
pub fn precision(galaxies: usize) -> Precision {
    let fits = grouping::memory_needed(galaxies, Precision::Double) <= MOST_TREE_BYTES;
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
