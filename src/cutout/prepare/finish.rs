//! The last steps on the 64x64 pixels: pedestal, scale, rounding, clearing the sky.

use crate::cutout::raster::sky::Sky;

/// A sky that stands more sigma than this above zero is lowered. (Of the Galaxy Zoo training cutouts, whose sky is as
/// it was, one in two hundred stands higher.)
const HIGH_SKY: f64 = 3.0;
/// Values are multiples of one in this many.
pub(super) const STEPS: f64 = 4096.0;

/// The finished cutout.
pub(super) struct Finished {
    pub raw: Vec<f32>,
    pub image: Vec<f32>,
    pub sky: f32,
    pub sigma: f32,
}

/// Finishes a cutout; `None` when it holds nothing above its lowest value.
///
/// With `clear` the pedestal is removed where there is one and the sky is set to 0; without, the pixels are only scaled.
pub(super) fn finish(mut stamp: Vec<f32>, sky: Sky, clear: bool, framed: bool) -> Option<Finished> {
    let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
    for &v in &stamp {
        let v = f64::from(v);
        lowest = if v < lowest { v } else { lowest };
        highest = if v > highest { v } else { highest };
    }
    if !lowest.is_finite() || !highest.is_finite() || lowest >= highest {
        return None;
    }
    // The sky then stands one sigma above zero, as in the training cutouts from EFIGI.
    let mut pedestal = 0.0;
    if clear && (sky.level > HIGH_SKY * sky.sigma || (framed && sky.level > sky.sigma)) {
        pedestal = sky.level - sky.sigma;
    }
    if highest - pedestal <= 0.0 {
        pedestal = lowest;
    }
    let top = highest - pedestal;
    let scaled = |v: f64| {
        let v = (v - pedestal) / top;
        if v > 0.0 { v } else { 0.0 }
    };
    let (level, sigma) = (scaled(sky.level), sky.sigma / top);
    for v in &mut stamp {
        let steps = (scaled(f64::from(*v)) * STEPS).round();
        *v = ((if steps < STEPS { steps } else { STEPS }) / STEPS) as f32;
    }
    let raw = stamp;
    let image = if clear {
        let limit = level + sigma;
        // The brightest pixel stays even in pure noise.
        let limit = if limit < 1.0 { limit } else { 1.0 };
        raw.iter()
            .map(|&v| if f64::from(v) < limit { 0.0 } else { v })
            .collect()
    } else {
        raw.clone()
    };
    Some(Finished {
        raw,
        image,
        sky: level as f32,
        sigma: sigma as f32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clears_what_is_under_sky_plus_sigma() {
        let sky = Sky {
            level: 0.1,
            sigma: 0.05,
        };
        let done = finish(vec![-0.2, 0.1, 0.14, 0.2, 2.0], sky, true, false).unwrap();
        assert_eq!(
            done.raw,
            vec![0.0, 205.0 / 4096.0, 287.0 / 4096.0, 410.0 / 4096.0, 1.0]
        );
        assert_eq!(done.image, vec![0.0, 0.0, 0.0, 410.0 / 4096.0, 1.0]);
        assert_eq!((done.sky, done.sigma), (0.05, 0.025));
    }

    #[test]
    fn a_high_sky_is_lowered_to_one_sigma() {
        let done = finish(
            vec![0.5, 0.4, 1.4],
            Sky {
                level: 0.5,
                sigma: 0.1,
            },
            true,
            false,
        )
        .unwrap();
        assert!((done.sky - 0.1).abs() < 1e-6 && (done.sigma - 0.1).abs() < 1e-6);
        assert_eq!(done.image, vec![0.0, 0.0, 1.0]);
    }

    #[test]
    fn only_scaled_when_nothing_is_to_be_cleared() {
        let done = finish(
            vec![0.5, 0.25, 0.75],
            Sky {
                level: 0.5,
                sigma: 0.1,
            },
            false,
            false,
        )
        .unwrap();
        assert_eq!(done.raw, done.image);
        assert_eq!(done.raw, vec![2731.0 / 4096.0, 1365.0 / 4096.0, 1.0]);
    }

    #[test]
    fn a_picture_below_its_sky_still_gives_values() {
        let done = finish(
            vec![0.1, 0.2, 0.3],
            Sky {
                level: 0.9,
                sigma: 0.0,
            },
            true,
            false,
        )
        .unwrap();
        assert_eq!(done.raw, vec![0.0, 0.5, 1.0]);
        assert_eq!(done.image[2], 1.0);
        assert!(
            finish(
                vec![0.3; 5],
                Sky {
                    level: 0.3,
                    sigma: 0.0
                },
                true,
                false
            )
            .is_none()
        );
    }
}
