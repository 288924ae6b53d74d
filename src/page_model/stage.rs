//! What the page is doing, what it computes on, and what it has to say.

use super::protocol::Ready;

/// What the page is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nothing is loaded.
    Idle,
    /// Files are read, or galaxies simulated.
    Reading {
        /// Sources done.
        done: usize,
        /// Sources in all.
        total: usize,
    },
    /// The model works.
    Encoding {
        /// Galaxies done.
        done: usize,
        /// Galaxies in all.
        total: usize,
    },
    /// The tree is built.
    BuildingTree {
        /// Merges done.
        done: usize,
        /// Merges in all.
        total: usize,
    },
    /// There is a tree.
    Ready,
}

impl Stage {
    /// True while something runs that can be cancelled.
    pub fn busy(&self) -> bool {
        matches!(
            self,
            Self::Reading { .. } | Self::Encoding { .. } | Self::BuildingTree { .. }
        )
    }

    /// A short name, for the page's tests and for styles.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Reading { .. } => "reading",
            Self::Encoding { .. } => "encoding",
            Self::BuildingTree { .. } => "building",
            Self::Ready => "ready",
        }
    }
}

/// The compute device.
#[derive(Debug, Clone, PartialEq)]
pub enum DeviceState {
    /// The model is being loaded: bytes so far and in all.
    Loading(f64, f64),
    /// Tested and at work.
    Ready(Box<Ready>),
    /// Nothing works here.
    Unusable(String),
}

/// A sentence above the panels.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Something failed, rather than changed.
    pub bad: bool,
    /// What the buttons beside it do.
    pub offers: Vec<Offer>,
}

impl Notice {
    /// Something changed.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            bad: false,
            offers: Vec::new(),
        }
    }

    /// Something failed.
    pub fn bad(text: impl Into<String>) -> Self {
        Self {
            bad: true,
            ..Self::plain(text)
        }
    }

    /// The same with a button.
    #[must_use]
    pub fn offering(mut self, offer: Offer) -> Self {
        self.offers.push(offer);
        self
    }
}

/// What a notice can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Keep a random sample of this many galaxies.
    Sample(usize),
    /// Show the list of files.
    Files,
    /// Show the boxes of a field.
    Field,
    /// Leave out galaxies that show the same as another one.
    Unique,
    /// Go on with what was cancelled, or has failed.
    GoOn,
    /// Show the files again that were set aside for another set.
    BringBack,
    /// Open the set that the address names.
    OpenLink,
}

/// What lies over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The list of files.
    Files,
    /// A picture of many galaxies with a box on each.
    Field,
    /// Help and facts.
    Help,
    /// Pictures of the real sky.
    Sky,
}
