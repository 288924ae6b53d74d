//! The level around a gap: what deep gaps are filled with.
//!
//! A frame is cut into cells; each has the median of its measured pixels. A pixel of a deep gap takes the median of its
//! own cell or, where that has too few, of the nearest one that has enough: the local sky, not that of the far side of a
//! field with a gradient.

use std::collections::VecDeque;

/// Side of a cell, in pixels. A 64th of the frame where that is more, so that there are never many cells.
const CELL: usize = 32;
/// The share of a cell's pixels that must be measured is one in this many.
const SHARE: usize = 4;

/// The local level of a frame.
pub(in crate::cutout) struct Levels {
    cell: usize,
    width: usize,
    across: usize,
    medians: Vec<f32>,
}

impl Levels {
    /// Measures the cells of a frame. `usual` is the level where no cell has enough pixels.
    pub(in crate::cutout) fn new(
        values: &[f32],
        valid: &[bool],
        width: usize,
        height: usize,
        usual: f32,
    ) -> Self {
        let cell = CELL.max(width.max(height).div_ceil(64));
        let (across, down) = (width.div_ceil(cell), height.div_ceil(cell));
        let mut samples: Vec<Vec<f32>> = vec![Vec::new(); across * down];
        for (i, (value, _)) in values.iter().zip(valid).enumerate().filter(|(_, (_, ok))| **ok) {
            if let Some(sample) = samples.get_mut(i / width / cell * across + i % width / cell) {
                sample.push(*value);
            }
        }
        let median = |sample: &mut Vec<f32>| {
            sample.sort_unstable_by(f32::total_cmp);
            let enough = sample.len() * SHARE >= cell * cell;
            sample.get(sample.len() / 2).copied().filter(|_| enough)
        };
        let mut medians: Vec<Option<f32>> = samples.iter_mut().map(median).collect();
        // From the cells that have a level to their neighbours, and on from there.
        let mut queue: VecDeque<usize> = (0..medians.len())
            .filter(|i| medians.get(*i).copied().flatten().is_some())
            .collect();
        while let Some(i) = queue.pop_front() {
            let level = medians.get(i).copied().flatten();
            let (x, y) = (i % across, i / across);
            for (there, j) in [
                (y > 0, i.wrapping_sub(across)),
                (x > 0, i.wrapping_sub(1)),
                (x + 1 < across, i + 1),
                (y + 1 < down, i + across),
            ] {
                if let Some(median) = medians.get_mut(j).filter(|median| there && median.is_none()) {
                    *median = level;
                    queue.push_back(j);
                }
            }
        }
        Self {
            cell,
            width,
            across,
            medians: medians.iter().map(|median| median.unwrap_or(usual)).collect(),
        }
    }

    /// The level at a pixel, by its index; `None` outside the frame.
    pub(in crate::cutout) fn at(&self, index: usize) -> Option<f32> {
        let (x, y) = (index % self.width.max(1), index / self.width.max(1));
        self.medians
            .get(y / self.cell * self.across + x / self.cell)
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_cell_counts() {
        // A ramp from left to right, 128 x 64, of which the columns from 40 to 90 have no value.
        let (width, height) = (128, 64);
        let values: Vec<f32> = (0..width * height).map(|i| (i % width) as f32).collect();
        let valid: Vec<bool> = (0..width * height)
            .map(|i| !(40..90).contains(&(i % width)))
            .collect();
        let levels = Levels::new(&values, &valid, width, height, -1.0);
        assert_eq!(levels.at(10), Some(16.0));
        // The cell from 32 to 63 has a quarter of its pixels, those from 32 to 39; the next one has 6 of 32 columns.
        assert_eq!(levels.at(50), Some(36.0));
        assert_eq!(
            levels.at(70),
            Some(36.0),
            "from its left neighbour, which comes first"
        );
        assert_eq!(levels.at(100), Some(112.0));
        let nothing = Levels::new(&values, &vec![false; width * height], width, height, -1.0);
        assert_eq!(nothing.at(5), Some(-1.0));
        assert_eq!(nothing.at(width * height + 99_999), None);
    }
}
