//! Results as files: bytes and text out, bytes in; writing to disk is the caller's.
//!
//! | what | function |
//! |---|---|
//! | groups as CSV | [`groups_csv`] |
//! | how they were made, in words | [`methods_text`] |
//! | the tree as Newick | [`newick`] |
//! | the tree as SciPy's linkage | [`linkage_csv`], [`linkage_npy`] |
//! | codes as the reference's FITS table | [`features_fits`], [`read_features`] |

mod csv;
mod error;
mod fits;
mod fits_read;
mod linkage;
mod methods;
mod newick;

pub use csv::{csv_field, groups_csv};
pub use error::ExportError;
pub use fits::{FeatureFormat, ID_COLUMN, features_fits};
pub use fits_read::{Features, FeaturesError, read_features};
pub use linkage::{linkage_csv, linkage_npy};
pub use methods::{MethodsNote, methods_text};
pub use newick::newick;
