//! Chance that repeats: the same draws on every machine, native and wasm.
//!
//! Only integers come from the generator; the step to `f32` is exact arithmetic, and transcendental functions come from
//! `libm`, because those of the standard library differ between platforms in the last bit.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// A stream of random numbers that belongs to one galaxy.
pub(super) struct GalaxyRng(ChaCha8Rng);

impl GalaxyRng {
    /// The stream of galaxy `index` under `seed`. Streams of different galaxies are independent, so that any galaxy can
    /// be drawn without drawing those before it.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index);
        Self(rng)
    }

    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Uniform in `[0, 1)`, a multiple of 2^-24.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform in `[low, high)`.
    pub fn uniform(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Uniform in the logarithm, for scales. Both ends must be positive.
    pub fn scale(&mut self, low: f32, high: f32) -> f32 {
        let (low_ln, high_ln) = (libm::logf(low), libm::logf(high));
        exp(self.uniform(low_ln, high_ln))
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// A whole number from `low` to `high`, both included.
    pub fn count(&mut self, low: u32, high: u32) -> u32 {
        let span = high.saturating_sub(low) + 1;
        low + ((self.unit() * span as f32) as u32).min(span - 1)
    }

    /// An angle in radians, uniform over the circle.
    pub fn angle(&mut self) -> f32 {
        self.uniform(0.0, std::f32::consts::TAU)
    }

    /// Plus or minus 1.
    pub fn sign(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    /// Nearly normal with mean 0 and variance 1: the sum of four uniform 16-bit numbers (Irwin-Hall), which needs no
    /// transcendental function and never exceeds 3.5. Good enough for a sky that is then rounded to 8 bits.
    pub fn normal(&mut self) -> f32 {
        let (a, b) = (self.bits(), self.bits());
        let sum = (a & 0xffff) + (a >> 16) + (b & 0xffff) + (b >> 16);
        // The variance of one uniform number is 1/12, that of the sum 1/3.
        (sum as f32 / 65_535.0 - 2.0) * 1.732_050_8
    }
}

/// Smooth noise over the plane (value noise in two octaves), from about -1 to 1, with features about one unit across.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texture {
    /// Chooses the pattern.
    pub seed: u32,
}

impl Texture {
    /// The noise at a place.
    pub fn at(self, x: f32, y: f32) -> f32 {
        0.65 * self.octave(x, y) + 0.35 * self.octave(2.03 * x + 17.3, 2.03 * y - 9.1)
    }

    fn octave(self, x: f32, y: f32) -> f32 {
        let (ix, iy) = (floor(x), floor(y));
        let (tx, ty) = (ease(x - ix as f32), ease(y - iy as f32));
        let top = mix(self.knot(ix, iy), self.knot(ix.wrapping_add(1), iy), tx);
        let low = mix(
            self.knot(ix, iy.wrapping_add(1)),
            self.knot(ix.wrapping_add(1), iy.wrapping_add(1)),
            tx,
        );
        1.6 * mix(top, low, ty)
    }

    /// A random value in [-1, 1) that belongs to a grid point.
    fn knot(self, x: i32, y: i32) -> f32 {
        let mut h = self.seed ^ (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
        h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
        h ^= h >> 15;
        (h >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

/// The whole number at or under `x`. The library's `floor` is a call on older x86 processors.
fn floor(x: f32) -> i32 {
    let cut = x as i32;
    cut - i32::from(x < cut as f32)
}

/// The exponential function to 1e-6 of its value, 0 under -87: a third of the simulator's time went into libm's.
/// Plain arithmetic, hence the same everywhere.
pub(super) fn exp(x: f32) -> f32 {
    if x < -87.0 {
        return 0.0;
    }
    let t = x.min(88.0) * std::f32::consts::LOG2_E;
    let whole = floor(t + 0.5);
    // 2^f for f from -0.5 to 0.5 by its Taylor series.
    let f = (t - whole as f32) * std::f32::consts::LN_2;
    let series =
        1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f / 720.0)))));
    series * f32::from_bits(((whole + 127).clamp(0, 254) as u32) << 23)
}

/// Linear blend from `a` to `b`.
pub(super) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// The cubic step: 0 at 0, 1 at 1, flat at both ends.
pub(super) fn ease(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The cubic step between `low` and `high`.
pub(super) fn step(low: f32, high: f32, x: f32) -> f32 {
    ease((x - low) / (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_mean_0_and_variance_1() {
        let mut rng = GalaxyRng::new(1, 2);
        let draws: Vec<f32> = (0..20_000).map(|_| rng.normal()).collect();
        let mean = draws.iter().sum::<f32>() / 20_000.0;
        let variance = draws.iter().map(|d| d * d).sum::<f32>() / 20_000.0 - mean * mean;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.03, "variance {variance}");
    }

    #[test]
    fn counts_reach_both_ends_and_no_further() {
        let mut rng = GalaxyRng::new(3, 0);
        let draws: Vec<u32> = (0..500).map(|_| rng.count(2, 4)).collect();
        assert_eq!((draws.iter().min(), draws.iter().max()), (Some(&2), Some(&4)));
    }

    #[test]
    fn exp_is_close_to_the_librarys() {
        for i in -8_600..=8_700 {
            let x = i as f32 * 0.01;
            let (mine, theirs) = (f64::from(exp(x)), f64::from(x).exp());
            // Half a unit in the last place of the argument is x * 6e-8 of the value.
            assert!(
                (mine / theirs - 1.0).abs() < 1e-6 + 1.3e-7 * f64::from(x.abs()),
                "{x}: {mine} {theirs}"
            );
        }
        assert_eq!(exp(-1e9), 0.0);
    }

    #[test]
    fn texture_is_continuous() {
        let texture = Texture { seed: 7 };
        for i in 0..400 {
            let x = i as f32 * 0.05 - 10.0;
            let jump = (texture.at(x, 0.3) - texture.at(x + 0.001, 0.3)).abs();
            assert!(jump < 0.02, "jump {jump} at {x}");
        }
    }
}
