//! Keys that work everywhere on the page.

use super::{apply, change, show_sheet, step};
use crate::store::Action;
use crate::store::Page;
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
                    apply(page, Action::Redo)
                } else {
                    apply(page, Action::Undo)
                }
            }
            "y" if command && !typing => {
                event.prevent_default();
                apply(page, Action::Redo);
            }
            "Escape" => {
                if page.sheet.get_untracked().is_some() {
                    show_sheet(page, None);
                } else if page.session.with_untracked(|session| session.galaxy.is_some()) {
                    change(page, |session| session.galaxy = None);
                } else {
                    change(page, |session| session.branch = None);
                }
            }
            // The tree and the grid of a branch have their own use for them, and say so.
            key @ ("ArrowLeft" | "ArrowRight") if !typing && !command && !event.default_prevented() => {
                step(page, if key == "ArrowLeft" { -1 } else { 1 });
            }
            "s" if !typing && !command => show_sheet(page, Some(galaxy_grove::page_model::Sheet::Sky)),
            "?" if !typing => show_sheet(page, Some(galaxy_grove::page_model::Sheet::Help)),
            _ => {}
        }
    });
    on_cleanup(move || handle.remove());
}
