//! Which steps save a model, and under which name.

use serde::{Deserialize, Serialize};

/// The reference's rule. One step in particular (the "minimum", 5,000) only sets the marks; every later step saves if
/// its score, its loss and its validation error are all at least as good as the marks, and then sets them again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavingRule {
    from: u64,
    marks: Option<Marks>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Marks {
    score: f64,
    recent_loss: f64,
    validation: f64,
}

impl SavingRule {
    /// A rule that sets its first marks at step `from`.
    pub fn new(from: u64) -> Self {
        Self { from, marks: None }
    }

    /// Whether this step saves: `score` is the silhouette, `loss` the step's own loss with the score penalty,
    /// `recent_loss` the mean of the last 100, `validation` the error of the step's validation batch.
    pub fn step(&mut self, step: u64, score: f64, loss: f64, recent_loss: f64, validation: f64) -> bool {
        if step < self.from {
            return false;
        }
        let saves = self.marks.is_some_and(|marks| {
            score >= marks.score && loss <= marks.recent_loss && validation <= marks.validation
        });
        if saves || self.marks.is_none() {
            self.marks = Some(Marks {
                score,
                recent_loss,
                validation,
            });
        }
        saves
    }
}

/// The reference's name for a save without its ending: `vqvae_ek16_1sigma_w01_ep5123_s632`, with the codebook's size and
/// the score to three decimals without its point (`int(round(score, 3) * 1000)` in Python).
pub fn stem(codes: usize, step: u64, score: f64) -> String {
    format!("vqvae_ek{codes}_1sigma_w01_ep{step}_s{}", thousandths(score))
}

/// `int(round(score, 3) * 1000)`: both round the exact value of the float to three decimals, so formatting does it.
fn thousandths(score: f64) -> i64 {
    let rounded: f64 = format!("{score:.3}").parse().unwrap_or_default();
    (rounded * 1000.0) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_as_python_rounds() {
        // `int(round(s, 3) * 1000)` by CPython 3.
        for (score, expected) in [
            (0.632, 632),
            (0.0005, 1),
            (0.0015, 2),
            (0.0025, 3),
            (0.1235, 123),
            (0.4445, 445),
            (0.5565, 556),
            (-0.012, -12),
            (-0.0004, 0),
            (1.0, 1000),
            (0.29, 290),
            (0.5755, 576),
        ] {
            assert_eq!(thousandths(score), expected, "{score}");
        }
        assert_eq!(stem(16, 59685, 0.3314), "vqvae_ek16_1sigma_w01_ep59685_s331");
    }

    #[test]
    fn the_first_step_sets_the_marks_and_only_full_improvement_saves() {
        let mut rule = SavingRule::new(5000);
        assert!(
            !rule.step(4999, 1.0, 0.0, 0.0, 0.0),
            "before the minimum nothing is saved"
        );
        assert!(
            !rule.step(5000, 0.3, 0.5, 0.4, 0.1),
            "the minimum itself is not saved"
        );
        assert!(!rule.step(5001, 0.29, 0.3, 0.4, 0.05), "a lower score");
        assert!(
            !rule.step(5002, 0.4, 0.41, 0.4, 0.05),
            "a loss above the recent mean"
        );
        assert!(!rule.step(5003, 0.4, 0.3, 0.4, 0.11), "a worse validation");
        assert!(
            rule.step(5004, 0.3, 0.4, 0.35, 0.1),
            "as good in all three is enough"
        );
        assert!(!rule.step(5005, 0.3, 0.36, 0.3, 0.1), "the marks moved to 0.35");
        assert!(rule.step(5006, 0.31, 0.35, 0.3, 0.09));
    }
}
