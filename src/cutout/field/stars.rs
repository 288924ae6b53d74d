//! Stars among the sources: as small as the frame's smallest, round, or with spikes.
//!
//! Stars all have one size, that of the point-spread function, whatever their brightness; galaxies are larger by any
//! amount. So the stars of a frame are a clump at the small end of the half-light radii. Where there is no such clump,
//! nothing is called a star for its size.

use super::Source;
use crate::cutout::prepare::plane::Plane;

/// Only sources of this signal to noise help to find the clump, or can be judged.
const CLEAR: f32 = 20.0;
/// Stars are rounder than this.
const ROUND: f32 = 0.25;
/// The clump reaches this factor up and down from its middle.
const WIDTH: f32 = 1.12;
/// Stars of a clump at least.
const FEW: usize = 8;
/// The clump must be so many times as dense (in the logarithm of the radius) as what lies just above it.
const CONTRAST: f64 = 1.5;

/// Flags the stars. Gives the half-light radius of the frame's stars in pixels, where there are enough of them.
pub(super) fn mark(sources: &mut [Source], plane: &Plane) -> Option<f32> {
    let radius = clump(sources);
    for source in sources.iter_mut() {
        let compact = radius.is_some_and(|r| {
            source.half_light_radius < WIDTH * r
                && source.signal_to_noise >= CLEAR
                && source.ellipticity() < ROUND
        });
        source.flags.star_like = compact || (source.flags.saturated && spikes(source, plane));
    }
    radius
}

/// The middle of the clump of stars.
fn clump(sources: &[Source]) -> Option<f32> {
    let mut radii: Vec<f32> = sources
        .iter()
        .filter(|s| {
            s.signal_to_noise >= CLEAR
                && s.ellipticity() < ROUND
                && s.half_light_radius > 0.5
                && !(s.flags.edge || s.flags.saturated || s.flags.blended)
        })
        .map(|s| s.half_light_radius)
        .collect();
    radii.sort_unstable_by(f32::total_cmp);
    let between =
        |from: f32, to: f32| radii.partition_point(|r| *r < to) - radii.partition_point(|r| *r < from);
    // The lowest place that is as crowded as any other below twice the smallest sizes.
    let small = radii.get(radii.len() / 20).copied()?;
    let best = radii
        .iter()
        .take_while(|r| **r <= 2.0 * small)
        .map(|&r| (between(r / WIDTH, r * WIDTH), r))
        .fold((0, 0.0), |best, here| if here.0 > best.0 { here } else { best });
    let (count, middle) = best;
    // Just above: the stretch from the clump's upper end, twice as wide in the logarithm as half the clump.
    let above = between(middle * WIDTH, middle * WIDTH * WIDTH * WIDTH);
    (count >= FEW && count as f64 > CONTRAST * above as f64).then_some(middle)
}

/// Whether light goes out from a source in four arms, as from the struts that hold a mirror: on a circle outside the
/// core the light has four narrow peaks a right angle apart.
fn spikes(source: &Source, plane: &Plane) -> bool {
    const ANGLES: usize = 64;
    let (mut four, mut level, mut rough) = (0.0_f64, 0.0_f64, 0.0_f64);
    let mut folded = [0.0_f64; ANGLES / 4];
    let core = f64::from(source.half_light_radius);
    for step in 0..8 {
        let r = core * (2.0 + 0.5 * f64::from(step));
        for k in 0..ANGLES {
            let angle = std::f64::consts::TAU * k as f64 / ANGLES as f64;
            let x = (f64::from(source.x) + r * libm::cos(angle)).round();
            let y = (f64::from(source.y) + r * libm::sin(angle)).round();
            if x < 0.0 || y < 0.0 || x >= plane.width as f64 || y >= plane.height as f64 {
                return false;
            }
            let v = plane
                .values
                .get(y as usize * plane.width + x as usize)
                .map_or(0.0, |v| f64::from(*v));
            if let Some(f) = folded.get_mut(k % (ANGLES / 4)) {
                *f += v / 32.0;
            }
        }
    }
    let n = folded.len() as f64;
    level += folded.iter().sum::<f64>() / n;
    for f in &folded {
        four = if *f > four { *f } else { four };
        rough += (f - level).abs() / n;
    }
    // A narrow peak stands far above the mean deviation.
    level > 0.0 && four > 3.0 * level && four - level > 3.0 * rough
}
