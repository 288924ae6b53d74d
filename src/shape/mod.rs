//! What the recipe for shape computes besides the network: its input and its vector.
//!
//! ```text
//! cutout [4096] --channels--> [3, 64, 64] --encoder, codebook--> codes [64] --RingHistogram--> vector [4 * K] --> Ward
//! ```
//!
//! A network that sees brightness alone sorts by brightness. So the input holds the local contrast at two scales beside the
//! image, and the vector forgets where a code is within its ring around the centre. `research/shape` has the experiments.
//! All of it has the same bits on every machine: fixed orders of sums, square roots, and exponentials from `libm`.

mod change;
mod channels;
mod copies;
mod histogram;
#[cfg(feature = "formats")]
mod model;
mod network;
mod space;

pub use change::{Change, changed};
pub use channels::{CHANNELS, channels};
pub use copies::{COPIES, inputs};
pub use histogram::{RINGS, RingHistogram};
#[cfg(feature = "formats")]
pub use model::{FORMAT, ModelError, SHIPPED_SHA256, ShapeModel};
pub use network::{Ending, INPUT_SCALE, LARGEST, Layer, Network, NetworkError, quantise, turned_and_flipped};
pub use space::{DIMENSIONS, OWN_SHARE, Placed, Space, Unlike, project};
