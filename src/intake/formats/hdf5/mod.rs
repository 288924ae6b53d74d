//! HDF5: the reference layout, and images in any other.
//!
//! Contiguous, chunked or compact datasets; gzip, shuffle, Fletcher's checksum, LZF, szip, n-bit and scale-offset; all
//! superblocks, with or without a user block. Everything is read in ranges of rows, so a file may be larger than memory.

mod attributes;
mod links;
mod list;
mod lzf;
mod open;
mod reference;
mod store;
mod walk;

pub use self::{
    list::{Entry, foreign, list},
    open::{open, open_bytes},
    reference::{Hdf5Set, NAMES, is_reference},
    store::Store,
};
