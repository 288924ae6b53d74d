//! The codebook as running averages of the vectors that chose each code (van den Oord et al. 2017, appendix A.1), as
//! Sonnet's `VectorQuantizerEMA` keeps it. Off in the reference's run.

use super::parameters::Parameter;
use std::collections::BTreeMap;

/// The running averages.
#[derive(Clone, Debug, PartialEq)]
pub struct Ema {
    /// The share of the old average that is kept at every step; Sonnet's default is 0.99.
    pub decay: f64,
    /// Keeps codes alive that nothing chooses; Sonnet's default is 1e-5.
    pub epsilon: f64,
    /// How many vectors chose each code: `[K]`.
    counts: Vec<f32>,
    /// Their sums, in TensorFlow's layout: `[D, K]`.
    sums: Vec<f32>,
}

const COUNTS: &str = "vq_layer/ema_cluster_size";
const SUMS: &str = "vq_layer/ema_w";

impl Ema {
    /// Averages at the start: no counts, and the codebook itself (`[D, K]`) as the sums.
    pub fn new(decay: f64, epsilon: f64, codes: usize, embedding: &[f32]) -> Self {
        Self {
            decay,
            epsilon,
            counts: vec![0.0; codes],
            sums: embedding.to_vec(),
        }
    }

    /// Takes in a batch: `z` is `[M, D]`, `codes` `[M]`; sets the codebook `embedding`, `[D, K]`.
    pub fn update(&mut self, z: &[f32], codes: &[u8], embedding: &mut [f32]) {
        let size = self.counts.len();
        if codes.is_empty() || size == 0 {
            return;
        }
        let dimensions = z.len() / codes.len();
        let mut counts = vec![0.0_f64; size];
        let mut sums = vec![0.0_f64; dimensions * size];
        for (row, &code) in z.chunks_exact(dimensions.max(1)).zip(codes) {
            let code = usize::from(code);
            if let Some(count) = counts.get_mut(code) {
                *count += 1.0;
                for (sum, &value) in sums.iter_mut().skip(code).step_by(size).zip(row) {
                    *sum += f64::from(value);
                }
            }
        }
        let blend = |old: &mut f32, new: f64| {
            *old = (f64::from(*old) * self.decay + new * (1.0 - self.decay)) as f32;
        };
        self.counts
            .iter_mut()
            .zip(&counts)
            .for_each(|(old, &new)| blend(old, new));
        self.sums
            .iter_mut()
            .zip(&sums)
            .for_each(|(old, &new)| blend(old, new));
        let total: f64 = self.counts.iter().map(|&count| f64::from(count)).sum();
        let scale = total / (total + size as f64 * self.epsilon);
        for (row, sums) in embedding.chunks_exact_mut(size).zip(self.sums.chunks_exact(size)) {
            for ((value, &sum), &count) in row.iter_mut().zip(sums).zip(&self.counts) {
                *value = (f64::from(sum) / ((f64::from(count) + self.epsilon) * scale)) as f32;
            }
        }
    }

    /// The averages as variables of a checkpoint.
    pub fn variables(&self) -> BTreeMap<String, Parameter> {
        let size = self.counts.len();
        let dimensions = self.sums.len().checked_div(size).unwrap_or_default();
        BTreeMap::from([
            (COUNTS.to_owned(), Parameter::new(vec![size], self.counts.clone())),
            (
                SUMS.to_owned(),
                Parameter::new(vec![dimensions, size], self.sums.clone()),
            ),
        ])
    }

    /// Takes the averages out of a checkpoint; `None` leaves them as they are.
    pub fn restore(&mut self, mut read: impl FnMut(&str) -> Option<Vec<f32>>) {
        for (name, values) in [(COUNTS, &mut self.counts), (SUMS, &mut self.sums)] {
            if let Some(found) = read(name).filter(|found| found.len() == values.len()) {
                *values = found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sonnet's formula by hand: two codes of one dimension, decay 0.5, no epsilon.
    #[test]
    fn averages_follow_sonnets_formula() {
        let mut embedding = [1.0, -1.0];
        let mut ema = Ema::new(0.5, 0.0, 2, &embedding);
        ema.update(&[3.0, 5.0, -2.0], &[0, 0, 1], &mut embedding);
        // counts 1, 0.5; sums (1 + 8) / 2 = 4.5 and (-1 - 2) / 2 = -1.5.
        assert_eq!(embedding, [4.5, -3.0]);
        ema.update(&[2.0], &[0], &mut embedding);
        // counts 1, 0.25; sums 3.25, -0.75: a code that nobody chose stays where it was.
        assert_eq!(embedding, [3.25, -3.0]);
    }

    #[test]
    fn a_code_that_is_never_chosen_stays_finite() {
        let mut embedding = [0.5, 0.25];
        let mut ema = Ema::new(0.99, 1e-5, 2, &embedding);
        for _ in 0..2000 {
            ema.update(&[1.0, 1.0], &[0, 0], &mut embedding);
        }
        assert!(embedding.iter().all(|value| value.is_finite()), "{embedding:?}");
        assert!((embedding[0] - 1.0).abs() < 1e-2);
    }
}
