//! Galaxies by arithmetic alone, and what holds for every cutout.

use galaxy_grove::cutout::prepare::{Prepared, Recipe, prepare};
use galaxy_grove::cutout::{Frame, PIXELS, Tone};

/// A number from 0 to 1 for every index: the same everywhere.
pub fn hashed(i: u64) -> f64 {
    let mut x = i.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Noise with a standard deviation of 1.
pub fn noise(i: u64) -> f64 {
    ((0..4).map(|k| hashed(4 * i + k)).sum::<f64>() - 2.0) * 3.0_f64.sqrt()
}

/// A galaxy on a noisy sky, by arithmetic alone: centre, radius, axis ratio.
pub struct Scene {
    pub width: usize,
    pub height: usize,
    pub x: f64,
    pub y: f64,
    pub radius: f64,
    pub flat: f64,
    pub peak: f64,
    pub sky: f64,
    pub noise: f64,
}

impl Scene {
    pub fn standard() -> Self {
        Self {
            width: 424,
            height: 424,
            x: 211.5,
            y: 211.5,
            radius: 22.0,
            flat: 0.6,
            peak: 0.8,
            sky: 0.016,
            noise: 0.011,
        }
    }

    pub fn frame(&self, tone: Tone) -> Frame {
        let pixels = (0..self.width * self.height)
            .map(|i| {
                let (dx, dy) = ((i % self.width) as f64 - self.x, (i / self.width) as f64 - self.y);
                // Leaning by 3-4-5, so that nothing is symmetric.
                let (u, v) = (0.8 * dx + 0.6 * dy, (0.8 * dy - 0.6 * dx) / self.flat);
                let r2 = (u * u + v * v) / (self.radius * self.radius);
                (self.sky + self.peak / ((1.0 + r2) * (1.0 + r2)) + self.noise * noise(i as u64)) as f32
            })
            .collect();
        Frame {
            width: self.width,
            height: self.height,
            pixels,
            tone,
        }
    }
}

pub fn cut(frame: &Frame) -> Prepared {
    prepare(frame, &Recipe::default()).unwrap()
}

pub fn difference(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(x, y)| f64::from((x - y).abs()))
        .sum::<f64>()
        / a.len() as f64
}

pub fn sound(done: &Prepared) {
    assert_eq!((done.raw.len(), done.image.len()), (PIXELS, PIXELS));
    for (raw, image) in done.raw.iter().zip(&done.image) {
        assert!((0.0..=1.0).contains(raw), "{raw}");
        assert!(*image == 0.0 || image == raw, "{image} of {raw}");
    }
    assert!(done.raw.contains(&1.0) && done.image.contains(&1.0));
    assert!(done.sky.is_finite() && done.sigma.is_finite() && done.sigma >= 0.0);
    if let Some((x, y, half)) = done.square {
        assert!(x.is_finite() && y.is_finite() && half > 0.0, "{x} {y} {half}");
    }
}
