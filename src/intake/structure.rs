//! Measures of structure, as columns of a galaxy.

use std::collections::BTreeMap;

use crate::cutout::prepare::Measured;
use crate::cutout::{About, Frame, Prepared, Psf, Recipe, SIDE, Tone};
use crate::structure::{Light, NOTHING_TO_MEASURE, Options, PREFIX, structure};

/// The window around a galaxy's square, in half sides: with enough sky to know its noise.
const WINDOW: f64 = 2.0;

/// A window of more pixels across is averaged down to this many, so that a picture of any size takes the same time.
const ACROSS: usize = 256;

/// Measures the galaxy that was cut from a picture; where no square was, the one in its middle.
pub(super) fn of_picture(about: &mut About, frame: &Frame, prepared: &Prepared, recipe: &Recipe) {
    let wanted = recipe.structure;
    if wanted == Measured::Nothing {
        return;
    }
    let (left, top, width, height) = window(frame, prepared.square);
    let factor = width.max(height).div_ceil(ACROSS).max(1);
    let (across, down) = (width / factor, height / factor);
    let mut pixels = Vec::with_capacity(across * down);
    for row in 0..down {
        for column in 0..across {
            pixels.push(mean(
                frame,
                (left + column * factor, top + row * factor),
                factor,
                prepared.inverted,
            ));
        }
    }
    // At an edge of the picture the galaxy is not in the middle of the window.
    let place = prepared.square.map(|(x, y, _)| {
        let at = |v: f32, first: usize| (f64::from(v) - first as f64 + 0.5) / factor as f64 - 0.5;
        (at(x, left), at(y, top))
    });
    let stretched = frame.tone == Tone::Stretched;
    let light = Light::find(across, down, &pixels, place);
    let psf = recipe.psf.as_ref().map(|psf| psf.binned(factor));
    measure(about, light, factor as f64, stretched, (wanted, psf));
}

/// Measures a cutout that came as one: it is stretched.
pub(super) fn of_cutout(about: &mut About, raw: &[f32], wanted: Measured) {
    let known = about.columns.keys().any(|name| name.starts_with(PREFIX));
    if wanted != Measured::Nothing && !known {
        let light = Light::find(SIDE, SIDE, raw, None);
        measure(about, light, 1.0, true, (wanted, None));
    }
}

/// The columns of measures on a cutout of 64x64 that is stretched, as prepared ones are.
#[must_use]
pub fn columns_of_cutout(raw: &[f32], wanted: Measured) -> BTreeMap<String, String> {
    let mut about = About::default();
    of_cutout(&mut about, raw, wanted);
    about.columns
}

fn measure(
    about: &mut About,
    light: Option<Light>,
    scale: f64,
    stretched: bool,
    (wanted, psf): (Measured, Option<Psf>),
) {
    let options = Options {
        errors: wanted.has_errors(),
        sersic: wanted.has_fit(),
        psf,
        stretched,
    };
    let found = light.and_then(|light| structure(&light, &options));
    match found {
        Some(mut found) => {
            found.scale(scale);
            about.columns.extend(found.columns());
        }
        None => {
            let name = format!("{PREFIX}flags");
            about.columns.insert(name, NOTHING_TO_MEASURE.to_owned());
        }
    }
}

/// Left, top, width and height of the window in the frame.
fn window(frame: &Frame, square: Option<(f32, f32, f32)>) -> (usize, usize, usize, usize) {
    let Some((x, y, half)) = square else {
        return (0, 0, frame.width, frame.height);
    };
    let reach = WINDOW * f64::from(half);
    let span = |middle: f32, size: usize| {
        let middle = f64::from(middle);
        let first = (middle - reach).floor().clamp(0.0, size as f64) as usize;
        let last = (middle + reach + 1.0).ceil().clamp(0.0, size as f64) as usize;
        (first, last - first)
    };
    let ((left, width), (top, height)) = (span(x, frame.width), span(y, frame.height));
    (left, top, width, height)
}

/// The mean of a block of pixels; NaN where one has no value.
fn mean(frame: &Frame, (left, top): (usize, usize), side: usize, inverted: bool) -> f32 {
    let mut sum = 0.0;
    for row in top..top + side {
        let start = row * frame.width + left;
        for value in frame.pixels.get(start..start + side).unwrap_or_default() {
            sum += f64::from(*value);
        }
    }
    let mean = (sum / (side * side) as f64) as f32;
    if inverted { -mean } else { mean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::prepare::{Override, prepare_with};

    /// A round galaxy at the left edge, and a thin one to the right of it that is nearer to the middle of the window.
    #[test]
    fn at_an_edge_it_is_the_galaxy_that_was_cut() {
        let (width, height) = (160, 120);
        let noise = |at: usize| ((at * 7919) % 101) as f32 / 101.0 - 0.5;
        let pixels = (0..width * height).map(|at| {
            let (x, y) = ((at % width) as f32, (at / width) as f32);
            let blob = |cx: f32, sx: f32, sy: f32| {
                let (dx, dy) = ((x - cx) / sx, (y - 60.0) / sy);
                40.0 * (-0.5 * (dx * dx + dy * dy)).exp()
            };
            blob(12.0, 3.0, 3.0) + blob(30.0, 1.5, 6.0) + noise(at)
        });
        let frame = Frame {
            width,
            height,
            pixels: pixels.collect(),
            tone: Tone::Linear,
        };
        for (x, round) in [(12.0, true), (30.0, false)] {
            let change = Override {
                centre: Some((x, 60.0)),
                half_side: Some(14.0),
                ..Override::default()
            };
            let prepared = prepare_with(&frame, &Recipe::default(), &change).unwrap();
            let mut about = About::default();
            let recipe = Recipe {
                structure: Measured::Numbers,
                ..Recipe::default()
            };
            of_picture(&mut about, &frame, &prepared, &recipe);
            let ellipticity: f64 = about.columns["structure_ellipticity"].parse().unwrap();
            assert_eq!(ellipticity < 0.3, round, "{:?}", about.columns);
        }
    }
}
