//! One galaxy: its facts, and the small picture of the frame that it was cut from.

use crate::cutout::{About, prepare::Measures};
use std::sync::Arc;

/// One galaxy's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Galaxy {
    /// Unique within the page.
    pub id: i64,
    /// The name to show: most often the file's.
    pub name: String,
    /// The frame before preparation, where there was one.
    pub preview: Option<PreviewImage>,
    /// Sky level and its standard deviation, where they were measured.
    pub sky: Option<(f32, f32)>,
    /// Numbers on the cutout, where it was prepared here.
    pub measures: Option<Measures>,
    /// Half the side of what was cut, in pixels of the picture.
    pub half_side: Option<f32>,
    /// What the file says about it, and what tables say.
    pub about: About,
    /// The number of the source that it came from. Galaxies are in the order of their sources.
    pub source: u32,
    /// The id that the file gave; [`Collection::name_ids`](super::Collection::name_ids) makes it unique.
    pub(super) wanted: Option<i64>,
    pub(super) named: bool,
    /// What the file says, kept when a table says more.
    pub(super) file_says: Option<Box<About>>,
    /// Sentences for the user.
    pub remarks: Vec<String>,
}

impl Galaxy {
    /// The identifier that the file or its name gave; none for a running number.
    pub fn own_id(&self) -> Option<i64> {
        self.wanted.filter(|wanted| self.named && *wanted == self.id)
    }
}

/// A small picture of the frame, before anything was cut.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewImage {
    /// Pixels across and down.
    pub size: (usize, usize),
    /// Grey values, which the galaxies of one picture share.
    pub pixels: Arc<[u8]>,
    /// What was cut: centre x, centre y, half side.
    pub square: Option<(f32, f32, f32)>,
    /// Pixels of the preview for one of the picture, and where the picture's left top corner is.
    pub scale: (f32, f32, f32),
}

impl PreviewImage {
    /// The place in the picture that is shown at `(x, y)` of the preview. Whole numbers are pixel centres in the picture.
    pub fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (scale, left, top) = self.scale;
        let scale = if scale > 0.0 { scale } else { 1.0 };
        ((x - left) / scale - 0.5, (y - top) / scale - 0.5)
    }
}
