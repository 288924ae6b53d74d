//! The address follows the view, and the view follows the address.

use super::apply;
use crate::store::Action;
use crate::store::Page;
use galaxy_grove::page_model::session::Session;
use leptos::ev;
use leptos::prelude::*;

/// How long the view must rest before it is written into the address.
const RESTED: std::time::Duration = std::time::Duration::from_millis(200);

/// Writes the view into the address, and follows changes that a person makes there.
pub fn follow(page: Page) {
    // Browsers stop pages that change their address more than a few times a second: a drag is written once it rests.
    let mut write = debounce(RESTED, |text: String| {
        let location = window().location();
        let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
        if let Ok(history) = window().history() {
            let address = format!("{here}#{text}");
            // Replaced, not pushed: going back should leave the page, not undo a drag.
            drop(history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address)));
        }
    });
    Effect::new(move || write(page.session.with(Session::to_fragment)));
    let handle = window_event_listener(ev::hashchange, move |_| {
        let wanted = Session::from_fragment(&window().location().hash().unwrap_or_default());
        apply(page, Action::FollowLink(Box::new(wanted)));
    });
    on_cleanup(move || handle.remove());
}

/// The link to this view.
pub fn address(page: Page) -> String {
    let location = window().location();
    let base = location.href().unwrap_or_default();
    let base = base.split('#').next().unwrap_or_default().to_owned();
    format!("{base}#{}", page.session.with_untracked(Session::to_fragment))
}
