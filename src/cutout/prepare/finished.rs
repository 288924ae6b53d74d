//! Frames that are cutouts already.

use crate::cutout::frame::{Frame, Tone};
use crate::cutout::size::{PIXELS, SIDE};

/// The least share of exact zeros in a frame that counts as prepared.
const CLEARED: f64 = 0.01;

/// Between 0 and this there is nothing in a prepared cutout: what is under sky + 1 sigma was cleared. It is 2.5 steps
/// of 8-bit pictures; in the training data the faintest light is 0.0107.
pub(super) const GAP: f32 = 2.5 / 255.0;

/// Whether a frame is a cutout already: 64x64 stretched pixels from 0 to 1 that reach 1 (to half a step of 8 bits), of
/// which at least one in a hundred is exactly 0 and none lies between 0 and 2.5/255.
#[must_use]
pub fn is_prepared(frame: &Frame) -> bool {
    if frame.tone != Tone::Stretched
        || frame.width != SIDE
        || frame.height != SIDE
        || frame.pixels.len() != PIXELS
    {
        return false;
    }
    let zeros = frame.pixels.iter().filter(|v| **v == 0.0).count();
    zeros as f64 >= CLEARED * PIXELS as f64
        && frame.pixels.iter().all(|&v| v == 0.0 || (GAP..=1.0).contains(&v))
        && frame.pixels.iter().any(|&v| v >= 254.5 / 255.0)
}
