//! All that can be set about a run.

use super::kmedoids::Search;
use super::split::Order;
use galaxy_grove::checkpoint::Architecture;
use serde::{Deserialize, Serialize};

/// The settings of a run; the defaults are those of the reference, which names a step of one batch an "epoch".
///
/// Kept as `run.toml` beside the models, and read back by `grove train --settings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Steps of one batch each. The reference runs 6,000; the published model was saved at step 59,685.
    pub steps: u64,
    /// Galaxies in a batch.
    pub batch: usize,
    /// Adam's step length.
    pub learning_rate: f32,
    /// Adam's decay of the running mean of the gradient.
    pub beta1: f32,
    /// Adam's decay of the running mean of its square.
    pub beta2: f32,
    /// Adam's epsilon, outside the bias correction.
    pub epsilon: f32,
    /// Channels of the hidden layers.
    pub hidden: usize,
    /// Channels inside a residual block.
    pub residual_hidden: usize,
    /// Residual blocks in the encoder, and as many in the decoder.
    pub residual_layers: usize,
    /// Numbers in a code's vector.
    pub embedding_dim: usize,
    /// Codes in the codebook.
    pub codes: usize,
    /// Weight of the commitment term.
    pub commitment: f64,
    /// Whether the codebook follows running averages instead of gradients.
    pub ema: bool,
    /// The decay of those averages.
    pub ema_decay: f64,
    /// Weight of the score penalty `w (1 - s)`, which has no gradient.
    pub penalty: f64,
    /// The first step whose silhouette is taken.
    pub score_from: u64,
    /// Clusters whose silhouette is taken.
    pub clusters: usize,
    /// How their medoids are sought.
    pub search: Search,
    /// Weight of the differentiable clustering term; 0 leaves it out, as the reference does.
    pub clustering_weight: f64,
    /// Its temperature: how soft the codes are in it.
    pub clustering_temperature: f64,
    /// The step that sets the saving rule's marks; later steps may save.
    pub save_from: u64,
    /// How many models of the saving rule are kept; 0 keeps all.
    pub keep: usize,
    /// Steps between two validations on the whole validation set.
    pub validate_all_every: u64,
    /// The share of the galaxies that train.
    pub training_share: f64,
    /// In which order training images are drawn.
    pub order: Order,
    /// The size of the shuffle buffer.
    pub buffer: usize,
    /// The seed of weights, batches and K-medoids. (The reference has none.)
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let sizes = Architecture::PUBLISHED;
        Self {
            steps: 6000,
            batch: 32,
            learning_rate: 3e-4,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            hidden: sizes.hidden,
            residual_hidden: sizes.residual_hidden,
            residual_layers: sizes.residual_layers,
            embedding_dim: sizes.embedding_dim,
            codes: sizes.codebook,
            commitment: 0.25,
            ema: false,
            ema_decay: 0.99,
            penalty: 0.1,
            score_from: 1000,
            clusters: 2,
            search: Search::Alternate,
            clustering_weight: 0.0,
            clustering_temperature: 0.1,
            save_from: 5000,
            keep: 5,
            validate_all_every: 250,
            training_share: 0.9,
            order: Order::Buffer,
            buffer: 10_000,
            seed: 0,
        }
    }
}

/// A setting that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the setting `{name}` is {found}, and must be {needed}")]
pub struct SettingsError {
    /// The setting.
    pub name: &'static str,
    /// Its value.
    pub found: String,
    /// What it may be.
    pub needed: &'static str,
}

impl Settings {
    /// The sizes of the network.
    pub fn architecture(&self) -> Architecture {
        Architecture {
            hidden: self.hidden,
            residual_hidden: self.residual_hidden,
            residual_layers: self.residual_layers,
            embedding_dim: self.embedding_dim,
            codebook: self.codes,
        }
    }

    /// Looks at every setting.
    ///
    /// # Errors
    /// [`SettingsError`] names the first that cannot be, and what it may be.
    pub fn check(&self) -> Result<(), SettingsError> {
        let share = |value: f64| (0.0..1.0).contains(&value);
        let positive = |value: f64| value.is_finite() && value > 0.0;
        let weight = |value: f64| value.is_finite() && value >= 0.0;
        let (beta1, beta2) = (f64::from(self.beta1), f64::from(self.beta2));
        let (rate, epsilon) = (f64::from(self.learning_rate), f64::from(self.epsilon));
        let rules: [(&'static str, String, bool, &'static str); 20] = [
            ("steps", self.steps.to_string(), self.steps > 0, "at least 1"),
            (
                "batch",
                self.batch.to_string(),
                (1..=4096).contains(&self.batch),
                "1 to 4096",
            ),
            (
                "learning_rate",
                rate.to_string(),
                positive(rate),
                "a positive number",
            ),
            ("beta1", beta1.to_string(), share(beta1), "at least 0 and below 1"),
            ("beta2", beta2.to_string(), share(beta2), "at least 0 and below 1"),
            (
                "epsilon",
                epsilon.to_string(),
                positive(epsilon),
                "a positive number",
            ),
            (
                "hidden",
                self.hidden.to_string(),
                (2..=4096).contains(&self.hidden) && self.hidden.is_multiple_of(2),
                "an even number from 2 to 4096",
            ),
            (
                "residual_hidden",
                self.residual_hidden.to_string(),
                (1..=4096).contains(&self.residual_hidden),
                "1 to 4096",
            ),
            (
                "residual_layers",
                self.residual_layers.to_string(),
                (1..=64).contains(&self.residual_layers),
                "1 to 64",
            ),
            (
                "embedding_dim",
                self.embedding_dim.to_string(),
                (1..=4096).contains(&self.embedding_dim),
                "1 to 4096",
            ),
            (
                "codes",
                self.codes.to_string(),
                (2..=256).contains(&self.codes),
                "2 to 256",
            ),
            (
                "commitment",
                self.commitment.to_string(),
                weight(self.commitment),
                "0 or more",
            ),
            (
                "ema_decay",
                self.ema_decay.to_string(),
                share(self.ema_decay),
                "at least 0 and below 1",
            ),
            (
                "penalty",
                self.penalty.to_string(),
                weight(self.penalty),
                "0 or more",
            ),
            (
                "score_from",
                self.score_from.to_string(),
                self.score_from >= 2,
                "at least 2",
            ),
            (
                "clusters",
                self.clusters.to_string(),
                (2..=256).contains(&self.clusters),
                "2 to 256",
            ),
            (
                "clustering_weight",
                self.clustering_weight.to_string(),
                weight(self.clustering_weight),
                "0 or more",
            ),
            (
                "clustering_temperature",
                self.clustering_temperature.to_string(),
                positive(self.clustering_temperature),
                "a positive number",
            ),
            (
                "training_share",
                self.training_share.to_string(),
                positive(self.training_share) && self.training_share < 1.0,
                "above 0 and below 1",
            ),
            (
                "validate_all_every",
                self.validate_all_every.to_string(),
                self.validate_all_every > 0,
                "at least 1",
            ),
        ];
        match rules.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((name, found, _, needed)) => Err(SettingsError { name, found, needed }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_references_and_can_be() {
        let settings = Settings::default();
        assert_eq!(settings.check(), Ok(()));
        assert_eq!(settings.architecture(), Architecture::PUBLISHED);
        assert_eq!(
            (settings.steps, settings.batch, settings.learning_rate),
            (6000, 32, 3e-4)
        );
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (settings, name) in [
            (
                Settings {
                    hidden: 127,
                    ..Settings::default()
                },
                "hidden",
            ),
            (
                Settings {
                    learning_rate: f32::NAN,
                    ..Settings::default()
                },
                "learning_rate",
            ),
            (
                Settings {
                    codes: 257,
                    ..Settings::default()
                },
                "codes",
            ),
            (
                Settings {
                    batch: 0,
                    ..Settings::default()
                },
                "batch",
            ),
            (
                Settings {
                    training_share: 1.0,
                    ..Settings::default()
                },
                "training_share",
            ),
        ] {
            assert_eq!(settings.check().unwrap_err().name, name);
        }
    }

    #[test]
    fn toml_keeps_every_setting_and_refuses_unknown_ones() {
        let settings = Settings {
            seed: 9,
            learning_rate: 1e-3,
            search: Search::Exhaustive,
            ..Settings::default()
        };
        let text = toml::to_string(&settings).unwrap();
        assert_eq!(toml::from_str::<Settings>(&text).unwrap(), settings);
        assert_eq!(toml::from_str::<Settings>("steps = 7").unwrap().steps, 7);
        let error = toml::from_str::<Settings>("stepz = 7").unwrap_err().to_string();
        assert!(error.contains("stepz"), "{error}");
    }
}
