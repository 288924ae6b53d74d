//! Showing another set of galaxies.

use crate::store::state::Page;
use galaxy_grove::page_model::session::{DEMO_COUNT, Source};
use leptos::prelude::*;

/// The demo that the page opens with.
pub fn simulated() -> Source {
    Source::Simulated {
        seed: 1,
        count: DEMO_COUNT,
    }
}

/// Shows another set of galaxies.
pub fn show(page: Page, source: Source) {
    page.session
        .update(|session| *session = session.of_another(source.clone()));
    page.open(&source);
}
