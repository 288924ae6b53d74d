//! Files that are sets already: they pass untouched, but for galaxies that no network could read.

use super::{Content, Found, Galaxy, Limits, Refusal};
use crate::{
    bundle,
    cutout::{CutoutSet, PIXELS},
};

/// Reads a bundle.
///
/// # Errors
/// A [`Refusal`] when it is no bundle (but a model, say), damaged, or too large.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Content, Refusal> {
    let count = bundle::count(bytes).map_err(refusal)?;
    let wanted = limits.check_galaxies(count as u64)?;
    let mut bundle = bundle::read(bytes).map_err(refusal)?;
    let mut remarks = std::mem::take(&mut bundle.remarks);
    if wanted < count {
        remarks.push(format!("the first {wanted} of {count} galaxies were read"));
        bundle.set.ids.truncate(wanted);
        bundle.set.names.truncate(wanted);
        bundle.set.about.truncate(wanted);
        bundle.set.raw.truncate(wanted * PIXELS);
        bundle.set.image.truncate(wanted * PIXELS);
    }
    let credit = bundle
        .metadata
        .remove("credit")
        .filter(|credit| !credit.trim().is_empty());
    Ok(Content::Set {
        set: bundle.set,
        credit,
        remarks,
    })
}

fn refusal(error: bundle::BundleError) -> Refusal {
    let remedy = error.remedy();
    Refusal::new(error.to_string(), remedy)
}

/// The galaxies of a set. Those with values that are not finite numbers are left out, with a remark.
pub(super) fn galaxies(set: &CutoutSet, mut remarks: Vec<String>) -> Result<Found, Refusal> {
    let mut galaxies = Vec::with_capacity(set.len());
    let mut bad = Vec::new();
    let mut top = 0.0f32;
    let mut bottom = 0.0f32;
    for (index, (id, name)) in set.ids.iter().zip(&set.names).enumerate() {
        let (raw, image) = (set.raw_of(index), set.image_of(index));
        if raw.len() != PIXELS || image.len() != PIXELS || !raw.iter().chain(image).all(|v| v.is_finite()) {
            bad.push(name.clone());
            continue;
        }
        for value in image {
            top = top.max(*value);
            bottom = bottom.min(*value);
        }
        galaxies.push(Galaxy {
            id: Some(*id),
            name: name.clone(),
            raw: raw.to_vec(),
            image: image.to_vec(),
            preview: None,
            square: None,
            sky: 0.0,
            sigma: 0.0,
            about: set.about.get(index).cloned().unwrap_or_default(),
            remarks: Vec::new(),
        });
    }
    if galaxies.is_empty() {
        let reason = if bad.is_empty() {
            "the set holds no galaxies".to_owned()
        } else {
            "no galaxy of the set has finite values only".to_owned()
        };
        return Err(Refusal::new(
            reason,
            "make it again from the pictures with `grove convert`",
        ));
    }
    match bad.as_slice() {
        [] => {}
        [one] => remarks.push(format!(
            "the galaxy {one} was left out: it has values that are not finite"
        )),
        [first, ..] => remarks.push(format!(
            "{} galaxies were left out (the first is {first}): they have values that are not finite",
            bad.len()
        )),
    }
    if top > 1.0 + 1e-3 || bottom < -1e-3 {
        remarks.push(format!(
            "its images run from {bottom:.3} to {top:.3}; the model was trained on 0 to 1, so the codes may mean little"
        ));
    }
    Ok((galaxies, remarks))
}
