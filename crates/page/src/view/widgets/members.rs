//! All galaxies of a branch as a grid. Only what can be seen is in the document.

use crate::actions::change;
use crate::store::Page;
use crate::view::widgets::scrolled::Scrolled;
use crate::view::widgets::thumb::Thumb;
use leptos::prelude::*;
use std::sync::Arc;

const GAP: f64 = 6.0;
const REQUESTED: f64 = 62.0;

/// A scrolled grid of thumbnails.
#[component]
pub fn Members(
    /// Rows to show, in order.
    rows: Arc<Vec<usize>>,
) -> impl IntoView {
    let scrolled = Scrolled::new();
    let shape = Memo::new(move |_| {
        let inner = (scrolled.width.get() - 8.0).max(REQUESTED);
        let across = ((inner + GAP) / (REQUESTED + GAP)).floor().max(1.0);
        (across as usize, (inner - GAP * (across - 1.0)) / across)
    });
    let count = rows.len();
    let lines = move || count.div_ceil(shape.get().0);
    let window = Memo::new(move |_| {
        let (across, side) = shape.get();
        let seen = scrolled.lines(side + GAP, lines(), 1);
        (seen.start * across, (seen.end * across).min(count))
    });
    let visible = {
        let rows = Arc::clone(&rows);
        move || {
            let (first, last) = window.get();
            rows.get(first..last).unwrap_or(&[]).to_vec()
        }
    };
    // Arrow keys walk the grid.
    let key = move |event: web_sys::KeyboardEvent| {
        let page = Page::current();
        let across = shape.get_untracked().0 as isize;
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            "ArrowDown" => across,
            "ArrowUp" => -across,
            _ => return,
        };
        event.prevent_default();
        let here = page.session.with_untracked(|session| session.galaxy);
        let at = here
            .and_then(|row| rows.iter().position(|&other| other == row))
            .map_or(0, |at| at as isize + step);
        if let Some(&row) = rows.get(at.clamp(0, rows.len() as isize - 1) as usize) {
            change(page, |session| session.galaxy = Some(row));
            let (across, side) = shape.get_untracked();
            let line_top = (at.max(0) as usize / across) as f64 * (side + GAP);
            if let Some(element) = scrolled.node.get_untracked() {
                // The thumbnail that had the focus may be about to leave the document.
                drop(element.focus());
                let (from, seen) = (f64::from(element.scroll_top()), scrolled.height.get_untracked());
                if line_top < from || line_top + side > from + seen {
                    element.set_scroll_top((line_top - seen / 2.0) as i32);
                }
            }
        }
    };
    view! {
        <div
            class="cards"
            node_ref=scrolled.node
            tabindex="0"
            role="group"
            aria-label="Galaxies of the branch; arrow keys go from one to the next"
            on:scroll=move |_| scrolled.follow()
            on:keydown=key
        >
            <div class="tall" style=move || format!("height:{}px", lines() as f64 * (shape.get().1 + GAP))>
                <div
                    class="members"
                    style=move || {
                        let (across, side) = shape.get();
                        let line = window.get().0 / across;
                        format!("grid-template-columns:repeat({across},1fr);top:{}px", line as f64 * (side + GAP))
                    }
                >
                    <For each=visible key=|row| *row children=|row| view! { <Thumb row/> }/>
                </div>
            </div>
        </div>
    }
}
