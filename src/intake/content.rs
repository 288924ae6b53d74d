//! What a file holds.

use super::codes::Codes;
use super::picture::Picture;
use crate::bundle::VectorsAlone;
use crate::cutout::CutoutSet;

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Pictures, each to be prepared.
    Pictures {
        /// In file order; at least one.
        pictures: Vec<Picture>,
        /// Sentences about the file.
        remarks: Vec<String>,
    },
    /// A set of cutouts that are prepared already.
    Set {
        /// The galaxies.
        set: CutoutSet,
        /// Whom the file credits.
        credit: Option<String>,
        /// Sentences about the file.
        remarks: Vec<String>,
    },
    /// Codes of galaxies: ready for grouping, without pictures.
    Codes(Codes),
    /// Vectors of galaxies: ready for grouping, without pictures.
    Vectors(VectorsAlone),
}

impl Content {
    pub(super) fn one(picture: Picture) -> Self {
        Self::Pictures {
            pictures: vec![picture],
            remarks: Vec::new(),
        }
    }
}
