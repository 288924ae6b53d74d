//! Many galaxies in one picture: the sources of a field, and a cutout for each.
//!
//! [`find`] works as SExtractor does (Bertin & Arnouts 1996, A&AS 117, 393) and as `sep`, its core as a library (Barbary
//! 2016, JOSS 1, 58): a map of the sky, a light smoothing, a threshold, connected pixels, touching sources separated by many
//! thresholds, and measurements. `sep` is C, so the crate that wraps it (`sep-sys`) cannot be built for the page, and no
//! crate in Rust alone does the same. Hence our own, which is tested against simulated fields and held against `sep`
//! (`docs/fields.md`).
//!
//! [`is_field`] tells a field from the picture of one galaxy with a few neighbours; [`cut`] makes a cutout of one source
//! with its neighbours masked.

mod cut;
mod deblend;
mod detect;
mod find;
mod judge;
mod measure;
mod options;
mod source;
mod stars;
#[cfg(test)]
mod tests;

pub use self::cut::cut;
pub use self::deblend::Deblending;
pub use self::detect::Smoothing;
pub use self::find::{Field, find};
pub use self::judge::{Judgement, is_field, judge};
pub use self::options::FieldOptions;
pub use self::source::{Source, SourceFlags};
