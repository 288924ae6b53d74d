//! The library, from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod arrays;
mod field;
mod fits;
mod grouping;
mod intake;
mod intake_formats;
mod preparation;
mod situations;
mod structure;
