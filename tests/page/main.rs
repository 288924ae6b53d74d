//! The page in a real Chromium: what a user does, and what a user then sees.
//!
//! `cargo xtask test` builds the page, serves it below some path of a local server and runs this with
//!
//! - `GROVE_PAGE_URL`, where the page is (it ends with `/`);
//! - `GROVE_CHROMIUM` and `GROVE_CHROMEDRIVER`, the two programs (otherwise both are looked for by name).
//!
//! Screenshots go to the folder `GROVE_SCREENSHOTS`, or to `page/` in cargo's folder for test files. To work on one
//! test, leave `cargo xtask serve` running and call
//! `GROVE_PAGE_URL=http://127.0.0.1:8080/ cargo test -p grove-page-tests --features chromium NAME -- --nocapture`.
//!
//! Tests whose name contains `bench` are ignored here and run by `cargo xtask bench`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod bits;
mod browser;
mod choices;
mod chromedriver;
mod failures;
mod growth;
mod harness;
mod hosted;
mod hosts;
mod journey;
mod kept;
mod levels;
mod many;
mod mixed;
mod numbers;
mod opening;
mod peers;
mod probe;
mod recipes;
mod situations;
mod sky;
mod sky_server;
mod study;
mod worker;
