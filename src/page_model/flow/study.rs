//! After the tree is shown: the structure of each galaxy, how steady the groups are, the map. One job at a time, and only while nothing else is
//! done.

use crate::describe::Describer;
use crate::page_model::action::Effect;
use crate::page_model::insight::{Rated, Rating, Steady, Topic};
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Buffer, Request};
use crate::page_model::resemblance::Resemblance;
use crate::page_model::stage::Stage;
use crate::page_model::state::PageState;
use crate::page_model::tree_view::{TreeId, TreeView};
use crate::splits::Sides;
use std::sync::Arc;

/// Galaxies that are measured by one job.
const CHUNK: usize = 32;

/// Above this many galaxies it is not tested how steady and how good groups are: thirty trees and all pairs take too long.
pub const MAX_TESTED: usize = 5_000;

/// The largest number of groups that is rated.
const MAX_RATED: usize = 31;

/// Asks for the next thing that is not known yet, if a worker is not at one already.
pub fn go_on<F>(page: &mut PageState<F>) {
    if page.work.study || page.stage != Stage::Ready {
        return;
    }
    let Some(tree) = page
        .tree
        .clone()
        .filter(|tree| tree.leaves() == page.collection.len())
    else {
        return;
    };
    let failed = |topic: Topic| page.insight.failed.contains(&topic);
    let wants_map = page.session.map && page.insight.map.is_none() && !failed(Topic::Map);
    if tree.is_summary() && !wants_map {
        // What is found out about pictures that stand for others would be taken for what is known of those.
        return;
    }
    let job = if wants_map {
        Some((Topic::Map, map(&tree)))
    } else if page.insight.describer.is_none() && !failed(Topic::Structure) {
        structure(page, tree.id).map(|job| (Topic::Structure, job))
    } else {
        None
    };
    let job = job.or_else(|| {
        let wanted = !page.insight.failed.contains(&Topic::Steadiness);
        let job = wanted.then(|| steadiness(page, &tree)).flatten();
        job.map(|job| (Topic::Steadiness, job))
    });
    let job = job.or_else(|| {
        let wanted = page.insight.rating.is_none() && !page.insight.failed.contains(&Topic::Quality);
        let job = wanted.then(|| quality(&tree)).flatten();
        job.map(|job| (Topic::Quality, job))
    });
    if let Some((topic, job)) = job {
        page.work.study = true;
        let done = match topic {
            Topic::Structure => page.collection.measured(),
            Topic::Steadiness | Topic::Quality | Topic::Map => 0,
        };
        set_progress(page, Some((topic, done, tree.leaves())));
        page.effects.push(Effect::Submit(vec![job]));
    }
}

/// What galaxies are compared by: vectors or codes.
fn compared(tree: &TreeView) -> Buffer {
    match &tree.resemblance {
        Resemblance::Codes(codes, _) => Buffer::U8(codes.clone()),
        Resemblance::Vectors { values, .. } => Buffer::F64(values.clone()),
    }
}

fn map<F>(tree: &TreeView) -> Job<F> {
    Job::new(
        Request::MakeMap {
            tree: tree.id.0,
            width: tree.resemblance.width() as u32,
        },
        vec![compared(tree)],
    )
}

/// The next galaxies to be measured. When all are, what sets groups apart is known.
fn structure<F>(page: &mut PageState<F>, tree: TreeId) -> Option<Job<F>> {
    if let Some(rows) = page.collection.to_measure(CHUNK) {
        let request = Request::Measure {
            tree: tree.0,
            first: rows.start as u32,
        };
        return Some(Job::new(request, vec![Buffer::F32(page.collection.images(rows))]));
    }
    let structure = page.collection.structure();
    let insight = page.insight_mut();
    insight.describer = Some(Arc::new(Describer::new(&structure)));
    insight.sides = Some(Arc::new(Sides::new(&structure)));
    None
}

fn steadiness<F>(page: &PageState<F>, tree: &TreeView) -> Option<Job<F>> {
    let n = tree.leaves();
    if n > MAX_TESTED {
        return None;
    }
    let rule = tree.rule(page.session.groups, &page.session.edits);
    let cut = rule.to_string();
    if page.insight.steady.contains_key(&cut) {
        return None;
    }
    let groups = rule.apply(&tree.tree, &tree.order).ok()?;
    let k = groups.len();
    if k < 2 || k >= n {
        return None;
    }
    let labels = groups.group_of().iter().map(|group| *group as u32).collect();
    let request = Request::TestSteadiness {
        tree: tree.id.0,
        width: tree.resemblance.width() as u32,
        cut,
        groups: k as u32,
        linkage: tree.linkage,
    };
    Some(Job::new(request, vec![compared(tree), Buffer::U32(labels)]))
}

/// Numbers of groups that are rated: those that the page shows below the tree.
fn rated_cuts(galaxies: usize) -> std::ops::RangeInclusive<usize> {
    2..=MAX_RATED.min(galaxies.saturating_sub(1))
}

fn quality<F>(tree: &TreeView) -> Option<Job<F>> {
    let cuts = rated_cuts(tree.leaves());
    if tree.leaves() > MAX_TESTED || cuts.is_empty() {
        return None;
    }
    let request = Request::MeasureQuality {
        tree: tree.id.0,
        width: tree.resemblance.width() as u32,
        groups: cuts.map(|k| k as u32).collect(),
    };
    let merges = tree.tree.merges().iter();
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for merge in merges {
        a.push(merge.a as u32);
        b.push(merge.b as u32);
    }
    let buffers = vec![
        compared(tree),
        Buffer::U32(a),
        Buffer::U32(b),
        Buffer::F64(tree.tree.heights()),
    ];
    Some(Job::new(request, buffers))
}

fn set_progress<F>(page: &mut PageState<F>, progress: Option<(Topic, usize, usize)>) {
    if page.insight.progress != progress {
        page.insight_mut().progress = progress;
    }
}

/// A job is so far.
pub fn progressed<F>(page: &mut PageState<F>, topic: Topic, done: usize, all: usize) {
    if page.work.study {
        set_progress(page, Some((topic, done, all)));
    }
}

/// True if an answer is about the tree that is shown. Whatever it is, the worker has done its job.
fn is_current<F>(page: &mut PageState<F>, tree: u64) -> bool {
    page.work.study = false;
    set_progress(page, None);
    page.insight.tree == TreeId(tree) && page.tree.as_ref().is_some_and(|shown| shown.id == TreeId(tree))
}

/// Galaxies were measured.
pub fn measured<F>(page: &mut PageState<F>, tree: u64, first: usize, (structure, flags): (&[f64], &[u8])) {
    // While files are read, rows move.
    if is_current(page, tree) && page.stage == Stage::Ready {
        page.collection.set_structure(first, structure, flags);
    }
}

/// The map is there.
pub fn mapped<F>(page: &mut PageState<F>, tree: u64, places: Vec<f32>) {
    if is_current(page, tree) {
        page.insight_mut().map = Some(Arc::new(places));
    }
}

/// How steady the groups of a cut are.
pub fn tested<F>(page: &mut PageState<F>, tree: u64, cut: String, galaxies: Vec<f64>, groups: Vec<f64>) {
    if is_current(page, tree) {
        let steady = Arc::new(Steady { galaxies, groups });
        page.insight_mut().steady.insert(cut, steady);
    }
}

/// How good each number of groups is.
pub fn rated<F>(
    page: &mut PageState<F>,
    tree: u64,
    cophenetic: Option<f64>,
    silhouettes: &[f64],
    indices: &[f64],
) {
    let known = |value: &f64| value.is_finite().then_some(*value);
    if is_current(page, tree) {
        let cuts = rated_cuts(page.count).zip(silhouettes.iter().zip(indices));
        let cuts = cuts.map(|(groups, (silhouette, index))| Rated {
            groups,
            silhouette: known(silhouette),
            davies_bouldin: known(index),
        });
        let cuts = cuts.collect();
        page.insight_mut().rating = Some(Arc::new(Rating { cophenetic, cuts }));
    }
}

/// A job was given up: it is said once, and not tried again for this tree.
pub fn lost<F>(page: &mut PageState<F>, topic: Topic, tree: u64, reason: &str) {
    if !is_current(page, tree) {
        return;
    }
    page.insight_mut().failed.push(topic);
    let what = match topic {
        Topic::Structure => {
            "The structure of the galaxies could not be measured, so that groups have no words"
        }
        Topic::Steadiness => "How steady the groups are could not be tested",
        Topic::Quality => "How good each number of groups is could not be measured",
        Topic::Map => "The map could not be made",
    };
    page.complain(format!("{what}: {reason}. The groups themselves are complete."));
}
