//! Petrosian radii, and radii that hold a share of the light.

use super::aperture::{Rings, Sum};
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

/// The Petrosian radius; `None` when the light never falls that far.
pub(super) fn petrosian(light: &Light, rings: &Rings<'_>) -> Option<f64> {
    let most = most(light);
    first_crossing(most / 100.0, most, |radius| {
        let inner = if radius > 0.5 * RING {
            rings.within(radius - 0.5 * RING)
        } else {
            Sum::default()
        };
        ratio(
            rings.within(radius + 0.5 * RING).without(&inner),
            rings.within(radius),
        )
    })
}

/// The radius that holds `share` of the light within `most`; `None` when that light is not positive.
pub(super) fn radius_of_share(rings: &Rings<'_>, most: f64, share: f64) -> Option<f64> {
    let sum = |radius: f64| rings.within(radius).light;
    let wanted = share * sum(most);
    if wanted <= 0.0 {
        return None;
    }
    // The first crossing, as noise may make the sum fall again further out.
    let (mut inner, mut outer) = (0.0, most / 32.0);
    while sum(outer) < wanted {
        inner = outer;
        outer += most / 32.0;
        if outer > most {
            outer = most;
            break;
        }
    }
    Some(crossing(inner, outer, |radius| sum(radius) - wanted))
}
