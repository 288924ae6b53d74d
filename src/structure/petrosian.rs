//! Petrosian radii, and radii that hold a share of the light.

use super::aperture::{Ellipse, Sum, circle};
use super::light::Light;

/// The surface brightness at the Petrosian radius over the mean within it (Petrosian 1976; Lotz et al. 2004, equation 4).
const ETA: f64 = 0.2;

/// Width of the ring in which it is measured, in pixels.
const RING: f64 = 1.0;

/// The first radius at which `ratio` falls to [`ETA`], searched in steps of `step` up to `most`, then halved down to a ten-thousandth of a
/// pixel.
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
    while outer - inner > 1e-4 {
        let middle = 0.5 * (inner + outer);
        if ratio(middle) < ETA {
            outer = middle;
        } else {
            inner = middle;
        }
    }
    Some(0.5 * (inner + outer))
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

/// The Petrosian radius in circles; `None` when the light never falls that far.
pub(super) fn circular(light: &Light, centre: (f64, f64)) -> Option<f64> {
    let sum = |radius: f64| circle(light, centre, radius, |at| light.value(at));
    let most = most(light);
    first_crossing(most / 100.0, most, |radius| {
        let inner = if radius > 0.5 * RING {
            sum(radius - 0.5 * RING)
        } else {
            Sum::default()
        };
        ratio(sum(radius + 0.5 * RING).without(&inner), sum(radius))
    })
}

/// The Petrosian semi-major axis in ellipses of one shape.
pub(super) fn elliptical(light: &Light, ellipse: &Ellipse) -> Option<f64> {
    let sum = |a: f64| ellipse.sum(light, a, true, |at| light.value(at));
    let most = most(light);
    first_crossing(most / 100.0, most, |a| {
        let inner = if a > 0.5 * RING {
            sum(a - 0.5 * RING)
        } else {
            Sum::default()
        };
        ratio(sum(a + 0.5 * RING).without(&inner), sum(a))
    })
}

/// The radius that holds `share` of the light within `most`; `None` when that light is not positive.
pub(super) fn radius_of_share(light: &Light, centre: (f64, f64), most: f64, share: f64) -> Option<f64> {
    let sum = |radius: f64| circle(light, centre, radius, |at| light.value(at)).light;
    let wanted = share * sum(most);
    if wanted <= 0.0 {
        return None;
    }
    // The first crossing, as noise may make the sum fall again further out.
    let (mut inner, mut outer) = (0.0, most / 64.0);
    while sum(outer) < wanted {
        inner = outer;
        outer += most / 64.0;
        if outer > most {
            outer = most;
            break;
        }
    }
    while outer - inner > 1e-4 {
        let middle = 0.5 * (inner + outer);
        if sum(middle) < wanted {
            inner = middle;
        } else {
            outer = middle;
        }
    }
    Some(0.5 * (inner + outer))
}
