//! Finding the sources of a frame.

use super::detect::SourceCriteria;
use super::options::FieldOptions;
use super::source::Source;
use crate::cutout::error::PrepareError;
use crate::cutout::field::{detect, measure, stars};
use crate::cutout::frame::{Frame, Tone};
use crate::cutout::raster::background::Background;
use crate::cutout::raster::plane::{Plane, clean};

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
    pub(super) background: Background,
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
        SourceCriteria {
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

/// What smoothed light must exceed, for each pixel: this many sigma of the sky's pixels. Where the noise of neighbouring
/// pixels is alike, as in enlarged or compressed pictures, smoothing leaves more of it than it would of free noise, and
/// the threshold goes by what is left.
pub(super) fn threshold(smooth: &Plane, sky: &Background, options: &FieldOptions, least: f32) -> Vec<f32> {
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
