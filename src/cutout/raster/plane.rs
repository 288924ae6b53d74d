//! A picture being worked on: the frame's pixels with the gaps filled, and a note of where they were.

use std::collections::VecDeque;

use crate::cutout::frame::{Frame, Tone};

use super::gaps::Levels;
use crate::cutout::error::PrepareError;

/// How many pixels inwards a gap is filled from its edge; what lies deeper becomes the level around it.
const REACH: u32 = 8;

/// Values on a grid, all finite, with the pixels that were measured distinguished from those that were filled in.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cutout) struct Plane {
    pub width: usize,
    pub height: usize,
    /// `width * height` values, row-major, top row first.
    pub values: Vec<f32>,
    /// `false` where the file had no value. `None` when it had one everywhere.
    pub valid: Option<Vec<bool>>,
}

impl Plane {
    /// A plane where every pixel was measured.
    pub fn new(width: usize, height: usize, values: Vec<f32>) -> Self {
        Self {
            width,
            height,
            values,
            valid: None,
        }
    }

    pub fn short_side(&self) -> usize {
        self.width.min(self.height)
    }

    pub fn long_side(&self) -> usize {
        self.width.max(self.height)
    }

    /// Whether the pixel at this index was measured.
    pub fn is_valid(&self, index: usize) -> bool {
        self.valid
            .as_ref()
            .is_none_or(|v| v.get(index).copied().unwrap_or(false))
    }

    /// The same plane with every value replaced.
    pub fn map(&self, f: impl Fn(f32) -> f32) -> Self {
        Self {
            values: self.values.iter().map(|&v| f(v)).collect(),
            valid: self.valid.clone(),
            ..*self
        }
    }

    /// The rectangle from column `left` and row `top`, cut off at the edges.
    pub fn window(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let width = width.min(self.width.saturating_sub(left));
        let height = height.min(self.height.saturating_sub(top));
        Self {
            width,
            height,
            values: window(&self.values, self.width, (left, top, width, height)),
            valid: self
                .valid
                .as_ref()
                .map(|v| window(v, self.width, (left, top, width, height))),
        }
    }

    /// Means of blocks of `factor` by `factor` pixels; the last row and column of blocks may be smaller. A block is
    /// valid when at least half of its pixels are.
    pub fn shrink(&self, factor: usize) -> Self {
        let factor = factor.max(1);
        if factor == 1 {
            return self.clone();
        }
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let mut values = Vec::with_capacity(width * height);
        let mut valid = self.valid.as_ref().map(|_| Vec::with_capacity(width * height));
        let mut sums = vec![0.0_f64; width];
        let mut measured = vec![0_usize; width];
        for band in 0..height {
            let rows = band * factor..((band + 1) * factor).min(self.height);
            let deep = rows.len();
            sums.fill(0.0);
            measured.fill(0);
            for y in rows {
                let start = y * self.width;
                let row = self.values.get(start..start + self.width).unwrap_or(&[]);
                for (sum, block) in sums.iter_mut().zip(row.chunks(factor)) {
                    for &v in block {
                        *sum += f64::from(v);
                    }
                }
                if let Some(row) = self.valid.as_ref().and_then(|v| v.get(start..start + self.width)) {
                    for (n, block) in measured.iter_mut().zip(row.chunks(factor)) {
                        *n += block.iter().filter(|&&ok| ok).count();
                    }
                }
            }
            for (x, (&sum, &n)) in sums.iter().zip(&measured).enumerate() {
                let across = factor.min(self.width - x * factor);
                let count = across * deep;
                values.push((sum / count as f64) as f32);
                if let Some(valid) = &mut valid {
                    valid.push(2 * n >= count);
                }
            }
        }
        Self {
            width,
            height,
            values,
            valid,
        }
    }
}

/// A rectangle (left, top, width, height) of what belongs to the pixels of a frame that is `stride` pixels wide.
pub(in crate::cutout) fn window<T: Copy>(
    from: &[T],
    stride: usize,
    (left, top, width, height): (usize, usize, usize, usize),
) -> Vec<T> {
    from.chunks_exact(stride.max(1))
        .skip(top)
        .take(height)
        .flat_map(|row| row.iter().skip(left).take(width).copied())
        .collect()
}

/// The pixels that share a side with this one: above, left, right, below. The one below the last row is not there:
/// whoever asks for it finds none.
pub(in crate::cutout) fn beside(i: usize, width: usize) -> impl Iterator<Item = usize> {
    let x = i % width;
    [
        i.checked_sub(width),
        (x > 0).then(|| i - 1),
        (x + 1 < width).then(|| i + 1),
        Some(i + width),
    ]
    .into_iter()
    .flatten()
}

/// A frame with its gaps filled.
#[derive(Debug)]
pub(in crate::cutout) struct Cleaned {
    pub plane: Plane,
    /// How many pixels had no value (NaN or infinite).
    pub filled: usize,
}

/// Checks a frame and fills the pixels that have no value: from their neighbours where a gap is small (a saturated
/// core), with the level around it where it is large (the edge of a chip).
pub(in crate::cutout) fn clean(frame: &Frame) -> Result<Cleaned, PrepareError> {
    let (width, height) = (frame.width, frame.height);
    if width == 0 || height == 0 {
        return Err(PrepareError::Empty);
    }
    if width.checked_mul(height) != Some(frame.pixels.len()) {
        return Err(PrepareError::Size {
            width,
            height,
            count: frame.pixels.len(),
        });
    }
    let mut values = frame.pixels.clone();
    let mut lowest = f32::INFINITY;
    let mut highest = f32::NEG_INFINITY;
    let mut filled = 0;
    for &v in &values {
        if v.is_finite() {
            lowest = if v < lowest { v } else { lowest };
            highest = if v > highest { v } else { highest };
        } else {
            filled += 1;
        }
    }
    if filled == values.len() {
        return Err(PrepareError::NoValues);
    }
    if lowest >= highest {
        return Err(PrepareError::Blank);
    }
    let mut valid = (filled > 0).then(|| values.iter().map(|v| v.is_finite()).collect::<Vec<bool>>());
    if let Some(valid) = &valid {
        fill(&mut values, width, height, valid);
    }
    if frame.tone == Tone::Linear {
        let mask = valid.get_or_insert_with(|| vec![true; frame.pixels.len()]);
        if !mark_margins(&values, width, mask) && filled == 0 {
            valid = None;
        }
    }
    Ok(Cleaned {
        plane: Plane {
            width,
            height,
            values,
            valid,
        },
        filled,
    })
}

/// The median of up to some ten thousand of the measured values.
fn middle(values: &[f32], valid: &[bool]) -> f32 {
    let step = (values.len() / 16_384).max(1);
    let mut sample: Vec<f32> = values
        .iter()
        .zip(valid)
        .filter(|(_, ok)| **ok)
        .map(|(v, _)| *v)
        .step_by(step)
        .collect();
    if sample.is_empty() {
        return 0.0;
    }
    let half = sample.len() / 2;
    *sample.select_nth_unstable_by(half, f32::total_cmp).1
}

/// Fills the invalid pixels from the edge of each gap inwards, each with the mean of the neighbours filled before it.
fn fill(values: &mut [f32], width: usize, height: usize, valid: &[bool]) {
    let level = middle(values, valid);
    let mut depth: Vec<u32> = valid.iter().map(|&ok| if ok { 0 } else { u32::MAX }).collect();
    let mut queue: VecDeque<usize> = VecDeque::new();
    let size = values.len();
    let near = |i: usize| beside(i, width).filter(move |j| *j < size);
    let depth_of = |depth: &[u32], i: usize| depth.get(i).copied().unwrap_or(u32::MAX);
    for i in 0..values.len() {
        if depth_of(&depth, i) == u32::MAX && near(i).any(|j| valid.get(j).copied().unwrap_or(false)) {
            queue.push_back(i);
        }
    }
    for &i in &queue {
        if let Some(d) = depth.get_mut(i) {
            *d = 1;
        }
    }
    while let Some(i) = queue.pop_front() {
        let here = depth_of(&depth, i);
        let (mut sum, mut count) = (0.0_f64, 0.0_f64);
        for j in near(i) {
            let there = depth_of(&depth, j);
            if there < here {
                sum += f64::from(values.get(j).copied().unwrap_or(level));
                count += 1.0;
            } else if there == u32::MAX && here < REACH {
                if let Some(d) = depth.get_mut(j) {
                    *d = here + 1;
                }
                queue.push_back(j);
            }
        }
        if let Some(v) = values.get_mut(i) {
            *v = if count > 0.0 { (sum / count) as f32 } else { level };
        }
    }
    if depth.contains(&u32::MAX) {
        let levels = Levels::new(values, valid, width, height, level);
        for (i, (v, _)) in values
            .iter_mut()
            .zip(&depth)
            .enumerate()
            .filter(|(_, (_, d))| **d == u32::MAX)
        {
            *v = levels.at(i).unwrap_or(level);
        }
    }
}

/// Marks rows and columns along the edges that hold one value only: padding, not sky. Tells whether there are any.
fn mark_margins(values: &[f32], width: usize, valid: &mut [bool]) -> bool {
    let height = values.len() / width.max(1);
    let at = |x: usize, y: usize| values.get(y * width + x).map(|v| v.to_bits());
    let row_flat = |y: usize| (1..width).all(|x| at(x, y) == at(0, y));
    let column_flat = |x: usize| (1..height).all(|y| at(x, y) == at(x, 0));
    let top = (0..height).take_while(|&y| row_flat(y)).count();
    let bottom = (top..height).rev().take_while(|&y| row_flat(y)).count();
    let left = (0..width).take_while(|&x| column_flat(x)).count();
    let right = (left..width).rev().take_while(|&x| column_flat(x)).count();
    // A row of one or two pixels says nothing.
    let (top, bottom) = if width < 4 { (0, 0) } else { (top, bottom) };
    let (left, right) = if height < 4 { (0, 0) } else { (left, right) };
    if top + bottom + left + right == 0 || top == height || left == width {
        return false;
    }
    for (i, ok) in valid.iter_mut().enumerate() {
        let (x, y) = (i % width, i / width);
        if y < top || y >= height - bottom || x < left || x >= width - right {
            *ok = false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: usize, height: usize, pixels: Vec<f32>) -> Frame {
        Frame {
            width,
            height,
            pixels,
            tone: Tone::Linear,
        }
    }

    #[test]
    fn refuses_what_holds_no_picture() {
        assert_eq!(clean(&frame(0, 4, vec![])).err(), Some(PrepareError::Empty));
        assert_eq!(clean(&frame(2, 2, vec![1.0; 4])).err(), Some(PrepareError::Blank));
        assert_eq!(
            clean(&frame(2, 2, vec![f32::NAN; 4])).err(),
            Some(PrepareError::NoValues)
        );
        assert!(matches!(
            clean(&frame(2, 2, vec![1.0; 3])),
            Err(PrepareError::Size { count: 3, .. })
        ));
        assert!(matches!(
            clean(&frame(usize::MAX, 2, vec![1.0; 3])),
            Err(PrepareError::Size { .. })
        ));
    }

    #[test]
    fn a_hole_takes_the_values_around_it() {
        let mut pixels: Vec<f32> = (0..81).map(|i| (i % 9) as f32 + 0.01 * (i / 9) as f32).collect();
        pixels[4 * 9 + 4] = f32::NAN;
        pixels[4 * 9 + 5] = f32::INFINITY;
        let cleaned = clean(&frame(9, 9, pixels)).unwrap();
        assert_eq!(cleaned.filled, 2);
        assert!(
            (cleaned.plane.values[40] - 4.0).abs() < 0.5,
            "{}",
            cleaned.plane.values[40]
        );
        assert!(!cleaned.plane.is_valid(40) && cleaned.plane.is_valid(42));
    }

    #[test]
    fn deep_gaps_become_the_level_around() {
        let pixels: Vec<f32> = (0..64 * 64)
            .map(|i| {
                if i % 64 < 32 {
                    f32::NAN
                } else {
                    10.0 + (i % 3) as f32
                }
            })
            .collect();
        let cleaned = clean(&frame(64, 64, pixels)).unwrap();
        assert_eq!(cleaned.plane.values[64 * 30 + 2], 11.0);
        assert!(cleaned.plane.values.iter().all(|v| v.is_finite()));
    }

    #[test]
    fn padding_is_not_taken_for_sky() {
        let pixels: Vec<f32> = (0..100)
            .map(|i| if i % 10 < 2 { 0.0 } else { 1.0 + (i % 7) as f32 })
            .collect();
        let cleaned = clean(&frame(10, 10, pixels)).unwrap();
        assert!(!cleaned.plane.is_valid(11) && cleaned.plane.is_valid(12));
    }

    #[test]
    fn shrinking_keeps_the_mean_of_each_block() {
        let plane = Plane::new(5, 3, (0..15).map(|i| i as f32).collect());
        let small = plane.shrink(2);
        assert_eq!((small.width, small.height), (3, 2));
        assert_eq!(small.values, vec![3.0, 5.0, 6.5, 10.5, 12.5, 14.0]);
    }

    #[test]
    fn a_window_is_cut_off_at_the_edges() {
        let plane = Plane::new(4, 3, (0..12).map(|i| i as f32).collect());
        let window = plane.window(2, 1, 9, 9);
        assert_eq!(
            (window.width, window.height, window.values),
            (2, 2, vec![6.0, 7.0, 10.0, 11.0])
        );
    }
}
