//! Requests as they come in, and the loop that answers them.

use super::handle::handle;
use super::outbox::{post, scope};
use galaxy_grove::page_model::protocol::{Report, Request};
use grove_browser::Envelope;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

thread_local! {
    static INBOX: RefCell<VecDeque<Envelope<Request>>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: RefCell<bool> = const { RefCell::new(false) };
}

/// Listens to the page.
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        let reason = panic.to_string();
        web_sys::console::warn_1(&reason.as_str().into());
        post(Envelope::new(Report::Crashed { reason }));
    }));
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        match Envelope::from_js(&event.data()) {
            Ok(envelope) => INBOX.with_borrow_mut(|inbox| inbox.push_back(envelope)),
            Err(error) => {
                return post(Envelope::new(Report::Failed {
                    reason: error.to_string(),
                }));
            }
        }
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
    while let Some(envelope) = INBOX.with_borrow_mut(VecDeque::pop_front) {
        handle(envelope).await;
    }
    BUSY.set(false);
}
