//! Showing another set of galaxies.

use super::apply;
use crate::store::Action;
use crate::store::Page;
use galaxy_grove::page_model::session::{DEMO_COUNT, Source};

/// The demo that the page opens with.
pub fn simulated() -> Source {
    Source::Simulated {
        seed: 1,
        count: DEMO_COUNT,
    }
}

/// Shows another set of galaxies.
pub fn show(page: Page, source: Source) {
    apply(page, Action::Show(source));
}
