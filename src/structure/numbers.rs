//! Names and places of the numbers.

/// What every column's name begins with: a table that comes along may have a `gini` of its own.
pub const PREFIX: &str = "structure_";

/// The flag of a galaxy that has no numbers: nothing is brighter than the noise.
pub const NOTHING_TO_MEASURE: &str = "nothing_brighter_than_the_noise";

/// Names of the columns of numbers, without [`PREFIX`], in their order.
pub const NUMBERS: [&str; 20] = [
    "concentration",
    "asymmetry",
    "smoothness",
    "gini",
    "m20",
    "half_light_radius",
    "petrosian_radius",
    "ellipticity",
    "position_angle",
    "entropy",
    "gradient_pattern",
    "signal_to_noise",
    "sersic_n",
    "sersic_n_error",
    "sersic_radius",
    "sersic_radius_error",
    "sersic_axis_ratio",
    "sersic_axis_ratio_error",
    "sersic_position_angle",
    "sersic_chi_squared",
];

/// Places of some numbers in [`NUMBERS`].
pub mod place {
    /// `5 log10(r80 / r20)`.
    pub const CONCENTRATION: usize = 0;
    /// Differences from the turned picture.
    pub const ASYMMETRY: usize = 1;
    /// Light in clumps.
    pub const SMOOTHNESS: usize = 2;
    /// How unequally the light is shared out.
    pub const GINI: usize = 3;
    /// The second moment of the brightest fifth.
    pub const M20: usize = 4;
    /// The radius of half the light.
    pub const HALF_LIGHT_RADIUS: usize = 5;
    /// Where the light falls to a fifth of the mean within.
    pub const PETROSIAN_RADIUS: usize = 6;
    /// `1 - b/a`.
    pub const ELLIPTICITY: usize = 7;
    /// The major axis, in degrees.
    pub const POSITION_ANGLE: usize = 8;
    /// Entropy of the pixel values.
    pub const ENTROPY: usize = 9;
    /// Mean signal-to-noise of the galaxy's pixels.
    pub const SIGNAL_TO_NOISE: usize = 11;
}

/// How many of [`NUMBERS`] need no fit: the first ones.
pub const MEASURES: usize = 12;

/// One measure of every galaxy, by its place, out of [`MEASURES`] numbers for each.
#[must_use]
pub fn measure_of_all(structure: &[f64], place: usize) -> Vec<f64> {
    structure.iter().skip(place).step_by(MEASURES).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_names() {
        for (at, name) in [
            (place::CONCENTRATION, "concentration"),
            (place::ASYMMETRY, "asymmetry"),
            (place::SMOOTHNESS, "smoothness"),
            (place::GINI, "gini"),
            (place::M20, "m20"),
            (place::HALF_LIGHT_RADIUS, "half_light_radius"),
            (place::PETROSIAN_RADIUS, "petrosian_radius"),
            (place::ELLIPTICITY, "ellipticity"),
            (place::POSITION_ANGLE, "position_angle"),
            (place::ENTROPY, "entropy"),
            (place::SIGNAL_TO_NOISE, "signal_to_noise"),
        ] {
            assert_eq!(NUMBERS[at], name);
        }
    }
}
