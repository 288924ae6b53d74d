//! What reads files: a program of its own (`engine-files`), which the worker loads when the first file comes. It is larger than all the rest of the
//! worker, and a visitor who looks at the demo needs none of it.

mod levels;
mod reading;
mod source;
mod tables;

use super::outbox::post;
use galaxy_grove::page_model::protocol::{Report, Request};
use grove_browser::Envelope;
use wasm_bindgen::JsValue;

/// Answers a request to read something; `data` is the page's message.
pub async fn answer(data: JsValue) {
    let mut envelope = match Envelope::<Request>::from_js(&data) {
        Ok(envelope) => envelope,
        Err(error) => {
            return post(Envelope::new(Report::Failed {
                reason: error.to_string(),
            }));
        }
    };
    let file = envelope.file.take();
    match envelope.head {
        Request::Read {
            file: number,
            name,
            recipe,
            answers,
        } => reading::read(number, &name, file, &recipe, &answers).await,
        Request::Join {
            file: number,
            name,
            galaxies,
            answers,
        } => reading::join(number, &name, file, &galaxies, &answers).await,
        Request::Fetch {
            file: number,
            url,
            name,
            part: None,
        } => reading::fetch(number, &url, &name).await,
        Request::Fetch {
            file: number,
            url,
            name,
            part: Some(part),
        } => levels::fetch(number, &url, &name, part).await,
        _ => post(Envelope::new(Report::Failed {
            reason: "this request is not about files".to_owned(),
        })),
    }
}
