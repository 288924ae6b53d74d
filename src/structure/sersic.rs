//! A Sersic profile fitted to the light.

use super::light::Light;
use crate::cutout::Psf;

/// A Sersic profile, `I(r) = I_e exp(-b_n ((r / R_e)^(1/n) - 1))` along ellipses (Sersic 1968; Graham & Driver 2005), with errors of one sigma.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sersic {
    /// The index: 1 is an exponential disc, 4 de Vaucouleurs' law.
    pub n: f64,
    /// Its error.
    pub n_error: f64,
    /// The semi-major axis of the ellipse that holds half the light, in pixels.
    pub radius: f64,
    /// Its error.
    pub radius_error: f64,
    /// Minor over major axis.
    pub axis_ratio: f64,
    /// Its error.
    pub axis_ratio_error: f64,
    /// From the x axis anticlockwise as the picture is shown, 0 to 180 degrees.
    pub position_angle: f64,
    /// Light per pixel at the radius.
    pub intensity: f64,
    /// The centre, in pixels from the middle of the top left one.
    pub centre: (f64, f64),
    /// Sum of squared differences over the noise, per degree of freedom; `None` without noise.
    pub chi_squared: Option<f64>,
    /// Whether the fit came to rest, away from the limits of its parameters.
    pub converged: bool,
}

/// Where a fit starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub centre: (f64, f64),
    pub radius: f64,
    pub axis_ratio: f64,
    /// From the x axis towards the y axis, which points down.
    pub angle: f64,
    /// The light within twice the radius.
    pub light: f64,
}

/// The parameters: logarithms of intensity, radius and index, centre, axis ratio, angle.
type Values = [f64; 7];

const MIN_N: f64 = 0.2;
const MAX_N: f64 = 10.0;

/// `b_n` such that the radius holds half the light (Ciotti & Bertin 1999; below 0.36 a polynomial of MacArthur et al. 2003).
pub(super) fn b(n: f64) -> f64 {
    if n < 0.36 {
        return 0.01945 + n * (-0.8902 + n * (10.95 + n * (-19.67 + n * 13.43)));
    }
    2.0 * n - 1.0 / 3.0
        + (4.0 / 405.0
            + (46.0 / 25515.0 + (131.0 / 1_148_175.0 - 2_194_697.0 / (30_690_717_750.0 * n)) / n) / n)
            / n
}

/// The pixels that take part.
struct Window {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

/// The model's value for every pixel of the window.
fn model(values: &Values, window: &Window, psf: Option<&Psf>) -> Vec<f64> {
    let [intensity, radius, n, x, y, q, angle] = *values;
    let (radius, n) = (libm::exp(radius), libm::exp(n));
    let (b, power, intensity) = (b(n), 0.5 / n, libm::exp(intensity));
    let (s, c) = libm::sincos(angle);
    let at = |px: f64, py: f64| {
        let (dx, dy) = (px - x, py - y);
        let (along, across) = (dx * c + dy * s, (dy * c - dx * s) / q);
        let square = (along * along + across * across) / (radius * radius);
        intensity * libm::exp(-b * (libm::pow(square, power) - 1.0))
    };
    // Near the centre the profile is too steep for the middle of a pixel to stand for all of it.
    let reach = psf.map_or(0, |psf| psf.side() / 2);
    let (width, height) = (window.width + 2 * reach, window.height + 2 * reach);
    let mut sharp = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let px = (window.left + column) as f64 - reach as f64;
            let py = (window.top + row) as f64 - reach as f64;
            let (dx, dy) = (px - x, py - y);
            let points = match dx * dx + dy * dy {
                d if d < 2.25 => 15,
                d if d < 16.0 => 5,
                d if d < 64.0 => 2,
                _ => 1,
            };
            let place = |i: usize| (i as f64 + 0.5) / f64::from(points) - 0.5;
            let count = points as usize;
            let sum: f64 = (0..count * count)
                .map(|i| at(px + place(i % count), py + place(i / count)))
                .sum();
            sharp.push(sum / (count * count) as f64);
        }
    }
    let Some(psf) = psf else { return sharp };
    let mut blurred = Vec::with_capacity(window.width * window.height);
    for row in 0..window.height {
        for column in 0..window.width {
            let mut sum = 0.0;
            for (i, weights) in psf.rows().enumerate() {
                let start = (row + 2 * reach - i) * width + column;
                let line = sharp.get(start..=start + 2 * reach).unwrap_or_default();
                sum += line.iter().rev().zip(weights).map(|(v, w)| v * w).sum::<f64>();
            }
            blurred.push(sum);
        }
    }
    blurred
}

/// Fits the profile to the unmasked pixels within `reach` of the start. `None` when they are too few.
///
/// Levenberg and Marquardt's method, all pixels with the same weight.
pub(super) fn fit(light: &Light, start: &Start, reach: f64, psf: Option<&Psf>) -> Option<Sersic> {
    let clamp = |v: f64, size: usize| if v > 0.0 { (v as usize).min(size) } else { 0 };
    let (left, right) = (
        clamp(start.centre.0 - reach, light.width),
        clamp(start.centre.0 + reach + 1.0, light.width),
    );
    let (top, bottom) = (
        clamp(start.centre.1 - reach, light.height),
        clamp(start.centre.1 + reach + 1.0, light.height),
    );
    let window = Window {
        left,
        top,
        width: right.checked_sub(left)?,
        height: bottom.checked_sub(top)?,
    };
    let mut places = Vec::new();
    let mut data = Vec::new();
    for row in 0..window.height {
        for column in 0..window.width {
            let at = (top + row) * light.width + left + column;
            if !light.is_masked(at) {
                places.push(row * window.width + column);
                data.push(light.value(at));
            }
        }
    }
    if data.len() < 20 || start.radius <= 0.0 || start.light <= 0.0 {
        return None;
    }
    let pick = |model: Vec<f64>| -> Vec<f64> {
        places
            .iter()
            .map(|at| model.get(*at).copied().unwrap_or(0.0))
            .collect()
    };
    let cost = |found: &[f64]| -> f64 { found.iter().zip(&data).map(|(m, d)| (m - d) * (m - d)).sum() };
    let area = std::f64::consts::PI * start.radius * start.radius * start.axis_ratio;
    let mut values: Values = [
        // The mean light within the radius, and what an exponential disc has at it.
        libm::log(0.5 * start.light / area / 1.9),
        libm::log(start.radius),
        libm::log(1.5),
        start.centre.0,
        start.centre.1,
        start.axis_ratio.clamp(0.1, 0.95),
        start.angle,
    ];
    let mut found = pick(model(&values, &window, psf));
    let mut least = cost(&found);
    let mut damping = 1e-3;
    let mut normal = [[0.0; 7]; 7];
    let mut rested = false;
    for _ in 0..60 {
        let mut slopes = Vec::with_capacity(7);
        for i in 0..7 {
            let step = 1e-5;
            let mut moved = values;
            moved[i] += step;
            let there = pick(model(&moved, &window, psf));
            slopes.push(
                there
                    .iter()
                    .zip(&found)
                    .map(|(a, b)| (a - b) / step)
                    .collect::<Vec<f64>>(),
            );
        }
        let mut right = [0.0; 7];
        for (i, a) in slopes.iter().enumerate() {
            for (j, b) in slopes.iter().enumerate().take(i + 1) {
                let sum: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                normal[i][j] = sum;
                normal[j][i] = sum;
            }
            right[i] = a
                .iter()
                .zip(&data)
                .zip(&found)
                .map(|((a, d), m)| a * (d - m))
                .sum();
        }
        let mut better = false;
        for _ in 0..12 {
            let mut damped = normal;
            for (i, row) in damped.iter_mut().enumerate() {
                row[i] *= 1.0 + damping;
            }
            let Some(step) = solve(damped, right) else {
                damping *= 10.0;
                continue;
            };
            let mut moved = values;
            moved.iter_mut().zip(step).for_each(|(v, s)| *v += s);
            limit(&mut moved);
            let there = pick(model(&moved, &window, psf));
            let new = cost(&there);
            if new.is_finite() && new <= least {
                rested = least - new <= 1e-9 * least;
                (values, found, least) = (moved, there, new);
                damping = (damping * 0.2).max(1e-12);
                better = true;
                break;
            }
            damping *= 5.0;
        }
        if !better || rested {
            rested = true;
            break;
        }
    }
    Some(finish(&values, &normal, least, data.len(), light.sigma, rested))
}

/// Keeps parameters where they mean something. A minor axis that has become the longer one changes its name.
fn limit(values: &mut Values) {
    values[2] = values[2].clamp(libm::log(MIN_N), libm::log(MAX_N));
    values[1] = values[1].clamp(-3.0, 8.0);
    values[5] = values[5].abs();
    if values[5] > 1.0 {
        values[1] += libm::log(values[5]);
        values[5] = 1.0 / values[5];
        values[6] += std::f64::consts::FRAC_PI_2;
    }
    values[5] = values[5].max(0.02);
}

fn finish(
    values: &Values,
    normal: &[[f64; 7]; 7],
    least: f64,
    count: usize,
    sigma: f64,
    rested: bool,
) -> Sersic {
    let [intensity, radius, n, x, y, q, angle] = *values;
    let (radius, n) = (libm::exp(radius), libm::exp(n));
    let degrees = (-angle.to_degrees()).rem_euclid(180.0);
    let freedom = (count - 7) as f64;
    // By the scatter about the fit, which holds the noise and what the profile does not describe.
    let variance = |i: usize| {
        let mut one = [0.0; 7];
        one[i] = 1.0;
        solve(*normal, one).map_or(f64::NAN, |column| column[i] * least / freedom)
    };
    let error = |i: usize| {
        let variance = variance(i);
        if variance >= 0.0 {
            variance.sqrt()
        } else {
            f64::NAN
        }
    };
    Sersic {
        n,
        n_error: n * error(2),
        radius,
        radius_error: radius * error(1),
        axis_ratio: q,
        axis_ratio_error: error(5),
        position_angle: degrees,
        intensity: libm::exp(intensity),
        centre: (x, y),
        chi_squared: (sigma > 0.0).then(|| least / (sigma * sigma) / freedom),
        converged: rested && n > MIN_N * 1.01 && n < MAX_N * 0.99 && q > 0.021,
    }
}

/// Solves seven linear equations by elimination with the largest pivot; `None` when they have no single solution.
fn solve(mut matrix: [[f64; 7]; 7], mut right: [f64; 7]) -> Option<[f64; 7]> {
    for column in 0..7 {
        let pivot =
            (column..7).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-300 || !matrix[pivot][column].is_finite() {
            return None;
        }
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let (above, below) = matrix.split_at_mut(column + 1);
        let pivot_row = above.last()?;
        for (row, values) in below.iter_mut().enumerate() {
            let factor = values[column] / pivot_row[column];
            for (value, pivot) in values.iter_mut().zip(pivot_row).skip(column) {
                *value -= factor * pivot;
            }
            right[column + 1 + row] -= factor * right[column];
        }
    }
    let mut out = [0.0; 7];
    for row in (0..7).rev() {
        let known: f64 = (row + 1..7).map(|i| matrix[row][i] * out[i]).sum();
        out[row] = (right[row] - known) / matrix[row][row];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SciPy 1.17's `gammaincinv(2 n, 0.5)` gives; the series is least exact for small indices.
    #[test]
    fn b_holds_half_the_light() {
        for (n, expected) in [
            (0.5, std::f64::consts::LN_2),
            (1.0, 1.678_346_990_016_661),
            (4.0, 7.669_249_443_215_8),
        ] {
            assert!((b(n) / expected - 1.0).abs() < 5e-4, "{n}: {}", b(n));
        }
    }

    fn profile(n: f64, q: f64, degrees: f64, psf: Option<&Psf>) -> Light {
        let values = [
            libm::log(1.0),
            libm::log(6.0),
            libm::log(n),
            30.3,
            29.6,
            q,
            -degrees.to_radians(),
        ];
        let window = Window {
            left: 0,
            top: 0,
            width: 61,
            height: 60,
        };
        Light::new(61, 60, model(&values, &window, psf))
    }

    fn start(light: &Light) -> Start {
        Start {
            centre: (30.0, 30.0),
            radius: 4.0,
            axis_ratio: 0.8,
            angle: -0.5,
            light: light.values.iter().sum(),
        }
    }

    #[test]
    fn a_profile_is_found_again() {
        let gauss: Vec<f64> = (0..49)
            .map(|i| {
                let (x, y) = (f64::from(i % 7) - 3.0, f64::from(i / 7) - 3.0);
                libm::exp(-(x * x + y * y) / 4.5)
            })
            .collect();
        let psf = Psf::centred(7, 7, &gauss).unwrap();
        for psf in [None, Some(&psf)] {
            for (n, q, degrees) in [
                (1.0, 0.5, 40.0),
                (4.0, 0.8, 100.0),
                (2.5, 0.3, 175.0),
                (0.5, 0.6, 20.0),
            ] {
                let light = profile(n, q, degrees, psf);
                let found = fit(&light, &start(&light), 40.0, psf).unwrap();
                assert!(found.converged, "{found:?}");
                assert!((found.n / n - 1.0).abs() < 1e-4, "{found:?}");
                assert!((found.radius / 6.0 - 1.0).abs() < 1e-4, "{found:?}");
                assert!((found.axis_ratio - q).abs() < 1e-4, "{found:?}");
                assert!((found.position_angle - degrees).abs() < 0.01, "{found:?}");
                assert!(
                    (found.centre.0 - 30.3).abs() < 1e-4 && (found.intensity - 1.0).abs() < 1e-3,
                    "{found:?}"
                );
            }
        }
    }
}
