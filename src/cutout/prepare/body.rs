//! The sky and the galaxy's own pixels in a picture at its full resolution, for measures of structure.

use super::segment::segments;
use crate::cutout::frame::{Frame, Tone};
use crate::cutout::raster::plane;
use crate::cutout::raster::sky::{clipped, outer_tenth};

/// Light counts from this many sigma of a pixel above the sky on, after smoothing.
const EXCESS: f64 = 0.75;

/// Without noise, light counts from this share of the brightest pixel on.
const FAINTEST: f64 = 1e-3;

/// Sky lies at least this far from anything bright, in pixels.
const APART: usize = 3;

/// The sky, and which pixels are whose.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SkyAndGalaxy {
    pub level: f64,
    pub sigma: f64,
    /// The galaxy at the place, or nearest to it.
    pub galaxy: Vec<bool>,
    /// Other objects, and pixels without a value.
    pub masked: Vec<bool>,
}

/// Finds them, with the galaxy at `place` or in the middle; `None` when the picture is empty, or nothing is brighter than the noise.
pub(crate) fn sky_and_galaxy(
    width: usize,
    height: usize,
    pixels: &[f32],
    place: Option<(f64, f64)>,
) -> Option<SkyAndGalaxy> {
    let frame = Frame {
        width,
        height,
        pixels: pixels.to_vec(),
        tone: Tone::Linear,
    };
    let plane = plane::clean(&frame).ok()?.plane;
    let first = outer_tenth(&plane);
    let highest = plane.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let floor = FAINTEST * (f64::from(highest) - first.level);
    let excess = (EXCESS * first.sigma).max(floor);
    let found = segments(&plane, first.level, excess, place)?;
    let bright: Vec<bool> = found
        .galaxy
        .iter()
        .zip(&found.others)
        .map(|(a, b)| *a || *b)
        .collect();
    let near = grown(&bright, width, APART);
    let sky: Vec<f64> = plane
        .values
        .iter()
        .zip(&near)
        .enumerate()
        .filter(|(at, (_, near))| !**near && plane.is_valid(*at))
        .map(|(_, (value, _))| f64::from(*value))
        .collect();
    // A galaxy that fills the picture leaves the border only.
    let sky = if sky.len() < 50 { first } else { clipped(sky) };
    let masked = found
        .others
        .iter()
        .enumerate()
        .map(|(at, other)| *other || !plane.is_valid(at));
    Some(SkyAndGalaxy {
        level: sky.level,
        sigma: sky.sigma,
        masked: masked.collect(),
        galaxy: found.galaxy,
    })
}

/// Pixels within `reach` columns and rows of one that is set.
fn grown(set: &[bool], width: usize, reach: usize) -> Vec<bool> {
    let mut all = vec![false; set.len()];
    let height = set.len() / width.max(1);
    for (at, _) in set.iter().enumerate().filter(|(_, set)| **set) {
        let (x, y) = (at % width, at / width);
        for row in y.saturating_sub(reach)..(y + reach + 1).min(height) {
            let from = row * width + x.saturating_sub(reach);
            let to = row * width + (x + reach + 1).min(width);
            all.get_mut(from..to).unwrap_or_default().fill(true);
        }
    }
    all
}
