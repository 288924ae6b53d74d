//! From files to a tree: reading, encoding, growing. Each step hands over to the next; each can be cancelled.

use super::arrivals::Arrival;
use super::atlas;
use super::sources::Sources;
use super::state::{DeviceState, Notice, Offer, Page, Stage};
use super::work::{Job, Workers};
use galaxy_grove::cutout::CODES;
use galaxy_grove::page_model::collection::{Collection, Parcel};
use galaxy_grove::page_model::pool::Event;
use galaxy_grove::page_model::protocol::{Backend, Bulk, Report, Request, Verdict};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Galaxies that one encoding job holds: large enough to keep a device busy, small enough to show progress.
const ENCODE_CHUNK: usize = 32;
/// Encoding jobs under way at once: two for each of four workers, so that none waits for the page.
const ENCODE_AHEAD: usize = 8;
/// The most galaxies that the page takes: 40 kB each.
pub const MOST_GALAXIES: usize = 25_000;

/// The work in progress.
#[derive(Default)]
pub struct Flow {
    /// The workers.
    pub pool: Option<Workers>,
    /// The user's files, kept to read them again.
    pub sources: Sources,
    pub(super) parcels: BTreeMap<u32, VecDeque<Parcel>>,
    /// Sources that are still being read.
    pub(super) unread: BTreeSet<u32>,
    /// Sources whose galaxies, read before, are to be replaced.
    pub(super) again: BTreeSet<u32>,
    /// Sources in this reading.
    pub(super) to_read: usize,
    /// Sources since the last tree: what a cancel takes out again.
    pub(super) fresh: BTreeSet<u32>,
    /// Sources that are tables, or hold some.
    pub(super) tables: BTreeSet<u32>,
    /// Sources that hold more than there is room for.
    pub(super) cut: BTreeSet<u32>,
    /// The cut and the selection of the session come from a link, and belong to the tree that is about to grow.
    pub(super) from_link: bool,
    /// A further turn of [`Page::settle`] is on its way.
    pub(super) settling: bool,
    /// The galaxy to look at again when the tree has grown anew: its source and name.
    pub(super) reopen: Option<(u32, String)>,
    /// Galaxies in the parcels.
    pub(super) waiting: usize,
    /// The row from which the next galaxies to encode are sought.
    pub(super) next_to_encode: usize,
    /// The row from which the next galaxies to paint are sought.
    pub(super) next_to_paint: usize,
    pub(super) begun: f64,
}

impl Page {
    /// Ends all work and forgets all galaxies. The files themselves are remembered.
    pub fn clear(&self) {
        self.stop();
        self.collection.set_value(Collection::default());
        self.files.set(Vec::new());
        self.fields.update(BTreeMap::clear);
        self.notice.set(None);
        self.hover.set(None);
        self.painted.set(None);
        self.grove.set(None);
        self.count.set(0);
        self.flow.update_value(|flow| {
            flow.cut.clear();
            flow.fresh.clear();
        });
        self.forget_views();
        atlas::rebuild(*self);
    }

    /// The workers, once they were started.
    pub(super) fn pool(&self) -> Option<Workers> {
        self.flow.with_value(|flow| flow.pool.clone())
    }

    /// Ends all jobs and forgets what they brought.
    pub(super) fn stop(&self) {
        if let Some(pool) = self.pool() {
            pool.cancel();
        }
        self.flow.update_value(|flow| {
            flow.parcels.clear();
            flow.unread.clear();
            flow.again.clear();
            (flow.to_read, flow.waiting) = (0, 0);
        });
    }

    /// Stops what runs. The galaxies of the tree that is shown stay; without a tree, those that were all read.
    pub fn cancel(&self) {
        let reading = self
            .stage
            .with_untracked(|stage| matches!(stage, Stage::Reading { .. }));
        self.stop();
        let grove = self.grove.get_untracked();
        let kept = grove
            .as_ref()
            .map_or_else(|| self.count.get_untracked(), |grove| grove.leaves());
        self.collection.update_value(|c| c.truncate(kept));
        // Files whose galaxies are not here any more are forgotten: dropped again, they are new.
        let gone = self.flow.try_update_value(|flow| {
            if !reading && grove.is_none() {
                return BTreeSet::new();
            }
            let mut gone = std::mem::take(&mut flow.fresh);
            self.collection.with_value(|c| {
                c.galaxies.iter().for_each(|galaxy| {
                    gone.remove(&galaxy.source);
                })
            });
            flow.sources.files.retain(|source, _| !gone.contains(source));
            flow.tables.retain(|source| !gone.contains(source));
            gone
        });
        let gone = gone.unwrap_or_default();
        let verdict = Verdict::Refused {
            reason: "cancelled".to_owned(),
            remedy: "drop it again to read it".to_owned(),
        };
        self.files.update(|files| {
            for file in files.iter_mut() {
                let refused = matches!(file.verdict, Some(Verdict::Refused { .. }));
                if file.verdict.is_none() || (gone.contains(&file.source) && !refused) {
                    (file.verdict, file.galaxies) = (Some(verdict.clone()), 0);
                }
            }
        });
        self.count.set(kept);
        atlas::rebuild(*self);
        if grove.is_some() {
            self.stage.set(Stage::Ready);
            return self.say("Cancelled. The galaxies that were here before are still here.");
        }
        self.stage.set(Stage::Idle);
        if reading || kept == 0 {
            return self.say("Cancelled. Drop galaxies, or open a demo, to go on.");
        }
        self.notice.set(Some(Notice {
            text: format!(
                "Cancelled. {} were read, and have no tree yet.",
                super::groups_panel::galaxies(kept)
            ),
            bad: false,
            offers: vec![Offer::GoOn],
        }));
    }

    /// Submits jobs that read sources. Those of `again` replace what came from the same source before.
    pub(super) fn submit(&self, jobs: Vec<(u32, Job)>, again: bool) {
        let Some(pool) = self.pool() else {
            return;
        };
        self.flow.update_value(|flow| {
            let sources = jobs.iter().map(|(source, _)| *source);
            if again {
                flow.again.extend(sources.clone());
            } else {
                flow.fresh.extend(sources.clone());
            }
            flow.unread.extend(sources);
            flow.to_read += jobs.len();
            flow.begun = now();
        });
        self.show_reading();
        pool.submit_all(jobs.into_iter().map(|(_, job)| job));
    }

    pub(super) fn show_reading(&self) {
        let (done, total) = self
            .flow
            .with_value(|flow| (flow.to_read - flow.unread.len(), flow.to_read));
        self.stage.set(Stage::Reading { done, total });
    }

    /// Takes what the workers say.
    pub fn hear(&self, event: Event) {
        match event {
            Event::Report { report, bulk } => self.report(report, bulk),
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

    fn report(&self, report: Report, bulk: Vec<Bulk>) {
        match report {
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
                file: source,
                member,
                verdict,
                cutouts,
                questions,
                tables,
                more,
            } => {
                let [raw, images, previews, codes] = Bulk::first(bulk);
                let parcel = Parcel {
                    heads: cutouts,
                    raw: raw.into_f32(),
                    images: images.into_f32(),
                    previews: previews.into_u8(),
                    codes: codes.into_u8(),
                };
                let arrival = Arrival {
                    source,
                    member,
                    verdict,
                    questions,
                    tables,
                    more,
                };
                self.arrived(arrival, parcel);
            }
            Report::Field { file, name, mut view } => {
                let [grey] = Bulk::first(bulk);
                view.grey = grey.into_u8();
                self.found_field(file, name, view);
            }
            Report::Joined {
                file,
                name,
                verdict,
                facts,
                ..
            } => {
                self.collection.update_value(|c| c.tell(facts));
                self.joined(file, &name, verdict);
            }
            Report::Encoded { first } => {
                let [codes, margins] = Bulk::first(bulk);
                let (codes, margins) = (codes.into_u8(), margins.into_f32());
                self.collection
                    .update_value(|c| c.set_codes(first as usize, &codes, &margins));
                self.encoded();
            }
            Report::Depicted { first } => {
                let [images] = Bulk::first(bulk);
                let images = images.into_f32();
                self.collection
                    .update_value(|c| c.set_pictures(first as usize, &images));
                self.paint_next();
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
                let [a, b, heights] = Bulk::first(bulk);
                self.grown(leaves as usize, &a.into_u32(), &b.into_u32(), &heights.into_f64());
            }
            Report::Reconstructed { row } => {
                let [image] = Bulk::first(bulk);
                let row = row as usize;
                // The answer for a galaxy that was closed meanwhile would hide that for the one that is open.
                if self.session.with_untracked(|session| session.galaxy == Some(row)) {
                    self.painted.set(Some((row, Arc::new(image.into_f32()))));
                }
            }
            Report::NotDepicted { reason } => {
                self.complain(format!("{reason}."));
                self.paint_next();
            }
            Report::Hello
            | Report::Failed { .. }
            | Report::ModelInUse
            | Report::Unusable { .. }
            | Report::Inspected
            | Report::Crashed { .. } => {}
        }
    }

    fn lost(&self, request: &Request, reason: &str) {
        match request {
            Request::Read { file, .. } | Request::Fetch { file, .. } => {
                let verdict = match self.galaxies_of(*file) {
                    0 => Verdict::Refused {
                        reason: format!("the reader broke off on this file ({reason})"),
                        remedy:
                            "the file is probably damaged; save it anew, or convert it with `grove convert`"
                                .to_owned(),
                    },
                    before => Verdict::Remarked(vec![format!(
                        "reading broke off after {} ({reason}); the rest was left out",
                        super::groups_panel::galaxies(before)
                    )]),
                };
                let arrival = Arrival {
                    source: *file,
                    member: None,
                    verdict,
                    questions: Vec::new(),
                    tables: false,
                    more: false,
                };
                self.arrived(arrival, Parcel::default());
            }
            Request::Join { file, name, .. } => {
                let verdict = Verdict::Refused {
                    reason: format!("the reader broke off on this table ({reason})"),
                    remedy: "write it anew, as CSV for example".to_owned(),
                };
                self.joined(*file, name, verdict);
            }
            Request::Reconstruct { .. } => self.complain(format!("That did not work: {reason}.")),
            Request::Depict { .. } => self.paint_next(),
            _ => {
                // What else runs would go on without this part, and never end.
                self.stop();
                self.stage.set(Stage::Idle);
                self.complain(format!("The work was given up after three tries: {reason}."));
            }
        }
    }

    /// Sends the first chunks to the model; [`Self::encoded`] sends one more for each that comes back, so that the
    /// images of a large set are not all copied into the queue.
    pub(super) fn encode(&self) {
        self.show_encoding();
        self.flow
            .update_value(|flow| (flow.next_to_encode, flow.next_to_paint) = (0, 0));
        self.paint_next();
        if self.collection.with_value(|c| c.encoded() == c.len()) {
            return self.grow();
        }
        for _ in 0..ENCODE_AHEAD {
            self.encode_next();
        }
    }

    fn encode_next(&self) {
        let from = self.flow.with_value(|flow| flow.next_to_encode);
        let next = self.collection.with_value(|c| {
            let rows = c.to_encode(from, ENCODE_CHUNK)?;
            let images = c.images(rows.clone());
            Some((rows, images))
        });
        if let (Some(pool), Some((rows, images))) = (self.pool(), next) {
            self.flow.update_value(|flow| flow.next_to_encode = rows.end);
            let first = rows.start as u32;
            pool.submit(Job::new(Request::Encode { first }, vec![Bulk::F32(images)]));
        }
    }

    /// Has the next galaxies painted that came as codes only. Beside the growing of the tree: it needs no pictures.
    fn paint_next(&self) {
        let from = self.flow.with_value(|flow| flow.next_to_paint);
        let next = self.collection.with_value(|c| {
            let rows = c.to_paint(from, ENCODE_CHUNK)?;
            let codes = c.codes.get(rows.start * CODES..rows.end * CODES)?;
            Some((rows, codes.to_vec()))
        });
        match (self.pool(), next) {
            (Some(pool), Some((rows, codes))) => {
                self.flow.update_value(|flow| flow.next_to_paint = rows.end);
                let first = rows.start as u32;
                pool.submit(Job::new(Request::Depict { first }, vec![Bulk::U8(codes)]));
            }
            _ if from > 0 => {
                self.flow.update_value(|flow| flow.next_to_paint = 0);
                atlas::rebuild(*self);
            }
            _ => {}
        }
    }

    fn show_encoding(&self) {
        let (done, total) = self.collection.with_value(|c| (c.encoded(), c.len()));
        self.stage.set(Stage::Encoding { done, total });
    }

    fn encoded(&self) {
        self.show_encoding();
        self.encode_next();
        if self.collection.with_value(|c| c.encoded() == c.len()) {
            self.grow();
        }
    }

    /// Asks a worker to paint a galaxy from its codes.
    pub fn paint(&self, row: usize) {
        let codes = self.collection.with_value(|c| c.codes(row).to_vec());
        if let (false, Some(pool)) = (codes.is_empty(), self.pool()) {
            pool.submit(Job::new(
                Request::Reconstruct { row: row as u32 },
                vec![Bulk::U8(codes)],
            ));
        }
    }
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}
