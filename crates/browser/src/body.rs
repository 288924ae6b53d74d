//! The body of an answer, as it arrives.

use super::describe::describe;
use js_sys::{Reflect, Uint8Array};
use std::ops::ControlFlow;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

/// Reads the body. `each` gets the number of bytes so far after every part, and can break off, which ends the transfer: then
/// there is no body.
///
/// # Errors
/// The browser's message when the transfer fails.
pub async fn read_body(
    response: &Response,
    mut each: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    let Some(body) = response.body() else {
        return Ok(Some(bytes));
    };
    let reader: ReadableStreamDefaultReader = body
        .get_reader()
        .dyn_into()
        .map_err(|error| describe(&error.into()))?;
    loop {
        let chunk = JsFuture::from(reader.read())
            .await
            .map_err(|error| describe(&error))?;
        let get = |key: &str| Reflect::get(&chunk, &key.into()).map_err(|error| describe(&error));
        if get("done")?.is_truthy() {
            return Ok(Some(bytes));
        }
        let value: Uint8Array = get("value")?.dyn_into().map_err(|error| describe(&error))?;
        let more = value.length() as usize;
        if each(bytes.len() + more).is_break() {
            // Dropping the reader leaves the stream open; cancelling ends the transfer.
            drop(reader.cancel());
            return Ok(None);
        }
        bytes.extend(value.to_vec());
    }
}
