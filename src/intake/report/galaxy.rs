//! One galaxy, ready for the network.

use crate::cutout::About;
use crate::cutout::prepare::Measures;
use std::sync::Arc;

/// A small square grey picture of what the file showed before preparation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Preview {
    /// Pixels along one side.
    pub side: usize,
    /// `side * side` grey values, row-major, top row first; 0 beside the picture where it is not square. The galaxies of one
    /// picture share them.
    pub grey: Arc<[u8]>,
    /// What was cut, in pixels of the preview: centre x, centre y and half side. It may reach beyond. `None` when nothing
    /// was cut.
    pub square: Option<(f32, f32, f32)>,
    /// Pixels of the preview for one pixel of the picture.
    pub scale: f32,
    /// Where the picture's left top corner is, in pixels of the preview.
    pub corner: (f32, f32),
}

/// One galaxy, ready for the network.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Galaxy {
    /// The identifier that the file gave, if any; [`assign_ids`](crate::intake::assign_ids) sees to the others.
    pub id: Option<i64>,
    /// A name for display: the file's, with `[k]` behind it when it came from header-data unit k of several.
    pub name: String,
    /// 4096 values: the cutout before pixels under the sky were cleared.
    pub raw: Vec<f32>,
    /// 4096 values: the cutout that the model sees.
    pub image: Vec<f32>,
    /// What the file showed, when [`Limits::preview`](crate::intake::Limits::preview) asks for it and the file is no set.
    pub preview: Option<Preview>,
    /// What was cut: centre (x, y) and half side in pixels of the picture; `None` when nothing was cut.
    pub square: Option<(f32, f32, f32)>,
    /// Sky level in the units of `raw`; 0 for galaxies of a set, where it was not measured.
    pub sky: f32,
    /// Standard deviation of the sky in the units of `raw`; 0 for galaxies of a set.
    pub sigma: f32,
    /// Numbers on the cutout; `None` for galaxies of a set, where nothing was measured.
    pub measures: Option<Measures>,
    /// What the file says about the galaxy.
    pub about: About,
    /// Sentences about this galaxy.
    pub remarks: Vec<String>,
    /// True when `id` is a running number, which says nothing of the galaxy: no table may be joined by it.
    #[serde(default)]
    pub is_numbered: bool,
}

impl Galaxy {
    /// The identifier that the file or its name gave.
    pub fn own_id(&self) -> Option<i64> {
        self.id.filter(|_| !self.is_numbered)
    }
}
