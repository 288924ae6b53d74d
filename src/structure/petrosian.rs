//! Petrosian radii, and radii that hold a share of the light.

use super::aperture::Sum;
use super::light::Light;

/// The surface brightness at the Petrosian radius over the mean within it (Petrosian 1976; Lotz et al. 2004, equation 4).
const ETA: f64 = 0.2;

/// Width of the ring in which it is measured, in pixels.
const RING: f64 = 1.0;

/// The first radius at which `ratio` falls to [`ETA`], searched in steps of `step` up to `most`, then between the last two.
fn first_crossing(step: f64, most: f64, mut ratio: impl FnMut(f64) -> f64) -> Option<f64> {
    let mut inner = 2.0_f64.min(most);
    while ratio(inner) < ETA {
        // Already below: a point source. Look further in.
        inner *= 0.5;
        if inner < 0.2 {
            return None;
        }
    }
    let mut outer = inner;
    loop {
        outer += step;
        if outer > most {
            return None;
        }
        if ratio(outer) < ETA {
            break;
        }
        inner = outer;
    }
    Some(crossing(inner, outer, |radius| ratio(radius) - ETA))
}

/// Where `f`, whose signs at `inner` and `outer` differ, is 0, to a ten-thousandth of a pixel: by secants that keep the crossing between
/// them (Dowell & Jarratt 1971, "Illinois").
fn crossing(mut inner: f64, mut outer: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let (mut left, mut right) = (f(inner), f(outer));
    for _ in 0..60 {
        let middle = outer - right * (outer - inner) / (right - left);
        if (outer - inner).abs() < 1e-4 || !middle.is_finite() {
            break;
        }
        let value = f(middle);
        if value.abs() < 1e-12 {
            return middle;
        }
        if (value < 0.0) == (right < 0.0) {
            // The same end again: its neighbour loses half its weight.
            left *= 0.5;
            if (middle - outer).abs() < 1e-5 {
                return middle;
            }
        } else {
            if (middle - outer).abs() < 1e-5 {
                return middle;
            }
            (inner, left) = (outer, right);
        }
        (outer, right) = (middle, value);
    }
    0.5 * (inner + outer)
}

fn ratio(ring: Sum, within: Sum) -> f64 {
    if within.mean() == 0.0 {
        return if ring.mean() == 0.0 { 0.0 } else { 1.0 };
    }
    (ring.mean() / within.mean()).abs()
}

/// The farthest that can be looked: the frame's diagonal.
fn most(light: &Light) -> f64 {
    let (w, h) = (light.width as f64, light.height as f64);
    (w * w + h * h).sqrt()
}

/// The Petrosian radius, where `within` sums the light within a radius; `None` when the light never falls that far.
///
/// The steps are whole halves of a pixel, so that a ring's outer edge is often the next one's inner edge, and is summed once.
pub(super) fn petrosian(light: &Light, within: impl Fn(f64) -> Sum) -> Option<f64> {
    let most = most(light);
    let step = 0.5 * f64::from(((most / 50.0) as u32).max(1));
    let mut known: Vec<(f64, Sum)> = Vec::new();
    let mut sum = |radius: f64| {
        if radius <= 0.0 {
            return Sum::default();
        }
        if let Some((_, sum)) = known.iter().find(|(known, _)| *known == radius) {
            return *sum;
        }
        let sum = within(radius);
        if known.len() == 4 {
            known.remove(0);
        }
        known.push((radius, sum));
        sum
    };
    first_crossing(step, most, |radius| {
        let (inner, outer) = (sum(radius - 0.5 * RING), sum(radius + 0.5 * RING));
        ratio(outer.without(&inner), sum(radius))
    })
}

/// How the light grows with the radius.
#[derive(Debug)]
pub(super) struct Growth<F> {
    within: F,
    step: f64,
    /// The light within each whole number of steps, as far as it was asked for.
    known: Vec<f64>,
}

impl<F: Fn(f64) -> Sum> Growth<F> {
    /// `within` sums the light within a radius; it is looked at in steps of `step`.
    pub(super) fn new(within: F, step: f64) -> Self {
        Self {
            within,
            step,
            known: vec![0.0],
        }
    }

    fn after(&mut self, steps: usize) -> f64 {
        while self.known.len() <= steps {
            let radius = self.known.len() as f64 * self.step;
            self.known.push((self.within)(radius).light);
        }
        self.known.get(steps).copied().unwrap_or(0.0)
    }

    /// The radius that holds `share` of the light within `most`; `None` when that light is not positive.
    pub(super) fn radius_of_share(&mut self, most: f64, share: f64) -> Option<f64> {
        let wanted = share * (self.within)(most).light;
        if wanted <= 0.0 {
            return None;
        }
        // The first crossing, as noise may make the sum fall again further out.
        let mut steps = 1;
        while self.after(steps) < wanted && steps as f64 * self.step < most {
            steps += 1;
        }
        let outer = (steps as f64 * self.step).min(most);
        let inner = (steps - 1) as f64 * self.step;
        Some(crossing(inner, outer, |radius| {
            (self.within)(radius).light - wanted
        }))
    }
}
