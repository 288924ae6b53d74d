//! Stars among the sources: as small as the frame's smallest, round, or with spikes.
//!
//! Stars all have one size, that of the point-spread function, whatever their brightness; galaxies are larger by any
//! amount. So the stars of a frame are a clump at the small end of the half-light radii. Where there is no such clump,
//! nothing is called a star for its size.

use super::source::Source;
use crate::cutout::raster::plane::Plane;

/// Only sources of this signal to noise help to find the clump, or can be judged.
const CLEAR: f32 = 20.0;
/// Stars are rounder than this.
const ROUND: f32 = 0.25;
/// The clump reaches this factor up and down from its middle.
const WIDTH: f32 = 1.12;
/// Stars of a clump at least.
const FEW: usize = 8;
/// The clump must be this many times as dense (in the logarithm of the radius) as what lies just above it.
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
        source.flags.star_like = compact || spikes(source, plane);
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

/// The weakest of a star's four spikes is this many sigma bright, on average over its length,
const SPIKE_SIGMA: f64 = 2.0;
/// and this much brighter than what lies around the star at the same distance.
const SPIKE_CONTRAST: f64 = 1.3;

/// Whether light goes out from a round source in four arms at right angles, as from the struts that hold a mirror. In the
/// Hubble Deep Field this holds for its two bright stars and for no galaxy.
fn spikes(source: &Source, plane: &Plane) -> bool {
    const QUARTER: usize = 32;
    if source.ellipticity() >= ROUND || source.signal_to_noise < CLEAR || source.flags.small {
        return false;
    }
    let core = f64::from(source.half_light_radius);
    // The mean light along each of the directions of each of four quarters.
    let mut arms = [[0.0_f64; QUARTER]; 4];
    for (quarter, arm) in arms.iter_mut().enumerate() {
        for (k, sum) in arm.iter_mut().enumerate() {
            let angle = std::f64::consts::FRAC_PI_2 * (quarter as f64 + k as f64 / QUARTER as f64);
            for step in 0..8 {
                let r = core * (2.0 + 0.35 * f64::from(step));
                let x = (f64::from(source.x) + r * libm::cos(angle)).round();
                let y = (f64::from(source.y) + r * libm::sin(angle)).round();
                if x < 0.0 || y < 0.0 || x >= plane.width as f64 || y >= plane.height as f64 {
                    return false;
                }
                let at = y as usize * plane.width + x as usize;
                *sum += plane.values.get(at).map_or(0.0, |v| f64::from(*v)) / 8.0;
            }
        }
    }
    // For each direction within a quarter: all four arms together, and the weakest one.
    let mut together = [0.0_f64; QUARTER];
    let mut weakest = [f64::INFINITY; QUARTER];
    for arm in &arms {
        for ((sum, least), v) in together.iter_mut().zip(&mut weakest).zip(arm) {
            *sum += v / 4.0;
            *least = if *v < *least { *v } else { *least };
        }
    }
    let spike = weakest
        .iter()
        .fold(f64::NEG_INFINITY, |most, v| if *v > most { *v } else { most });
    together.sort_unstable_by(f64::total_cmp);
    let around = together.get(QUARTER / 2).copied().unwrap_or(0.0);
    let sigma = f64::from(source.sigma);
    spike > SPIKE_SIGMA * sigma && spike > SPIKE_CONTRAST * around
}
