//! Galaxies from files and folders on disk: what the command line and the Python package share.
//!
//! | module | what it holds |
//! |---|---|
//! | [`list`] | the files that a user names, folders looked through |
//! | [`source`] | an open file, read where it is needed |
//! | [`reading`] | what a file gives: galaxies, tables, a refusal |

pub mod list;
pub mod reading;
pub mod source;
