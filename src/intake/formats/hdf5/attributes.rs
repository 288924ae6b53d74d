//! What the attributes of a dataset say: how it is to be read, and facts about what it holds.

use hdf5_reader::{Attribute, Dataset, Datatype};

use super::walk::{self, text};
use crate::intake::formats::array::{Hints, Values};
use crate::limits::FACTS;

/// The attributes of one dataset.
#[derive(Default)]
pub struct Attributes {
    /// How it is to be read, and facts of one value.
    pub hints: Hints,
    /// Lists of values: perhaps one for each galaxy.
    pub lists: Vec<List>,
}

/// An attribute with several values.
pub struct List {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub values: Values,
    /// How many.
    pub count: u64,
    /// The numbers, or nothing.
    pub bytes: Vec<u8>,
    /// The words, or nothing.
    pub words: Vec<String>,
}

/// Names of attributes that tell which number means no value.
const NONE: &[&str] = &[
    "_FillValue",
    "missing_value",
    "fill_value",
    "fillvalue",
    "nodata",
    "no_data",
    "NODATA",
    "BLANK",
    "badvalue",
];
/// Names of attributes that tell what the axes are.
const AXES: &[&str] = &[
    "DIMENSION_LABELS",
    "_ARRAY_DIMENSIONS",
    "axes",
    "dims",
    "dimensions",
    "axis_names",
];
/// Attributes of libraries, which tell nothing of galaxies.
const OURS: &[&str] = &[
    "CLASS",
    "NAME",
    "DIMENSION_LIST",
    "REFERENCE_LIST",
    "TITLE",
    "VERSION",
    "FLAVOR",
    "EXTDIM",
    "NROWS",
    "IMAGE_SUBCLASS",
    "IMAGE_VERSION",
    "IMAGE_MINMAXRANGE",
    "INTERLACE_MODE",
    "DISPLAY_ORIGIN",
    "PALETTE",
];

/// Reads the attributes of a dataset. Those that cannot be read say nothing.
pub fn read(dataset: &Dataset) -> Attributes {
    let mut found = Attributes::default();
    for attribute in dataset.attributes() {
        let name = attribute.name.as_str();
        if name.starts_with("MATLAB_") {
            // MATLAB counts axes from the fastest on, and HDF5 from the slowest.
            found.hints.reversed |= name == "MATLAB_class";
            continue;
        }
        if NONE.contains(&name) {
            found.hints.none.extend(numbers(&attribute));
            continue;
        }
        if AXES.contains(&name) {
            found.hints.axes = words(&attribute);
            if let [one] = found.hints.axes.as_slice() {
                // `yxn`, or `y, x, n`.
                found.hints.axes = split(one, dataset.ndim());
            }
            continue;
        }
        if OURS.contains(&name) || name.starts_with("FIELD_") {
            continue;
        }
        let count = attribute.num_elements().unwrap_or(0);
        if count == 1 && attribute.shape.len() <= 1 {
            let stated = match walk::values(&attribute.datatype) {
                Values::Numbers(element) => element
                    .numbers(&attribute.raw_data)
                    .first()
                    .and_then(|number| number.text()),
                Values::Text => words(&attribute).into_iter().next(),
                Values::Other(_) => None,
            };
            if let Some(stated) = stated.filter(|_| found.hints.facts.len() < FACTS) {
                found.hints.facts.push((attribute.name.clone(), stated));
            }
        } else if count > 1 && attribute.shape.len() == 1 && found.lists.len() < FACTS {
            let values = walk::values(&attribute.datatype);
            let words = if values == Values::Text {
                words(&attribute)
            } else {
                Vec::new()
            };
            if values == Values::Text && words.len() as u64 != count {
                continue;
            }
            found.lists.push(List {
                name: attribute.name.clone(),
                values,
                count,
                bytes: attribute.raw_data,
                words,
            });
        }
    }
    found
}

/// The numbers of an attribute.
fn numbers(attribute: &Attribute) -> Vec<f64> {
    match walk::values(&attribute.datatype) {
        Values::Numbers(element) => element
            .numbers(&attribute.raw_data)
            .into_iter()
            .filter_map(|number| number.degrees())
            .collect(),
        Values::Text => words(attribute)
            .iter()
            .filter_map(|word| word.trim().parse().ok())
            .collect(),
        Values::Other(_) => Vec::new(),
    }
}

/// The words of an attribute, one or several.
fn words(attribute: &Attribute) -> Vec<String> {
    if let Some(words) = &attribute.decoded_strings {
        return words.clone();
    }
    if let Datatype::VarLen { .. } = attribute.datatype {
        // One word was looked up already.
        return vec![text(&attribute.raw_data)];
    }
    attribute
        .read_strings()
        .or_else(|_| attribute.read_string().map(|word| vec![word]))
        .unwrap_or_default()
}

/// The names of this many axes out of one text.
fn split(text: &str, count: usize) -> Vec<String> {
    let parts: Vec<String> = text
        .split([',', ' ', ';', '/'])
        .map(|part| part.trim_matches(['(', ')', '[', ']', '\'', '"']).to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [one] if one.chars().count() == count => one.chars().map(String::from).collect(),
        _ => parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_told_apart() {
        assert_eq!(split("yxn", 3), ["y", "x", "n"]);
        assert_eq!(split("(y, x, galaxy)", 3), ["y", "x", "galaxy"]);
        assert_eq!(split("images", 3), ["images"]);
    }
}
