//! How much the noise of the sky changes the measures.

use super::light::Light;
use super::numbers::{MEASURES, place};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Noisy copies that are measured: the error of an error is about a quarter of it.
const COPIES: u64 = 10;

/// Fewer measures than these of all copies give no error.
const MIN_MEASURED: usize = 6;

/// The standard deviation of each of the [`MEASURES`] over copies of the light with the sky's noise added once more to every pixel, each pixel
/// on its own, as `measure` finds them. NaN where a measure is missing in many copies, and everywhere when the light has no noise. Angles are compared around the half circle.
///
/// The scatter is that of noise alone: what other objects, the segment, and the noise that is in the picture already do to a measure is not in
/// it. Noise that neighbouring pixels share, as in resampled pictures, gives larger errors than these.
pub(super) fn errors(
    light: &Light,
    measured: &[f64; MEASURES],
    measure: impl Fn(&Light) -> Option<[f64; MEASURES]>,
) -> [f64; MEASURES] {
    let mut errors = [f64::NAN; MEASURES];
    if light.sigma <= 0.0 {
        return errors;
    }
    let copies: Vec<[f64; MEASURES]> = (0..COPIES)
        .filter_map(|seed| measure(&noisier(light, seed)))
        .collect();
    for (at, (error, own)) in errors.iter_mut().zip(measured).enumerate() {
        let differences = copies.iter().filter_map(|copy| {
            let difference = copy.get(at)? - own;
            let turned = if at == place::POSITION_ANGLE {
                (difference + 90.0).rem_euclid(180.0) - 90.0
            } else {
                difference
            };
            turned.is_finite().then_some(turned)
        });
        let differences: Vec<f64> = differences.collect();
        if differences.len() >= MIN_MEASURED {
            let count = differences.len() as f64;
            let mean = differences.iter().sum::<f64>() / count;
            let squares: f64 = differences.iter().map(|d| (d - mean) * (d - mean)).sum();
            *error = (squares / (count - 1.0)).sqrt();
        }
    }
    errors
}

/// The same light with noise added to all pixels that count.
fn noisier(light: &Light, seed: u64) -> Light {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut copy = light.clone();
    for (value, masked) in copy.values.iter_mut().zip(&light.masked) {
        // Two uniform numbers make a normal one (Box & Muller 1958).
        let (a, b): (f64, f64) = (random.random(), random.random());
        let radius = (-2.0 * libm::log(1.0 - a)).sqrt();
        let normal = radius * libm::cos(b * std::f64::consts::TAU);
        if !masked {
            *value += light.sigma * normal;
        }
    }
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::{Options, structure};

    fn measures(light: &Light) -> Option<[f64; MEASURES]> {
        Some(structure(light, &Options::default())?.measures())
    }

    /// An exponential disc of axis ratio 1/2, with noise.
    fn disc(sigma: f64, seed: u64) -> Light {
        let side = 81;
        let values = (0..side * side).map(|at| {
            let (x, y) = ((at % side) as f64 - 40.0, (at / side) as f64 - 40.0);
            (-(x * x + 4.0 * y * y).sqrt() / 5.0).exp()
        });
        let mut light = Light::new(side, side, values.collect());
        light.galaxy = light.values.iter().map(|value| *value > 0.1).collect();
        light.sigma = sigma;
        noisier(&light, 1_000 + seed)
    }

    /// The truth: the scatter of the measures over galaxies that differ in their noise only.
    #[test]
    fn errors_are_the_scatter_of_noisy_galaxies() {
        let sigma = 0.02;
        let all: Vec<[f64; MEASURES]> = (0..60)
            .map(|seed| {
                structure(&disc(sigma, seed), &Options::default())
                    .unwrap()
                    .measures()
            })
            .collect();
        let mean_error = |at: usize| {
            let each = (0..12).map(|seed| {
                let light = disc(sigma, seed);
                let own = structure(&light, &Options::default()).unwrap().measures();
                errors(&light, &own, measures)[at]
            });
            each.sum::<f64>() / 12.0
        };
        for at in [
            place::CONCENTRATION,
            place::GINI,
            place::M20,
            place::HALF_LIGHT_RADIUS,
            place::ELLIPTICITY,
        ] {
            let values: Vec<f64> = all.iter().map(|row| row[at]).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let scatter =
                (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt();
            let ratio = mean_error(at) / scatter;
            assert!(
                (0.6..1.7).contains(&ratio),
                "measure {at}: {ratio}, scatter {scatter}"
            );
        }
    }

    #[test]
    fn more_noise_is_more_error_and_none_is_no_error() {
        let error = |sigma: f64| {
            let light = disc(sigma, 3);
            let own = structure(&light, &Options::default()).unwrap().measures();
            errors(&light, &own, measures)[place::GINI]
        };
        assert!(error(0.04) > 1.5 * error(0.01), "{} {}", error(0.04), error(0.01));
        let light = Light::new(5, 5, vec![1.0; 25]);
        assert!(
            errors(&light, &[1.0; MEASURES], measures)
                .iter()
                .all(|error| error.is_nan())
        );
    }
}
