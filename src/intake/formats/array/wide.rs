//! Arrays with several values for each galaxy: one-hot labels, positions, vectors; and what is left out by name.

use super::arrays::{Array, Arrays, Values};
use super::element::{Element, Number};
use super::names::{DEC, LABELS, RA};
use crate::cutout::About;
use crate::limits::FACTS;

/// Longer vectors are left out.
const MAX_COUNT: u64 = 16;
/// Longer ones are not looked at, to see whether they are one-hot labels.
const MAX_CLASSES: u64 = 4096;
/// The number of rows to look at.
const LOOKED_AT: u64 = 256;
/// At most this many arrays are named that were left out.
const NAMED: usize = 12;

/// What the values are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// One of them is 1, all others 0: the number of a class. With the names of the classes, where the file has them.
    OneHot(Vec<String>),
    /// Right ascension and declination in degrees.
    Place,
    /// Columns of their own.
    Parts,
}

/// How an array with several values for each galaxy becomes columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    name: String,
    width: usize,
    what: What,
}

impl Wide {
    /// Values for each galaxy.
    pub fn width(&self) -> usize {
        self.width.max(1)
    }

    /// How many columns it gives.
    pub fn columns(&self) -> usize {
        match self.what {
            What::Parts => self.width,
            _ => 1,
        }
    }

    /// Puts one galaxy's values into its facts.
    pub fn put(&self, numbers: &[Number], about: &mut About) {
        match &self.what {
            What::OneHot(names) => {
                let Some(class) = class(numbers) else { return };
                about.columns.insert(self.name.clone(), class.to_string());
                if let Some(name) = names.get(class) {
                    about.columns.insert(format!("{}_name", self.name), name.clone());
                }
            }
            What::Place => {
                if let [ra, dec] = numbers {
                    (about.ra, about.dec) = (ra.degrees(), dec.degrees());
                }
            }
            What::Parts => {
                for (at, number) in numbers.iter().enumerate() {
                    if let Some(text) = number.text() {
                        about.columns.insert(format!("{}[{at}]", self.name), text);
                    }
                }
            }
        }
    }
}

/// The class of one-hot values: which of them is 1, where all others are 0.
fn class(numbers: &[Number]) -> Option<usize> {
    let mut class = None;
    for (at, number) in numbers.iter().enumerate() {
        let value = match number {
            Number::Truth(value) => f64::from(u8::from(*value)),
            other => other.degrees()?,
        };
        if value == 1.0 && class.is_none() {
            class = Some(at);
        } else if value != 0.0 {
            return None;
        }
    }
    class
}

/// How many rows an array has that is no picture and no column: (N,K) of numbers, or anything that is no numbers.
pub fn rows(array: &Array) -> Option<u64> {
    match (array.shape.as_slice(), &array.values) {
        ([n, k], Values::Numbers(_)) if *k <= MAX_CLASSES && k < n => Some(*n),
        ([n, ..], Values::Other(_) | Values::Text) => Some(*n),
        _ => None,
    }
}

/// What becomes of the arrays with several values for each of `rows` galaxies, or with values that cannot be read; those
/// that are left out are named in `remarks`. `known` tells whether there are labels and places already.
pub fn find(
    file: &dyn Arrays,
    rows: u64,
    images: usize,
    (mut has_label, mut has_place): (bool, bool),
    remarks: &mut Vec<String>,
) -> Vec<(usize, Wide)> {
    let mut found: Vec<(usize, Wide)> = Vec::new();
    let mut columns = 0;
    let mut left: Vec<String> = Vec::new();
    for (index, array) in file.list().iter().enumerate() {
        let is_ours = array.shape.first() == Some(&rows) && index != images && rows > 0;
        if !is_ours {
            continue;
        }
        let width = array
            .shape
            .iter()
            .skip(1)
            .try_fold(1u64, |product, n| product.checked_mul(*n));
        let element = match &array.values {
            Values::Other(what) => {
                left.push(format!("`{}` (it holds {what})", array.name));
                continue;
            }
            Values::Numbers(element) => *element,
            Values::Text if width == Some(1) => continue,
            Values::Text => {
                left.push(format!("`{}` (several words for each galaxy)", array.name));
                continue;
            }
        };
        // Longer rows of two axes and more are pictures too; which of them is meant was asked.
        let is_picture =
            array.shape.len() > 2 && array.shape.iter().skip(1).filter(|n| **n >= 8).count() >= 2;
        let Some(width) = width.filter(|width| *width > 1 && !is_picture) else {
            continue;
        };
        let short = array.name.rsplit('/').next().unwrap_or(&array.name).to_owned();
        let is_hot = || {
            let look = rows.min(LOOKED_AT);
            let bytes = file.numbers(index, 0..look).unwrap_or_default();
            let numbers = element.numbers(&bytes);
            let rows = numbers.chunks(width as usize);
            numbers.len() as u64 == look * width && rows.into_iter().all(|row| class(row).is_some())
        };
        if array.shape.len() == 2 && width <= MAX_CLASSES && is_hot() {
            let is_label = !has_label && LABELS.contains(&array.short().as_str());
            has_label |= is_label;
            let name = if is_label { "label".to_owned() } else { short };
            let names = classes(file, width);
            let listed = if names.is_empty() {
                format!("the numbers of its classes, from 0, are the column `{name}`")
            } else {
                format!("its classes are the columns `{name}` (their numbers, from 0) and `{name}_name`")
            };
            remarks.push(format!("`{}` is one-hot: {listed}", array.name));
            columns += 1;
            found.push((
                index,
                Wide {
                    name,
                    width: width as usize,
                    what: What::OneHot(names),
                },
            ));
        } else if width == 2 && !has_place && is_place(&array.short(), &sample(file, index, element, rows)) {
            has_place = true;
            remarks.push(format!(
                "`{}` was taken as right ascension and declination",
                array.name
            ));
            found.push((
                index,
                Wide {
                    name: short,
                    width: 2,
                    what: What::Place,
                },
            ));
        } else if width <= MAX_COUNT && columns + width as usize <= FACTS / 2 {
            columns += width as usize;
            found.push((
                index,
                Wide {
                    name: short,
                    width: width as usize,
                    what: What::Parts,
                },
            ));
        } else {
            left.push(format!("`{}` ({width} values for each galaxy)", array.name));
        }
    }
    if !left.is_empty() {
        let more = left.len().saturating_sub(NAMED);
        left.truncate(NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        remarks.push(format!(
            "these arrays beside the pictures were left out: {}{more}; give them as columns of numbers or words, one entry \
             for each galaxy",
            left.join(", ")
        ));
    }
    found
}

/// The names of this many classes, where an array holds them.
fn classes(file: &dyn Arrays, count: u64) -> Vec<String> {
    let is_list = |array: &&(usize, &Array)| {
        let name = array.1.short();
        array.1.values == Values::Text
            && array.1.column_rows() == Some(count)
            && ["class", "label", "categor", "names"]
                .iter()
                .any(|part| name.contains(part))
    };
    let arrays: Vec<(usize, &Array)> = file.list().iter().enumerate().collect();
    arrays
        .iter()
        .find(is_list)
        .and_then(|(index, _)| file.texts(*index, 0..count).ok())
        .filter(|names| names.len() as u64 == count)
        .map(|names| {
            names
                .iter()
                .map(|name| crate::limits::fact(name.trim()))
                .collect()
        })
        .unwrap_or_default()
}

/// Some of the numbers of an array.
fn sample(file: &dyn Arrays, index: usize, element: Element, rows: u64) -> Vec<Number> {
    element.numbers(&file.numbers(index, 0..rows.min(LOOKED_AT)).unwrap_or_default())
}

/// True for positions in the sky: by a name that can mean nothing else, or by a vaguer one over numbers that are no
/// positions in a picture.
fn is_place(name: &str, numbers: &[Number]) -> bool {
    const SURE: &[&str] = &["radec", "ra_dec", "skycoord", "skycoords", "sky_coords"];
    const VAGUE: &[&str] = &[
        "coords",
        "coord",
        "coordinates",
        "positions",
        "position",
        "pos",
        "centers",
        "locations",
    ];
    if SURE.contains(&name)
        || RA
            .iter()
            .any(|ra| DEC.iter().any(|dec| name == format!("{ra}_{dec}")))
    {
        return true;
    }
    if !VAGUE.contains(&name) || numbers.is_empty() {
        return false;
    }
    let (mut fits, mut south, mut far) = (true, false, true);
    for pair in numbers.chunks(2) {
        let [Some(ra), Some(dec)] = [0, 1].map(|at| pair.get(at).copied().and_then(Number::degrees)) else {
            continue;
        };
        fits &= (0.0..=360.0).contains(&ra) && (-90.0..=90.0).contains(&dec);
        south |= dec < 0.0;
        far &= ra > 90.0;
    }
    fits && (south || far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many_is_a_class() {
        let row = |values: &[i128]| values.iter().map(|n| Number::Whole(*n)).collect::<Vec<_>>();
        assert_eq!(class(&row(&[0, 0, 1, 0])), Some(2));
        assert_eq!(class(&row(&[0, 0, 0])), None);
        assert_eq!(class(&row(&[1, 0, 1])), None);
        assert_eq!(class(&row(&[2, 0])), None);
        assert_eq!(class(&[Number::Truth(false), Number::Truth(true)]), Some(1));
        assert_eq!(
            class(&[Number::Single(0.25), Number::Single(0.75)]),
            None,
            "vote fractions"
        );
        assert_eq!(class(&[Number::Single(f32::NAN), Number::Single(1.0)]), None);
    }
}
