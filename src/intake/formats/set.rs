//! Files that are sets already: they pass untouched, but for galaxies that no network could read.

use crate::bundle;
use crate::cutout::prepare::{AS_IT_CAME, Measured, ORIENTATION};
use crate::cutout::{CutoutSet, PIXELS, Recipe};
use crate::intake::content::Content;
use crate::intake::report::found::GalaxiesAndRemarks;
use crate::intake::report::galaxy::Galaxy;
use crate::intake::structure;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Reads a bundle.
///
/// # Errors
/// A [`Refusal`] when it is no bundle (but a model, say), damaged, or too large.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Content, Refusal> {
    if bundle::holds_vectors_alone(bytes) {
        let mut vectors = bundle::read_vectors(bytes).map_err(refusal)?;
        let (count, wanted) = (
            vectors.ids.len(),
            limits.check_galaxies(vectors.ids.len() as u64)?,
        );
        if wanted < count {
            // Who reads codes or vectors alone has no remarks to say it in.
            return Err(Refusal::new(
                format!(
                    "it holds the vectors of {count} galaxies, and {wanted} are the most that can be read"
                ),
                "give fewer at a time",
            ));
        }
        if count == 0 {
            return Err(Refusal::new("it holds the vectors of no galaxy", "make it again"));
        }
        vectors.vectors_of = vectors.vectors_of.filter(|text| !text.trim().is_empty());
        return Ok(Content::Vectors(vectors));
    }
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
    if let Some(width) = bundle
        .set
        .about
        .first()
        .map(|about| about.vector.len())
        .filter(|width| *width > 0)
    {
        let of = bundle
            .metadata
            .remove(bundle::VECTORS_OF)
            .filter(|text| !text.trim().is_empty());
        let of = of.map_or_else(String::new, |text| format!(" ({text})"));
        remarks.push(format!("each galaxy comes with a vector of {width} numbers{of}"));
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
pub(in crate::intake) fn galaxies(
    set: &CutoutSet,
    recipe: &Recipe,
    remarks: Vec<String>,
) -> Result<GalaxiesAndRemarks, Refusal> {
    let mut filter = FiniteFilter::new(recipe);
    let galaxies = filter.galaxies(set);
    Ok((galaxies, filter.remarks(remarks)?))
}

/// Looks through a set, part by part.
#[derive(Default)]
pub(in crate::intake) struct FiniteFilter {
    /// Galaxies were to be turned to one orientation: these are not, since they pass as they are.
    orient: bool,
    structure: Measured,
    kept: usize,
    bad: usize,
    first_bad: Option<String>,
    top: f32,
    bottom: f32,
}

impl FiniteFilter {
    /// For galaxies that were to be prepared so.
    pub fn new(recipe: &Recipe) -> Self {
        Self {
            orient: recipe.orient,
            structure: recipe.structure,
            ..Self::default()
        }
    }

    /// The galaxies of the next part.
    pub fn galaxies(&mut self, set: &CutoutSet) -> Vec<Galaxy> {
        let mut galaxies = Vec::with_capacity(set.len());
        for (index, (id, name)) in set.ids.iter().zip(&set.names).enumerate() {
            let (raw, image) = (set.raw_of(index), set.image_of(index));
            let whole = raw.len() == PIXELS && image.len() == PIXELS;
            if !whole || !raw.iter().chain(image).all(|v| v.is_finite()) {
                self.bad += 1;
                self.first_bad.get_or_insert_with(|| name.clone());
                continue;
            }
            for value in image {
                self.top = self.top.max(*value);
                self.bottom = self.bottom.min(*value);
            }
            let mut about = set.about.get(index).cloned().unwrap_or_default();
            if self.orient && !about.columns.contains_key(ORIENTATION) {
                about
                    .columns
                    .insert(ORIENTATION.to_owned(), AS_IT_CAME.to_owned());
            }
            structure::of_cutout(&mut about, raw, self.structure);
            galaxies.push(Galaxy {
                id: Some(*id),
                name: name.clone(),
                raw: raw.to_vec(),
                image: image.to_vec(),
                preview: None,
                square: None,
                sky: 0.0,
                sigma: 0.0,
                measures: None,
                about,
                is_numbered: false,
                remarks: Vec::new(),
            });
        }
        self.kept += galaxies.len();
        galaxies
    }

    /// Adds what was seen to the remarks on the file.
    ///
    /// # Errors
    /// A [`Refusal`] when no galaxy was left.
    pub fn remarks(self, mut remarks: Vec<String>) -> Result<Vec<String>, Refusal> {
        if self.kept == 0 {
            let reason = if self.bad == 0 {
                "the set holds no galaxies".to_owned()
            } else {
                "no galaxy of the set has finite values only".to_owned()
            };
            return Err(Refusal::new(
                reason,
                "make it again from the pictures with `grove convert`",
            ));
        }
        match (self.bad, self.first_bad) {
            (1, Some(one)) => remarks.push(format!(
                "the galaxy {one} was left out: it has values that are not finite"
            )),
            (n, Some(first)) => remarks.push(format!(
                "{n} galaxies were left out (the first is {first}): they have values that are not finite"
            )),
            _ => {}
        }
        let (bottom, top) = (self.bottom, self.top);
        if top > 1.0 + 1e-3 || bottom < -1e-3 {
            remarks.push(format!(
                "its images run from {bottom:.3} to {top:.3}; the model was trained on 0 to 1, so the codes may mean little"
            ));
        }
        Ok(remarks)
    }
}
