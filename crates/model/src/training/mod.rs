//! Training the network as the reference trains it, and the score that the reference watches.
//!
//! ```text
//! Settings --Run::new--> Run --step--> Outcome (save? best?), one Record a step
//!                         |-- split, sampler      which galaxies, in which order
//!                         |-- kmedoids, silhouette the score of the previous batch
//!                         |-- step                 losses, gradients, Adam
//!                         '-- saving               the reference's rule
//! ```
//!
//! The specification is Cheng et al. 2021 (arXiv:2009.11932) and their `vqvae.py`. Nothing here knows the disk.

mod adam;
mod clustering_loss;
mod ema;
mod error;
mod init;
pub mod kmedoids;
mod layers;
mod losses;
pub mod metrics;
mod network;
mod on_device;
mod on_processor;
mod parameters;
mod run;
mod saving;
mod settings;
mod shape;
mod shards;
pub mod silhouette;
mod split;
mod step;

pub use adam::Adam;
pub use ema::Ema;
pub use error::TrainingError;
pub use init::initial_weights;
pub use kmedoids::Search;
pub use losses::{LossWeights, Losses};
pub use parameters::{Parameter, Parameters};
pub use run::{Outcome, Progress, Run};
pub use saving::{SavingRule, stem};
pub use settings::{Settings, SettingsError};
pub use shape::{
    ProgressError as ShapeProgressError, ShapeProgress, ShapeRecord, ShapeRun, ShapeSettings,
    Sizes as ShapeSizes, Tensors as ShapeTensors, quantised,
};
pub use split::{Order, Split, data_variance};
pub use step::{evaluate, gradients, step};
