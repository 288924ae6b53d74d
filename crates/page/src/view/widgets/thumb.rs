//! One galaxy as a small picture that can be clicked.

use crate::actions::change;
use crate::canvas::thumbnail;
use crate::store::Page;
use leptos::html::Canvas;
use leptos::prelude::*;

/// A thumbnail. Opens the galaxy.
#[component]
pub fn Thumb(
    /// The galaxy's row.
    row: usize,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
    /// What a screen reader says after the name.
    #[prop(optional, into)]
    note: String,
) -> impl IntoView {
    let page = Page::current();
    let label = format!(
        "{}{}{note}",
        page.name_of(row),
        if note.is_empty() { "" } else { ", " }
    );
    let on = move || page.session.with(|session| session.galaxy == Some(row));
    // Without a picture, the end of the name tells galaxies apart.
    let nameplate = move || {
        page.pictures.track();
        let is_blank = page
            .collection
            .with_value(|collection| !collection.has_picture(row));
        is_blank.then(|| {
            let name: Vec<char> = page.name_of(row).chars().collect();
            let end: String = name.iter().skip(name.len().saturating_sub(4)).collect();
            view! { <span class="nameplate" aria-hidden="true">{end}</span> }
        })
    };
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move || {
        page.pictures.track();
        if let Some(canvas) = canvas.get()
            && let Err(error) = thumbnail::fill(page, &canvas, row)
        {
            web_sys::console::error_1(&error);
        }
    });
    view! {
        <button
            class=format!("thumb {class}")
            class:on=on
            title=label.clone()
            aria-label=label
            data-row=row.to_string()
            on:click=move |_| change(page, |session| session.galaxy = Some(row))
        ><canvas node_ref=canvas></canvas>{nameplate}</button>
    }
}
