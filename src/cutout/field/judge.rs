//! Is it a field of many sources, or the picture of one galaxy with what happens to stand around it?

use super::find::{Field, find};
use super::options::FieldOptions;
use crate::cutout::frame::{Frame, Tone};
use crate::cutout::raster::plane::clean;

/// A field has so many clear sources at least.
const MANY: usize = 12;
/// A source is clear from this signal to noise on.
const CLEAR: f32 = 10.0;
/// A source within this share of the shorter side from the middle counts as central (along each axis).
const CENTRAL: f32 = 0.15;
/// The light of a galaxy that was framed is at least this share of all. Of the sample pictures of single galaxies the
/// least has 0.23, of the fields the most 0.10.
const SHARE: f32 = 0.17;
/// A source this near the middle, as a share of the shorter side, was put there.
const CENTRED: f32 = 0.04;
/// And if half its square is this share of the shorter side, the picture is about it, however bright its neighbours are.
const SIZE: f32 = 0.1;
/// Unless there are this many sources, as in a star cluster.
const CROWD: usize = 60;
/// Pictures with a shorter side up to this show one galaxy.
const THUMBNAIL: usize = 128;
/// Larger pictures are averaged to no less than this before they are looked at.
const WORKING: usize = 300;

/// What supports a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Judgement {
    /// Sources of a signal to noise of at least 10, in the picture averaged to a shorter side of 300 to 600 pixels.
    pub sources: usize,
    /// The share of their light that the brightest source near the middle holds, 0 to 1.
    pub central_share: f32,
    /// Half the side of that source's square, as a share of the frame's shorter side.
    pub central_size: f32,
    /// Whether it is a field.
    pub is_field: bool,
}

/// Whether a frame shows a field of many sources.
#[must_use]
pub fn is_field(frame: &Frame) -> bool {
    judge(frame).is_field
}

/// Looks at a frame as a field and says what supports it. A frame with nothing in it, or of at most 128 pixels, is
/// none.
#[must_use]
pub fn judge(frame: &Frame) -> Judgement {
    let short = frame.width.min(frame.height);
    if short <= THUMBNAIL {
        return Judgement::default();
    }
    let factor = (short / WORKING).max(1);
    let shrunk = (factor > 1).then(|| shrink(frame, factor)).flatten();
    let frame = shrunk.as_ref().unwrap_or(frame);
    let options = FieldOptions {
        // Cells that a galaxy which fills half of the picture cannot fill.
        mesh: (frame.width.min(frame.height) / 2).max(64),
        ..FieldOptions::default()
    };
    find(frame, &options).map_or_else(|_| Judgement::default(), |field| of(&field))
}

/// The frame averaged in blocks; `None` when it holds nothing.
fn shrink(frame: &Frame, factor: usize) -> Option<Frame> {
    let small = clean(frame).ok()?.plane.shrink(factor);
    let valid = small.valid;
    let pixels = small.values.into_iter().enumerate().map(|(i, v)| {
        let known = valid
            .as_ref()
            .is_none_or(|ok| ok.get(i).copied().unwrap_or(false));
        // Gaps stay gaps.
        if known || frame.tone == Tone::Stretched {
            v
        } else {
            f32::NAN
        }
    });
    Some(Frame {
        width: small.width,
        height: small.height,
        pixels: pixels.collect(),
        tone: frame.tone,
    })
}

/// The judgement of a field that was found.
fn of(field: &Field) -> Judgement {
    let clear = || field.sources.iter().filter(|s| s.signal_to_noise >= CLEAR);
    let all: f32 = clear().map(|s| s.flux).sum();
    let short = field.width.min(field.height).max(1) as f32;
    let (mx, my) = (
        (field.width as f32 - 1.0) / 2.0,
        (field.height as f32 - 1.0) / 2.0,
    );
    let within = |s: &crate::cutout::field::source::Source, share: f32| {
        (s.x - mx).abs() < share * short && (s.y - my).abs() < share * short
    };
    let central = clear().find(|s| within(s, CENTRAL));
    let framed = clear().any(|s| within(s, CENTRED) && s.half_side >= SIZE * short);
    let sources = clear().count();
    let central_share = central.map_or(0.0, |s| s.flux / all);
    Judgement {
        sources,
        central_share,
        central_size: central.map_or(0.0, |s| s.half_side / short),
        is_field: sources >= MANY && central_share < SHARE && (!framed || sources >= CROWD),
    }
}
