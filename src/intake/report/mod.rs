//! The report of a file: its verdict, its galaxies, the questions that it raises.

pub(super) mod field_view;
pub(super) mod file;
pub(super) mod found;
pub(super) mod galaxy;
pub(super) mod identity;
pub(super) mod ids;
pub(super) mod key;
pub(super) mod question;
pub(super) mod verdict;
