//! The model that is in use: all that the worker keeps.

use grove_model::Extractor;
use std::cell::RefCell;

thread_local! {
    static MODEL: RefCell<Option<Extractor>> = const { RefCell::new(None) };
}

/// The model, when it was started. Cheap: the tensors are shared.
pub fn model() -> Option<Extractor> {
    MODEL.with_borrow(Clone::clone)
}

/// Takes another model into use.
pub fn replace(extractor: Extractor) {
    MODEL.set(Some(extractor));
}
