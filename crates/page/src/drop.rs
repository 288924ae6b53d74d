//! Where files come in: dropped anywhere, pasted, or picked.

use super::gather::{Dropped, entries, from_list, walk};
use super::header::{show, simulated};
use super::state::{FileRow, Page, Sheet};
use galaxy_grove::intake::Refusal;
use galaxy_grove::page_model::session::Source;
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
            let entries = entries(&transfer);
            leptos::task::spawn_local(async move {
                let told = |count| page.say(format!("Looking through the folders: {count} files so far."));
                let (files, problems) = walk(entries, told).await;
                page.notice.set(None);
                take(page, files, problems);
            });
        }),
        window_event_listener(ev::paste, move |event| {
            let files = event
                .clipboard_data()
                .and_then(|data| data.files())
                .map(|list| from_list(&list));
            if let Some(files) = files.filter(|files| !files.is_empty()) {
                event.prevent_default();
                take(page, files, Vec::new());
            }
        }),
    ];
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    let picked = move |event: web_sys::Event| {
        let Some(input) = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        let files = input.files().map(|list| from_list(&list)).unwrap_or_default();
        // So that picking the same file again is a change again.
        input.set_value("");
        take(page, files, Vec::new());
    };
    view! {
        <section class="drop" aria-label="Add galaxies">
            <span><b>"Drop galaxy images anywhere"</b>", or paste them: pictures, FITS, HDF5, NPY, tables, archives, whole folders. No image is uploaded."</span>
            <span>"Or look at "
                <button class="link" on:click=move |_| show(page, simulated())>"simulated galaxies"</button> " or the "
                <button class="link" on:click=move |_| show(page, Source::HubbleDeepField)>"Hubble Deep Field"</button>
                ", or fetch galaxies " <button class="link" id="sky-link" on:click=move |_| page.sheet.set(Some(Sheet::Sky))>"from the sky"</button> "."
            </span>
            <input type="file" id="picker" multiple class="visually-hidden" tabindex="-1" aria-label="Pick files" on:change=picked/>
            <input type="file" id="folder-picker" multiple class="visually-hidden" tabindex="-1" aria-label="Pick a folder" on:change=picked/>
        </section>
        <Show when=move || { depth.get() > 0 }>
            <div class="over"><span>"Drop to sort them"</span><small>"They stay on this computer."</small></div>
        </Show>
    }
}

/// Takes files, and what could not be opened, with the reasons.
fn take(page: Page, files: Vec<Dropped>, problems: Vec<(String, String)>) {
    if files.is_empty() && problems.is_empty() {
        return page.say("There was no file in it.");
    }
    let (arrived, failed) = (files.len(), problems.len());
    let rows = problems.into_iter().map(|(name, reason)| {
        let remedy = "check that it is still there and may be read, and drop it again";
        FileRow::missing(name, Refusal::new(reason, remedy))
    });
    page.add_with_missing(files, rows.collect());
    if failed > 0 && arrived == 0 {
        page.complain("Nothing in it could be opened: the list of files says why.");
        page.sheet.set(Some(Sheet::Files));
    }
}

/// Opens the dialog for files, or for a folder.
pub fn pick(folder: bool) {
    let id = if folder { "folder-picker" } else { "picker" };
    let input = document()
        .get_element_by_id(id)
        .and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    if let Some(input) = input {
        if folder {
            // Leptos does not know this attribute; setting a valid name cannot fail.
            drop(input.set_attribute("webkitdirectory", ""));
        }
        input.click();
    }
}
