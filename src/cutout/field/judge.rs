//! Is it a field of many sources, or the picture of one galaxy with what happens to stand around it?

use super::{Field, FieldOptions, find};
use crate::cutout::Frame;

/// What speaks for a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Judgement {
    /// Sources of a signal to noise of at least 10.
    pub sources: usize,
    /// The share of all light that the brightest source near the middle holds, 0 to 1.
    pub central_share: f32,
    /// Half the side of that source's square, as a share of the frame's shorter side.
    pub central_size: f32,
    /// The share of the frame that sources cover.
    pub covered: f32,
    /// Whether it is a field.
    pub is_field: bool,
}

/// Whether a frame shows a field of many sources.
#[must_use]
pub fn is_field(frame: &Frame) -> bool {
    judge(frame).is_field
}

/// Looks at a frame as a field and says what speaks for it. A frame with nothing in it is none.
#[must_use]
pub fn judge(frame: &Frame) -> Judgement {
    let options = FieldOptions {
        mesh: (frame.width.min(frame.height) / 2).max(64),
        ..FieldOptions::default()
    };
    find(frame, &options).map_or_else(|_| Judgement::default(), |field| of(&field))
}

/// The judgement of a field that was found.
fn of(field: &Field) -> Judgement {
    let clear = || field.sources.iter().filter(|s| s.signal_to_noise >= 10.0);
    let all: f32 = clear().map(|s| s.flux).sum();
    let short = field.width.min(field.height).max(1) as f32;
    let (mx, my) = (
        (field.width as f32 - 1.0) / 2.0,
        (field.height as f32 - 1.0) / 2.0,
    );
    let central = clear().find(|s| (s.x - mx).abs() < 0.15 * short && (s.y - my).abs() < 0.15 * short);
    let covered =
        field.segments.iter().filter(|s| **s > 0).count() as f32 / field.segments.len().max(1) as f32;
    let mut judgement = Judgement {
        sources: clear().count(),
        central_share: central.map_or(0.0, |s| s.flux / all),
        central_size: central.map_or(0.0, |s| s.half_side / short),
        covered,
        is_field: false,
    };
    judgement.is_field = judgement.sources >= 12 && judgement.central_share < 0.2;
    judgement
}
