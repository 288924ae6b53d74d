//! Connected light above a threshold: smoothing, and the walk over the pixels.

use super::deblend::Deblending;
use crate::cutout::field::deblend;
use crate::cutout::raster::plane::{Plane, beside};

/// How a frame is smoothed before its sources are looked for. The weights add up to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Smoothing {
    /// Not at all.
    None,
    /// 3 by 3 pixels, 1 2 1 along each axis: SExtractor's own default.
    #[default]
    Light,
    /// 5 by 5 pixels, 1 4 6 4 1 along each axis: for blurred or noisy frames.
    Strong,
}

impl Smoothing {
    fn weights(self) -> &'static [f32] {
        match self {
            Self::None => &[1.0],
            Self::Light => &[0.25, 0.5, 0.25],
            Self::Strong => &[0.0625, 0.25, 0.375, 0.25, 0.0625],
        }
    }

    /// The standard deviation that is left of noise which differs from pixel to pixel.
    pub(super) fn noise_left(self) -> f32 {
        self.weights().iter().map(|w| w * w).sum()
    }

    /// The plane smoothed; what lies beyond its edges is 0, as the sky is.
    pub(super) fn apply(self, plane: &Plane) -> Vec<f32> {
        let weights = self.weights();
        let reach = weights.len() / 2;
        if reach == 0 || plane.width == 0 {
            return plane.values.clone();
        }
        let mut across = Vec::with_capacity(plane.values.len());
        for row in plane.values.chunks_exact(plane.width) {
            for x in 0..row.len() {
                let mut sum = 0.0;
                for (k, w) in weights.iter().enumerate() {
                    if let Some(v) = (x + k).checked_sub(reach).and_then(|at| row.get(at)) {
                        sum += w * v;
                    }
                }
                across.push(sum);
            }
        }
        let mut out = vec![0.0_f32; across.len()];
        for (y, line) in out.chunks_exact_mut(plane.width).enumerate() {
            for (k, w) in weights.iter().enumerate() {
                let row = (y + k)
                    .checked_sub(reach)
                    .and_then(|at| across.get(at * plane.width..(at + 1) * plane.width));
                for (sum, v) in line.iter_mut().zip(row.unwrap_or(&[])) {
                    *sum += w * v;
                }
            }
        }
        out
    }
}

/// Which source each pixel belongs to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Segments {
    /// For each pixel the number of its source, from 1; 0 is sky.
    pub label: Vec<u32>,
    /// For each source, from number 1 on: whether it was separated from another.
    pub blended: Vec<bool>,
}

/// What a source must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceCriteria {
    /// Pixels at least.
    pub area: usize,
    /// How touching ones are separated.
    pub deblending: Deblending,
    /// Sources at most; further ones, from the bottom of the frame, are left out.
    pub most: usize,
}

/// Groups the pixels whose `light` exceeds their `threshold` into sources. Neighbours share a side: with corners too,
/// noise would tie sources together.
pub(super) fn segments(light: &[f32], threshold: &[f32], width: usize, wanted: SourceCriteria) -> Segments {
    /// Seen, and too small to count.
    const SPECK: u32 = u32::MAX;
    let mut label = vec![0_u32; light.len()];
    let mut slots = vec![0_u32; light.len()];
    let mut blended = Vec::new();
    let bright = |i: usize| match (light.get(i), threshold.get(i)) {
        (Some(v), Some(t)) => v > t,
        _ => false,
    };
    let mut list: Vec<usize> = Vec::new();
    for start in 0..light.len() {
        if label.get(start) != Some(&0) || !bright(start) {
            continue;
        }
        list.clear();
        list.push(start);
        set(&mut label, start, SPECK);
        let mut next = 0;
        while let Some(&i) = list.get(next) {
            next += 1;
            for j in beside(i, width) {
                if label.get(j) == Some(&0) && bright(j) {
                    set(&mut label, j, SPECK);
                    list.push(j);
                }
            }
        }
        if list.len() < wanted.area || blended.len() >= wanted.most {
            continue;
        }
        let base = threshold.get(start).copied().unwrap_or(0.0);
        let parts = deblend::parts(
            light,
            width,
            &list,
            base,
            &mut slots,
            wanted.deblending,
            wanted.area,
        );
        let several = parts.len() > 1;
        for part in parts.into_iter().take(wanted.most - blended.len()) {
            let number = number(&mut blended, several);
            part.into_iter().for_each(|i| set(&mut label, i, number));
        }
    }
    for l in &mut label {
        if *l == SPECK {
            *l = 0;
        }
    }
    Segments { label, blended }
}

/// The number of the next source.
fn number(blended: &mut Vec<bool>, several: bool) -> u32 {
    blended.push(several);
    u32::try_from(blended.len()).unwrap_or(u32::MAX - 1)
}

fn set(label: &mut [u32], i: usize, number: u32) {
    if let Some(l) = label.get_mut(i) {
        *l = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(rows: &[&str], area: usize) -> Vec<u32> {
        found(rows, area).label
    }

    fn found(rows: &[&str], area: usize) -> Segments {
        let light: Vec<f32> = rows
            .iter()
            .flat_map(|row| row.bytes().map(|b| f32::from(b - b'0')))
            .collect();
        let wanted = SourceCriteria {
            area,
            deblending: Deblending::default(),
            most: 100,
        };
        segments(&light, &vec![1.5; light.len()], rows[0].len(), wanted)
    }

    #[test]
    fn parting_loses_no_light() {
        // Two peaks, of which neither has five pixels: one source.
        let whole = found(&["0992990"], 5);
        assert_eq!(
            (whole.label, whole.blended),
            (vec![0, 1, 1, 1, 1, 1, 0], vec![false])
        );
        let parted = found(&["0992990"], 2).blended;
        assert_eq!(parted, [true, true]);
        // A peak between two larger ones: its pixels go to them.
        let three = found(&["99992929999"], 4);
        assert_eq!(three.blended, [true, true]);
        assert!(three.label.iter().all(|label| *label > 0), "{:?}", three.label);
    }

    #[test]
    fn sources_are_what_shares_sides() {
        let rows = ["220000", "200202", "000022", "300002"];
        assert_eq!(
            find(&rows, 2),
            [
                1, 1, 0, 0, 0, 0, //
                1, 0, 0, 0, 0, 2, //
                0, 0, 0, 0, 2, 2, //
                0, 0, 0, 0, 0, 2
            ]
        );
        assert_eq!(find(&rows, 4).iter().copied().max(), Some(1));
        assert_eq!(find(&rows, 5), [0; 24]);
    }

    #[test]
    fn there_are_no_more_sources_than_wanted() {
        let light = vec![3.0, 0.0, 3.0, 0.0, 3.0];
        let wanted = SourceCriteria {
            area: 1,
            deblending: Deblending::default(),
            most: 2,
        };
        assert_eq!(segments(&light, &[1.0; 5], 5, wanted).label, [1, 0, 2, 0, 0]);
    }

    #[test]
    fn smoothing_keeps_the_light() {
        let mut values = vec![0.0; 49];
        values[24] = 16.0;
        let plane = Plane::new(7, 7, values);
        let light = Smoothing::Light.apply(&plane);
        assert_eq!(light[16..19], [1.0, 2.0, 1.0]);
        assert_eq!(light[23..26], [2.0, 4.0, 2.0]);
        let strong = Smoothing::Strong.apply(&plane);
        assert_eq!(strong.iter().sum::<f32>(), 16.0);
        assert_eq!(strong[24], 16.0 * 0.375 * 0.375);
        assert_eq!(Smoothing::None.apply(&plane), plane.values);
    }
}
