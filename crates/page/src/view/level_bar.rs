//! Where the galaxies are in a tree that is opened part by part.

use crate::actions::apply;
use crate::store::{Action, Page};
use crate::text::many_galaxies;
use leptos::prelude::*;

/// One line above the panels; nothing for a set that is shown as a whole.
#[component]
pub fn LevelBar() -> impl IntoView {
    let page = Page::current();
    let level = move || {
        page.count.track();
        page.tree.track();
        page.collection.with_value(|c| c.level().cloned())
    };
    move || {
        level().map(|level| {
            let leaves = level.leaves();
            let many = level.stands_for.iter().filter(|count| **count > 1).count();
            let of_all = many_galaxies(level.galaxies);
            let words = match (many, level.up) {
                (0, _) => format!("A branch of the tree of {of_all}: all its {}.", many_galaxies(leaves as u64)),
                (_, None) => format!(
                    "The top of the tree of {of_all}. Each of the {leaves} pictures here stands for the branch below it: click one to open it."
                ),
                (_, Some(_)) => format!(
                    "A branch of the tree of {of_all}: {} in {leaves} pictures, each of which stands for the branch below it.",
                    many_galaxies(level.here())
                ),
            };
            let up = level.up.map(|up| {
                view! {
                    <button id="level-up" title="Back to the part of the tree that this one is a branch of"
                        on:click=move |_| apply(page, Action::OpenPart(up))>"↑ Up"</button>
                }
            });
            let top = level.up.filter(|up| *up > 0).map(|_| {
                view! { <button id="level-top" on:click=move |_| apply(page, Action::OpenPart(0))>"Top"</button> }
            });
            view! { <div class="level-bar" role="status">{up}{top}<span>{words}</span></div> }
        })
    }
}
