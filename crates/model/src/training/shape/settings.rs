//! All that can be set about a run.

use super::super::settings::SettingsError;
use super::parameters::Sizes;
use serde::{Deserialize, Serialize};

/// The settings of a run; the defaults made the shipped model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShapeSettings {
    /// Steps of one batch each.
    pub steps: u64,
    /// Stop after this step, as Ctrl-C does; 0 for never.
    pub stop_after: u64,
    /// Galaxies in a batch; each is seen twice.
    pub batch: usize,
    /// The longest step of AdamW; it falls to 0 along half a cosine.
    pub learning_rate: f32,
    /// Weight of the commitment term.
    pub commitment: f32,
    /// Weight of the negative entropy of the codes' use.
    pub entropy: f32,
    /// The seed of weights, batches and views.
    pub seed: u64,
    /// The sizes of the network.
    pub sizes: Sizes,
}

impl Default for ShapeSettings {
    fn default() -> Self {
        Self {
            steps: 3000,
            stop_after: 0,
            batch: 512,
            learning_rate: 1e-3,
            commitment: 0.25,
            entropy: 0.1,
            seed: 0,
            sizes: Sizes::default(),
        }
    }
}

impl ShapeSettings {
    /// Looks at every setting.
    ///
    /// # Errors
    /// [`SettingsError`] names the first that cannot be, and what it may be.
    pub fn check(&self) -> Result<(), SettingsError> {
        let sizes = &self.sizes;
        let channels = sizes.channels.iter().all(|count| (1..=512).contains(count));
        let rules: [(&'static str, String, bool, &'static str); 8] = [
            ("steps", self.steps.to_string(), self.steps > 0, "at least 1"),
            (
                "batch",
                self.batch.to_string(),
                (2..=4096).contains(&self.batch),
                "2 to 4096",
            ),
            (
                "learning_rate",
                self.learning_rate.to_string(),
                self.learning_rate.is_finite() && self.learning_rate > 0.0,
                "a positive number",
            ),
            (
                "commitment",
                self.commitment.to_string(),
                self.commitment.is_finite() && self.commitment >= 0.0,
                "0 or more",
            ),
            (
                "entropy",
                self.entropy.to_string(),
                self.entropy.is_finite() && self.entropy >= 0.0,
                "0 or more",
            ),
            (
                "sizes.channels",
                format!("{:?}", sizes.channels),
                channels,
                "three numbers from 1 to 512",
            ),
            (
                "sizes.residual_hidden",
                sizes.residual_hidden.to_string(),
                (1..=512).contains(&sizes.residual_hidden) && sizes.residual_layers <= 16,
                "1 to 512, in at most 16 layers",
            ),
            (
                "sizes.codes",
                sizes.codes.to_string(),
                (2..=256).contains(&sizes.codes) && (1..=256).contains(&sizes.embedding_dim),
                "2 to 256, each of 1 to 256 numbers",
            ),
        ];
        match rules.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((name, found, _, needed)) => Err(SettingsError { name, found, needed }),
            None => Ok(()),
        }
    }

    /// The step length after `done` steps.
    #[must_use]
    pub fn rate(&self, done: u64) -> f32 {
        let part = done as f64 / self.steps as f64;
        (f64::from(self.learning_rate) * 0.5 * (1.0 + (std::f64::consts::PI * part.min(1.0)).cos())) as f32
    }
}
