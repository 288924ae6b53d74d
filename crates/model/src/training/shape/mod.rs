//! Training the network of the recipe for shape, without labels.
//!
//! ```text
//! cutouts --views--> two views each --encoder--> vectors [64, d] --pooling--> ring histograms --contrast--> loss
//! ```
//!
//! Two views of one galaxy (turned, flipped, moved, scaled, brightened, blurred) shall have nearly the same ring histograms of codes, and
//! views of different galaxies different ones: InfoNCE (van den Oord et al. 2018, arXiv:1807.03748) through a small head that is
//! thrown away. The memberships of the codes are soft while it trains; extraction takes the nearest code. The adjoints are written out
//! by hand over [`grove_kernels`], five times as fast here as the same network through automatic differentiation, which is their test.

mod branches;
mod contrast;
mod encoder;
mod optimiser;
mod parameters;
mod pooling;
mod quantisation;
mod run;
mod saving;
mod settings;
mod step;
mod summary;
mod views;

pub use parameters::{Sizes, Tensors};
pub use quantisation::quantised;
pub use run::{ShapeProgress, ShapeRecord, ShapeRun};
pub use saving::ProgressError;
pub use settings::ShapeSettings;
