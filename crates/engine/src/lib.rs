//! The worker: it decodes files, runs the network and builds the tree, one request after another.
//!
//! It keeps nothing but the model, so the page can end it at any moment: to cancel, to give memory back (WebAssembly's
//! never shrinks), or because its device was lost.

#![cfg(target_arch = "wasm32")]

mod device;
mod handle;
mod reading;
mod source;
mod start;
mod tables;

use galaxy_grove::page_model::protocol::{Report, Request};
use grove_browser::Envelope;
use grove_model::Extractor;
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

thread_local! {
    static INBOX: RefCell<VecDeque<Envelope<Request>>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: RefCell<bool> = const { RefCell::new(false) };
    static MODEL: RefCell<Option<Extractor>> = const { RefCell::new(None) };
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
        handle::handle(envelope).await;
    }
    BUSY.set(false);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends a report to the page.
fn post(envelope: Envelope<Report>) {
    match envelope.to_js() {
        Ok((message, transfer)) => {
            if let Err(error) = scope().post_message_with_transfer(&message, &transfer) {
                web_sys::console::error_1(&error);
            }
        }
        Err(error) => web_sys::console::error_1(&error.to_string().into()),
    }
}

/// The model, when it was started. Cheap: the tensors are shared.
fn model() -> Option<Extractor> {
    MODEL.with_borrow(Clone::clone)
}
