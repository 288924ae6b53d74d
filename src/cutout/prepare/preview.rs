//! The frame as a small grey picture, to be shown beside its cutout.

use std::sync::Arc;

use crate::cutout::frame::{Frame, Tone};

use crate::cutout::prepare::{locate, stretch};
use crate::cutout::raster::plane::clean;
use crate::cutout::raster::resample::{Area, resample};
use crate::cutout::raster::sky::clipped;

/// A square grey picture of a frame, and where the frame's pixels went.
#[derive(Clone, Debug, PartialEq)]
pub struct FramePreview {
    /// Pixels along one side.
    pub side: usize,
    /// `side * side` grey values, row-major, top row first; 0 beside the frame where it is not square.
    pub grey: Arc<[u8]>,
    /// Pixels of the preview for one pixel of the frame.
    pub scale: f64,
    /// The preview's column where the frame's left edge is.
    pub left: f64,
    /// The preview's row where the frame's top edge is.
    pub top: f64,
}

impl FramePreview {
    /// Where a square of the frame (centre x, y and half side, as in [`super::Prepared::square`]) lies in the preview:
    /// left, top and side, in pixels of the preview. It may reach beyond.
    #[must_use]
    pub fn place(&self, (x, y, half): (f32, f32, f32)) -> (f64, f64, f64) {
        let (x, y, half) = (f64::from(x) + 0.5, f64::from(y) + 0.5, f64::from(half));
        (
            self.left + (x - half) * self.scale,
            self.top + (y - half) * self.scale,
            2.0 * half * self.scale,
        )
    }
}

/// Draws a frame into a square of `side` by `side` grey pixels; linear frames are stretched first.
///
/// Black when the frame holds nothing to see.
#[must_use]
pub fn preview(frame: &Frame, side: usize) -> FramePreview {
    let long = frame.width.max(frame.height).max(1);
    let scale = side as f64 / long as f64;
    let mut grey = vec![0; side * side];
    let view = |grey: Vec<u8>| FramePreview {
        side,
        grey: grey.into(),
        scale,
        left: (long - frame.width) as f64 * scale / 2.0,
        top: (long - frame.height) as f64 * scale / 2.0,
    };
    let Ok(cleaned) = clean(frame) else {
        return view(grey);
    };
    if side == 0 {
        return view(grey);
    }
    let linear = frame.tone == Tone::Linear;
    let plane = if linear {
        locate::in_sigmas(&cleaned.plane)
    } else {
        cleaned.plane
    };
    let width = ((plane.width as f64 * scale).round() as usize).clamp(1, side);
    let height = ((plane.height as f64 * scale).round() as usize).clamp(1, side);
    let mut values: Vec<f64> = resample(&plane, Area::whole(&plane), width, height, None)
        .into_iter()
        .map(f64::from)
        .collect();
    let (mut black, mut white) = (0.0, 1.0);
    if linear {
        let mut sorted = values.clone();
        let place = sorted.len().saturating_sub(1 + sorted.len() / 2000);
        let bright = if sorted.is_empty() {
            0.0
        } else {
            *sorted.select_nth_unstable_by(place, f64::total_cmp).1
        };
        let bend = stretch::steepness(bright);
        for v in &mut values {
            *v = stretch::curve(*v, bend);
        }
        black = stretch::PEDESTAL - 1.5;
        white = stretch::curve(bright, bend);
        // A frame of noise alone is shown as such.
        let noise = clipped(values.iter().copied().step_by(1 + values.len() / 4096).collect());
        let least = noise.level + 6.0 * noise.sigma;
        white = if white > least { white } else { least };
    }
    let span = if white > black { white - black } else { 1.0 };
    let (x0, y0) = ((side - width) / 2, (side - height) / 2);
    for (y, row) in values.chunks_exact(width).enumerate() {
        let start = (y0 + y) * side + x0;
        for (grey, v) in grey.iter_mut().skip(start).zip(row) {
            // A cast keeps what is out of range at 0 or 255.
            *grey = (255.0 * (v - black) / span).round() as u8;
        }
    }
    view(grey)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(width: usize, height: usize, tone: Tone) -> Frame {
        let pixels = (0..width * height)
            .map(|i| if i % width < width / 2 { 0.25 } else { 0.75 })
            .collect();
        Frame {
            width,
            height,
            pixels,
            tone,
        }
    }

    #[test]
    fn a_wide_frame_lies_between_bars() {
        let view = preview(&frame(80, 40, Tone::Stretched), 40);
        assert_eq!((view.scale, view.left, view.top), (0.5, 0.0, 10.0));
        let at = |x: usize, y: usize| view.grey[y * 40 + x];
        assert_eq!((at(5, 3), at(5, 20), at(35, 20), at(35, 36)), (0, 64, 191, 0));
        assert_eq!(view.place((39.5, 19.5, 20.0)), (10.0, 10.0, 20.0));
    }

    #[test]
    fn odd_frames_do_no_harm() {
        for (width, height, side) in [(0, 0, 8), (1, 1, 8), (3, 200, 16), (200, 1, 16), (5, 5, 0)] {
            for tone in [Tone::Linear, Tone::Stretched] {
                let view = preview(&frame(width, height, tone), side);
                assert_eq!(view.grey.len(), side * side);
            }
        }
        let broken = Frame {
            width: 4,
            height: 4,
            pixels: vec![f32::NAN; 16],
            tone: Tone::Linear,
        };
        assert!(preview(&broken, 8).grey.iter().all(|g| *g == 0));
    }

    #[test]
    fn faint_light_in_linear_data_can_be_seen() {
        let pixels = (0..64 * 64)
            .map(|i| {
                let (x, y) = ((i % 64) as f32 - 31.5, (i / 64) as f32 - 31.5);
                let noise = ((i * 7919) % 101) as f32 / 101.0 - 0.5;
                1000.0 + noise + 4000.0 * (-(x * x + y * y).sqrt() / 3.0).exp()
            })
            .collect();
        let view = preview(
            &Frame {
                width: 64,
                height: 64,
                pixels,
                tone: Tone::Linear,
            },
            64,
        );
        let at = |x: usize, y: usize| view.grey[y * 64 + x];
        assert!(
            at(31, 31) > 180 && at(31, 44) > 60 && at(3, 3) < 30,
            "{} {} {}",
            at(31, 31),
            at(31, 44),
            at(3, 3)
        );
    }
}
