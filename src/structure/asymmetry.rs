//! Asymmetry under a turn by 180 degrees, and the centre where it is least.

use super::aperture::circle_with_share;
use super::light::Light;
use super::minimise::minimise;

/// The mean difference of pairs of sky pixels that lie opposite each other through the frame's centre: what noise adds to the sum of
/// absolute differences, for each pixel. 0 where there is no sky.
pub(super) fn sky(light: &Light) -> f64 {
    let count = light.values.len();
    let (mut sum, mut pairs) = (0.0, 0_usize);
    let is_sky = |at: usize| !light.is_masked(at) && !light.galaxy.get(at).copied().unwrap_or(false);
    for at in 0..count / 2 {
        let opposite = count - 1 - at;
        if is_sky(at) && is_sky(opposite) {
            sum += (light.value(at) - light.value(opposite)).abs();
            pairs += 1;
        }
    }
    if pairs > 0 { sum / pairs as f64 } else { 0.0 }
}

/// `(sum |I - I180| - area * sky) / sum |I|` within a radius around a centre (Conselice 2003; Lotz et al. 2004, equation 10).
///
/// `None` where there is no light.
pub(super) fn asymmetry(light: &Light, centre: (f64, f64), radius: f64, sky: f64) -> Option<f64> {
    let opposite = |at: usize| {
        let (x, y) = ((at % light.width) as f64, (at / light.width) as f64);
        (2.0 * centre.0 - x, 2.0 * centre.1 - y)
    };
    let nothing_masked = !light.masked.contains(&true);
    // A pixel counts only where the opposite one is not masked either.
    let is_masked = |(x, y): (f64, f64)| {
        if nothing_masked {
            return false;
        }
        let inside = x >= -0.5 && y >= -0.5 && x < light.width as f64 - 0.5 && y < light.height as f64 - 0.5;
        inside && light.is_masked((y + 0.5) as usize * light.width + (x + 0.5) as usize)
    };
    let (mut total, mut hidden) = (0.0, 0.0);
    let differences = circle_with_share(light, centre, radius, |at, share| {
        let there = opposite(at);
        if is_masked(there) {
            hidden += share;
            return 0.0;
        }
        let value = light.value(at);
        total += share * value.abs();
        (light.between(there.0, there.1) - value).abs()
    });
    (total > 0.0).then(|| (differences.light - (differences.area - hidden) * sky) / total)
}

/// The centre where the asymmetry within `radius` is least, searched from `start`. `None` when it drifts further than `reach`.
pub(super) fn centre(
    light: &Light,
    start: (f64, f64),
    radius: f64,
    sky: f64,
    reach: f64,
) -> Option<(f64, f64)> {
    let inside =
        |(x, y): (f64, f64)| x >= 0.0 && y >= 0.0 && x < light.width as f64 && y < light.height as f64;
    let value = |place: (f64, f64)| {
        if inside(place) {
            asymmetry(light, place, radius, sky).unwrap_or(100.0)
        } else {
            100.0
        }
    };
    let (found, _) = minimise(value, start, 0.5, 3e-3);
    let (dx, dy) = (found.0 - start.0, found.1 - start.1);
    (dx * dx + dy * dy <= reach * reach).then_some(found)
}
