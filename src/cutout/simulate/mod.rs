//! A seeded simulator of galaxies, so that the page has something to show before any file is dropped.
//!
//! Light is evaluated analytically at each pixel (Sersic spheroids, exponential discs, logarithmic arms, bars, edge-on
//! discs with dust, torn clouds, tidal tails), blurred by a double Gaussian, given sky and photon noise, stretched by
//! asinh as SDSS colour pictures are, scaled to maximum 1 and cleared under sky + 1 sigma: the steps that real cutouts
//! have gone through (`cutout::prepare`). Galaxy `i` depends on nothing but the seed and `i`, bit for bit on every
//! machine, native and wasm.

mod arms;
mod camera;
mod draw;
pub(super) mod field;
pub(super) mod galaxy;
mod kind;
mod light;
mod rng;

pub use field::{FieldScene, Truth, field};
pub use galaxy::{Simulated, galaxy, simulate};
pub use kind::Kind;
