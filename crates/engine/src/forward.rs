//! Requests that the program for files answers. It is loaded once, by the function `loadFiles` of the script that started this worker.

use super::outbox::scope;
use grove_browser::describe;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The requests, by their names in a message.
const OF_FILES: [&str; 3] = ["Read", "Join", "Fetch"];

/// Whether a message of the page is about files.
pub fn is_of_files(data: &JsValue) -> bool {
    let head = Reflect::get(data, &"head".into()).unwrap_or_default();
    head.is_object()
        && OF_FILES
            .iter()
            .any(|name| Reflect::has(&head, &(*name).into()).unwrap_or_default())
}

/// Has such a message answered.
///
/// # Errors
/// With a sentence when the program could not be loaded.
pub async fn forward(data: &JsValue) -> Result<(), String> {
    let answered = async {
        let load: Function = Reflect::get(&scope(), &"loadFiles".into())?.dyn_into()?;
        let loading: Promise = load.call0(&JsValue::UNDEFINED)?.dyn_into()?;
        let program = JsFuture::from(loading).await?;
        let answer: Function = Reflect::get(&program, &"answer".into())?.dyn_into()?;
        let answering: Promise = answer.call1(&JsValue::UNDEFINED, data)?.dyn_into()?;
        JsFuture::from(answering).await
    };
    match answered.await {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "the part of the page that reads files could not be loaded: {}",
            describe(&error)
        )),
    }
}
