//! What files come in: archives, and compression around a whole file.

pub mod archive;
pub(super) mod unpack;
