//! The worker: it runs the network and builds the tree, one request after another. What reads files ([`files`]) is a program of its own, loaded when the
//! first file comes.
//!
//! It keeps nothing but the model, so the page can end it at any moment: to cancel, to give memory back (WebAssembly's
//! never shrinks), or because its device was lost.

#![cfg(target_arch = "wasm32")]

mod answer;
mod cutouts;
mod device;
pub mod files;
mod forward;
mod handle;
mod inbox;
mod loaded;
mod outbox;
mod reference;
mod shape;
mod speed;
mod startup;
mod study;

pub use inbox::{report_panics, start};
