//! Which array of a file holds the images.

use super::arrays::{Array, Values};
use super::layout::Layout;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// Names that say "images", the surest first.
const IMAGES: [&str; 20] = [
    "img_1sigma",
    "images",
    "image",
    "imgs",
    "img",
    "cutouts",
    "cutout",
    "stamps",
    "stamp",
    "galaxies",
    "pictures",
    "pixels",
    "data",
    "x",
    "x_train",
    "train",
    "flux",
    "sci",
    "img_raw",
    "arr_0",
];
/// Parts of names of arrays that have the shape of images and are none.
const OTHERS: [&str; 10] = [
    "mask", "seg", "weight", "wht", "noise", "psf", "invvar", "ivar", "variance", "label",
];
/// More candidates than this are not listed.
const LISTED: usize = 40;

/// Finds the array with the images; asks when several may be meant. The answer's key is `dataset`.
///
/// # Errors
/// A [`Refusal`] that says what the file holds when there is none, or when the answer fits none.
pub fn images(arrays: &[Array], what: &str, reading: &mut Reading) -> Result<usize, Refusal> {
    let fits = |array: &Array| {
        matches!(array.values, Values::Numbers(_)) && !Layout::of(&array.shape, false).is_empty()
    };
    let mut found: Vec<(usize, &Array)> = arrays
        .iter()
        .enumerate()
        .filter(|(_, array)| fits(array))
        .collect();
    // Names first, then size; equal ones stay in the file's order.
    found.sort_by_key(|(_, array)| (rank(&array.short()), std::cmp::Reverse(elements(array))));
    found.truncate(LISTED);
    let options = found.iter().map(|(_, array)| array.words()).collect();
    let taken = reading.choose(
        QuestionKey::Dataset,
        "Which dataset holds the images?",
        options,
        0,
    )?;
    found
        .get(taken)
        .map(|(index, _)| *index)
        .ok_or_else(|| nothing(arrays, what))
}

fn rank(name: &str) -> usize {
    if let Some(place) = IMAGES.iter().position(|known| *known == name) {
        return place;
    }
    let other = OTHERS.iter().any(|part| name.contains(part));
    IMAGES.len() + usize::from(other)
}

fn elements(array: &Array) -> u64 {
    array
        .shape
        .iter()
        .fold(1, |product, n| product.saturating_mul(*n))
}

fn nothing(arrays: &[Array], what: &str) -> Refusal {
    const TOLD: usize = 8;
    let told: Vec<String> = arrays.iter().take(TOLD).map(Array::words).collect();
    let more = if arrays.len() > TOLD { ", ..." } else { "" };
    let reason = if arrays.is_empty() {
        format!("the {what} is empty: there is no array in it")
    } else {
        format!(
            "no array of the {what} has the shape of images; it holds {}{more}",
            told.join(", ")
        )
    };
    Refusal::new(
        reason,
        "give images as (N,H,W), (N,H,W,C), (N,C,H,W) or (N,side*side), of whole numbers or floats",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::formats::array::element::{Class, Element};
    use crate::intake::report::question::Answers;
    use crate::limits::Limits;

    fn array(name: &str, shape: &[u64]) -> Array {
        let values = Values::Numbers(Element::new(Class::Unsigned, 1, false).unwrap());
        Array {
            name: name.to_owned(),
            shape: shape.to_vec(),
            values,
            block: 1,
        }
    }

    #[test]
    fn names_come_before_sizes() {
        let arrays = [
            array("ans", &[100]),
            array("big", &[100, 90, 90]),
            array("masks", &[900, 90, 90]),
            array("set/Images", &[100, 32, 32, 3]),
        ];
        let limits = Limits::default();
        let mut answers = Answers::default();
        let mut reading = Reading::new(&limits, &answers);
        assert_eq!(images(&arrays, "HDF5 file", &mut reading), Ok(3));
        assert_eq!(
            reading.questions[0].options,
            [
                "set/Images (100, 32, 32, 3) uint8",
                "big (100, 90, 90) uint8",
                "masks (900, 90, 90) uint8"
            ]
        );
        answers.set(QuestionKey::Dataset, "big");
        assert_eq!(
            images(&arrays, "HDF5 file", &mut Reading::new(&limits, &answers)),
            Ok(1)
        );
        let refusal = images(&arrays[..1], "HDF5 file", &mut Reading::new(&limits, &answers)).unwrap_err();
        assert!(refusal.reason.contains("it holds ans (100) uint8"), "{refusal}");
    }
}
