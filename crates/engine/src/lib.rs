//! The worker: it decodes files, runs the network and builds the tree, one request after another.
//!
//! It keeps nothing but the model, so the page can end it at any moment: to cancel, to give memory back (WebAssembly's
//! never shrinks), or because its device was lost.

#![cfg(target_arch = "wasm32")]

mod answer;
mod device;
mod handle;
mod inbox;
mod loaded;
mod outbox;
mod reading;
mod shape;
mod source;
mod startup;
mod study;
mod tables;

pub use inbox::start;
