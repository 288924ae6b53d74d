//! A point spread function from a FITS file.

use super::bands::Take;
use super::images::Values;
use super::{nature, sides};
use crate::cutout::Psf;
use crate::fits::header::{Holds, Unit, walk};
use crate::intake::auxiliary::Nature;
use crate::intake::report::question::{Answers, Reading};
use crate::limits::Limits;
use crate::refusal::Refusal;

const REMEDY: &str = "give a FITS file whose only image, or whose image named PSF, is the star";

/// Reads a point spread function: the image of a file that has one, or the one that is named `PSF`.
///
/// # Errors
/// A [`Refusal`] when there is no such image or it is no star in the middle of its pixels.
pub fn read_psf(bytes: &[u8], limits: &Limits) -> Result<Psf, Refusal> {
    let walk = walk(bytes, limits)?;
    let is_image = |unit: &&Unit| matches!(unit.holds, Holds::Image | Holds::Tiles);
    let images: Vec<&Unit> = walk.units.iter().filter(is_image).collect();
    let named: Vec<&Unit> = images
        .iter()
        .copied()
        .filter(|unit| nature::of(unit).is_some_and(|reason| reason.nature == Nature::Psf))
        .collect();
    let unit = match (named.as_slice(), images.as_slice()) {
        ([unit], _) | (_, [unit]) => *unit,
        (_, []) => return Err(Refusal::new("it holds no image".to_owned(), REMEDY)),
        ([], all) => {
            let reason = format!("it holds {} images, none of which is named PSF", all.len());
            return Err(Refusal::new(reason, REMEDY));
        }
        (several, _) => {
            let reason = format!("it holds {} images that are named PSF", several.len());
            return Err(Refusal::new(reason, REMEDY));
        }
    };
    let answers = Answers::default();
    let mut reading = Reading::new(limits, &answers);
    let layout = sides::layout(unit, &[], &mut reading)?;
    let Some(layout) = layout.filter(|layout| layout.planes == 1) else {
        return Err(Refusal::new("its image is no single plane".to_owned(), REMEDY));
    };
    let data = bytes.get(unit.data.clone()).unwrap_or_default();
    let planes = Values::new(unit, data, limits)?.pictures(&layout, &Take::One(0), limits)?;
    let values: Vec<f64> = planes.into_iter().flatten().map(f64::from).collect();
    Psf::centred(layout.width, layout.height, &values)
        .map_err(|error| Refusal::new(error.to_string(), REMEDY))
}
