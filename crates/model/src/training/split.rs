//! Which galaxies train, which validate, and in which order they come.

use galaxy_grove::cutout::PIXELS;
use galaxy_grove::grouping::reference_order;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// The rows of a set, shuffled as the reference shuffles them and cut in two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Rows to train on.
    pub training: Vec<usize>,
    /// Rows to validate on.
    pub validation: Vec<usize>,
}

impl Split {
    /// The seed-0 shuffle, then the first `share` of the rows (rounded down) for training: 0.9 in the reference.
    pub fn new(galaxies: usize, share: f64) -> Self {
        let mut training = reference_order(galaxies, 0);
        let validation = training.split_off(((share * galaxies as f64) as usize).min(galaxies));
        Self { training, validation }
    }
}

/// The variance of all pixels of these rows of `images` (`[N * 4096]`), by which reconstruction errors are divided. One
/// number in single precision, as in the reference, but summed in double.
pub fn data_variance(images: &[f32], rows: &[usize]) -> f32 {
    let pixels = || {
        rows.iter()
            .filter_map(|row| images.get(row * PIXELS..(row + 1) * PIXELS))
            .flatten()
            .map(|&pixel| f64::from(pixel))
    };
    let count = (rows.len() * PIXELS).max(1) as f64;
    let mean = pixels().sum::<f64>() / count;
    (pixels().map(|pixel| (pixel - mean).powi(2)).sum::<f64>() / count) as f32
}

/// In which order training images are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// As the reference's input pipeline: the images are repeated forever, and a buffer of 10,000 of them is drawn from
    /// at random. Passes through the set blend into one another.
    #[default]
    Buffer,
    /// Every image once, in a fresh random order, then again.
    Epochs,
}

/// An endless stream of rows.
#[derive(Clone, Debug)]
pub struct Sampler {
    order: Order,
    rows: Vec<usize>,
    random: ChaCha8Rng,
    /// With [`Order::Buffer`] the buffer, with [`Order::Epochs`] what is left of this pass.
    waiting: Vec<usize>,
    /// Where the endless repetition stands.
    next: usize,
}

impl Sampler {
    /// Draws from `rows` by a seed; `buffer` is the size of the shuffle buffer.
    pub fn new(rows: Vec<usize>, order: Order, buffer: usize, seed: u64) -> Self {
        let mut sampler = Self {
            order,
            rows,
            random: ChaCha8Rng::seed_from_u64(seed),
            waiting: Vec::new(),
            next: 0,
        };
        if order == Order::Buffer {
            sampler.waiting = (0..buffer.max(1)).filter_map(|_| sampler.repeated()).collect();
        }
        sampler
    }

    fn repeated(&mut self) -> Option<usize> {
        let row = self.rows.get(self.next).copied();
        self.next = (self.next + 1) % self.rows.len().max(1);
        row
    }

    fn draw(&mut self) -> Option<usize> {
        match self.order {
            Order::Buffer => {
                let fresh = self.repeated()?;
                let at = self.random.random_range(0..self.waiting.len());
                self.waiting
                    .get_mut(at)
                    .map(|place| std::mem::replace(place, fresh))
            }
            Order::Epochs => {
                if self.waiting.is_empty() {
                    self.waiting.clone_from(&self.rows);
                    self.waiting.shuffle(&mut self.random);
                }
                self.waiting.pop()
            }
        }
    }

    /// The next `size` rows; none if there are no rows at all.
    pub fn batch(&mut self, size: usize) -> Vec<usize> {
        (0..size).filter_map(|_| self.draw()).collect()
    }

    /// Passes over batches that were drawn before, so that a resumed run goes on where it was.
    pub fn skip(&mut self, batches: u64, size: usize) {
        for _ in 0..batches.saturating_mul(size as u64) {
            self.draw();
        }
    }
}

/// The validation rows of the `index`-th batch (from 0): in their order, again from the start at the end, the position
/// kept from batch to batch.
pub fn validation_batch(rows: &[usize], index: u64, size: usize) -> Vec<usize> {
    let start = (u128::from(index) * size as u128 % rows.len().max(1) as u128) as usize;
    rows.iter()
        .copied()
        .cycle()
        .skip(start)
        .take(if rows.is_empty() { 0 } else { size })
        .collect()
}

/// The pixels of these rows, one after another.
pub fn gather(images: &[f32], rows: &[usize]) -> Vec<f32> {
    rows.iter()
        .filter_map(|row| images.get(row * PIXELS..(row + 1) * PIXELS))
        .flatten()
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn the_split_is_the_references() {
        let split = Split::new(10, 0.9);
        assert_eq!(split.training, [2, 8, 4, 9, 1, 6, 7, 3, 0]);
        assert_eq!(split.validation, [5]);
        // `int(0.90 * N)`
        for (galaxies, training) in [
            (1000, 900),
            (4000, 3600),
            (2000, 1800),
            (7, 6),
            (1, 0),
            (0, 0),
            (11, 9),
        ] {
            assert_eq!(Split::new(galaxies, 0.9).training.len(), training);
        }
    }

    #[test]
    fn the_variance_is_that_of_the_rows_asked_for() {
        let images: Vec<f32> = (0..3).flat_map(|image| vec![image as f32; PIXELS]).collect();
        assert_eq!(data_variance(&images, &[0, 2]), 1.0);
        assert_eq!(data_variance(&images, &[1]), 0.0);
    }

    #[test]
    fn validation_wraps_inside_a_batch() {
        let rows = [5, 6, 7];
        assert_eq!(validation_batch(&rows, 0, 4), [5, 6, 7, 5]);
        assert_eq!(validation_batch(&rows, 1, 4), [6, 7, 5, 6]);
        assert_eq!(validation_batch(&[], 1, 4), [0; 0]);
    }

    proptest! {
        #[test]
        fn a_pass_draws_every_row_once(n in 1usize..40, seed: u64) {
            let mut sampler = Sampler::new((0..n).collect(), Order::Epochs, 0, seed);
            for _ in 0..3 {
                let mut drawn = sampler.batch(n);
                drawn.sort_unstable();
                prop_assert_eq!(drawn, (0..n).collect::<Vec<_>>());
            }
        }

        #[test]
        fn the_buffer_holds_back_no_row_and_invents_none(n in 1usize..20, buffer in 1usize..50, seed: u64) {
            // What has been drawn and what still waits are together what was put in.
            let mut sampler = Sampler::new((0..n).collect(), Order::Buffer, buffer, seed);
            let drawn = sampler.batch(100);
            prop_assert_eq!(drawn.len(), 100);
            let mut counts = BTreeMap::new();
            for row in drawn.into_iter().chain(sampler.waiting) {
                *counts.entry(row).or_insert(0) += 1;
            }
            for row in 0..n {
                let put_in = (0..100 + buffer).filter(|at| at % n == row).count();
                prop_assert_eq!(counts.get(&row).copied().unwrap_or(0), put_in);
            }
        }

        #[test]
        fn a_resumed_stream_goes_on_where_it_was(batches in 0u64..20, seed: u64, epochs: bool) {
            let order = if epochs { Order::Epochs } else { Order::Buffer };
            let mut whole = Sampler::new((0..13).collect(), order, 30, seed);
            for _ in 0..batches {
                whole.batch(4);
            }
            let mut resumed = Sampler::new((0..13).collect(), order, 30, seed);
            resumed.skip(batches, 4);
            prop_assert_eq!(resumed.batch(8), whole.batch(8));
        }
    }
}
