//! The library, from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod field;
mod grouping;
mod intake;
mod intake_arrays;
mod intake_fits;
mod intake_formats;
mod preparation;
