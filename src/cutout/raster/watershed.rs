//! Peaks of brightness, the segments that are flooded from them, and the saddles between segments.
//!
//! Beucher & Lantuéjoul 1979; the flooding order is that of scikit-image.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use super::plane::beside;

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
                line.get(from..=to)
                    .unwrap_or(&[])
                    .iter()
                    .fold(f64::NEG_INFINITY, |m, &v| if v > m { v } else { m })
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
pub(in crate::cutout) fn peaks(values: &[f64], width: usize, mask: &[bool], reach: usize) -> Vec<usize> {
    let height = values.len() / width.max(1);
    let rows: Vec<Vec<f64>> = values
        .chunks_exact(width.max(1))
        .map(|row| running_maximum(row, reach))
        .collect();
    let mut highest = vec![f64::NEG_INFINITY; values.len()];
    for x in 0..width {
        let column: Vec<f64> = rows
            .iter()
            .map(|r| r.get(x).copied().unwrap_or(f64::NEG_INFINITY))
            .collect();
        for (y, v) in running_maximum(&column, reach)
            .into_iter()
            .enumerate()
            .take(height)
        {
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
        if found
            .iter()
            .skip(recent)
            .all(|&j| (j % width).abs_diff(x) > reach)
        {
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
        self.value
            .total_cmp(&other.value)
            .then(other.turn.cmp(&self.turn))
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
pub(in crate::cutout) fn watershed(values: &[f64], width: usize, mask: &[bool], seeds: &[usize]) -> Vec<u32> {
    let mut label = vec![0_u32; values.len()];
    let mut heap = BinaryHeap::new();
    let value = |i: usize| values.get(i).copied().unwrap_or(0.0);
    for (number, &seed) in (1..).zip(seeds) {
        if let Some(l) = label.get_mut(seed) {
            *l = number;
        }
        heap.push(Waiting {
            value: value(seed),
            turn: 0,
            index: seed,
        });
    }
    let mut turn = 1;
    while let Some(Waiting { index, .. }) = heap.pop() {
        let number = label.get(index).copied().unwrap_or(0);
        for next in beside(index, width) {
            if let (Some(l), Some(true)) = (label.get_mut(next), mask.get(next))
                && *l == 0
            {
                *l = number;
                heap.push(Waiting {
                    value: value(next),
                    turn,
                    index: next,
                });
                turn += 1;
            }
        }
    }
    label
}

/// Where two segments touch: their numbers, the smaller first, and the height of the saddle, which is the highest
/// place to cross from one to the other.
pub(in crate::cutout) fn saddles(values: &[f64], width: usize, label: &[u32]) -> Vec<(u32, u32, f64)> {
    let mut highest: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for (i, (&here, &v)) in label.iter().zip(values).enumerate() {
        if here == 0 {
            continue;
        }
        let right = ((i + 1) % width != 0).then_some(i + 1);
        for next in right.into_iter().chain([i + width]) {
            let (Some(&there), Some(&u)) = (label.get(next), values.get(next)) else {
                continue;
            };
            if there == 0 || there == here {
                continue;
            }
            let low = if u < v { u } else { v };
            let entry = highest.entry((here.min(there), here.max(there))).or_insert(low);
            *entry = if low > *entry { low } else { *entry };
        }
    }
    highest
        .into_iter()
        .map(|((a, b), height)| (a, b, height))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plateau_has_one_peak() {
        assert_eq!(peaks(&[1.0; 36], 6, &[true; 36], 9), vec![0]);
    }

    #[test]
    fn the_saddle_is_the_highest_crossing() {
        let values = [5.0, 1.0, 4.0, 5.0, 3.0, 4.0];
        assert_eq!(saddles(&values, 3, &[1, 1, 2, 1, 2, 2]), vec![(1, 2, 3.0)]);
        assert_eq!(saddles(&values, 3, &[1, 0, 2, 1, 0, 2]), vec![]);
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
                let mut reached = [false; 144];
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
