//! Keys that work everywhere on the page.

use crate::store::state::Page;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Undo, redo, and closing what lies on top.
pub fn listen(page: Page) {
    let handle = window_event_listener(ev::keydown, move |event| {
        let typing = event.target().is_some_and(|target| {
            target.has_type::<web_sys::HtmlInputElement>()
                || target.has_type::<web_sys::HtmlTextAreaElement>()
                || target.has_type::<web_sys::HtmlSelectElement>()
        });
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "z" | "Z" if command && !typing => {
                event.prevent_default();
                if event.shift_key() {
                    page.redo()
                } else {
                    page.undo()
                }
            }
            "y" if command && !typing => {
                event.prevent_default();
                page.redo();
            }
            "Escape" => {
                if page.sheet.get_untracked().is_some() {
                    page.sheet.set(None);
                } else if page.session.with_untracked(|session| session.galaxy.is_some()) {
                    page.change(|session| session.galaxy = None);
                } else {
                    page.change(|session| session.branch = None);
                }
            }
            // The tree and the grid of a branch have their own use for them, and say so.
            key @ ("ArrowLeft" | "ArrowRight") if !typing && !command && !event.default_prevented() => {
                page.step_through_tree(if key == "ArrowLeft" { -1 } else { 1 });
            }
            "s" if !typing && !command => page.sheet.set(Some(crate::store::state::Sheet::Sky)),
            "?" if !typing => page.sheet.set(Some(crate::store::state::Sheet::Help)),
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
}
