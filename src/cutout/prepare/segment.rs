//! Finding the galaxy: smoothing, a threshold above the sky, and a watershed that parts touching objects.
//!
//! Lengths are those of the training data's recipe, given for a frame whose shorter side is 212 pixels (Galaxy Zoo's
//! 424, halved) and scaled with the shorter side of the plane at hand.

use crate::cutout::raster::plane::Plane;
use crate::cutout::raster::smooth::smooth;
use crate::cutout::raster::watershed::{peaks, saddles, watershed};
use std::cmp::Ordering;

/// The shorter side for which the lengths below are given.
pub(in crate::cutout) const WORKING_SIDE: f64 = 212.0;

/// Standard deviation of the smoothing.
const SMOOTHING: f64 = 1.2;

/// Brightness peaks lie further apart than this, along each axis.
const SEPARATION: f64 = 9.0;

/// Segments whose peak lies this near the centre belong to the central galaxy.
const CENTRAL: f64 = 14.0;

/// Smaller segments do not count as the nearest object when nothing lies at the centre.
const SPECK: f64 = 30.0;

/// A segment whose peak rises no more over the saddle to the galaxy than this (saddle over peak, both above the sky) is
/// a knot in it rather than another object.
const KNOT: f64 = 0.8;

/// The fraction of the galaxy's pixels that its square holds before it is widened.
const COVERED: f64 = 0.98;

/// How much wider than that the square is.
const MARGIN: f64 = 1.1;

/// Where the galaxy is, in pixels of the plane it was found in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::cutout) struct GalaxySquare {
    pub x: f64,
    pub y: f64,
    /// Half the side of the square it fills, before any limit.
    pub half: f64,
}

/// Finds the galaxy at (or else nearest to) a place, by default the centre of the plane: all connected light more than `excess` above `level`.
///
/// `None` when nothing is that bright.
pub(in crate::cutout) fn find(
    plane: &Plane,
    level: f64,
    excess: f64,
    place: Option<(f64, f64)>,
) -> Option<GalaxySquare> {
    let galaxy = segments(plane, level, excess, place)?.galaxy;
    let target: Vec<usize> = (0..galaxy.len())
        .filter(|i| galaxy.get(*i) == Some(&true))
        .collect();
    measure(plane, level, &target)
}

/// Which pixels belong to the galaxy, and which to other objects.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cutout) struct Segments {
    pub galaxy: Vec<bool>,
    pub others: Vec<bool>,
}

/// As [`find`]: every pixel more than `excess` above `level`, shared out between the galaxy and the others.
pub(in crate::cutout) fn segments(
    plane: &Plane,
    level: f64,
    excess: f64,
    place: Option<(f64, f64)>,
) -> Option<Segments> {
    let (width, height) = (plane.width, plane.height);
    let unit = (plane.short_side() as f64 / WORKING_SIDE).clamp(0.2, 1.5);
    let sigma = SMOOTHING * unit;
    let smooth = smooth(plane, if sigma < 0.5 { 0.5 } else { sigma });
    let mask: Vec<bool> = smooth
        .iter()
        .enumerate()
        .map(|(i, &v)| v > level + excess && plane.is_valid(i))
        .collect();
    let reach = ((SEPARATION * unit).round() as usize).max(1);
    let seeds = peaks(&smooth, width, &mask, reach);
    if seeds.is_empty() {
        return None;
    }
    let label = watershed(&smooth, width, &mask, &seeds);
    let (mid_x, mid_y) = place.unwrap_or(((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0));
    let near = (CENTRAL * unit) * (CENTRAL * unit);
    let off = |i: usize| {
        let (dx, dy) = ((i % width) as f64 - mid_x, (i / width) as f64 - mid_y);
        dx * dx + dy * dy
    };
    let mut wanted: Vec<bool> = std::iter::once(false)
        .chain(seeds.iter().map(|&s| off(s) <= near))
        .collect();
    if !wanted.contains(&true) {
        let nearest = nearest(&label, seeds.len(), SPECK * unit * unit, off);
        if let Some(w) = wanted.get_mut(nearest) {
            *w = true;
        }
    }
    join(&mut wanted, &label, width, &smooth, &seeds, level);
    let is_wanted = |l: u32| wanted.get(l as usize).copied().unwrap_or(false);
    Some(Segments {
        galaxy: label.iter().map(|l| *l > 0 && is_wanted(*l)).collect(),
        others: label.iter().map(|l| *l > 0 && !is_wanted(*l)).collect(),
    })
}

/// Adds to the wanted segments those that are knots of the same galaxy: their peak hardly rises over the saddle.
fn join(wanted: &mut [bool], label: &[u32], width: usize, smooth: &[f64], seeds: &[usize], level: f64) {
    // Highest saddles first, so that a knot is judged by the best way to it; a knot that joins may bring others.
    let mut ways = saddles(smooth, width, label);
    ways.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)).then(a.1.cmp(&b.1)));
    let height = |k: u32| {
        (k as usize)
            .checked_sub(1)
            .and_then(|k| seeds.get(k))
            .and_then(|&s| smooth.get(s))
            .copied()
    };
    let mut changed = true;
    while changed {
        changed = false;
        for &(a, b, saddle) in &ways {
            let is_wanted = |k: u32| wanted.get(k as usize).copied().unwrap_or(false);
            let new = match (is_wanted(a), is_wanted(b)) {
                (true, false) => b,
                (false, true) => a,
                _ => continue,
            };
            if height(new).is_some_and(|top| saddle - level >= KNOT * (top - level))
                && let Some(w) = wanted.get_mut(new as usize)
            {
                *w = true;
                changed = true;
            }
        }
    }
}

/// The number of the segment with the pixel nearest the centre; segments of fewer than `least` pixels only count when
/// all are as small.
fn nearest(label: &[u32], count: usize, least: f64, off: impl Fn(usize) -> f64) -> usize {
    let mut size = vec![0_usize; count + 1];
    let mut distance = vec![f64::INFINITY; count + 1];
    for (i, &l) in label.iter().enumerate() {
        if let (Some(n), Some(d)) = (size.get_mut(l as usize), distance.get_mut(l as usize)) {
            *n += 1;
            let here = off(i);
            *d = if here < *d { here } else { *d };
        }
    }
    let choose = |least: f64| {
        (1..=count)
            .filter(|&k| size.get(k).is_some_and(|&n| n as f64 >= least))
            .min_by(|&a, &b| match (distance.get(a), distance.get(b)) {
                (Some(a), Some(b)) => a.total_cmp(b),
                _ => Ordering::Equal,
            })
    };
    choose(least).or_else(|| choose(1.0)).unwrap_or(0)
}

/// The flux-weighted centre of the pixels, and the square that holds nearly all of them.
fn measure(plane: &Plane, level: f64, target: &[usize]) -> Option<GalaxySquare> {
    let at = |i: usize| ((i % plane.width) as f64, (i / plane.width) as f64);
    let (mut total, mut sum_x, mut sum_y) = (0.0, 0.0, 0.0);
    for &i in target {
        let flux = f64::from(plane.values.get(i).copied().unwrap_or(0.0)) - level;
        if flux > 0.0 {
            let (x, y) = at(i);
            total += flux;
            sum_x += flux * x;
            sum_y += flux * y;
        }
    }
    if total <= 0.0 {
        return None;
    }
    let (x, y) = (sum_x / total, sum_y / total);
    let mut reach: Vec<f64> = target
        .iter()
        .map(|&i| {
            let (px, py) = at(i);
            let (dx, dy) = ((px - x).abs(), (py - y).abs());
            if dx > dy { dx } else { dy }
        })
        .collect();
    reach.sort_unstable_by(f64::total_cmp);
    let place = COVERED * (reach.len().saturating_sub(1)) as f64;
    let below = reach.get(place.floor() as usize).copied().unwrap_or(0.0);
    let above = reach.get(place.ceil() as usize).copied().unwrap_or(below);
    Some(GalaxySquare {
        x,
        y,
        half: MARGIN * (below + (above - below) * (place - place.floor())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs(size: usize, at: &[(f64, f64, f64, f64)]) -> Plane {
        let values = (0..size * size)
            .map(|i| {
                let (x, y) = ((i % size) as f64, (i / size) as f64);
                at.iter()
                    .map(|(bx, by, s, a)| a * (-((x - bx).powi(2) + (y - by).powi(2)) / (2.0 * s * s)).exp())
                    .sum::<f64>() as f32
            })
            .collect();
        Plane::new(size, size, values)
    }

    #[test]
    fn finds_the_central_one_of_two_that_touch() {
        let found = find(
            &blobs(212, &[(104.0, 108.0, 10.0, 1.0), (150.0, 108.0, 10.0, 1.0)]),
            0.0,
            0.03,
            None,
        )
        .unwrap();
        assert!(
            (found.x - 104.0).abs() < 1.0 && (found.y - 108.0).abs() < 0.5,
            "{found:?}"
        );
        assert!((20.0..32.0).contains(&found.half), "{found:?}");
    }

    #[test]
    fn finds_the_nearest_when_the_centre_is_empty_but_no_speck() {
        let plane = blobs(
            212,
            &[
                (40.0, 40.0, 9.0, 1.0),
                (180.0, 185.0, 9.0, 1.0),
                (106.0, 80.0, 0.8, 0.3),
            ],
        );
        let found = find(&plane, 0.0, 0.03, None).unwrap();
        assert!(
            (found.x - 40.0).abs() < 1.0 && (found.y - 40.0).abs() < 1.0,
            "{found:?}"
        );
    }

    #[test]
    fn finds_nothing_in_the_dark() {
        assert_eq!(
            find(&blobs(50, &[(25.0, 25.0, 5.0, 0.02)]), 0.0, 0.03, None),
            None
        );
    }
}
