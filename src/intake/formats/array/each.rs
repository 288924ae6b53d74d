//! Files with one dataset for each galaxy.

use super::arrays::{Array, Values};
use super::axes::{Axis, named};
use super::element::Element;
use super::layout::ArrayLayout;
use super::readings::Signs;
use crate::intake::auxiliary::of_name;
use std::collections::BTreeMap;

/// Datasets that are galaxies, each by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Their places in the file's list, in its order.
    pub indices: Vec<usize>,
    /// The first and the last, for display.
    pub words: String,
    /// True when their names leave no doubt: they are numbered.
    pub is_sure: bool,
}

/// This many datasets of one shape without numbers in their names may be galaxies by name.
const NAMED: usize = 4;

/// Names of bands: datasets that are called so show one galaxy.
const BANDS: &[&str] = &[
    "g", "r", "i", "z", "y", "u", "b", "v", "j", "h", "k", "ks", "red", "green", "blue", "w1", "w2", "w3",
    "w4", "nuv", "fuv",
];

/// The reading of an array as one picture, if it is one.
pub fn lone(array: &Array) -> Option<ArrayLayout> {
    if !matches!(array.values, Values::Numbers(_)) {
        return None;
    }
    let layouts = ArrayLayout::of(&Signs {
        shape: &array.shape,
        hints: array.hints.clone(),
        ..Signs::default()
    });
    layouts.into_iter().find(|layout| layout.count == 1)
}

/// Finds datasets that are one galaxy each among the candidates: those that differ in a number of their path only, or at
/// least in nothing but their names.
pub fn series(arrays: &[Array], candidates: &[usize]) -> Option<Series> {
    let mut candidates = candidates.to_vec();
    candidates.sort_unstable();
    let mut patterns: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in &candidates {
        let Some(array) = arrays.get(*index) else { continue };
        if lone(array).is_none() || array.shape.len() > 3 || of_name(&array.short()).is_some() {
            continue;
        }
        patterns.entry(pattern(&array.name)).or_default().push(*index);
    }
    let numbered = patterns
        .into_iter()
        .filter(|(pattern, indices)| pattern.contains('#') && indices.len() > 1)
        .map(|(_, indices)| indices)
        .max_by_key(Vec::len);
    let all_of = |indices: &[usize]| indices.len() == candidates.len();
    if let Some(mut indices) = numbered {
        let name = |index: usize| arrays.get(index).map_or("", |array| array.name.as_str());
        indices.sort_by_key(|index| numbers(name(*index)));
        return Some(Series {
            words: words(arrays, &indices),
            // Beside a stack, numbered pictures are something else.
            is_sure: all_of(&indices)
                || candidates
                    .iter()
                    .all(|index| arrays.get(*index).is_some_and(|array| lone(array).is_some())),
            indices,
        });
    }
    let kind = |array: &Array| {
        (
            parent(&array.name).to_owned(),
            array.shape.clone(),
            element(array),
        )
    };
    let mut kinds: Vec<(_, Vec<usize>)> = Vec::new();
    for index in &candidates {
        let Some(array) = arrays.get(*index) else { continue };
        let short = array.short();
        let is_band = BANDS.contains(&short.as_str()) || named(&short) == Some(Axis::Bands);
        if lone(array).is_none() || array.shape.len() > 3 || of_name(&short).is_some() || is_band {
            continue;
        }
        let kind = kind(array);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, indices)) => indices.push(*index),
            None => kinds.push((kind, vec![*index])),
        }
    }
    let indices = kinds
        .into_iter()
        .map(|(_, indices)| indices)
        .max_by_key(Vec::len)?;
    (indices.len() >= NAMED).then(|| Series {
        words: words(arrays, &indices),
        is_sure: all_of(&indices),
        indices,
    })
}

fn element(array: &Array) -> Option<Element> {
    match array.values {
        Values::Numbers(element) => Some(element),
        _ => None,
    }
}

/// A path with its numbers taken out. A last part of letters and then a number counts as any other: M51 is next to
/// NGC1300.
fn pattern(name: &str) -> String {
    let leaf = name.rsplit('/').next().unwrap_or(name);
    let letters = leaf.trim_end_matches(|letter: char| letter.is_ascii_digit());
    if letters.len() < leaf.len() && !letters.contains(|letter: char| letter.is_ascii_digit()) {
        return format!("{}/#", parent(name));
    }
    let mut pattern = String::new();
    let mut in_number = false;
    for letter in name.chars() {
        if letter.is_ascii_digit() {
            if !in_number {
                pattern.push('#');
            }
            in_number = true;
        } else {
            pattern.push(letter);
            in_number = false;
        }
    }
    pattern
}

/// The numbers of a path, to be sorted by: 2 comes before 10.
fn numbers(name: &str) -> Vec<u128> {
    name.split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

/// The group that a dataset is in.
pub fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn words(arrays: &[Array], indices: &[usize]) -> String {
    let name = |index: Option<&usize>| {
        index
            .and_then(|index| arrays.get(*index))
            .map_or("", |array| array.name.as_str())
    };
    format!("{} to {}", name(indices.first()), name(indices.last()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::formats::array::element::Class;

    fn file(arrays: &[(&str, &[u64])]) -> Vec<Array> {
        let array = |(name, shape): &(&str, &[u64])| Array {
            name: (*name).to_owned(),
            shape: shape.to_vec(),
            values: Values::Numbers(Element::new(Class::Float, 4, false).unwrap()),
            block: 1,
            hints: Default::default(),
        };
        arrays.iter().map(array).collect()
    }

    fn found(arrays: &[(&str, &[u64])]) -> Option<(Vec<usize>, bool)> {
        let arrays = file(arrays);
        let all: Vec<usize> = (0..arrays.len()).collect();
        series(&arrays, &all).map(|series| (series.indices, series.is_sure))
    }

    #[test]
    fn galaxies_by_number_and_by_name() {
        let side: &[u64] = &[32, 32];
        assert_eq!(
            found(&[("gal_10", side), ("gal_2", side), ("gal_9", &[40, 40])]),
            Some((vec![1, 2, 0], true)),
            "stamps may differ in size"
        );
        assert_eq!(
            found(&[
                ("0001/image", side),
                ("0001/mask", side),
                ("0002/image", side),
                ("0002/mask", side)
            ]),
            Some((vec![0, 2], true))
        );
        assert_eq!(
            found(&[("M51", side), ("M81", side), ("NGC1300", side)]),
            Some((vec![0, 1, 2], true))
        );
        let words = [("alpha", side), ("beta", side), ("delta", side), ("eta", side)];
        assert_eq!(found(&words), Some((vec![0, 1, 2, 3], true)));
        assert_eq!(
            found(&[("g", side), ("r", side), ("i", side), ("z", side)]),
            None,
            "bands"
        );
        assert_eq!(
            found(&[("images", &[9, 32, 32]), ("x1", side), ("x2", side)]),
            Some((vec![1, 2], false))
        );
    }
}
