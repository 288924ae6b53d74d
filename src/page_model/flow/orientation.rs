//! The cut that makes no split that is a matter of orientation.

use super::view;
use crate::count::counted;
use crate::grouping::{Edit, OrientationCut, Thresholds, Verdict};
use crate::page_model::session::Session;
use crate::page_model::state::PageState;
use crate::page_model::tree_view::TreeView;
use crate::splits::Sides;

/// Cuts, and says what the splits are about.
pub fn cut<F>(page: &mut PageState<F>) {
    let Some(tree) = page.tree.clone() else {
        return;
    };
    let sides = page.insight.sides.clone();
    let Some(sides) = sides.filter(|_| page.insight.tree == tree.id) else {
        return page.say("The structure of the galaxies is still being measured: try again in a moment.");
    };
    let found = by_orientation(&tree, &sides);
    let edits = found.splits.iter().filter(|split| split.is_made());
    let after = Session {
        groups: Some(1),
        edits: edits.map(|split| Edit::Split(split.node)).collect(),
        branch: None,
        ..page.session.clone()
    };
    view::change(page, after);
    page.say(stated(&found));
}

fn by_orientation(tree: &TreeView, sides: &Sides) -> OrientationCut {
    sides
        .splits(&tree.tree, &tree.order, &Thresholds::default())
        .cut()
}

fn stated(found: &OrientationCut) -> String {
    let splits = |verdict| found.count(verdict);
    format!(
        "{}. Splits made: {} of type, {} of size or light. Not made: {} of tilt alone, {} without any difference, {} with too few galaxies on a side.",
        counted(found.groups.len(), "group", "groups"),
        splits(Verdict::Type),
        splits(Verdict::SizeOrLight),
        splits(Verdict::Tilt),
        splits(Verdict::Alike),
        splits(Verdict::TooSmall)
    )
}
