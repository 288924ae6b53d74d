//! Where the light is: surface brightness as a function of place, before the atmosphere and the camera.
//!
//! Coordinates are pixels from the centre of the cutout, x to the right, y down. Brightness is in units of the sky's
//! standard deviation per pixel.

use super::arms::Arms;
use super::rng::{Texture, exp, step};

/// Where and how a flattened component lies on the sky.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    pub x: f32,
    pub y: f32,
    cos: f32,
    sin: f32,
    /// Apparent axis ratio, minor over major, from 0 to 1.
    pub ratio: f32,
}

impl Pose {
    /// `angle` is that of the major axis, in radians.
    pub fn new(x: f32, y: f32, angle: f32, ratio: f32) -> Self {
        Self {
            x,
            y,
            cos: libm::cosf(angle),
            sin: libm::sinf(angle),
            ratio,
        }
    }

    /// The angle of the major axis in degrees, from 0 to 180, counted from the right against the clock as the picture is seen.
    pub fn degrees(&self) -> f32 {
        let degrees = -libm::atan2f(self.sin, self.cos).to_degrees() % 180.0;
        if degrees < 0.0 { degrees + 180.0 } else { degrees }
    }

    /// The same place and angle with another axis ratio.
    pub fn with_ratio(self, ratio: f32) -> Self {
        Self { ratio, ..self }
    }

    /// The same pose at another place.
    pub fn moved(self, dx: f32, dy: f32) -> Self {
        Self {
            x: self.x + dx,
            y: self.y + dy,
            ..self
        }
    }

    /// Coordinates along the major and the minor axis, not stretched.
    pub fn axes(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.x, y - self.y);
        (dx * self.cos + dy * self.sin, dy * self.cos - dx * self.sin)
    }

    /// Coordinates in the plane of the disc, as if seen face-on.
    pub fn plane(&self, x: f32, y: f32) -> (f32, f32) {
        let (u, v) = self.axes(x, y);
        (u, v / self.ratio)
    }

    /// From the plane of the disc back to the sky.
    pub fn sky(&self, u: f32, v: f32) -> (f32, f32) {
        let v = v * self.ratio;
        (
            self.x + u * self.cos - v * self.sin,
            self.y + u * self.sin + v * self.cos,
        )
    }

    /// The semi-major axis for which the ellipse just touches the square of half side `half` around its centre.
    pub fn fitting(&self, half: f32) -> f32 {
        let q2 = self.ratio * self.ratio;
        let (c2, s2) = (self.cos * self.cos, self.sin * self.sin);
        half / (c2 + s2 * q2).max(s2 + c2 * q2).sqrt()
    }
}

/// Sersic's law (Sersic 1963; coefficients after Ciotti & Bertin 1999).
#[derive(Clone, Copy, Debug)]
pub(super) struct Spheroid {
    pub pose: Pose,
    /// Radius of half the light, in pixels along the major axis.
    pub half_light: f32,
    inverse_n: f32,
    b: f32,
    /// Brightness at `half_light`.
    pub at_half: f32,
}

impl Spheroid {
    /// A spheroid whose brightness is `value` at `radius`.
    pub fn through(pose: Pose, n: f32, half_light: f32, radius: f32, value: f32) -> Self {
        let b = 2.0 * n - 1.0 / 3.0 + 4.0 / (405.0 * n);
        let mut this = Self {
            pose,
            half_light,
            inverse_n: 1.0 / n,
            b,
            at_half: 1.0,
        };
        this.at_half = value / this.profile(radius);
        this
    }

    fn profile(&self, radius: f32) -> f32 {
        // A floor of a twentieth of a pixel: the cusp is smeared by the atmosphere anyway.
        let x = (radius.max(0.05)) / self.half_light;
        self.at_half * exp(self.b * (1.0 - exp(self.inverse_n * libm::logf(x))))
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let (u, v) = self.pose.plane(x, y);
        let r = (u * u + v * v).sqrt();
        if r > 3.5 {
            return self.profile(r);
        }
        // Near the cusp one sample a pixel would be far off.
        let mut sum = 0.0;
        for j in 0..5 {
            for i in 0..5 {
                let (u, v) = self
                    .pose
                    .plane(x + (i - 2) as f32 * 0.2, y + (j - 2) as f32 * 0.2);
                sum += self.profile((u * u + v * v).sqrt());
            }
        }
        sum / 25.0
    }
}

/// An exponential disc, with or without arms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disc {
    pub pose: Pose,
    /// Brightness at the centre.
    pub centre: f32,
    /// Scale length in pixels.
    pub length: f32,
    /// Where the disc ends, in pixels.
    pub edge: f32,
    /// How patchy it is, 0 to 1.
    pub patchy: f32,
    pub texture: Texture,
    pub arms: Option<Arms>,
}

impl Disc {
    fn at(&self, x: f32, y: f32) -> f32 {
        let (u, v) = self.pose.plane(x, y);
        let r = (u * u + v * v).sqrt();
        if r > 1.45 * self.edge {
            return 0.0;
        }
        let smooth = self.centre * exp(-r / self.length) * (1.0 - step(0.8 * self.edge, 1.45 * self.edge, r));
        let patches = if self.patchy > 0.0 {
            let grain = 5.0 / self.edge;
            1.0 + self.patchy * self.texture.at(u * grain + 31.0, v * grain)
        } else {
            1.0
        };
        let arms = self.arms.as_ref().map_or(1.0, |arms| arms.factor(u, v, r));
        smooth * patches.max(0.05) * arms
    }
}

/// A bar, flat along its length, in the plane of its disc.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub pose: Pose,
    /// Its angle inside the plane, as cosine and sine.
    pub turn: (f32, f32),
    pub half_length: f32,
    pub half_width: f32,
    pub brightness: f32,
}

impl Bar {
    fn at(&self, x: f32, y: f32) -> f32 {
        let (u, v) = self.pose.plane(x, y);
        let (cos, sin) = self.turn;
        let (along, across) = (
            (u * cos + v * sin) / self.half_length,
            (v * cos - u * sin) / self.half_width,
        );
        let s = along * along * along * along + across * across;
        if s > 9.0 {
            0.0
        } else {
            self.brightness * exp(-1.2 * s)
        }
    }
}

/// A ring in the plane of a disc.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ring {
    pub pose: Pose,
    pub radius: f32,
    pub width: f32,
    pub brightness: f32,
}

impl Ring {
    fn at(&self, x: f32, y: f32) -> f32 {
        let (u, v) = self.pose.plane(x, y);
        let t = ((u * u + v * v).sqrt() - self.radius) / self.width;
        if t.abs() > 4.0 {
            0.0
        } else {
            self.brightness * exp(-0.5 * t * t)
        }
    }
}

/// A disc seen from the side: exponential along, sech-squared across (van der Kruit & Searle 1981), with a lane of dust.
#[derive(Clone, Copy, Debug)]
pub(super) struct EdgeOn {
    pub pose: Pose,
    pub centre: f32,
    pub length: f32,
    pub edge: f32,
    pub height: f32,
    /// How far the ends bend away, in pixels at the edge.
    pub warp: f32,
    /// Light taken away in the lane, 0 to 1.
    pub dust: f32,
    /// The lane's distance from the middle plane and its thickness, in pixels.
    pub lane: (f32, f32),
    pub texture: Texture,
}

impl EdgeOn {
    fn at(&self, x: f32, y: f32) -> f32 {
        let (u, z) = self.pose.axes(x, y);
        let t = u / self.edge;
        if t.abs() > 1.4 {
            return 0.0;
        }
        let z = z - self.warp * t * t * t;
        let height = self.height * (1.0 + 0.25 * t * t);
        let arg = z.abs() / height;
        if arg > 9.0 {
            return 0.0;
        }
        let e = exp(-arg);
        let sech = 2.0 * e / (1.0 + e * e);
        let core = 0.25 * self.length;
        let along =
            exp(-((u * u + core * core).sqrt() - core) / self.length) * (1.0 - step(0.8, 1.4, t.abs()));
        let mut light = self.centre * along * sech * sech;
        light *= 1.0 + 0.18 * self.texture.at(u * 0.35, z * 0.5);
        if self.dust > 0.0 {
            let lane = (z - self.lane.0 - 0.5 * self.texture.at(u * 0.22, 5.0)) / self.lane.1;
            light *= 1.0 - self.dust * exp(-0.5 * lane * lane - 1.5 * t * t);
        }
        light
    }
}

/// A ragged cloud of stars: a soft ellipse torn by noise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cloud {
    pub body: Spheroid,
    /// How torn, 0 to 1.5.
    pub torn: f32,
    /// Noise features per pixel.
    pub grain: f32,
    pub texture: Texture,
}

impl Cloud {
    fn at(&self, x: f32, y: f32) -> f32 {
        let n = self.texture.at(x * self.grain, y * self.grain);
        self.body.at(x, y) * exp(self.torn * n)
    }
}

/// A round Gaussian spot: a star, a region of star birth, a grain of a tidal tail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub x: f32,
    pub y: f32,
    pub sigma: f32,
    pub peak: f32,
}

/// One thing that shines.
#[derive(Clone, Copy, Debug)]
pub(super) enum Light {
    Spheroid(Spheroid),
    Disc(Disc),
    Bar(Bar),
    Ring(Ring),
    EdgeOn(EdgeOn),
    Cloud(Cloud),
}

impl Light {
    /// How it lies on the sky.
    pub fn pose(&self) -> Pose {
        match self {
            Self::Spheroid(spheroid) => spheroid.pose,
            Self::Disc(disc) => disc.pose,
            Self::Bar(bar) => bar.pose,
            Self::Ring(ring) => ring.pose,
            Self::EdgeOn(disc) => disc.pose,
            Self::Cloud(cloud) => cloud.body.pose,
        }
    }

    /// Surface brightness at a place.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        match self {
            Self::Spheroid(light) => light.at(x, y),
            Self::Disc(light) => light.at(x, y),
            Self::Bar(light) => light.at(x, y),
            Self::Ring(light) => light.at(x, y),
            Self::EdgeOn(light) => light.at(x, y),
            Self::Cloud(light) => light.at(x, y),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_spheroids_light_lies_within_its_half_light_radius() {
        let pose = Pose::new(0.0, 0.0, 0.3, 1.0);
        for n in [1.0, 2.0, 4.0] {
            let body = Spheroid::through(pose, n, 10.0, 10.0, 1.0);
            let (mut inside, mut all) = (0.0, 0.0);
            for step in 0..200_000 {
                let r = (step as f32 + 0.5) * 0.01;
                let ring = body.profile(r) * r;
                all += f64::from(ring);
                if r < 10.0 {
                    inside += f64::from(ring);
                }
            }
            assert!((inside / all - 0.5).abs() < 0.01, "n = {n}: {}", inside / all);
        }
    }

    #[test]
    fn plane_and_sky_are_inverse() {
        let pose = Pose::new(1.0, -2.0, 0.7, 0.4);
        let (u, v) = pose.plane(5.0, 9.0);
        let (x, y) = pose.sky(u, v);
        assert!((x - 5.0).abs() < 1e-4 && (y - 9.0).abs() < 1e-4, "{x} {y}");
    }

    #[test]
    fn a_fitting_ellipse_touches_the_square() {
        let pose = Pose::new(0.0, 0.0, 0.7, 0.3);
        let a = pose.fitting(28.0);
        let reach = (0..2000)
            .map(|i| {
                let t = i as f32 * std::f32::consts::TAU / 2000.0;
                let (x, y) = pose.sky(a * t.cos(), a * t.sin());
                x.abs().max(y.abs())
            })
            .fold(0.0, f32::max);
        assert!((reach - 28.0).abs() < 0.05, "{reach}");
    }
}
