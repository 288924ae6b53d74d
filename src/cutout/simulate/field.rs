//! A simulated field: many galaxies and stars in one linear picture, with the truth about each.

use super::light::{Disc, Light, Pose, Spheroid};
use super::rng::{GalaxyRng, Texture, exp};
use crate::cutout::frame::{Frame, Tone};
use crate::cutout::raster::plane::Plane;
use crate::cutout::raster::smooth::smooth;

/// What a simulated field holds.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldScene {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// The number of galaxies.
    pub galaxies: usize,
    /// The number of stars.
    pub stars: usize,
    /// Standard deviation of the atmosphere's blur, in pixels.
    pub blur: f32,
    /// How much the sky rises from the left edge to the right one, in units of its noise.
    pub slope: f32,
}

impl Default for FieldScene {
    fn default() -> Self {
        Self {
            width: 512,
            height: 512,
            galaxies: 60,
            stars: 25,
            blur: 1.3,
            slope: 3.0,
        }
    }
}

/// The truth about one source. Positions are pixels of the frame, whole numbers are pixel centres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truth {
    /// Centre.
    pub x: f32,
    /// Centre.
    pub y: f32,
    /// All its light, in units of the noise of one pixel.
    pub flux: f32,
    /// Radius of half its light along the major axis before the blur, in pixels; 0 for stars.
    pub half_light_radius: f32,
    /// Whether it is a star.
    pub is_star: bool,
}

/// The field that `seed` stands for: the picture, in units where the noise is 1 on a sky of about 100, and the truth.
#[must_use]
pub fn field(seed: u64, scene: &FieldScene) -> (Frame, Vec<Truth>) {
    let (width, height) = (scene.width, scene.height);
    let mut rng = GalaxyRng::new(seed, u64::MAX);
    let mut light = vec![0.0_f32; width * height];
    let mut truth = Vec::with_capacity(scene.galaxies + scene.stars);
    for index in 0..scene.galaxies + scene.stars {
        let (x, y) = (
            rng.uniform(0.0, width as f32 - 1.0),
            rng.uniform(0.0, height as f32 - 1.0),
        );
        let is_star = index >= scene.galaxies;
        // Faint sources are more frequent than bright ones.
        let bright = rng.scale(1.0, 30.0);
        let size = if is_star { 0.0 } else { rng.scale(2.0, 7.0) };
        let (source, reach) = if is_star {
            (None, 3.0)
        } else {
            let pose = Pose::new(0.0, 0.0, rng.angle(), rng.uniform(0.3, 1.0));
            if rng.chance(0.5) {
                let n = rng.uniform(1.0, 2.5);
                let body = Spheroid::through(pose, n, size, size, 3.0 * bright);
                (Some(Light::Spheroid(body)), 10.0 * size)
            } else {
                let disc = Disc {
                    pose,
                    centre: 10.0 * bright,
                    length: size / 1.678,
                    edge: 5.0 * size,
                    patchy: 0.0,
                    texture: Texture { seed: 1 },
                    arms: None,
                };
                (Some(Light::Disc(disc)), 8.0 * size)
            }
        };
        let peak = 60.0 * bright;
        let at = |dx: f32, dy: f32| match &source {
            Some(light) => light.at(dx, dy),
            // A star is a narrow spot before the blur: half a pixel wide, so that the grid can hold it.
            None => peak * exp(-0.5 * (dx * dx + dy * dy) / 0.25),
        };
        let flux = paint(&mut light, width, (x, y), reach.ceil() as i32, at);
        truth.push(Truth {
            x,
            y,
            flux,
            half_light_radius: size,
            is_star,
        });
    }
    let blurred = smooth(&Plane::new(width, height, light), f64::from(scene.blur));
    let pixels = blurred
        .iter()
        .enumerate()
        .map(|(i, v)| {
            let rise = scene.slope * (i % width.max(1)) as f32 / width as f32;
            100.0 + rise + *v as f32 + rng.normal()
        })
        .collect();
    (
        Frame {
            width,
            height,
            pixels,
            tone: Tone::Linear,
        },
        truth,
    )
}

/// Adds light around a place; gives how much, with what falls beyond the frame.
fn paint(
    light: &mut [f32],
    width: usize,
    (x, y): (f32, f32),
    reach: i32,
    at: impl Fn(f32, f32) -> f32,
) -> f32 {
    let height = light.len() / width.max(1);
    let (column, row) = (x.round() as i32, y.round() as i32);
    let mut sum = 0.0_f64;
    for j in row - reach..=row + reach {
        for i in column - reach..=column + reach {
            let value = at(i as f32 - x, j as f32 - y);
            sum += f64::from(value);
            let inside = i >= 0 && j >= 0 && (i as usize) < width && (j as usize) < height;
            if inside && let Some(pixel) = light.get_mut(j as usize * width + i as usize) {
                *pixel += value;
            }
        }
    }
    sum as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_repeats_and_holds_its_light() {
        let scene = FieldScene {
            width: 200,
            height: 150,
            galaxies: 5,
            stars: 3,
            ..FieldScene::default()
        };
        let (frame, truth) = field(4, &scene);
        assert_eq!((&frame, &truth), (&field(4, &scene).0, &field(4, &scene).1));
        assert_ne!(frame.pixels, field(5, &scene).0.pixels);
        assert_eq!((frame.pixels.len(), truth.len()), (30_000, 8));
        assert_eq!(truth.iter().filter(|t| t.is_star).count(), 3);
        // The light in the frame is at most the light of all, and most of it.
        let sum: f64 = frame
            .pixels
            .iter()
            .enumerate()
            .map(|(i, v)| f64::from(*v) - 100.0 - 3.0 * (i % 200) as f64 / 200.0)
            .sum();
        let all: f64 = truth.iter().map(|t| f64::from(t.flux)).sum();
        assert!(sum < 1.02 * all + 700.0 && sum > 0.5 * all, "{sum} of {all}");
    }
}
