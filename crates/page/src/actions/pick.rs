//! Asking the browser for its dialogs that pick files.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

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
