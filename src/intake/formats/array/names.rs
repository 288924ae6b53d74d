//! Names of columns that have a meaning.

/// Right ascension in degrees, the best name first.
pub(super) const RA: [&str; 5] = ["ra", "ra_deg", "raj2000", "ra_icrs", "right_ascension"];
/// Declination in degrees.
pub(super) const DEC: [&str; 6] = ["dec", "dec_deg", "dej2000", "decj2000", "de_icrs", "declination"];
/// What a galaxy is said to be.
pub(super) const LABELS: [&str; 9] = [
    "ans", "label", "labels", "class", "classes", "target", "targets", "y", "y_train",
];
