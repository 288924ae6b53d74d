//! Which images of a file are galaxies: all of them, unless they differ in kind; then it is a question.

use crate::intake::report::key::QuestionKey;
use std::collections::BTreeMap;

use super::layout::PlaneLayout;
use super::nature::{Reason, title};
use crate::fits::header::Unit;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// Images that are offered one by one.
const OFFERED: usize = 24;

/// An image that could be a galaxy.
pub(in crate::intake) struct Candidate<'a> {
    /// Its header-data unit.
    pub unit: &'a Unit,
    /// Where its pictures lie.
    pub layout: PlaneLayout,
    /// Why it is no galaxy, when something says so.
    pub dark: Option<Reason>,
}

impl Candidate<'_> {
    fn is_light(&self) -> bool {
        self.dark.is_none()
    }

    fn size(&self) -> (usize, usize) {
        (self.layout.width, self.layout.height)
    }

    /// `[1] SCI`
    fn title(&self) -> String {
        format!("[{}] {}", self.unit.index, title(self.unit))
            .trim_end()
            .to_owned()
    }
}

/// Asks which images to read; those of light unless somebody answers otherwise. Images of one kind ask nothing. Returns
/// the numbers of the candidates, and sentences on those that were left out by their names.
///
/// # Errors
/// A [`Refusal`] when the answer is none of the options.
pub(in crate::intake) fn choose(
    reading: &mut Reading,
    candidates: &[Candidate<'_>],
) -> Result<(Vec<usize>, Vec<String>), Refusal> {
    let all: Vec<usize> = (0..candidates.len()).collect();
    let (mut light, mut dark) = (Vec::new(), Vec::new());
    let mut sizes: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if candidate.is_light() {
            light.push(at);
        } else {
            dark.push(at);
        }
    }
    if light.is_empty() {
        return nothing_but(reading, candidates);
    }
    for (at, candidate) in candidates.iter().enumerate() {
        if light.contains(&at) {
            sizes.entry(candidate.size()).or_default().push(at);
        }
    }
    // One piece of the sky in several filters is one galaxy.
    let bands = if sizes.len() == 1 {
        bands(candidates, &light)
    } else {
        None
    };
    if dark.is_empty() && sizes.len() < 2 && bands.is_none() {
        return Ok((all, Vec::new()));
    }
    let mut options: Vec<(String, Vec<usize>)> = Vec::new();
    if light.len() > 1 {
        let which = if dark.is_empty() { "" } else { " that hold light" };
        let size = match sizes.keys().collect::<Vec<_>>().as_slice() {
            [(width, height)] => format!(" of {width} x {height}"),
            _ => String::new(),
        };
        options.push((format!("all {} images{size}{which}", light.len()), light.clone()));
    }
    if sizes.len() > 1 {
        for ((width, height), same) in sizes.iter().filter(|(_, same)| same.len() > 1) {
            options.push((
                format!("the {} images of {width} x {height}", same.len()),
                same.clone(),
            ));
        }
    }
    for (at, candidate) in light.iter().chain(&dark).take(OFFERED).filter_map(|at| {
        let candidate = candidates.get(*at)?;
        Some((*at, candidate))
    }) {
        let (width, height) = candidate.size();
        options.push((
            format!("only {} ({width} x {height})", candidate.title()),
            vec![at],
        ));
    }
    if !dark.is_empty() {
        options.push((format!("all {} images, errors and masks too", all.len()), all));
    }
    let words = options.iter().map(|(words, _)| words.clone()).collect();
    let middle = bands.as_ref().and_then(|_| light.get(light.len() / 2).copied());
    let default = middle
        .and_then(|middle| options.iter().position(|(_, chosen)| *chosen == [middle]))
        .unwrap_or(0);
    let text = match &bands {
        Some(names) => format!(
            "The file holds one piece of the sky in {} bands ({}). Which is taken?",
            names.len(),
            names.join(", ")
        ),
        None => "The file holds images of different kinds. Which are galaxies?".to_owned(),
    };
    let answered = reading.answers.get(&QuestionKey::Images).is_some();
    let taken = reading.choose(QuestionKey::Images, &text, words, default)?;
    let chosen = options
        .into_iter()
        .nth(taken)
        .map(|option| option.1)
        .unwrap_or_default();
    // Somebody who chose knows what else there was.
    let left_out = if taken == default { dark } else { Vec::new() };
    let one_of = bands
        .filter(|_| !answered)
        .zip(middle)
        .and_then(|(names, middle)| {
            let at = light.iter().position(|at| *at == middle)?;
            Some(format!(
                "it shows one piece of the sky in {} bands ({}): {} was taken",
                names.len(),
                names.join(", "),
                names.get(at)?
            ))
        });
    let remarks = left_out.into_iter().filter_map(|at| {
        let candidate = candidates.get(at)?;
        let reason = candidate.dark.as_ref()?;
        let name = match title(candidate.unit) {
            name if name.is_empty() => name,
            name => format!(" ({name})"),
        };
        Some(format!(
            "the extension {}{name} was left out: {} that it holds {}, not a galaxy's light",
            candidate.unit.index,
            reason.stated,
            reason.nature.words()
        ))
    });
    Ok((chosen, one_of.into_iter().chain(remarks).collect()))
}

/// The names of the bands, when all images of light show the same piece of the sky by their coordinates, each in another
/// filter.
fn bands(candidates: &[Candidate<'_>], light: &[usize]) -> Option<Vec<String>> {
    const PLACE: [&str; 4] = ["CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2"];
    let place = |unit: &Unit| PLACE.map(|key| unit.header.float(key).map(f64::to_bits));
    let is_sky = |unit: &&Unit| unit.header.text("CTYPE1").is_some_and(|kind| !kind.is_empty());
    let images: Vec<&Unit> = light
        .iter()
        .filter_map(|at| Some(candidates.get(*at)?.unit))
        .collect();
    let [first, others @ ..] = images.as_slice() else {
        return None;
    };
    let here = place(first);
    let is_same =
        !others.is_empty() && !here.contains(&None) && others.iter().all(|unit| place(unit) == here);
    if !is_same || !images.iter().all(is_sky) {
        return None;
    }
    let name = |unit: &&Unit| {
        let mut names = ["FILTER", "BAND", "EXTNAME"]
            .iter()
            .filter_map(|key| unit.header.text(key));
        names.find(|name| !name.is_empty()).map(str::to_owned)
    };
    let names: Vec<String> = images.iter().map(name).collect::<Option<_>>()?;
    let different: std::collections::BTreeSet<&String> = names.iter().collect();
    (different.len() == names.len()).then_some(names)
}

/// Asks what is to become of a file that holds nothing but weights, masks and similar data: it is refused unless somebody
/// answers otherwise.
fn nothing_but(
    reading: &mut Reading,
    candidates: &[Candidate<'_>],
) -> Result<(Vec<usize>, Vec<String>), Refusal> {
    let Some(first) = candidates.first() else {
        return Ok((Vec::new(), Vec::new()));
    };
    let (stated, words) = first
        .dark
        .as_ref()
        .map_or(("its header says", "no light"), |reason| {
            (reason.stated.as_str(), reason.nature.words())
        });
    let all = match candidates.len() {
        1 => "take it as a galaxy".to_owned(),
        n => format!("all {n} images"),
    };
    let mut options = vec!["none of them".to_owned(), all.clone()];
    if candidates.len() > 1 {
        options.extend(candidates.iter().take(OFFERED).map(|candidate| {
            let (width, height) = candidate.size();
            format!("only {} ({width} x {height})", candidate.title())
        }));
    }
    let text = format!("By its header the file holds {words} and no galaxy. Which should be used?");
    match reading.choose(QuestionKey::Images, &text, options, 0)? {
        0 => Err(Refusal::new(
            format!("it holds no galaxy's light: {stated} that it holds {words}"),
            format!("if it is a galaxy all the same, answer `images` with `{all}`"),
        )),
        1 => Ok(((0..candidates.len()).collect(), Vec::new())),
        at => Ok((vec![at - 2], Vec::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::header::{Header, Holds};
    use crate::intake::report::question::Answers;
    use crate::limits::Limits;

    fn asked(images: &[(&str, u64)], answer: Option<&str>) -> (Vec<usize>, usize, Vec<String>) {
        let limits = Limits::default();
        let mut answers = Answers::default();
        if let Some(answer) = answer {
            answers.set(QuestionKey::Images, answer);
        }
        let mut reading = Reading::new(&limits, &answers);
        let units: Vec<Unit> = images
            .iter()
            .enumerate()
            .map(|(index, (name, _))| Unit {
                index,
                header: Header::of(&[("EXTNAME", &format!("'{name}'"))]),
                holds: Holds::Image,
                data: 0..0,
            })
            .collect();
        let candidates: Vec<Candidate<'_>> = units
            .iter()
            .zip(images)
            .map(|(unit, (_, side))| Candidate {
                unit,
                layout: PlaneLayout::new(&[*side, *side], &limits).unwrap().unwrap(),
                dark: crate::intake::formats::fits::nature::of(unit),
            })
            .collect();
        let (chosen, remarks) = choose(&mut reading, &candidates).unwrap_or_default();
        let options = reading.questions.pop().map(|question| question.options);
        (chosen, remarks.len(), options.unwrap_or_default())
    }

    #[test]
    fn one_kind_asks_nothing() {
        assert_eq!(asked(&[("", 64), ("", 64)], None), (vec![0, 1], 0, vec![]));
        let (chosen, _, options) = asked(&[("WHT", 64)], None);
        assert_eq!(
            (chosen, options.len()),
            (vec![], 2),
            "weights alone are no galaxy, unless somebody says so"
        );
        assert_eq!(asked(&[("WHT", 64)], Some("take it as a galaxy")).0, [0]);
    }

    #[test]
    fn weights_are_left_out_unless_asked_for() {
        let files = [("SCI", 64), ("ERR", 64), ("DQ", 64)];
        let (chosen, remarks, options) = asked(&files, None);
        assert_eq!((chosen, remarks), (vec![0], 2));
        assert_eq!(
            options,
            [
                "only [0] SCI (64 x 64)",
                "only [1] ERR (64 x 64)",
                "only [2] DQ (64 x 64)",
                "all 3 images, errors and masks too"
            ]
        );
        assert_eq!(asked(&files, Some("only [1] ERR")).0, [1]);
        assert_eq!(asked(&files, Some("4")).0, [0, 1, 2]);
    }

    #[test]
    fn bands_of_one_place_are_one_galaxy() {
        let (limits, answers) = (Limits::default(), Answers::default());
        let unit = |index: usize, band: &str, ra: &str| Unit {
            index,
            header: Header::of(&[
                ("CTYPE1", "'RA---TAN'"),
                ("CTYPE2", "'DEC--TAN'"),
                ("CRVAL1", ra),
                ("CRVAL2", "2.0"),
                ("CRPIX1", "32"),
                ("CRPIX2", "32"),
                ("FILTER", &format!("'{band}'")),
            ]),
            holds: Holds::Image,
            data: 0..0,
        };
        let chosen = |units: &[Unit]| {
            let candidates: Vec<Candidate<'_>> = units
                .iter()
                .map(|unit| Candidate {
                    unit,
                    layout: PlaneLayout::new(&[64, 64], &limits).unwrap().unwrap(),
                    dark: None,
                })
                .collect();
            let mut reading = Reading::new(&limits, &answers);
            choose(&mut reading, &candidates).unwrap()
        };
        let (taken, remarks) = chosen(&[
            unit(0, "g", "150.0"),
            unit(1, "r", "150.0"),
            unit(2, "z", "150.0"),
        ]);
        assert_eq!(taken, [1]);
        assert!(
            remarks[0].contains("in 3 bands (g, r, z): r was taken"),
            "{remarks:?}"
        );
        assert_eq!(chosen(&[unit(0, "g", "150.0"), unit(1, "r", "151.0")]).0, [0, 1]);
        assert_eq!(chosen(&[unit(0, "r", "150.0"), unit(1, "r", "150.0")]).0, [0, 1]);
    }

    #[test]
    fn sizes_are_kinds() {
        let files = [("", 64), ("", 32), ("", 64), ("", 16)];
        let (chosen, _, options) = asked(&files, None);
        assert_eq!(chosen, [0, 1, 2, 3]);
        assert_eq!(options[..2], ["all 4 images", "the 2 images of 64 x 64"]);
        assert_eq!(options.len(), 6);
        assert_eq!(asked(&files, Some("2")).0, [0, 2]);
    }
}
