//! The formats: each gives one function from bytes and limits to what a file holds.

mod animation;
pub(super) mod array;
mod figure;
pub(super) mod fits;
pub(super) mod hdf5;
pub(super) mod npy;
pub(super) mod pictures;
pub(super) mod set;
pub(super) mod tiff;
