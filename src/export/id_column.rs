//! The column of ids.

/// The name of the column of ids.
pub const ID_COLUMN: &str = "sdss_objid";
