//! Requests as they come in, and the loop that answers them.

use super::forward::{forward, is_of_files};
use super::handle::handle;
use super::outbox::{post, scope};
use galaxy_grove::page_model::protocol::{Report, Request};
use grove_browser::Envelope;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

thread_local! {
    static INBOX: RefCell<VecDeque<JsValue>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: RefCell<bool> = const { RefCell::new(false) };
}

/// Has panics reported to the page, which replaces the worker.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let reason = panic.to_string();
        web_sys::console::warn_1(&reason.as_str().into());
        post(Envelope::new(Report::Crashed { reason }));
    }));
}

/// Listens to the page.
pub fn start() {
    report_panics();
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        INBOX.with_borrow_mut(|inbox| inbox.push_back(event.data()));
        if !BUSY.replace(true) {
            wasm_bindgen_futures::spawn_local(work());
        }
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    post(Envelope::new(Report::Hello));
}

/// Answers requests until there are none.
async fn work() {
    while let Some(data) = INBOX.with_borrow_mut(VecDeque::pop_front) {
        if let Err(reason) = answered(&data).await {
            post(Envelope::new(Report::Failed { reason }));
        }
    }
    BUSY.set(false);
}

async fn answered(data: &JsValue) -> Result<(), String> {
    if is_of_files(data) {
        return forward(data).await;
    }
    let envelope = Envelope::<Request>::from_js(data).map_err(|error| error.to_string())?;
    handle(envelope).await;
    Ok(())
}
