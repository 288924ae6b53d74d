//! ZIP and tar archives, packed or not, nested: one member after another, with an end to all of it.
//!
//! [`walk`] hands over the members one at a time. Nothing is written anywhere, so a member's name does no harm. What is
//! unpacked is counted while it is unpacked, over all members and all archives inside archives (`Limits::unpacked`).

mod budget;
pub(in crate::intake) mod detect;
mod directory;
mod names;
pub(in crate::intake) mod tar_header;
mod tarred;
#[cfg(test)]
mod tests;
mod walk;
mod walker;
mod zipped;

pub use self::{
    detect::is_archive,
    directory::{Special, special},
    names::passed_over,
    walk::{each_file, members, walk},
    walker::Visit,
};
