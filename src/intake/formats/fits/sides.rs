//! Which axes of an array are the sides of its pictures: the first two, unless the header or the shape says otherwise.

use super::images::axes;
use super::layout::PlaneLayout;
use crate::fits::header::Unit;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// Shorter first axes are colours.
const COLOURS: u64 = 4;
/// Shorter axes are no sides.
const MIN_LENGTH: u64 = 16;

/// Finds the pictures of an image. `tables` are the numbers of rows of the tables beside it: one of them may tell how many
/// galaxies there are.
///
/// # Errors
/// As [`PlaneLayout::new`], or when an answer fits none of the options.
pub(super) fn layout(
    unit: &Unit,
    tables: &[usize],
    reading: &mut Reading,
) -> Result<Option<PlaneLayout>, Refusal> {
    let axes = axes(unit);
    let sky = sky_axes(unit, axes.len());
    if let Some(sides) =
        sky.filter(|sides| *sides != [0, 1] && sides.iter().all(|at| axes.get(*at).is_some_and(|n| *n > 1)))
        && let Some(layout) = PlaneLayout::on(&axes, sides, reading.limits)?
    {
        return Ok(Some(layout));
    }
    let [count, width, height] = *axes.as_slice() else {
        return PlaneLayout::new(&axes, reading.limits);
    };
    // NumPy's (H, W, N), written as it is: the odd axis counts galaxies.
    let is_odd = sky.is_none() && count > COLOURS && width == height && width >= MIN_LENGTH && count != width;
    if !is_odd {
        return PlaneLayout::new(&axes, reading.limits);
    }
    let taken = if tables.iter().any(|rows| *rows as u64 == count) {
        0
    } else {
        let options = vec![
            format!("{count} pictures of {width} x {height}, counted by the first axis"),
            format!("{height} pictures of {count} x {width}, counted by the last axis"),
        ];
        let asked = reading
            .questions
            .iter()
            .find(|question| question.key == QuestionKey::Layout);
        match asked.filter(|question| question.options == options) {
            Some(question) => question.taken,
            None => reading.choose(
                QuestionKey::Layout,
                "How are the axes of the array to be read?",
                options,
                0,
            )?,
        }
    };
    if taken == 0 {
        PlaneLayout::on(&axes, [1, 2], reading.limits)
    } else {
        PlaneLayout::new(&axes, reading.limits)
    }
}

/// The two axes that run along the sky, by their types, from 0; in the order of the array.
fn sky_axes(unit: &Unit, count: usize) -> Option<[usize; 2]> {
    let is_sky = |at: &usize| {
        unit.header.text(&format!("CTYPE{}", at + 1)).is_some_and(|kind| {
            let kind = kind.to_ascii_uppercase();
            ["RA--", "DEC-", "GLON", "GLAT", "ELON", "ELAT"]
                .iter()
                .any(|sky| kind.starts_with(sky))
        })
    };
    let found: Vec<usize> = (0..count).filter(is_sky).collect();
    match found.as_slice() {
        [one, other] => Some([*one, *other]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::header::{Header, Holds};
    use crate::intake::report::question::Answers;
    use crate::limits::Limits;

    fn found(axes: &[&str], more: &[(&str, &str)], tables: &[usize]) -> ((usize, usize, usize), usize) {
        let names = ["NAXIS1", "NAXIS2", "NAXIS3"];
        let count = axes.len().to_string();
        let mut cards = vec![("NAXIS", count.as_str())];
        cards.extend(names.iter().copied().zip(axes.iter().copied()));
        cards.extend(more);
        let unit = Unit {
            index: 0,
            header: Header::of(&cards),
            holds: Holds::Image,
            data: 0..0,
        };
        let (limits, answers) = (Limits::default(), Answers::default());
        let mut reading = Reading::new(&limits, &answers);
        let layout = layout(&unit, tables, &mut reading).unwrap().unwrap();
        (
            (layout.width, layout.height, layout.planes),
            reading.questions.len(),
        )
    }

    #[test]
    fn sides_are_found() {
        assert_eq!(found(&["64", "64", "20"], &[], &[]), ((64, 64, 20), 0));
        assert_eq!(found(&["20", "64", "64"], &[], &[]), ((64, 64, 20), 1), "it asks");
        assert_eq!(found(&["20", "64", "64"], &[], &[20]), ((64, 64, 20), 0));
        assert_eq!(found(&["3", "64", "64"], &[], &[]), ((64, 64, 3), 0));
        let slit = [
            ("CTYPE1", "'WAVE'"),
            ("CTYPE2", "'RA---TAN'"),
            ("CTYPE3", "'DEC--TAN'"),
        ];
        assert_eq!(found(&["100", "40", "30"], &slit, &[]), ((40, 30, 100), 0));
        let cube = [
            ("CTYPE1", "'RA---TAN'"),
            ("CTYPE2", "'DEC--TAN'"),
            ("CTYPE3", "'WAVE'"),
        ];
        assert_eq!(found(&["20", "64", "64"], &cube, &[]), ((20, 64, 64), 0));
    }
}
