//! From codes to the tree that is shown.

use super::view;
use crate::count::counted;
use crate::grouping::{self, Method, Precision};
use crate::page_model::action::Effect;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Buffer, Request};
use crate::page_model::resemblance::Resemblance;
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::stage::{Notice, Offer, Stage};
use crate::page_model::state::PageState;
use crate::page_model::tree_view::{TreeId, TreeView};
use crate::shape::DIMENSIONS;
use std::sync::Arc;

/// A worker whose memory grew by more than this many bytes is replaced: WebAssembly's never shrinks.
const RECYCLE_WORKER_BYTES: u64 = 200_000_000;

/// Has the tree built, if there is memory for it.
pub fn build<F>(page: &mut PageState<F>) {
    let count = page.collection.len();
    if count < 2 {
        page.set_stage(Stage::Idle);
        return page.say("One galaxy makes no tree. Add at least one more.");
    }
    let budget = page.settings.tree_budget;
    if let (Some(level), GroupedBy::Vectors) = (page.collection.level().cloned(), page.session.grouped_by) {
        // The tree came with them.
        return built(page, level.leaves(), 0, (&level.a, &level.b, &level.heights));
    }
    if page.session.grouped_by != GroupedBy::Reference {
        let Some((vectors, width)) = vectors(page) else {
            return;
        };
        page.set_stage(Stage::BuildingTree {
            done: 0,
            total: count - 1,
        });
        let request = Request::BuildVectorTree { width: width as u32 };
        let job = Job::new(request, vec![Buffer::F64(vectors)]);
        return page.effects.push(Effect::Submit(vec![job]));
    }
    let precision = precision(count, budget);
    let needed = grouping::memory_needed(count, precision);
    if needed > budget {
        let fits = grouping::largest_set(budget, precision);
        let text = format!(
            "The tree of {count} galaxies needs {:.1} MB for its distances; this page can take {:.1} MB, which is \
             {fits} galaxies.",
            needed as f64 / 1e6,
            budget as f64 / 1e6
        );
        page.set_stage(Stage::Idle);
        return page.set_notice(Some(Notice::bad(text).offering(Offer::Sample(fits))));
    }
    page.set_stage(Stage::BuildingTree {
        done: 0,
        total: count - 1,
    });
    let method = Method {
        precision,
        linkage: page.session.linkage,
        ..Method::default()
    };
    let codes = Buffer::U8(page.collection.all_codes().to_vec());
    let job = Job::new(Request::BuildTree { method }, vec![codes]);
    page.effects.push(Effect::Submit(vec![job]));
}

/// The vectors that are compared, row by row, and the numbers of one; `None` as long as some are missing.
fn vectors<F>(page: &PageState<F>) -> Option<(Vec<f64>, usize)> {
    match page.session.grouped_by {
        GroupedBy::Shape => Some((page.collection.vectors()?, DIMENSIONS)),
        GroupedBy::Vectors => page.collection.given_vectors(),
        GroupedBy::Reference => None,
    }
}

/// Merges done so far.
pub fn progressed<F>(page: &mut PageState<F>, done: u32, total: u32) {
    if matches!(page.stage, Stage::BuildingTree { .. }) {
        page.set_stage(Stage::BuildingTree {
            done: done as usize,
            total: total as usize,
        });
    }
}

/// The tree is there.
pub fn built<F>(page: &mut PageState<F>, leaves: usize, inversions: usize, merges: (&[u32], &[u32], &[f64])) {
    if leaves != page.count {
        return;
    }
    page.trees += 1;
    let resemblance = match page.session.grouped_by {
        by @ (GroupedBy::Shape | GroupedBy::Vectors) => {
            let (values, width) = vectors(page).unwrap_or_default();
            Ok(Resemblance::Vectors { values, width, by })
        }
        GroupedBy::Reference => Resemblance::of_codes(page.collection.all_codes().to_vec()),
    };
    let tree = resemblance.and_then(|resemblance| {
        TreeView::new(
            TreeId(page.trees),
            leaves,
            merges,
            resemblance,
            page.session.linkage,
        )
    });
    let level = page.collection.level().cloned();
    match tree.map(|tree| tree.of_level(level.as_deref())) {
        Ok(tree) => {
            let most = tree.leaves();
            page.work.fresh.clear();
            page.unsaved = page.session.source == SetOrigin::Files;
            let from_link = std::mem::take(&mut page.work.from_link);
            let mut view = page.session.clone();
            if !from_link {
                // A branch is a node of the tree before, and so are those in the steps that undo would take back.
                view.branch = None;
                view.edits.clear();
                page.steps.clear_views();
            }
            let view = view::fitting(page, Some(&tree), view);
            page.set_session(Session {
                groups: view.groups.map(|k| k.min(most)),
                galaxy: view.galaxy.filter(|&row| row < most),
                branch: view.branch.filter(|&node| node < 2 * most - 1),
                ..view
            });
            page.set_tree(Some(Arc::new(tree)));
            view::reopen(page);
            if inversions > 0 {
                page.say(format!(
                    "{} lay below an earlier one (an inversion) and {} raised to its height, as centroid and median linkage need.",
                    counted(inversions, "merge", "merges"),
                    if inversions == 1 { "was" } else { "were" }
                ));
            }
            page.set_stage(Stage::Ready);
            let precision = precision(leaves, page.settings.tree_budget);
            let has_matrix = page.session.grouped_by == GroupedBy::Reference;
            if has_matrix && grouping::memory_needed(leaves, precision) > RECYCLE_WORKER_BYTES {
                page.effects.push(Effect::RefreshWorkers);
            }
            page.effects.push(Effect::NoteGroups);
        }
        Err(error) => {
            page.set_stage(Stage::Idle);
            page.complain(format!("The tree could not be built: {error}."));
        }
    }
}

/// Double precision gives SciPy's tree to the last bit; where it would not fit into `budget` bytes, single precision
/// has to do.
pub fn precision(galaxies: usize, budget: u64) -> Precision {
    if grouping::memory_needed(galaxies, Precision::Double) <= budget {
        Precision::Double
    } else {
        Precision::Single
    }
}
