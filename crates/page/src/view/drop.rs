//! Where files come in: dropped anywhere, pasted, or picked.

use crate::actions::show::{show, simulated};
use crate::actions::show_sheet;
use crate::actions::take::{take_dropped, take_pasted, take_picked};
use crate::store::Page;
use galaxy_grove::page_model::Sheet;
use galaxy_grove::page_model::session::SetOrigin;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The strip at the bottom, the veil while something is dragged over the page, and the listeners for all of it.
#[component]
pub fn DropStrip() -> impl IntoView {
    let page = Page::current();
    // dragenter and dragleave come for every element on the way: count them.
    let depth = RwSignal::new(0_i32);
    let has_files = |event: &web_sys::DragEvent| {
        event
            .data_transfer()
            .is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0))
    };
    let handles = [
        window_event_listener(ev::dragenter, move |event| {
            if has_files(&event) {
                event.prevent_default();
                depth.update(|depth| *depth += 1);
            }
        }),
        window_event_listener(ev::dragover, move |event| {
            if has_files(&event) {
                event.prevent_default();
            }
        }),
        window_event_listener(ev::dragleave, move |event| {
            if has_files(&event) {
                depth.update(|depth| *depth = (*depth - 1).max(0));
            }
        }),
        window_event_listener(ev::drop, move |event| {
            depth.set(0);
            let Some(transfer) = event.data_transfer() else {
                return;
            };
            if !has_files(&event) {
                return;
            }
            event.prevent_default();
            take_dropped(page, &transfer);
        }),
        window_event_listener(ev::paste, move |event| take_pasted(page, &event)),
    ];
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    let picked = move |event: web_sys::Event| {
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            take_picked(page, &input);
        }
    };
    view! {
        <section class="drop" aria-label="Add galaxies">
            <span><b>"Drop galaxy images anywhere"</b>", or paste them: pictures, FITS, HDF5, NPY, tables, archives, whole folders. No image is uploaded."</span>
            <span>"Or look at "
                <button class="link" on:click=move |_| show(page, simulated())>"simulated galaxies"</button> " or the "
                <button class="link" on:click=move |_| show(page, SetOrigin::HubbleDeepField)>"Hubble Deep Field"</button>
                ", or fetch galaxies " <button class="link" id="sky-link" on:click=move |_| show_sheet(page, Some(Sheet::Sky))>"from the sky"</button> "."
            </span>
            <input type="file" id="picker" multiple class="visually-hidden" tabindex="-1" aria-label="Pick files" on:change=picked/>
            <input type="file" id="folder-picker" multiple class="visually-hidden" tabindex="-1" aria-label="Pick a folder" on:change=picked/>
        </section>
        <Show when=move || { depth.get() > 0 }>
            <div class="over"><span>"Drop to sort them"</span><small>"They stay on this computer."</small></div>
        </Show>
    }
}
