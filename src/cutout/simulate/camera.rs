//! From light to a cutout: the atmosphere, the camera, the stretch of SDSS colour pictures, the cleared sky.

use super::light::{Light, Spot};
use super::rng::{GalaxyRng, exp};
use crate::cutout::size::{PIXELS, SIDE};

/// Pixels simulated around the cutout, so that blurring has something to draw from.
const MARGIN: usize = 8;
const WIDE: usize = SIDE + 2 * MARGIN;

/// What is between the sky and the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Camera {
    /// Width of the point-spread function's core, in pixels (standard deviation).
    pub blur: f32,
    /// Correlation length of the noise in pixels: pictures of small galaxies were enlarged, and their noise with them.
    pub grain: f32,
    /// Brightness, in units of the sky's sigma, at which a source's own photon noise equals the sky's.
    pub photons: f32,
    /// Brightness at which the stretch turns from linear to logarithmic, in units of the sky's sigma.
    pub soft: f32,
    /// Sky level that the picture still carries, in sigma.
    pub pedestal: f32,
    /// Share of the peak at which the picture saturates, up to 1.
    pub white: f32,
}

/// A cutout before and after its sky is cleared, each of 4096 values.
pub(super) struct Exposure {
    pub raw: Vec<f32>,
    pub image: Vec<f32>,
}

impl Camera {
    /// Takes the picture.
    pub fn expose(&self, lights: &[Light], spots: &[Spot], rng: &mut GalaxyRng) -> Exposure {
        let mut light = collect(lights, spots);
        // SDSS's point-spread function is a sum of two Gaussians; each is separable.
        let mut wings = light.clone();
        blur(&mut wings, 2.3 * self.blur);
        blur(&mut light, self.blur);
        for (core, wing) in light.iter_mut().zip(&wings) {
            *core = 0.88 * *core + 0.12 * wing;
        }

        let mut noise: Vec<f32> = (0..WIDE * WIDE).map(|_| rng.normal()).collect();
        let kept = blur(&mut noise, self.grain);
        // `kept` is the variance that one pass leaves; there are two passes, thus the deviation falls by `kept`.
        let sky = 1.0 / kept;
        for (value, noise) in light.iter_mut().zip(&noise) {
            *value += self.pedestal + noise * sky * (1.0 + value.max(0.0) / self.photons).sqrt();
        }

        let stretched: Vec<f32> = inner(&light)
            .map(|v| libm::asinhf(v.max(0.0) / self.soft))
            .collect();
        let white = (stretched.iter().copied().fold(0.0, f32::max) * self.white).max(f32::MIN_POSITIVE);
        let floor = libm::asinhf((self.pedestal + 1.0) / self.soft) / white;
        // Like the reference's data, values are multiples of 1/4096.
        let raw: Vec<f32> = stretched
            .iter()
            .map(|v| ((v / white).min(1.0) * 4096.0).round() / 4096.0)
            .collect();
        let image = raw.iter().map(|&v| if v < floor { 0.0 } else { v }).collect();
        Exposure { raw, image }
    }
}

/// Surface brightness at each pixel of the wide frame.
fn collect(lights: &[Light], spots: &[Spot]) -> Vec<f32> {
    let middle = (WIDE as f32 - 1.0) / 2.0;
    let mut frame = vec![0.0; WIDE * WIDE];
    for (j, row) in frame.chunks_exact_mut(WIDE).enumerate() {
        let y = j as f32 - middle;
        for (i, pixel) in row.iter_mut().enumerate() {
            let x = i as f32 - middle;
            *pixel = lights.iter().map(|light| light.at(x, y)).sum();
        }
    }
    for spot in spots {
        let reach = 3.5 * spot.sigma;
        let first = |at: f32| ((at + middle - reach).ceil().max(0.0) as usize).min(WIDE);
        let last = |at: f32| ((at + middle + reach).floor() + 1.0).clamp(0.0, WIDE as f32) as usize;
        let (left, right) = (first(spot.x), last(spot.x));
        for (j, row) in frame
            .chunks_exact_mut(WIDE)
            .enumerate()
            .take(last(spot.y))
            .skip(first(spot.y))
        {
            let dy = j as f32 - middle - spot.y;
            for (i, pixel) in row.iter_mut().enumerate().take(right).skip(left) {
                let dx = i as f32 - middle - spot.x;
                *pixel += spot.peak * exp(-0.5 * (dx * dx + dy * dy) / (spot.sigma * spot.sigma));
            }
        }
    }
    frame
}

/// The cutout's pixels out of the wide frame.
fn inner(frame: &[f32]) -> impl Iterator<Item = f32> + '_ {
    debug_assert_eq!(frame.len(), PIXELS + 4 * MARGIN * SIDE + 4 * MARGIN * MARGIN);
    frame
        .chunks_exact(WIDE)
        .skip(MARGIN)
        .take(SIDE)
        .flat_map(|row| row.iter().skip(MARGIN).take(SIDE).copied())
}

/// Blurs the wide frame in place with a Gaussian of standard deviation `sigma` pixels; beyond the edge the outermost
/// pixel counts again. Returns the sum of the kernel's squares (1 where nothing was blurred).
fn blur(frame: &mut [f32], sigma: f32) -> f32 {
    if sigma < 0.2 {
        return 1.0;
    }
    let reach = ((3.0 * sigma).ceil() as usize).min(WIDE / 2);
    let mut kernel: Vec<f32> = (0..=2 * reach)
        .map(|i| {
            let t = (i as f32 - reach as f32) / sigma;
            exp(-0.5 * t * t)
        })
        .collect();
    let total: f32 = kernel.iter().sum();
    kernel.iter_mut().for_each(|k| *k /= total);

    // Along rows, written transposed; twice, and the frame stands upright again.
    let mut turned = vec![0.0; WIDE * WIDE];
    let mut padded = vec![0.0; WIDE + 2 * reach];
    for _ in 0..2 {
        for (j, row) in frame.chunks_exact(WIDE).enumerate() {
            let (first, last) = (
                row.first().copied().unwrap_or(0.0),
                row.last().copied().unwrap_or(0.0),
            );
            padded[..reach].fill(first);
            padded[reach..reach + WIDE].copy_from_slice(row);
            padded[reach + WIDE..].fill(last);
            for (i, window) in padded.windows(kernel.len()).enumerate() {
                turned[i * WIDE + j] = window.iter().zip(&kernel).map(|(v, k)| v * k).sum();
            }
        }
        frame.copy_from_slice(&turned);
    }
    kernel.iter().map(|k| k * k).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blurring_keeps_the_light_and_its_place() {
        let mut frame = vec![0.0; WIDE * WIDE];
        frame[40 * WIDE + 30] = 1.0;
        let squares = blur(&mut frame, 1.3);
        let total: f32 = frame.iter().sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
        let peak = frame
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .unwrap()
            .0;
        assert_eq!(peak, 40 * WIDE + 30);
        let expected: f32 = frame.iter().map(|v| v * v).sum::<f32>().sqrt();
        assert!((squares - expected).abs() < 1e-4, "{squares} {expected}");
    }

    #[test]
    fn a_dark_sky_is_mostly_cleared() {
        let camera = Camera {
            blur: 1.0,
            grain: 0.7,
            photons: 20.0,
            soft: 15.0,
            pedestal: 1.3,
            white: 1.0,
        };
        let spot = Spot {
            x: 0.0,
            y: 0.0,
            sigma: 1.0,
            peak: 500.0,
        };
        let shot = camera.expose(&[], &[spot], &mut GalaxyRng::new(0, 0));
        let cleared = shot.image.iter().filter(|&&v| v == 0.0).count() as f32 / PIXELS as f32;
        // A normal sky lies under its mean + 1 sigma for 84 % of the pixels.
        assert!((0.78..0.88).contains(&cleared), "{cleared}");
        assert_eq!(shot.raw.iter().copied().fold(0.0, f32::max), 1.0);
    }
}
