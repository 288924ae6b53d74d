//! Showing another set of galaxies.

use super::apply;
use crate::store::Action;
use crate::store::Page;
use galaxy_grove::page_model::session::{DEMO_COUNT, SetOrigin};

/// The demo that the page opens with.
pub fn simulated() -> SetOrigin {
    SetOrigin::Simulated {
        seed: 1,
        count: DEMO_COUNT,
    }
}

/// Shows another set of galaxies.
pub fn show(page: Page, source: SetOrigin) {
    apply(page, Action::Show(source));
}
