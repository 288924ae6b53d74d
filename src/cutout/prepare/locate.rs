//! Where to cut: the galaxy's square, its limits, and the cases that need their own way.

use super::segment::{GalaxySquare, WORKING_SIDE};
use crate::cutout::prepare::segment;
use crate::cutout::raster::plane::Plane;
use crate::cutout::raster::sky::{Sky, darkest_corner, outer_tenth};

/// The side of the frames that the recipe's lengths are given for.
const STANDARD: f64 = 424.0;
/// Least half side of a square: 34 pixels of a standard frame; no more pixels in a larger one.
const MIN_SIZE: f64 = 34.0;
/// Most, as a share of the frame's side: 130 of 424 pixels.
const MAX_SIZE: f64 = 130.0 / 424.0;
/// A galaxy whose square would be this large (half a side, as a share of the frame's) fills its frame.
const FILLS: f64 = 0.42;
/// The same in a thumbnail, which was most likely cut around its galaxy.
const FILLS_THUMBNAIL: f64 = 0.25;
/// Pictures no larger than this are thumbnails.
const THUMBNAIL: usize = 128;
/// The share of a thumbnail's side that is left off at its edges, where JPEG leaves marks: 2 of 88 pixels.
const TRIM: f64 = 2.0 / 88.0;
/// How far off the centre, as a share of the side, a galaxy that fills its frame may be.
const CENTRED: f64 = 0.15;
/// A window around a small galaxy is this many times half the side of its square, as the standard frames are.
const WINDOW: f64 = 5.3;
/// What to cut, and how to measure the sky there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    /// The window of the frame that is worked in: its first column and row, and its size.
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    /// The square: centre and half side, in pixels of the window.
    pub x: f64,
    pub y: f64,
    pub half: f64,
    /// The galaxy fills the frame: the square is the frame.
    pub framed: bool,
    /// The sky is measured in the darkest corner, since the galaxy reaches the edges.
    pub dark_corner: bool,
    /// Nothing is brighter than the sky, but much is darker: the picture is a negative.
    pub negative: bool,
}

impl Spot {
    /// All of a plane, in a square as large as its longer side.
    pub fn whole(plane: &Plane) -> Self {
        Self {
            half: plane.long_side() as f64 / 2.0,
            dark_corner: working_sky(&working(plane).0).1,
            ..Self::central(plane)
        }
    }

    /// The largest square in the middle of a plane.
    fn central(plane: &Plane) -> Self {
        Self {
            left: 0,
            top: 0,
            width: plane.width,
            height: plane.height,
            x: (plane.width as f64 - 1.0) / 2.0,
            y: (plane.height as f64 - 1.0) / 2.0,
            half: plane.short_side() as f64 / 2.0,
            framed: false,
            dark_corner: false,
            negative: false,
        }
    }
}

/// The plane shrunk so that its shorter side is about 212 pixels, and by how much.
fn working(plane: &Plane) -> (Plane, usize) {
    let factor = ((plane.short_side() as f64 / WORKING_SIDE).round() as usize).max(1);
    (plane.shrink(factor), factor)
}

/// The sky of a shrunken plane, and whether it was measured in the darkest corner: in thumbnails, and where the outer
/// tenth is so much brighter and rougher that it must hold a part of the galaxy.
fn working_sky(plane: &Plane) -> (Sky, bool) {
    let (outer, corner) = (outer_tenth(plane), darkest_corner(plane));
    let covered = outer.sigma > 2.5 * corner.sigma && outer.level > corner.level + 3.0 * corner.sigma;
    if covered || plane.long_side() <= THUMBNAIL {
        (corner, true)
    } else {
        (outer, false)
    }
}

/// A linear plane in units of its noise above its sky.
pub(super) fn in_sigmas(plane: &Plane) -> Plane {
    let (sky, _) = working_sky(&working(plane).0);
    let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
    for &v in &plane.values {
        let v = f64::from(v);
        lowest = if v < lowest { v } else { lowest };
        highest = if v > highest { v } else { highest };
    }
    // Without noise, as in a simulation, a thousandth of the brightest light stands for it.
    let range = highest - lowest;
    let sigma = if sky.sigma > range * 1e-6 {
        sky.sigma
    } else {
        range * 1e-3
    };
    plane.map(|v| ((f64::from(v) - sky.level) / sigma) as f32)
}

/// Finds the galaxy and decides on its square.
///
/// `view` turns a shrunken plane into the picture that is searched, where light counts from `floor` above the sky on.
/// Small galaxies in large frames are looked for again in a window around them. The galaxy is the one nearest to `place`, by
/// default to the centre; in a window it is the one that the window was laid around, which is not in its middle where the
/// frame ends.
pub(super) fn locate(
    plane: &Plane,
    view: impl Fn(Plane) -> Plane,
    floor: f64,
    place: Option<(f64, f64)>,
    remarks: &mut Vec<String>,
) -> Spot {
    let (mut left, mut top) = (0, 0);
    let mut spot: Option<Spot> = None;
    let mut inner: Option<Plane> = None;
    let mut target = place;
    // Each round takes at least a third off the longer side, so that few are needed.
    for _ in 0..32 {
        let here = inner.as_ref().unwrap_or(plane);
        let (small, factor) = working(here);
        let small = view(small);
        let (sky, dark_corner) = working_sky(&small);
        let excess = if 3.0 * sky.sigma > floor {
            3.0 * sky.sigma
        } else {
            floor
        };
        let scale = factor as f64;
        let near = target.map(|(x, y)| {
            (
                (x - left as f64 + 0.5) / scale - 0.5,
                (y - top as f64 + 0.5) / scale - 0.5,
            )
        });
        let Some(found) = segment::find(&small, sky.level, excess, near) else {
            if spot.is_none() {
                remarks.push(dark_remark(&small, sky, excess));
                return Spot {
                    dark_corner,
                    negative: is_negative(&small, sky, excess),
                    ..Spot::central(plane)
                };
            }
            break;
        };
        let found = GalaxySquare {
            x: (found.x + 0.5) * scale - 0.5,
            y: (found.y + 0.5) * scale - 0.5,
            half: found.half * scale,
        };
        target = place.or(Some((found.x + left as f64, found.y + top as f64)));
        spot = Some(Spot {
            left,
            top,
            dark_corner,
            ..limit(here, found, dark_corner, place.is_some())
        });
        let side = if WINDOW * found.half > STANDARD {
            WINDOW * found.half
        } else {
            STANDARD
        };
        if here.long_side() as f64 <= 1.5 * side {
            break;
        }
        let (x, y) = (
            start(found.x, side, here.width),
            start(found.y, side, here.height),
        );
        let next = here.window(x, y, side as usize, side as usize);
        (left, top) = (left + x, top + y);
        inner = Some(next);
    }
    let spot = spot.unwrap_or_else(|| Spot::central(plane));
    remark_on(&spot, plane, place.is_none(), remarks);
    spot
}

/// The square that somebody asked for, with as much of the plane around it as a standard frame has. `view` is as for
/// [`locate`].
pub(super) fn given(
    plane: &Plane,
    (x, y): (f64, f64),
    half: f64,
    view: impl Fn(Plane) -> Plane,
    remarks: &mut Vec<String>,
) -> Spot {
    // A square far beyond the plane holds nothing but sky, and would cost as much as it is large.
    let most = 2.0 * plane.long_side() as f64;
    let half = half.clamp(0.5, if most > 0.5 { most } else { 0.5 });
    let x = x.clamp(0.0, plane.width as f64 - 1.0);
    let y = y.clamp(0.0, plane.height as f64 - 1.0);
    let side = if WINDOW * half > STANDARD {
        WINDOW * half
    } else {
        STANDARD
    };
    let (mut left, mut top, mut width, mut height) = (0, 0, plane.width, plane.height);
    if plane.long_side() as f64 > 1.5 * side {
        (left, top) = (start(x, side, plane.width), start(y, side, plane.height));
        (width, height) = (
            (side as usize).min(plane.width - left),
            (side as usize).min(plane.height - top),
        );
    }
    let small = view(working(&plane.window(left, top, width, height)).0);
    let spot = Spot {
        left,
        top,
        width,
        height,
        x: x - left as f64,
        y: y - top as f64,
        half,
        framed: false,
        dark_corner: working_sky(&small).1,
        negative: false,
    };
    remark_on(&spot, plane, false, remarks);
    spot
}

/// Where a window of a side begins along an axis of `size` pixels, so that it lies around `middle` and within the plane.
fn start(middle: f64, side: f64, size: usize) -> usize {
    let room = size.saturating_sub(side as usize);
    ((middle - side / 2.0).round() as i64).clamp(0, i64::try_from(room).unwrap_or(i64::MAX)) as usize
}

/// Holds a galaxy's square within the limits. One fills its frame only
/// if the sky had to be measured in a corner, and nobody has chosen it.
fn limit(plane: &Plane, found: GalaxySquare, dark_corner: bool, chosen: bool) -> Spot {
    let (short, long) = (plane.short_side() as f64, plane.long_side() as f64);
    let central = Spot::central(plane);
    let offset = {
        let (dx, dy) = ((found.x - central.x).abs(), (found.y - central.y).abs());
        if dx > dy { dx } else { dy }
    };
    let thumbnail = plane.long_side() <= THUMBNAIL;
    let fills = if thumbnail { FILLS_THUMBNAIL } else { FILLS };
    let square = long <= 1.25 * short;
    if dark_corner && !chosen && square && found.half >= fills * long && offset <= CENTRED * long {
        let trim = if thumbnail { (TRIM * long).round() } else { 0.0 };
        let half = long / 2.0 - trim;
        return Spot {
            half: if half < 0.5 { 0.5 } else { half },
            framed: true,
            ..central
        };
    }
    let least = if short < STANDARD {
        MIN_SIZE * short / STANDARD
    } else {
        MIN_SIZE
    };
    let most = if square && offset <= CENTRED * long && !thumbnail {
        MAX_SIZE * long
    } else {
        long / 2.0
    };
    let half = if found.half < least { least } else { found.half };
    let half = if half > most { most } else { half };
    Spot {
        x: found.x,
        y: found.y,
        half: if half < 0.5 { 0.5 } else { half },
        ..central
    }
}

/// Whether what is darker than the sky may be a galaxy: no mere speck (a thousandth of the picture, and 30 pixels of it),
/// and not half of the picture, as a picture on a white page is.
fn is_negative(small: &Plane, sky: Sky, excess: f64) -> bool {
    let dark = small
        .values
        .iter()
        .enumerate()
        .filter(|(i, v)| f64::from(**v) < sky.level - 3.0 * excess && small.is_valid(*i))
        .count();
    dark >= 30 && dark * 1000 >= small.values.len() && dark * 2 < small.values.len()
}

/// Why nothing was found.
fn dark_remark(small: &Plane, sky: Sky, excess: f64) -> String {
    let lowest = small.values.iter().fold(
        f64::INFINITY,
        |m, &v| if f64::from(v) < m { f64::from(v) } else { m },
    );
    if lowest < sky.level - 3.0 * excess {
        "Nothing is brighter than the sky, but something is darker: is this a negative? Invert it and try again. \
         The middle of the picture was used."
            .to_owned()
    } else {
        "No object is brighter than the sky: the middle of the picture was used.".to_owned()
    }
}

fn remark_on(spot: &Spot, plane: &Plane, by_itself: bool, remarks: &mut Vec<String>) {
    let (x, y) = (spot.x + spot.left as f64, spot.y + spot.top as f64);
    let (width, height) = (plane.width as f64, plane.height as f64);
    let off = |v: f64, size: f64| (v - (size - 1.0) / 2.0).abs() > 0.2 * size;
    if by_itself && (off(x, width) || off(y, height)) {
        remarks.push(format!(
            "The object nearest the centre lies off it, at pixel ({x:.0}, {y:.0}): check that it is the one you mean."
        ));
    }
    // A frame that is not square leaves gaps beside a galaxy that fills it; a pixel or two are nothing to tell.
    let out = 0.02 * spot.half;
    if x + 0.5 - spot.half < -out
        || y + 0.5 - spot.half < -out
        || x + 0.5 + spot.half > width + out
        || y + 0.5 + spot.half > height + out
    {
        remarks.push(
            "The square around the galaxy reaches beyond the picture: what lies there was filled with sky."
                .to_owned(),
        );
    }
    if spot.half < 12.0 {
        remarks.push(format!(
            "The galaxy is only {:.0} pixels wide: the cutout cannot show finer detail than that.",
            2.0 * spot.half
        ));
    }
}
