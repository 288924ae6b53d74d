//! Which array of a file holds the images.

use super::arrays::{Array, Values};
use super::each;
use super::layout::ArrayLayout;
use super::readings::Signs;
use crate::intake::auxiliary::of_name;
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
/// More candidates than this are not listed.
const LISTED: usize = 40;

/// Where the pictures of a file stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// In one array.
    One(usize),
    /// Each in an array of its own.
    Each(Vec<usize>),
}

/// Finds the array with the images; asks when several may be meant. The answer's key is `dataset`.
///
/// # Errors
/// A [`Refusal`] that says what the file holds when there is none, or when the answer fits none.
pub fn images(arrays: &[Array], what: &str, reading: &mut Reading) -> Result<Pick, Refusal> {
    let readings = |array: &Array| {
        ArrayLayout::of(&Signs {
            shape: &array.shape,
            hints: array.hints.clone(),
            ..Signs::default()
        })
    };
    let fits = |array: &Array| matches!(array.values, Values::Numbers(_)) && !readings(array).is_empty();
    // A table of labels beside a stack of pictures has a row for each of them.
    let is_stack = |array: &&Array| array.shape.len() > 2 && matches!(array.values, Values::Numbers(_));
    let counts: Vec<u64> = arrays
        .iter()
        .filter(is_stack)
        .flat_map(readings)
        .filter(|layout| layout.along.is_some() && layout.count > 1)
        .map(|layout| layout.count)
        .collect();
    let is_table = |array: &Array| match array.shape.as_slice() {
        [n, _] => counts.contains(n) && readings(array).iter().all(|layout| layout.along != Some(0)),
        _ => false,
    };
    let mut found: Vec<(usize, &Array)> = arrays
        .iter()
        .enumerate()
        .filter(|(_, array)| fits(array) && !is_table(array))
        .collect();
    // Names first, then size; equal ones stay in the file's order.
    found.sort_by_key(|(_, array)| (rank(&array.short()), std::cmp::Reverse(elements(array))));
    let singles = each::series(arrays, &found.iter().map(|(index, _)| *index).collect::<Vec<_>>());
    found.truncate(LISTED);
    let mut options: Vec<(String, Pick)> = found
        .iter()
        .map(|(index, array)| (array.words(), Pick::One(*index)))
        .collect();
    let mut default = 0;
    if let Some(series) = singles {
        let count = series.indices.len();
        let at = if series.is_sure { 0 } else { options.len() };
        default = if series.is_sure { 0 } else { default };
        options.insert(
            at,
            (
                format!("each of {count} datasets is a galaxy ({})", series.words),
                Pick::Each(series.indices),
            ),
        );
    }
    let text = "Which dataset holds the images?";
    if let [(index, array)] = found.as_slice()
        && let Some(nature) = of_name(&array.short())
    {
        let words = vec!["none of them".to_owned(), array.words()];
        return match reading.choose(QuestionKey::Dataset, text, words, 0)? {
            0 => Err(Refusal::new(
                format!(
                    "the only images of the {what} are in `{}`: by its name it holds {}, not galaxies",
                    array.name,
                    nature.words()
                ),
                format!(
                    "if they are galaxies all the same, answer `dataset` with `{}`",
                    array.name
                ),
            )),
            _ => Ok(Pick::One(*index)),
        };
    }
    let words = options.iter().map(|(words, _)| words.clone()).collect();
    let taken = reading.choose(QuestionKey::Dataset, text, words, default)?;
    options
        .into_iter()
        .nth(taken)
        .map(|(_, pick)| pick)
        .ok_or_else(|| nothing(arrays, what))
}

fn rank(name: &str) -> usize {
    if let Some(place) = IMAGES.iter().position(|known| *known == name) {
        return place;
    }
    let is_other = of_name(name).is_some() || name.contains("label") || name.contains("onehot");
    IMAGES.len() + usize::from(is_other)
}

fn elements(array: &Array) -> u64 {
    array
        .shape
        .iter()
        .fold(1, |product, n| product.saturating_mul(*n))
}

fn nothing(arrays: &[Array], what: &str) -> Refusal {
    const MAX_LISTED: usize = 8;
    let listed: Vec<String> = arrays.iter().take(MAX_LISTED).map(Array::words).collect();
    let more = if arrays.len() > MAX_LISTED { ", ..." } else { "" };
    let reason = if arrays.is_empty() {
        format!("the {what} is empty: there is no array in it")
    } else {
        format!(
            "no array of the {what} has the shape of images; it holds {}{more}",
            listed.join(", ")
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
            hints: Default::default(),
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
        assert_eq!(images(&arrays, "HDF5 file", &mut reading), Ok(Pick::One(3)));
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
            Ok(Pick::One(1))
        );
        let refusal = images(&arrays[..1], "HDF5 file", &mut Reading::new(&limits, &answers)).unwrap_err();
        assert!(refusal.reason.contains("it holds ans (100) uint8"), "{refusal}");
    }
}
