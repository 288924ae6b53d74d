//! Galaxies on a plane: those that are alike lie near each other.
//!
//! ```text
//! vectors or codes --near_vectors, near_codes--> Near --umap (from a start: principal)--> x, y of each galaxy
//! ```
//!
//! [`principal`] is at hand at once; [`umap()`] keeps neighbours together better ([`trustworthiness`] says how well). Only basic arithmetic in a fixed order
//! and functions of the `libm` crate: the same seed gives the same map on every machine.

mod fuzzy;
mod grid;
mod near;
mod principal;
mod trust;
mod umap;

pub use grid::{Cell, REACH, View};
pub use near::{Near, near_codes, near_vectors};
pub use principal::{code_shares, principal};
pub use trust::trustworthiness;
pub use umap::{NEIGHBOURS, umap};
