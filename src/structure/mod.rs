//! The structure of galaxies in numbers: concentration, asymmetry, smoothness, Gini, M20, radii, ellipticity, entropy, gradient pattern,
//! and a Sersic fit.
//!
//! ```text
//! pixels --Light::find--> Light --structure--> Structure (numbers, flags)
//! ```
//!
//! | measure | paper |
//! |---|---|
//! | concentration | Bershady, Jangren & Conselice 2000 |
//! | asymmetry, smoothness | Conselice 2003, as Lotz, Primack & Madau 2004 normalise them |
//! | Gini, M20 | Lotz, Primack & Madau 2004 |
//! | Petrosian radius | Petrosian 1976 |
//! | entropy | Ferrari, de Carvalho & Trevisan 2015 |
//! | gradient pattern G2 | Rosa et al. 2018 |
//! | Sersic profile | Sersic 1968, Graham & Driver 2005 |
//!
//! They mean most on light, that is on pixels proportional to flux. Only additions, multiplications, divisions and square roots in a fixed
//! order, and functions of the `libm` crate: every machine gets the same bits.

mod aperture;
mod asymmetry;
mod columns;
mod cutout;
mod errors;
mod gini;
mod light;
mod measure;
mod minimise;
mod moments;
mod numbers;
mod petrosian;
mod sersic;
mod smoothness;
mod texture;

pub use columns::digits;
pub use cutout::{measures_of_cutout, structure_of_cutout};
pub use light::Light;
pub use measure::{Options, Structure, StructureFlag, structure};
pub use numbers::{MEASURES, NOTHING_TO_MEASURE, NUMBERS, PREFIX, measure_of_all, place};
pub use sersic::Sersic;
