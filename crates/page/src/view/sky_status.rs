//! How far the fetch from the sky has come, above the panels while its sheet is closed.

use crate::actions::sky_form::Sky;
use crate::store::Page;
use crate::view::widgets::sky_progress::SkyProgress;
use galaxy_grove::page_model::Sheet;
use leptos::prelude::*;

/// The progress in the page's own status, while the sheet does not show it.
#[component]
pub fn SkyStatus() -> impl IntoView {
    let page = Page::current();
    let sky = Sky::current();
    let shown = move || sky.progress.with(Option::is_some) && page.sheet.get() != Some(Sheet::Sky);
    view! { <Show when=shown><SkyProgress/></Show> }
}
