//! By what the page groups galaxies.

use crate::sorted::RecipeName;
use serde::{Deserialize, Serialize};

/// By what the page groups galaxies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupedBy {
    /// The recipe `shape`.
    #[default]
    Shape,
    /// The recipe `reference`.
    Reference,
    /// The vectors that came with them, of whatever model.
    Vectors,
}

impl GroupedBy {
    const ALL: [Self; 3] = [Self::Shape, Self::Reference, Self::Vectors];

    /// Its name in links.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shape => RecipeName::Shape.name(),
            Self::Reference => RecipeName::Reference.name(),
            Self::Vectors => "vectors",
        }
    }

    /// What has this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}
