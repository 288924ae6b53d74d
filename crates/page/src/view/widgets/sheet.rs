//! What lies over the page: a modal dialog, so that the browser keeps the focus in it and gives it back afterwards.

use crate::actions::show_sheet;
use crate::store::Page;
use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

/// The frame that all sheets share: a veil over the page, a heading with further controls, a cross, and the body.
#[component]
pub fn SheetFrame(
    /// The name of the sheet, for its heading.
    label: &'static str,
    /// Id of the cross.
    close_id: &'static str,
    /// A class for the panel.
    #[prop(optional)]
    class: &'static str,
    /// What is in the heading after the name.
    #[prop(optional, into)]
    head: ViewFn,
    children: Children,
) -> impl IntoView {
    let page = Page::current();
    let node = NodeRef::<Dialog>::new();
    let opened = StoredValue::new_local(None::<HtmlDialogElement>);
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            // It fails only for a dialog that is open or in no document.
            drop(dialog.show_modal());
            opened.set_value(Some(dialog));
        }
    });
    // Closed, not only taken away: then the focus goes back to where it was.
    on_cleanup(move || {
        if let Some(dialog) = opened.try_get_value().flatten() {
            dialog.close();
        }
    });
    let close = move || show_sheet(page, None);
    // On the way down, and on the veil itself: a selection of text may end there.
    let outside = move |event: web_sys::PointerEvent| {
        if event.target() == event.current_target() {
            close();
        }
    };
    view! {
        <dialog class="sheet" aria-label=label node_ref=node on:pointerdown=outside
            on:cancel=move |event: web_sys::Event| { event.prevent_default(); close() }>
            <section class=class>
                <header>
                    <h2>{label}</h2>
                    {head.run()}
                    <span class="spacer"></span>
                    <button aria-label="Close" title="Close (Esc)" id=close_id on:click=move |_| close()>"✕"</button>
                </header>
                {children()}
            </section>
        </dialog>
    }
}
