//! Files made in the browser, handed to the user.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};

/// Saves the picture of the tree as it is shown.
///
/// # Errors
/// When the tree is not on the page, or the browser will not make a picture of it: why, in words.
pub fn picture(name: String) -> Result<(), String> {
    let canvas = document()
        .get_element_by_id("tree")
        .and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let canvas = canvas.ok_or("the tree is not on the page")?;
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            drop(offer(&name, &blob));
        }
    });
    canvas
        .to_blob(done.unchecked_ref())
        .map_err(|error| grove_browser::describe(&error))
}

/// Saves bytes of a media type under a name.
///
/// # Errors
/// When the browser will not: why, in words.
pub fn download(name: &str, kind: &str, bytes: &[u8]) -> Result<(), String> {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options);
    blob.and_then(|blob| offer(name, &blob))
        .map_err(|error| grove_browser::describe(&error))
}

/// Lets the browser save a blob under a name.
fn offer(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // The browser needs the address until it has begun to save.
    set_timeout(
        move || drop(Url::revoke_object_url(&url)),
        std::time::Duration::from_secs(60),
    );
    Ok(())
}
