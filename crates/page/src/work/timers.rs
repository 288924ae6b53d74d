//! One timer for each worker.

use galaxy_grove::page_model::pool::WorkerId;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::set_timeout_with_handle;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// A browser counts milliseconds in 31 bits.
const MAX_LENGTH: u32 = 2_000_000;

/// The timers that run.
#[derive(Default)]
pub struct Timers(RefCell<BTreeMap<WorkerId, TimeoutHandle>>);

impl Timers {
    /// Sets a worker's timer, in place of the one that it has.
    pub fn set(&self, worker: WorkerId, seconds: u32, fired: impl FnOnce() + 'static) {
        self.clear(worker);
        let wait = Duration::from_secs(u64::from(seconds.min(MAX_LENGTH)));
        match set_timeout_with_handle(fired, wait) {
            Ok(handle) => {
                self.0.borrow_mut().insert(worker, handle);
            }
            Err(error) => web_sys::console::error_1(&error),
        }
    }

    /// Takes a worker's timer away.
    pub fn clear(&self, worker: WorkerId) {
        if let Some(handle) = self.0.borrow_mut().remove(&worker) {
            handle.clear();
        }
    }
}
