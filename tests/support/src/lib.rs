//! What several tests need: fixtures, and the reference's files where they are at hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "test code stops at the first surprise"
)]

mod files;
mod frames;
mod golden;
mod npy;
mod npz;
mod program;
mod written;

pub use files::{fixture, fixture_path, root, shared, skipped, text};
pub use frames::{answers, check_frame, largest_difference};
pub use golden::{Golden, golden_model, golden16, golden64};
pub use npy::npy;
pub use npz::{Npz, read_npz};
pub use program::{failed, grove, grove_in, grove_program, printed, stated, succeeded};
pub use written::{bundle_of, codes_table, fits_image, write_bundle};
