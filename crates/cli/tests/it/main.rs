//! The command line, run as a user runs it, and the network against the reference.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod compare;
mod convert;
mod extract;
mod groups;
mod import_tf;
mod levels;
mod measures;
mod model;
mod reconstruct;
mod serve;
mod situations;
mod sort;
mod training;
mod tree;
mod vectors;
