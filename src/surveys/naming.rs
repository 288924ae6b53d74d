//! The lines of a text, and targets by their names.

use super::target::Place;
use super::target::Target;
use crate::refusal::Refusal;

/// The longest name, in letters.
pub(super) const MAX_NAME: usize = 100;

/// The lines that say something, with their numbers from 1.
pub(super) fn written(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// A target by its name.
pub(super) fn named(name: &str, diameter: Option<f64>) -> Result<Target, Refusal> {
    let name = name.trim().trim_matches('"').trim();
    let length = name.chars().count();
    let refuse = |reason: String| {
        Err(Refusal::new(
            reason,
            "write a name such as M 51, or a position such as 202.47 47.195",
        ))
    };
    if length > MAX_NAME {
        return refuse(format!("it is {length} letters long, and no name is"));
    }
    if !name.chars().any(char::is_alphabetic) || name.chars().any(char::is_control) {
        return refuse(format!("`{name}` is neither a name nor a position"));
    }
    Ok(Target {
        label: name.to_owned(),
        place: Place::Name(name.to_owned()),
        diameter,
    })
}
