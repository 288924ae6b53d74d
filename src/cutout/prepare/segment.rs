//! Finding the galaxy: smoothing, a threshold above the sky, and a watershed that parts touching objects.
//!
//! Lengths are those of the training data's recipe, given for a frame whose shorter side is 212 pixels (Galaxy Zoo's
//! 424, halved) and scaled with the shorter side of the plane at hand.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::plane::Plane;

/// The shorter side for which the lengths below are given.
pub(super) const WORKING_SIDE: f64 = 212.0;
/// Standard deviation of the smoothing.
const SMOOTHING: f64 = 1.2;
/// Brightness peaks lie further apart than this, along each axis.
const SEPARATION: f64 = 9.0;
/// Segments whose peak lies this near the centre belong to the central galaxy.
const CENTRAL: f64 = 14.0;
/// Smaller segments do not count as the nearest object when nothing lies at the centre.
const SPECK: f64 = 30.0;
/// The fraction of the galaxy's pixels that its square holds before it is widened.
const COVERED: f64 = 0.98;
/// How much wider than that the square is.
const MARGIN: f64 = 1.1;

/// Where the galaxy is, in pixels of the plane it was found in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub x: f64,
    pub y: f64,
    /// Half the side of the square it fills, before any limit.
    pub half: f64,
}

/// Smooths with a Gaussian, mirrored at the edges.
pub(super) fn smooth(plane: &Plane, sigma: f64) -> Vec<f64> {
    let radius = (4.0 * sigma + 0.5).floor() as i64;
    let mut kernel: Vec<f64> =
        (-radius..=radius).map(|i| libm::exp(-0.5 * (i * i) as f64 / (sigma * sigma))).collect();
    let total: f64 = kernel.iter().sum();
    kernel.iter_mut().for_each(|k| *k /= total);
    let mirror = |i: i64, size: usize| -> usize {
        let period = 2 * size as i64;
        let i = i.rem_euclid(period.max(1));
        (if i < size as i64 { i } else { period - 1 - i }) as usize
    };
    let (width, height) = (plane.width, plane.height);
    let mut across = Vec::with_capacity(width * height);
    for row in plane.values.chunks_exact(width.max(1)) {
        for x in 0..width as i64 {
            let mut sum = 0.0;
            for (k, w) in (x - radius..).zip(&kernel) {
                sum += w * f64::from(row.get(mirror(k, width)).copied().unwrap_or(0.0));
            }
            across.push(sum);
        }
    }
    let mut out = vec![0.0; width * height];
    for (y, line) in (0_i64..).zip(out.chunks_exact_mut(width.max(1))) {
        for (k, w) in (y - radius..).zip(&kernel) {
            let start = mirror(k, height) * width;
            for (sum, v) in line.iter_mut().zip(across.get(start..start + width).unwrap_or(&[])) {
                *sum += w * v;
            }
        }
    }
    out
}

/// The largest value within `reach` along a line, for each place.
fn running_maximum(line: &[f64], reach: usize) -> Vec<f64> {
    // Van Herk: maxima from the left and from the right within blocks as long as the window.
    let size = 2 * reach + 1;
    let mut left = line.to_vec();
    let mut right = line.to_vec();
    for block in left.chunks_mut(size) {
        let mut top = f64::NEG_INFINITY;
        for v in block {
            top = if *v > top { *v } else { top };
            *v = top;
        }
    }
    for block in right.chunks_mut(size) {
        let mut top = f64::NEG_INFINITY;
        for v in block.iter_mut().rev() {
            top = if *v > top { *v } else { top };
            *v = top;
        }
    }
    let last = line.len().saturating_sub(1);
    (0..line.len())
        .map(|i| {
            let (from, to) = (i.saturating_sub(reach), (i + reach).min(last));
            let a = right.get(from).copied().unwrap_or(f64::NEG_INFINITY);
            let b = left.get(to).copied().unwrap_or(f64::NEG_INFINITY);
            // At the ends of the line the window is cut off and may lie within one block.
            if from / size == to / size && to - from + 1 < size {
                line.get(from..=to).unwrap_or(&[]).iter().fold(f64::NEG_INFINITY, |m, &v| if v > m { v } else { m })
            } else if a > b {
                a
            } else {
                b
            }
        })
        .collect()
}

/// Indices of the pixels in the mask that nothing within `reach` (along each axis) outshines. Of equal ones that near
/// each other the first stays.
fn peaks(values: &[f64], width: usize, mask: &[bool], reach: usize) -> Vec<usize> {
    let height = values.len() / width.max(1);
    let rows: Vec<Vec<f64>> = values.chunks_exact(width.max(1)).map(|row| running_maximum(row, reach)).collect();
    let mut highest = vec![f64::NEG_INFINITY; values.len()];
    for x in 0..width {
        let column: Vec<f64> = rows.iter().map(|r| r.get(x).copied().unwrap_or(f64::NEG_INFINITY)).collect();
        for (y, v) in running_maximum(&column, reach).into_iter().enumerate().take(height) {
            if let Some(h) = highest.get_mut(y * width + x) {
                *h = v;
            }
        }
    }
    let mut found: Vec<usize> = Vec::new();
    // Peaks come in order of rows, so only the last ones can be near: a plateau costs little.
    let mut recent = 0;
    for (i, ((&v, &h), &inside)) in values.iter().zip(&highest).zip(mask).enumerate() {
        if !inside || v < h {
            continue;
        }
        let (x, y) = (i % width, i / width);
        while found.get(recent).is_some_and(|&j| y - j / width > reach) {
            recent += 1;
        }
        if found.iter().skip(recent).all(|&j| (j % width).abs_diff(x) > reach) {
            found.push(i);
        }
    }
    found
}

/// One pixel waiting to be flooded: the brightest first, of equals the one that waited longest.
struct Waiting {
    value: f64,
    turn: usize,
    index: usize,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.total_cmp(&other.value).then(other.turn.cmp(&self.turn))
    }
}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Waiting {}

/// Floods the mask from the peaks, brightest pixels first. Gives each pixel the number of its peak, from 1; 0 outside
/// the mask and where no peak reaches.
fn watershed(values: &[f64], width: usize, mask: &[bool], seeds: &[usize]) -> Vec<u32> {
    let mut label = vec![0_u32; values.len()];
    let mut heap = BinaryHeap::new();
    let value = |i: usize| values.get(i).copied().unwrap_or(0.0);
    for (number, &seed) in (1..).zip(seeds) {
        if let Some(l) = label.get_mut(seed) {
            *l = number;
        }
        heap.push(Waiting { value: value(seed), turn: 0, index: seed });
    }
    let mut turn = 1;
    while let Some(Waiting { index, .. }) = heap.pop() {
        let number = label.get(index).copied().unwrap_or(0);
        let x = index % width;
        let near = [
            index.checked_sub(width),
            (x > 0).then(|| index - 1),
            (x + 1 < width).then(|| index + 1),
            Some(index + width),
        ];
        for next in near.into_iter().flatten() {
            if let (Some(l), Some(true)) = (label.get_mut(next), mask.get(next))
                && *l == 0
            {
                *l = number;
                heap.push(Waiting { value: value(next), turn, index: next });
                turn += 1;
            }
        }
    }
    label
}

/// Finds the galaxy at (or else nearest to) the centre of a plane: all connected light more than `excess` above `level`.
///
/// `None` when nothing is that bright.
pub(super) fn find(plane: &Plane, level: f64, excess: f64) -> Option<Found> {
    let (width, height) = (plane.width, plane.height);
    let unit = (plane.short_side() as f64 / WORKING_SIDE).clamp(0.2, 1.5);
    let sigma = SMOOTHING * unit;
    let smooth = smooth(plane, if sigma < 0.5 { 0.5 } else { sigma });
    let mask: Vec<bool> =
        smooth.iter().enumerate().map(|(i, &v)| v > level + excess && plane.is_valid(i)).collect();
    let reach = ((SEPARATION * unit).round() as usize).max(1);
    let seeds = peaks(&smooth, width, &mask, reach);
    if seeds.is_empty() {
        return None;
    }
    let label = watershed(&smooth, width, &mask, &seeds);
    let (mid_x, mid_y) = ((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0);
    let near = (CENTRAL * unit) * (CENTRAL * unit);
    let off = |i: usize| {
        let (dx, dy) = ((i % width) as f64 - mid_x, (i / width) as f64 - mid_y);
        dx * dx + dy * dy
    };
    let mut wanted: Vec<bool> = std::iter::once(false).chain(seeds.iter().map(|&s| off(s) <= near)).collect();
    if !wanted.contains(&true) {
        let nearest = nearest(&label, seeds.len(), SPECK * unit * unit, off);
        if let Some(w) = wanted.get_mut(nearest) {
            *w = true;
        }
    }
    let target: Vec<usize> = label
        .iter()
        .enumerate()
        .filter(|(_, l)| **l > 0 && wanted.get(**l as usize).copied().unwrap_or(false))
        .map(|(i, _)| i)
        .collect();
    measure(plane, level, &target)
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
fn measure(plane: &Plane, level: f64, target: &[usize]) -> Option<Found> {
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
    Some(Found { x, y, half: MARGIN * (below + (above - below) * (place - place.floor())) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blobs(size: usize, at: &[(f64, f64, f64, f64)]) -> Plane {
        let values = (0..size * size)
            .map(|i| {
                let (x, y) = ((i % size) as f64, (i / size) as f64);
                at.iter().map(|(bx, by, s, a)| a * (-((x - bx).powi(2) + (y - by).powi(2)) / (2.0 * s * s)).exp()).sum::<f64>()
                    as f32
            })
            .collect();
        Plane::new(size, size, values)
    }

    #[test]
    fn finds_the_central_one_of_two_that_touch() {
        let found = find(&blobs(212, &[(104.0, 108.0, 10.0, 1.0), (150.0, 108.0, 10.0, 1.0)]), 0.0, 0.03).unwrap();
        assert!((found.x - 104.0).abs() < 1.0 && (found.y - 108.0).abs() < 0.5, "{found:?}");
        assert!((20.0..32.0).contains(&found.half), "{found:?}");
    }

    #[test]
    fn finds_the_nearest_when_the_centre_is_empty_but_no_speck() {
        let plane = blobs(212, &[(40.0, 40.0, 9.0, 1.0), (180.0, 185.0, 9.0, 1.0), (106.0, 80.0, 0.8, 0.3)]);
        let found = find(&plane, 0.0, 0.03).unwrap();
        assert!((found.x - 40.0).abs() < 1.0 && (found.y - 40.0).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn finds_nothing_in_the_dark() {
        assert_eq!(find(&blobs(50, &[(25.0, 25.0, 5.0, 0.02)]), 0.0, 0.03), None);
    }

    #[test]
    fn a_plateau_has_one_peak() {
        assert_eq!(peaks(&[1.0; 36], 6, &[true; 36], 9), vec![0]);
    }

    proptest! {
        #[test]
        fn the_running_maximum_is_the_slow_one(line in prop::collection::vec(-5.0_f64..5.0, 1..60), reach in 1_usize..12) {
            let slow: Vec<f64> = (0..line.len())
                .map(|i| {
                    let window = &line[i.saturating_sub(reach)..(i + reach + 1).min(line.len())];
                    window.iter().copied().fold(f64::NEG_INFINITY, f64::max)
                })
                .collect();
            prop_assert_eq!(running_maximum(&line, reach), slow);
        }

        #[test]
        fn every_flooded_pixel_is_joined_to_its_peak(values in prop::collection::vec(0.0_f64..1.0, 144)) {
            let mask: Vec<bool> = values.iter().map(|v| *v > 0.3).collect();
            let seeds = peaks(&values, 12, &mask, 2);
            let label = watershed(&values, 12, &mask, &seeds);
            for (number, &seed) in (1..).zip(&seeds) {
                // Walk from the peak over pixels of the same number: all of them must be reached.
                let mut reached = vec![false; 144];
                let mut todo = vec![seed];
                while let Some(i) = todo.pop() {
                    if label[i] != number || reached[i] { continue; }
                    reached[i] = true;
                    if i >= 12 { todo.push(i - 12); }
                    if i + 12 < 144 { todo.push(i + 12); }
                    if i % 12 > 0 { todo.push(i - 1); }
                    if i % 12 < 11 { todo.push(i + 1); }
                }
                for i in 0..144 {
                    prop_assert_eq!(label[i] == number, reached[i]);
                    prop_assert!(label[i] == 0 || mask[i]);
                }
            }
        }
    }
}
