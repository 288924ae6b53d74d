//! What a file gave.

use super::galaxy::Galaxy;

/// Galaxies, and sentences about the file that they came from.
pub(in crate::intake) type GalaxiesAndRemarks = (Vec<Galaxy>, Vec<String>);
