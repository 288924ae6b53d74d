//! Spiral arms: a factor that a disc's brightness is multiplied with.

use super::rng::{Texture, exp, step};

/// Logarithmic arms, torn by noise that is wound up with them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arms {
    /// How many.
    pub count: f32,
    /// Cotangent of the pitch angle: large for tightly wound arms. The sign is the sense of rotation.
    pub winding: f32,
    /// Azimuth at which the first arm leaves `start`, in radians.
    pub azimuth: f32,
    /// Radius at which the arms begin, in pixels.
    pub start: f32,
    /// Radius at which they fade, in pixels.
    pub end: f32,
    /// Contrast of arm to disc.
    pub strength: f32,
    /// Sharpness of the crest: 1 is broad, 6 is narrow.
    pub sharpness: f32,
    /// Share of the light in short torn pieces, 0 (grand design) to 1 (flocculent).
    pub flocculence: f32,
    /// Light taken away along the inner edge, 0 to 1.
    pub dust: f32,
    /// How much the arms differ from one another, and where the strongest is (radians).
    pub uneven: (f32, f32),
    /// Slow change of the pitch along the arm: amplitude and phase, in radians.
    pub wobble: (f32, f32),
    pub texture: Texture,
}

impl Arms {
    /// Azimuth of the first arm's crest at a radius, in the plane of the disc.
    pub fn crest(&self, r: f32) -> f32 {
        let turn = libm::logf(r.max(0.3) / self.start);
        self.azimuth + self.winding * turn + self.wobble.0 * libm::sinf(2.0 * turn + self.wobble.1)
    }

    /// The factor at a place in the plane of the disc, at distance `r` from its centre. Never negative.
    pub fn factor(&self, u: f32, v: f32, r: f32) -> f32 {
        let rise = step(0.55 * self.start, 1.15 * self.start, r);
        if rise <= 0.0 {
            return 1.0;
        }
        let fade = 1.0 - step(0.75 * self.end, 1.25 * self.end, r);
        let unwound = libm::atan2f(v, u) - self.crest(r);
        let (sin, cos) = libm::sincosf(unwound);
        // Noise in unwound coordinates is sheared along the arms: feathers and spurs, as differential rotation makes.
        let grain = 6.5 / self.end;
        let feather = self.texture.at(r * cos * grain, r * sin * grain);
        let phase = self.count * unwound + 0.9 * self.flocculence * feather;
        let crest = exp(self.sharpness * (libm::cosf(phase) - 1.0));
        let (sin_uneven, cos_uneven) = libm::sincosf(self.uneven.1);
        let share = 1.0 + self.uneven.0 * (cos * cos_uneven + sin * sin_uneven);
        let window = rise * fade;
        // Arms fade more slowly than the disc under them.
        let strength = self.strength * (0.55 + 0.75 * r / self.end);
        let arm = strength * (crest * share * (1.0 + 0.5 * feather) - 0.28);
        let torn = self.flocculence * (0.75 * feather + 0.45 * feather * feather.abs());
        let mut factor = 1.0 + window * (arm * (1.0 - 0.6 * self.flocculence) + torn);
        if self.dust > 0.0 {
            let sense = if self.winding < 0.0 { -1.0 } else { 1.0 };
            let lane = exp(9.0 * (libm::cosf(phase + 0.95 * sense) - 1.0));
            factor *= 1.0 - self.dust * window * lane;
        }
        factor.max(0.06)
    }
}
