//! From a frame to a cutout.

use super::change::{Override, Scale};
use super::finished::{GAP, is_prepared};
use super::flags::flags;
use super::locate::Spot;
use super::measures::{Extent, measure};
use super::orient::{Orientation, orientation};
use super::prepared::Prepared;
use super::recipe::Recipe;
use crate::cutout::error::PrepareError;
use crate::cutout::frame::{Frame, Tone};
use crate::cutout::prepare::{finish, locate, stretch};
use crate::cutout::raster::plane;
use crate::cutout::raster::plane::Plane;
use crate::cutout::raster::resample::{Area, resample, resize};
use crate::cutout::raster::sky::{Sky, darkest_corner, outer_tenth};
use crate::cutout::size::SIDE;

/// Makes a cutout of a frame.
///
/// A frame that [is prepared](is_prepared) passes untouched.
///
/// # Errors
/// [`PrepareError`] says why there is none.
/// # Examples
/// ```
/// use galaxy_grove::cutout::{Frame, PIXELS, Recipe, Tone, prepare::prepare};
///
/// // A round galaxy of 6 pixels half-width, off the middle of a frame of 120 x 100 pixels.
/// let pixels = (0..120 * 100).map(|at| {
///     let (x, y) = ((at % 120) as f32 - 70.0, (at / 120) as f32 - 40.0);
///     0.9 * (-(x * x + y * y) / 72.0).exp()
/// });
/// let frame = Frame { width: 120, height: 100, pixels: pixels.collect(), tone: Tone::Stretched };
/// let cutout = prepare(&frame, &Recipe::default())?;
/// assert_eq!(cutout.image.len(), PIXELS);
/// let (x, y, _half_side) = cutout.square.expect("a galaxy was found");
/// assert!((x - 70.0).abs() < 2.0 && (y - 40.0).abs() < 2.0);
/// # Ok::<(), galaxy_grove::cutout::prepare::PrepareError>(())
/// ```
pub fn prepare(frame: &Frame, recipe: &Recipe) -> Result<Prepared, PrepareError> {
    prepare_with(frame, recipe, &Override::default())
}

/// Makes a cutout of a frame, with what a user decided for this galaxy.
///
/// # Errors
/// [`PrepareError`] says why there is none.
pub fn prepare_with(frame: &Frame, recipe: &Recipe, change: &Override) -> Result<Prepared, PrepareError> {
    let change = change.sane();
    if change.exclude {
        return Err(PrepareError::Excluded);
    }
    if change.is_idle() && is_prepared(frame) {
        return Ok(untouched(frame, recipe));
    }
    let invert = change.invert == Some(true);
    let cleaned = if invert {
        plane::clean(&negative(frame))?
    } else {
        plane::clean(frame)?
    };
    let mut remarks = Vec::new();
    if cleaned.filled > 0 {
        remarks.push(filled_remark(cleaned.filled));
    }
    match from_plane(cleaned.plane, frame.tone, recipe, &change, remarks.clone())? {
        (_, true) if change.invert.is_none() => {
            remarks.push(
                "The picture is a negative (its sky is brighter than what lies on it): light and dark were turned around."
                    .to_owned(),
            );
            let plane = plane::clean(&negative(frame))?.plane;
            let (prepared, _) = from_plane(plane, frame.tone, recipe, &change, remarks)?;
            Ok(Prepared {
                inverted: true,
                ..prepared
            })
        }
        (prepared, _) => Ok(Prepared {
            inverted: invert,
            ..prepared
        }),
    }
}

/// A cutout that passes as it is, but for its orientation.
fn untouched(frame: &Frame, recipe: &Recipe) -> Prepared {
    let raw: Vec<f32> = frame.pixels.iter().map(|v| v.abs()).collect();
    let mut remarks = Vec::new();
    if recipe.scale != Scale::EachFillsTheFrame {
        remarks.push("This picture is a finished cutout: it keeps its own scale.".to_owned());
    }
    let done = finish::Finished {
        image: raw.clone(),
        raw,
        sky: 0.0,
        sigma: 0.0,
    };
    // Between 0 and the faintest light there stays nothing.
    finished(done, recipe, GAP, None, None, remarks)
}

/// The same frame with light and dark turned around.
fn negative(frame: &Frame) -> Frame {
    let turn = |v: &f32| {
        if frame.tone == Tone::Stretched {
            1.0 - v
        } else {
            -v
        }
    };
    Frame {
        pixels: frame.pixels.iter().map(turn).collect(),
        ..*frame
    }
}

/// Makes a cutout of a plane, and tells whether it looks like a negative.
pub(in crate::cutout) fn from_plane(
    plane: Plane,
    tone: Tone,
    recipe: &Recipe,
    change: &Override,
    mut remarks: Vec<String>,
) -> Result<(Prepared, bool), PrepareError> {
    let linear = tone == Tone::Linear;
    let base = if linear { locate::in_sigmas(&plane) } else { plane };
    let view = |small: Plane| {
        if linear {
            small.map(|t| bend(t, FIRST_BEND, recipe.stretch))
        } else {
            small
        }
    };
    let floor = if linear { FLOOR_LINEAR } else { FLOOR_STRETCHED };
    let centre = change.centre.map(|(x, y)| (f64::from(x), f64::from(y)));
    let half = change.half_side.or(match recipe.scale {
        Scale::AllTheSame { half_side } if half_side > 0.0 && half_side.is_finite() => Some(half_side),
        _ => None,
    });
    let spot = match (centre, half.map(f64::from)) {
        (Some(centre), Some(half)) => locate::given(&base, centre, half, view, &mut remarks),
        (None, None) if recipe.prepare => locate::locate(&base, view, floor, None, &mut remarks),
        (None, None) => Spot::whole(&base),
        (centre, half) => {
            // What is not given is found; what is said of the square holds for the one that is cut in the end.
            let found = if recipe.prepare {
                locate::locate(&base, view, floor, centre, &mut Vec::new())
            } else {
                Spot::whole(&base)
            };
            let at = centre.unwrap_or((found.x + found.left as f64, found.y + found.top as f64));
            let spot = locate::given(&base, at, half.unwrap_or(found.half), view, &mut remarks);
            Spot {
                negative: found.negative,
                ..spot
            }
        }
    };
    let window = base.window(spot.left, spot.top, spot.width, spot.height);
    let (stamp, sky) = if linear {
        cut_linear(window, &spot, recipe.stretch)
    } else {
        cut(&window, &spot)
    };
    let done = finish::finish(stamp, sky, recipe.prepare, spot.framed).ok_or(PrepareError::Blank)?;
    let x = spot.x + spot.left as f64;
    let y = spot.y + spot.top as f64;
    let limit = if recipe.prepare {
        done.sky + done.sigma
    } else {
        0.0
    };
    let square = (x as f32, y as f32, spot.half as f32);
    let extent = extent(square, base.width, base.height);
    let prepared = finished(done, recipe, limit, Some(square), Some(extent), remarks);
    Ok((prepared, spot.negative))
}

/// Where a picture of this size lies in the cutout of a square.
fn extent((x, y, half): (f32, f32, f32), width: usize, height: usize) -> Extent {
    let scale = SIDE as f32 / (2.0 * half);
    let place = |edge: f32, middle: f32| (edge - (middle + 0.5 - half)) * scale;
    Extent {
        left: place(0.0, x),
        top: place(0.0, y),
        right: place(width as f32, x),
        bottom: place(height as f32, y),
    }
}

/// The last word on a cutout: measured, and turned if the recipe asks for it. Pixels under `limit` are cleared in a turned
/// one.
fn finished(
    done: finish::Finished,
    recipe: &Recipe,
    limit: f32,
    square: Option<(f32, f32, f32)>,
    extent: Option<Extent>,
    mut remarks: Vec<String>,
) -> Prepared {
    let measures = measure(&done.raw, extent);
    let mut prepared = Prepared {
        flags: flags(&measures),
        raw: done.raw,
        image: done.image,
        square,
        sky: done.sky,
        sigma: done.sigma,
        inverted: false,
        orientation: None,
        measures,
        remarks: vec![],
    };
    if recipe.orient {
        let shrink = recipe.scale == Scale::EachFillsTheFrame;
        match orientation(&prepared.raw, shrink) {
            Some(way) => turn(&mut prepared, way, limit),
            None => {
                remarks.push("Round, or too faint to tell: its orientation was left as it is.".to_owned())
            }
        }
    }
    prepared.remarks = remarks;
    prepared
}

/// Turns a cutout, and brings it back to what a cutout is: at most 1 bright, in steps of 1/4096, its sky cleared.
fn turn(prepared: &mut Prepared, way: Orientation, limit: f32) {
    let mut raw = way.turn(&prepared.raw, prepared.sky);
    let top = raw.iter().copied().fold(0.0_f32, f32::max);
    if top.is_nan() || top <= 0.0 {
        return;
    }
    for v in &mut raw {
        *v = (f64::from(*v / top) * finish::STEPS).round() as f32 / finish::STEPS as f32;
    }
    let limit = if limit < top { limit / top } else { 1.0 };
    prepared.image = raw.iter().map(|&v| if v < limit { 0.0 } else { v }).collect();
    prepared.raw = raw;
    prepared.sky /= top;
    prepared.sigma /= top;
    prepared.orientation = Some(way);
}

fn filled_remark(count: usize) -> String {
    if count == 1 {
        "1 pixel had no value (NaN or infinite) and was filled in from its surroundings.".to_owned()
    } else {
        format!("{count} pixels had no value (NaN or infinite) and were filled in from their surroundings.")
    }
}

/// Light that counts at least, above the sky, in stretched pictures: 7 steps of 8 bits.
const FLOOR_STRETCHED: f64 = 7.0 / 255.0;

/// The same in linear pictures, in sigma.
const FLOOR_LINEAR: f64 = 3.0;

/// The steepness of the stretch that the galaxy is looked for in.
const FIRST_BEND: f64 = 0.1;

/// A linear value, in sigma above the sky, as it is in the picture to cut from.
fn bend(t: f32, steepness: f64, stretch: bool) -> f32 {
    let t = f64::from(t);
    (if stretch {
        stretch::curve(t, steepness)
    } else {
        t + stretch::PEDESTAL
    }) as f32
}

/// The square cut from a linear window that is stretched for its galaxy: sky and noise measured at the scale of the
/// cutout, the steepness by the brightest pixel there.
fn cut_linear(window: Plane, spot: &Spot, stretch: bool) -> (Vec<f32>, Sky) {
    // A square of many pixels is averaged first, down to no fewer than 256 across: stretching costs time.
    let factor = ((spot.half / FINE_HALF).floor() as usize).max(1);
    let scale = factor as f64;
    let window = if factor > 1 { window.shrink(factor) } else { window };
    let spot = Spot {
        x: (spot.x + 0.5) / scale - 0.5,
        y: (spot.y + 0.5) / scale - 0.5,
        half: spot.half / scale,
        ..*spot
    };
    let (stamp, sky) = cut(&window, &spot);
    let highest = stamp.iter().fold(
        f64::NEG_INFINITY,
        |m, &v| if f64::from(v) > m { f64::from(v) } else { m },
    );
    let bright = highest - sky.level;
    // Without noise, as in a simulation, a thousandth of the brightest pixel stands for it.
    let sigma = if sky.sigma > bright * 1e-4 {
        sky.sigma
    } else {
        bright * 1e-3
    };
    if sigma <= 0.0 {
        return (stamp, sky);
    }
    let steepness = stretch::steepness(bright / sigma);
    cut(
        &window.map(|t| bend(((f64::from(t) - sky.level) / sigma) as f32, steepness, stretch)),
        &spot,
    )
}

/// Half the pixels across a square that a linear galaxy is stretched at, at least.
const FINE_HALF: f64 = 128.0;

/// The square resampled to 64x64, and the sky at the same scale.
pub(super) fn cut(window: &Plane, spot: &Spot) -> (Vec<f32>, Sky) {
    let area = Area::square(spot.x, spot.y, spot.half);
    let scale = SIDE as f64 / (2.0 * spot.half);
    let size = |n: usize| ((n as f64 * scale).round() as usize).clamp(1, 4 * n.max(SIDE));
    let whole = resize(window, size(window.width), size(window.height));
    let sky = if spot.dark_corner {
        darkest_corner(&whole)
    } else {
        outer_tenth(&whole)
    };
    (resample(window, area, SIDE, SIDE, Some(sky.level)), sky)
}
