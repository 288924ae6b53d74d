//! Closing and reloading: what would be lost is asked about.

use crate::store::Page;
use leptos::ev;
use leptos::prelude::*;

/// Has the browser ask before the page is closed while groups of the user's galaxies are not saved.
pub fn guard(page: Page) {
    let handle = window_event_listener(ev::beforeunload, move |event| {
        if page.has_unsaved() {
            event.prevent_default();
            // Older browsers ask only when this is set.
            event.set_return_value("not saved");
        }
    });
    on_cleanup(move || handle.remove());
}
