//! Changes of the view.

use crate::page_model::session::Session;
use crate::page_model::state::PageState;
use crate::page_model::steps::Step;
use crate::page_model::tree_view::TreeView;

/// What was done to single branches belongs to one number of groups: with another one it goes, and undo brings it back.
fn without_stale_edits<F>(page: &mut PageState<F>, mut after: Session) -> Session {
    let (before, was_edited) = (&page.session, !page.session.edits.is_empty());
    if was_edited && after.groups != before.groups && after.edits == before.edits {
        after.edits.clear();
        page.say("The changes of single branches went with the old number of groups; undo brings them back.");
    }
    after
}

/// A view from a link without the changes of single branches that do not fit the tree, which is said.
pub fn fitting<F>(page: &mut PageState<F>, tree: Option<&TreeView>, mut view: Session) -> Session {
    let fits = tree.map(|tree| tree.rule(view.groups, &view.edits).apply(&tree.tree, &tree.order));
    if let Some(Err(error)) = fits {
        view.edits.clear();
        page.say(format!(
            "The link changes single branches of another tree ({error}): the cut is shown without that."
        ));
    }
    view
}

/// Changes the view; the change can be undone.
pub fn change<F>(page: &mut PageState<F>, after: Session) {
    let after = without_stale_edits(page, after);
    if after != page.session {
        let before = Box::new(page.session.clone());
        page.steps.push(Step::View(before));
        page.set_session(after);
    }
}

/// Changes the view in the middle of a drag.
pub fn drag<F>(page: &mut PageState<F>, after: Session) {
    let after = without_stale_edits(page, after);
    if after != page.session {
        page.set_session(after);
    }
}

/// Remembers the view before a drag for undo, unless nothing has changed since.
pub fn remember<F>(page: &mut PageState<F>, before: Box<Session>) {
    if *before != page.session {
        page.steps.push(Step::View(before));
    }
}

/// Goes from the galaxy that is looked at to its neighbour in the order of the tree, if there is one.
pub fn step_through_tree<F>(page: &mut PageState<F>, by: isize) {
    let next = page.tree.as_ref().and_then(|tree| {
        let place = tree.order.places().get(page.session.galaxy?)?;
        let next = place.checked_add_signed(by)?;
        tree.order.leaves().get(next).copied()
    });
    if next.is_some() {
        let view = Session {
            galaxy: next,
            ..page.session.clone()
        };
        change(page, view);
    }
}

/// Names the recipe of the tree that is shown, after that of the other one did not come.
pub fn name_recipe<F>(page: &mut PageState<F>) {
    if let Some((recipe, linkage)) = page.tree.as_ref().map(|tree| (tree.recipe(), tree.linkage)) {
        let view = Session {
            grouped_by: recipe,
            linkage,
            ..page.session.clone()
        };
        if view != page.session {
            page.set_session(view);
        }
    }
}

/// Remembers which galaxy is looked at: its row is about to change.
pub fn hold_galaxy<F>(page: &mut PageState<F>) {
    if page.work.from_link {
        return;
    }
    let galaxy = page.session.galaxy.and_then(|row| page.collection.galaxy(row));
    if let Some(galaxy) = galaxy {
        page.work.reopen = Some((galaxy.source, galaxy.name.clone()));
        let view = Session {
            galaxy: None,
            ..page.session.clone()
        };
        page.set_session(view);
    }
}

/// Looks again at the galaxy that was looked at before its file was read again.
pub fn reopen<F>(page: &mut PageState<F>) {
    let Some((source, name)) = page.work.reopen.take() else {
        return;
    };
    let row = page
        .collection
        .galaxies()
        .position(|galaxy| galaxy.source == source && galaxy.name == name);
    if row.is_some() {
        let view = Session {
            galaxy: row,
            ..page.session.clone()
        };
        page.set_session(view);
    }
}
