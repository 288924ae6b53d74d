//! A cutout of one source of a field, with its neighbours masked.

use super::find::Field;
use super::source::Source;
use crate::cutout::error::PrepareError;
use crate::cutout::frame::Frame;
use crate::cutout::prepare::Override;
use crate::cutout::prepare::Prepared;
use crate::cutout::prepare::Recipe;
use crate::cutout::prepare::from_plane;
use crate::cutout::raster::plane::{clean, window};

/// The window that is worked in is so many half sides of the square wide, as in the preparation of single galaxies, and at
/// least [`MIN_VALUE`] pixels.
const WINDOW: f32 = 5.3;
const MIN_VALUE: f32 = 96.0;
/// Neighbours are masked with this many pixels around them, where their light goes on.
const RIM: usize = 2;

/// Makes a cutout of one source of a frame by the recipe of single galaxies, around the source's own centre and as large as
/// its own square (unless the recipe asks for one scale for all). The pixels of other sources are filled with the sky of
/// their place and do not count when the sky is measured.
///
/// `field` must have been found in this very frame. The cutout's square is in pixels of the frame.
///
/// # Errors
/// [`PrepareError`] says why there is none.
pub fn cut(frame: &Frame, field: &Field, source: &Source, recipe: &Recipe) -> Result<Prepared, PrepareError> {
    if frame.width != field.width
        || frame.height != field.height
        || frame.pixels.len() != field.segments.len()
    {
        return Err(PrepareError::Size {
            width: field.width,
            height: field.height,
            count: frame.pixels.len(),
        });
    }
    let half = match recipe.scale {
        crate::cutout::prepare::Scale::AllTheSame { half_side } if half_side > 0.0 => half_side,
        _ => source.half_side,
    };
    let side = WINDOW * half;
    let side = (if side > MIN_VALUE { side } else { MIN_VALUE }) as usize;
    let start = |middle: f32, size: usize| {
        let from = (middle - side as f32 / 2.0).round();
        let from = if from > 0.0 { from as usize } else { 0 };
        from.min(size.saturating_sub(side))
    };
    let (left, top) = (start(source.x, frame.width), start(source.y, frame.height));
    let (width, height) = (side.min(frame.width - left), side.min(frame.height - top));
    let at = (left, top, width, height);
    let labels = window(&field.segments, frame.width, at);
    let mut plane = clean(&Frame {
        width,
        height,
        pixels: window(&frame.pixels, frame.width, at),
        tone: frame.tone,
    })?
    .plane;
    let sky = field.background.level(left, top, width, height);
    let masked = neighbours(&labels, width, source.number);
    let valid = plane.valid.get_or_insert_with(|| vec![true; width * height]);
    for (((v, ok), sky), masked) in plane.values.iter_mut().zip(valid.iter_mut()).zip(sky).zip(masked) {
        if masked {
            *v = sky;
            *ok = false;
        }
    }
    let change = Override {
        centre: Some((source.x - left as f32, source.y - top as f32)),
        half_side: Some(half),
        ..Override::default()
    };
    let (mut prepared, _) = from_plane(plane, frame.tone, recipe, &change, Vec::new())?;
    prepared.square = prepared
        .square
        .map(|(x, y, half)| (x + left as f32, y + top as f32, half));
    Ok(prepared)
}

/// The pixels that belong to other sources, or lie close to them; never those of the source itself.
fn neighbours(labels: &[u32], width: usize, own: u32) -> Vec<bool> {
    let height = labels.len() / width.max(1);
    let mut masked = vec![false; labels.len()];
    for (i, &label) in labels.iter().enumerate() {
        if label == 0 || label == own {
            continue;
        }
        let (x, y) = (i % width, i / width);
        for row in y.saturating_sub(RIM)..(y + RIM + 1).min(height) {
            for column in x.saturating_sub(RIM)..(x + RIM + 1).min(width) {
                let j = row * width + column;
                if labels.get(j).is_some_and(|l| *l != own)
                    && let Some(m) = masked.get_mut(j)
                {
                    *m = true;
                }
            }
        }
    }
    masked
}
