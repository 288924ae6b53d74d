//! Many galaxies in one picture: the sources of a field, and a cutout for each.
//!
//! [`find`] works as SExtractor does (Bertin & Arnouts 1996, A&AS 117, 393) and as `sep`, its core as a library (Barbary
//! 2016, JOSS 1, 58): a map of the sky, a light smoothing, a threshold, connected pixels, touching sources parted by many
//! thresholds, and measurements. `sep` is C, so the crate that wraps it (`sep-sys`) cannot be built for the page, and no
//! crate in Rust alone does the same. Hence our own, which is tested against simulated fields and held against `sep`
//! (`docs/fields.md`).
//!
//! [`is_field`] tells a field from the picture of one galaxy with a few neighbours; [`cut`] makes a cutout of one source
//! with its neighbours masked.

mod background;
mod cut;
mod deblend;
mod detect;
mod judge;
mod measure;
mod stars;
#[cfg(test)]
pub(in crate::cutout) mod testing;
#[cfg(test)]
mod tests;

use self::background::Background;
use self::detect::Wanted;
use super::prepare::PrepareError;
use super::prepare::plane::{Plane, clean};
use super::{Frame, Tone};

pub use self::cut::cut;
pub use self::deblend::Deblending;
pub use self::detect::Smoothing;
pub use self::judge::{Judgement, is_field, judge};
pub(in crate::cutout) use self::measure::axes;

/// How sources are looked for.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct FieldOptions {
    /// Pixels along a cell of the map of the sky. Larger than the galaxies, smaller than the unevenness of the sky.
    pub mesh: usize,
    /// What is smoothed before the threshold.
    pub smoothing: Smoothing,
    /// Light counts from this many sigma of the sky on.
    pub threshold: f32,
    /// Pixels of a source at least.
    pub area: usize,
    /// How sources that touch are parted.
    pub deblending: Deblending,
    /// Sources at most; of more, those at the bottom of the frame are left out and the field says so.
    pub most: usize,
}

impl Default for FieldOptions {
    fn default() -> Self {
        Self {
            mesh: 64,
            smoothing: Smoothing::Light,
            threshold: 1.5,
            area: 5,
            deblending: Deblending::default(),
            most: 100_000,
        }
    }
}

/// What is to be known of a source before it is taken for a galaxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceFlags {
    /// It touches the edge of the frame, or of what was measured.
    pub edge: bool,
    /// Its brightest pixels are at the limit of the picture, or have no value.
    pub saturated: bool,
    /// It touched another source and was parted from it.
    pub blended: bool,
    /// It is as small as the stars of this frame, or has a star's spikes.
    pub star_like: bool,
    /// Its square is fewer than 16 pixels wide: there is no shape to see.
    pub small: bool,
}

impl SourceFlags {
    /// Worth a cutout: neither a star, nor cut off by the edge, nor too small to have a shape.
    #[must_use]
    pub fn is_promising(self) -> bool {
        !(self.edge || self.star_like || self.small)
    }
}

/// One source of a field. Positions are in pixels of the frame, where whole numbers are pixel centres, x to the right, y
/// down. Light is above the sky, in the frame's unit.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Source {
    /// Its number in the field's map of segments, from 1.
    pub number: u32,
    /// Centre, weighted by light.
    pub x: f32,
    /// Centre, weighted by light.
    pub y: f32,
    /// Light within the Kron ellipse (2.5 Kron radii), neighbours taken out: nearly all there is.
    pub flux: f32,
    /// Light of its own pixels over the noise of the sky in them.
    pub signal_to_noise: f32,
    /// Standard deviation of its light along the major axis, in pixels.
    pub a: f32,
    /// The same along the minor axis.
    pub b: f32,
    /// Angle of the major axis from the x axis towards the y axis (which points down), in radians, over -pi/2 up to pi/2.
    pub theta: f32,
    /// Its pixels above the threshold.
    pub area: u32,
    /// Its brightest pixel, above the sky.
    pub peak: f32,
    /// Radius of the circle that holds half of `flux`, in pixels.
    pub half_light_radius: f32,
    /// Level of the sky there.
    pub sky: f32,
    /// Standard deviation of the sky there.
    pub sigma: f32,
    /// Half the side of the square to cut, in pixels, by the rule of the preparation.
    pub half_side: f32,
    /// What speaks against it.
    pub flags: SourceFlags,
}

impl Source {
    /// `1 - b/a`: 0 for a round source.
    #[must_use]
    pub fn ellipticity(&self) -> f32 {
        if self.a > 0.0 { 1.0 - self.b / self.a } else { 0.0 }
    }
}

/// The sources of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Pixels across the frame.
    pub width: usize,
    /// Pixels down the frame.
    pub height: usize,
    /// The sources, the one with the most light first.
    pub sources: Vec<Source>,
    /// For each pixel the [number](Source::number) of the source that it belongs to, 0 for sky.
    pub segments: Vec<u32>,
    /// The half-light radius of the frame's stars, in pixels, where enough stars were seen to tell.
    pub stellar_radius: Option<f32>,
    /// Sentences for the user, empty when nothing is remarkable.
    pub remarks: Vec<String>,
    background: Background,
}

/// The least threshold in stretched pictures, as in the preparation of single galaxies half of 7 steps of 8 bits:
/// compression leaves marks of a few steps in a black sky.
const FLOOR_STRETCHED: f32 = 3.5 / 255.0;
/// Noise at least, as a share of the range of a linear picture, for pictures without noise.
const FLOOR_LINEAR: f32 = 1e-5;

/// Finds the sources of a frame.
///
/// The time grows with the number of pixels; the memory is some 25 bytes a pixel beside the frame.
///
/// # Errors
/// [`PrepareError`] when the frame holds nothing to look at.
pub fn find(frame: &Frame, options: &FieldOptions) -> Result<Field, PrepareError> {
    let mut remarks = Vec::new();
    let mut plane = clean(frame)?.plane;
    let (width, height) = (plane.width, plane.height);
    let limit = saturation(frame);
    let background = Background::measure(&plane, options.mesh.max(8));
    let least = if frame.tone == Tone::Linear {
        let lowest = plane.values.iter().copied().fold(f32::INFINITY, f32::min);
        let highest = plane.values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        FLOOR_LINEAR * (highest - lowest)
    } else {
        FLOOR_STRETCHED / options.threshold.max(0.1)
    };
    let sky = background.level(0, 0, width, height);
    for (v, sky) in plane.values.iter_mut().zip(&sky) {
        *v -= sky;
    }
    // A pixel that was filled in says nothing about light, unless it lies within a source.
    if let Some(valid) = &plane.valid {
        for (i, (v, ok)) in plane.values.iter_mut().zip(valid).enumerate() {
            let hole = frame.pixels.get(i).is_some_and(|p| !p.is_finite());
            if !ok && !hole {
                *v = 0.0;
            }
        }
    }
    let smooth = Plane {
        values: options.smoothing.apply(&plane),
        ..plane.clone()
    };
    let threshold = threshold(&smooth, &background, options, least);
    let light = smooth.values;
    let segments = detect::segments(
        &light,
        &threshold,
        width,
        Wanted {
            area: options.area.max(1),
            deblending: options.deblending,
            most: options.most,
        },
    );
    drop(threshold);
    if segments.blended.len() >= options.most {
        remarks.push(format!(
            "There are more than {} sources: those at the bottom of the picture were left out. Raise the threshold.",
            options.most
        ));
    }
    let mut sources = measure::sources(&measure::Seen {
        plane: &plane,
        light: &light,
        segments: &segments,
        background: &background,
        sky: &sky,
        least_noise: least,
        saturation: limit,
    });
    let stellar_radius = stars::mark(&mut sources, &plane);
    sources.sort_by(|a, b| b.flux.total_cmp(&a.flux).then(a.number.cmp(&b.number)));
    Ok(Field {
        width,
        height,
        sources,
        segments: segments.label,
        stellar_radius,
        remarks,
        background,
    })
}

/// Smoothed noise above this many of its own sigma is rare, however the pixels hang together.
const CLEAR: f32 = 4.0;
/// By how much that may raise the threshold: where galaxies crowd the cells, it is not noise that is left.
const RAISED: f32 = 2.0;

/// What smoothed light must exceed, for each pixel: so many sigma of the sky's pixels. Where the noise of neighbouring
/// pixels is alike, as in enlarged or compressed pictures, smoothing leaves more of it than it would of free noise, and
/// the threshold goes by what is left.
fn threshold(smooth: &Plane, sky: &Background, options: &FieldOptions, least: f32) -> Vec<f32> {
    let (width, height) = (smooth.width, smooth.height);
    let mut threshold = sky.noise(0, 0, width, height, least);
    threshold.iter_mut().for_each(|t| *t *= options.threshold);
    let factor = options.threshold / options.smoothing.noise_left();
    let factor = if factor < CLEAR { factor } else { CLEAR };
    let left = Background::measure(smooth, options.mesh.max(8)).noise(0, 0, width, height, 0.0);
    for (t, sigma) in threshold.iter_mut().zip(left) {
        let by_rest = factor * sigma;
        let most = RAISED * *t;
        *t = if by_rest > most {
            most
        } else if by_rest > *t {
            by_rest
        } else {
            *t
        };
    }
    threshold
}

/// The value from which on pixels count as saturated: white in stretched pictures, a plateau at the top in linear ones.
fn saturation(frame: &Frame) -> f32 {
    let highest = frame
        .pixels
        .iter()
        .copied()
        .filter(|v| v.is_finite())
        .fold(f32::NEG_INFINITY, f32::max);
    if frame.tone == Tone::Stretched {
        return if highest > 0.9 {
            0.985 * highest
        } else {
            f32::INFINITY
        };
    }
    let near = highest - highest.abs() * 1e-3;
    let plateau = frame.pixels.iter().filter(|v| **v >= near).count();
    if plateau >= 4 { near } else { f32::INFINITY }
}
