//! Why training cannot go on.

use super::settings::SettingsError;
use crate::network::CodebookError;
use galaxy_grove::checkpoint::{CheckpointError, WeightsError};

/// Why training cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// A batch is empty or not of whole cutouts.
    #[error("{0} pixel values do not make a batch of whole cutouts of 64x64")]
    Pixels(usize),
    /// A variable is not there.
    #[error("the network has no variable `{0}`")]
    Missing(String),
    /// The device failed.
    #[error("the compute device failed: {0}")]
    Device(String),
    /// The loss is no longer a number.
    #[error(
        "the loss is no longer a finite number at step {step}: lower the learning rate, or resume from an earlier save"
    )]
    Diverged {
        /// The step, from 1.
        step: u64,
    },
    /// Too few galaxies to train on.
    #[error(
        "{found} galaxies are too few: {training} of them would train, and at least one must train and one validate"
    )]
    TooFew {
        /// Galaxies at hand.
        found: usize,
        /// How many of them would train.
        training: usize,
    },
    /// Fewer galaxies than a batch.
    #[error("{found} galaxies are fewer than a batch of {batch}: give more galaxies, or a smaller batch")]
    SmallerThanBatch {
        /// Galaxies at hand.
        found: usize,
        /// Galaxies in a batch.
        batch: usize,
    },
    /// All training pixels are equal.
    #[error("all pixels of the training images are equal, so there is nothing to learn: look at the images")]
    Constant,
    /// A setting cannot be.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The codebook cannot be used.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// The weights cannot be rounded to whole numbers.
    #[error(transparent)]
    Network(#[from] galaxy_grove::shape::NetworkError),
    /// The weights cannot be used.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A checkpoint cannot be written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
