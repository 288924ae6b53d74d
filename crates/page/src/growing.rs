//! From codes to the tree that is shown.

use super::atlas;
use super::choose::tree_budget;
use super::grove::Grove;
use super::state::{Notice, Offer, Page, Stage};
use super::work::Job;
use galaxy_grove::grouping::{self, Method, Precision};
use galaxy_grove::page_model::protocol::{Bulk, Request};
use leptos::prelude::*;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use std::sync::Arc;

/// A worker whose memory grew by more than this many bytes is replaced: WebAssembly's never shrinks.
const MUCH: u64 = 200_000_000;

impl Page {
    /// Has the tree grown, if there is memory for it.
    pub(super) fn grow(&self) {
        let Some(pool) = self.pool() else {
            return;
        };
        let (count, codes) = self.collection.with_value(|c| (c.len(), c.codes.clone()));
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
                offers: vec![Offer::Sample(fits)],
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
        // Answers that are under way speak of rows that will have moved.
        self.stop();
        self.hold_galaxy();
        let mut rows: Vec<usize> = (0..count).collect();
        rows.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
        rows.truncate(size);
        rows.sort_unstable();
        self.collection.update_value(|c| c.keep(&rows));
        // A tree that is shown has other rows.
        self.grove.set(None);
        self.count.set(rows.len());
        self.notice.set(None);
        atlas::rebuild(*self);
        self.join_tables();
        self.encode();
    }

    /// The tree is there.
    pub(super) fn grown(&self, leaves: usize, a: &[u32], b: &[u32], heights: &[f64]) {
        let codes = self.collection.with_value(|c| c.codes.clone());
        if leaves != self.count.get_untracked() {
            return;
        }
        match Grove::new(leaves, a, b, heights, codes) {
            Ok(grove) => {
                let most = grove.leaves();
                let from_link = self.flow.try_update_value(|flow| {
                    flow.fresh.clear();
                    std::mem::take(&mut flow.from_link)
                });
                if from_link != Some(true) {
                    // A branch is a node of the tree before, and so are those in the steps that undo would take back.
                    self.session.update(|session| session.branch = None);
                    self.forget_views();
                }
                self.session.update(|session| {
                    session.groups = session.groups.map(|k| k.min(most));
                    session.galaxy = session.galaxy.filter(|&row| row < most);
                    session.branch = session.branch.filter(|&node| node < 2 * most - 1);
                });
                self.grove.set(Some(Arc::new(grove)));
                self.reopen();
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

    /// Looks again at the galaxy that was looked at before its file was read again.
    fn reopen(&self) {
        let wanted = self.flow.try_update_value(|flow| flow.reopen.take()).flatten();
        let row = wanted.and_then(|(source, name)| {
            self.collection.with_value(|c| {
                let mut galaxies = c.galaxies.iter();
                galaxies.position(|galaxy| galaxy.source == source && galaxy.name == name)
            })
        });
        if row.is_some() {
            self.session.update(|session| session.galaxy = row);
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
