//! Which part of the tree is seen: one branch, more or less of it, further left or right.

use super::{change, change_quietly};
use crate::store::Page;
use leptos::prelude::*;

/// Shows one branch only, or the whole tree.
pub fn look_into(page: Page, node: Option<usize>) {
    let Some(grove) = page.tree.get_untracked() else {
        return;
    };
    let window = node.map_or((0.0, 1.0), |node| {
        let (start, end) = grove.order.span(node);
        let n = grove.leaves() as f64;
        let margin = (end - start) as f64 * 0.02;
        bounded(((start as f64 - margin) / n, (end as f64 + margin) / n))
    });
    change(page, |session| session.window = window);
}

/// Widens or narrows the view by a factor around a point (0: left edge, 1: right edge).
pub fn zoom(page: Page, factor: f64, around: f64) {
    let leaves = page
        .tree
        .with_untracked(|grove| grove.as_ref().map_or(1, |grove| grove.leaves())) as f64;
    let (from, to) = page.session.with_untracked(|session| session.window);
    let centre = from + (to - from) * around;
    // Not closer than four leaves.
    let width = ((to - from) * factor).clamp((4.0 / leaves).min(1.0), 1.0);
    change_quietly(page, |session| {
        session.window = bounded((centre - width * around, centre + width * (1.0 - around)))
    });
}

/// Moves the view by a share of its width.
pub fn pan(page: Page, by: f64) {
    let (from, to) = page.session.with_untracked(|session| session.window);
    let by = ((to - from) * by).clamp(-from, 1.0 - to);
    change_quietly(page, |session| session.window = (from + by, to + by));
}

/// Slides a window back into 0 to 1.
fn bounded((from, to): (f64, f64)) -> (f64, f64) {
    let width = (to - from).min(1.0);
    let from = from.clamp(0.0, 1.0 - width);
    if width >= 0.9999 {
        (0.0, 1.0)
    } else {
        (from, from + width)
    }
}
