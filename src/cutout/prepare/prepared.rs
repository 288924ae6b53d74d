//! What preparation gives.

use super::flags::Flag;
use super::measures::Measures;
use super::orient::Orientation;

/// What preparation made of a frame, with the numbers that led there.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// 64x64 values from 0 to 1, before the sky is cleared.
    pub raw: Vec<f32>,
    /// The same with pixels under sky + 1 sigma set to 0: what the model sees.
    pub image: Vec<f32>,
    /// What was cut: centre (x, y) and half side, in pixels of the frame, where whole numbers are pixel centres. The
    /// square may reach beyond the frame. `None` when the frame passed untouched.
    pub square: Option<(f32, f32, f32)>,
    /// Sky level and noise, in the units of `raw`.
    pub sky: f32,
    /// Standard deviation of the sky, in the units of `raw`.
    pub sigma: f32,
    /// Light and dark were turned around.
    pub inverted: bool,
    /// How the cutout was turned, where the recipe asks for it and the galaxy is not round. What follows the rule is no
    /// remark; that a round one was left is.
    pub orientation: Option<Orientation>,
    /// Numbers on the cutout.
    pub measures: Measures,
    /// What they give reason to doubt.
    pub flags: Vec<Flag>,
    /// Sentences for the user, empty when nothing is remarkable.
    pub remarks: Vec<String>,
}
