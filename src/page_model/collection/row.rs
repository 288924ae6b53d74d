//! One row of the collection: a galaxy and how far it has come.

use super::galaxy::Galaxy;
use super::packed::{PackedPicture, grey};
use crate::cutout::Fingerprint;

/// What there is to see of a galaxy.
#[derive(Debug)]
pub(super) struct Picture {
    /// What is shown, and what the model sees. Allocations of its own, because one long vector of all images would be copied whenever it grows:
    /// hundreds of megabytes at once, while the page waits.
    pub pixels: PackedPicture,
    /// What is compared first when duplicates are looked for; `None` for a picture that was decoded from codes.
    pub likeness: Option<Fingerprint>,
}

impl Picture {
    /// A cutout as it was read.
    pub fn cut(raw: &[u8], image: &[f32]) -> Self {
        Self {
            pixels: PackedPicture::of(raw, image),
            likeness: Some(Fingerprint::of(image)),
        }
    }

    /// What the model decoded from a galaxy's codes.
    pub fn decoded(image: &[f32]) -> Self {
        let raw: Vec<u8> = image.iter().map(|&value| grey(value)).collect();
        Self {
            pixels: PackedPicture::of(&raw, image),
            likeness: None,
        }
    }
}

/// A galaxy on the page.
#[derive(Debug)]
pub(super) struct Row {
    /// Its facts.
    pub galaxy: Galaxy,
    /// Its pictures; `None` as long as only its codes are known.
    pub picture: Option<Picture>,
    /// Its codes are known.
    pub is_encoded: bool,
    /// Its place by the recipe `shape`, and how unusual it is.
    pub place: Option<(Box<[f64]>, f64)>,
    /// Measures of its structure on the cutout, and their flags.
    pub structure: Option<(Box<[f64]>, u8)>,
    /// The row of the first galaxy that shows the same.
    pub original: Option<usize>,
}
