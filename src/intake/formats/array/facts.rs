//! What a file says about a galaxy whose picture is a dataset of its own: the dataset's attributes, and single values
//! beside it in its group.

use super::arrays::{Array, Arrays, Values};
use super::each::parent;
use super::names::{DEC, RA};
use crate::cutout::About;
use crate::limits::{FACTS, fact};

/// Puts what is said about the galaxy of `array` into its facts.
pub fn put(file: &dyn Arrays, array: &Array, about: &mut About) {
    let mut stated: Vec<(String, String)> = array.hints.facts.clone();
    let group = parent(&array.name);
    if !group.is_empty() {
        let beside =
            file.list().iter().enumerate().filter(|(_, other)| {
                parent(&other.name) == group && matches!(other.shape.as_slice(), [] | [1])
            });
        stated.extend(beside.filter_map(|(index, other)| {
            let text = match other.values {
                Values::Numbers(element) => {
                    let bytes = file.numbers(index, 0..1).ok()?;
                    element.numbers(&bytes).first()?.text()?
                }
                Values::Text => file.texts(index, 0..1).ok()?.pop()?,
                Values::Other(_) => return None,
            };
            let name = other.name.rsplit('/').next().unwrap_or(&other.name);
            Some((name.to_owned(), text))
        }));
    }
    for (name, text) in stated.into_iter().take(FACTS) {
        let short = name.to_ascii_lowercase();
        let degrees = text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|degrees| degrees.is_finite());
        match degrees {
            Some(degrees) if RA.contains(&short.as_str()) => about.ra = Some(degrees),
            Some(degrees) if DEC.contains(&short.as_str()) => about.dec = Some(degrees),
            _ if !text.trim().is_empty() => {
                about.columns.insert(name, fact(text.trim()));
            }
            _ => {}
        }
    }
}
