//! The bands of a cube: their names, and the question which to take.

use super::layout::PlaneLayout;
use crate::fits::header::Header;
use crate::intake::auxiliary::{Nature, of_name};
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// More bands than this are not all offered by name, but a choice of them.
const OFFERED: usize = 32;
/// How many are offered of a longer cube.
const SAMPLED: usize = 16;

/// What to take of a cube.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::intake) enum Take {
    /// One plane, counted from 0.
    One(usize),
    /// All planes as one picture.
    All,
    /// Every plane as a picture of its own.
    Each,
}

impl Take {
    /// How many pictures it gives.
    pub(in crate::intake) fn count(&self, layout: &PlaneLayout) -> usize {
        match self {
            Self::Each => layout.planes,
            Self::One(_) | Self::All => 1,
        }
    }
}

/// What was chosen, and the words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::intake) struct Choice {
    /// The planes to take.
    pub take: Take,
    /// The name of the chosen band, where the header has one.
    pub name: Option<String>,
    /// A sentence when the cube gives one picture of several that it could.
    pub remark: Option<String>,
}

/// What is known of a cube's planes beside its header.
#[derive(Clone, Debug, Default)]
pub(in crate::intake) struct Signs {
    /// What the planes show by their values, as far as that is no galaxy.
    pub natures: Vec<Option<Nature>>,
    /// True when a table of the file has a row for each plane.
    pub counted: bool,
}

/// Asks which band of a cube to take; the middle one unless somebody answers otherwise. An image of one plane asks
/// nothing. `index` is the number of its header-data unit: the second cube of a file with other bands asks by it.
///
/// # Errors
/// A [`Refusal`] when the answer is none of the options.
pub(in crate::intake) fn choose(
    reading: &mut Reading,
    header: &Header,
    layout: &PlaneLayout,
    index: usize,
    signs: &Signs,
) -> Result<Choice, Refusal> {
    let planes = layout.planes;
    if planes == 1 {
        return Ok(Choice {
            take: Take::One(0),
            name: None,
            remark: None,
        });
    }
    let names = names(header, planes);
    let name = |plane: usize| names.get(plane).cloned().or_else(|| spectral(header, plane));
    let nature = |plane: usize| match names.get(plane) {
        Some(name) => of_name(name),
        None => signs.natures.get(plane).copied().flatten(),
    };
    let light: Vec<usize> = (0..planes.min(OFFERED))
        .filter(|plane| nature(*plane).is_none())
        .collect();
    let has_dark = planes <= OFFERED && light.len() < planes && !light.is_empty();
    let middle = if has_dark {
        light.get(light.len() / 2).copied().unwrap_or(0)
    } else {
        planes / 2
    };
    let offered: Vec<usize> = if planes <= OFFERED {
        (0..planes).collect()
    } else {
        let mut some: Vec<usize> = (0..SAMPLED).map(|i| i * (planes - 1) / (SAMPLED - 1)).collect();
        some.push(middle);
        some.sort_unstable();
        some.dedup();
        some
    };
    let mut options: Vec<(String, Take)> = offered
        .iter()
        .map(|plane| {
            let words = match (name(*plane), nature(*plane)) {
                (Some(name), _) => format!("band {} ({name})", plane + 1),
                (None, Some(nature)) => format!("band {} ({})", plane + 1, nature.words()),
                (None, None) => format!("band {}", plane + 1),
            };
            (words, Take::One(*plane))
        })
        .collect();
    if !has_dark {
        options.push(("all bands, weighted".to_owned(), Take::All));
    }
    if planes <= reading.limits.galaxies {
        options.push(("each plane is a galaxy".to_owned(), Take::Each));
    }
    let counted = signs.counted && options.last().is_some_and(|option| option.1 == Take::Each);
    let default = if counted {
        options.len() - 1
    } else {
        offered.iter().position(|plane| *plane == middle).unwrap_or(0)
    };
    let words: Vec<String> = options.iter().map(|(words, _)| words.clone()).collect();
    let asked = reading
        .questions
        .iter()
        .find(|question| question.key == QuestionKey::Band);
    let taken = match asked {
        // Several cubes with the same bands are one question.
        Some(question) if question.options == words => question.taken,
        Some(_) => {
            let key = QuestionKey::BandOfExtension(index);
            let text = format!("The extension {index} is a cube of {planes} bands too. Which one?");
            reading.choose(key, &text, words, default)?
        }
        None => {
            let text = format!("It is a cube of {planes} bands. Which one?");
            reading.choose(QuestionKey::Band, &text, words, default)?
        }
    };
    let take = options
        .into_iter()
        .nth(taken)
        .map_or(Take::One(middle), |option| option.1);
    Ok(match take {
        Take::One(plane) => {
            let named = name(plane).map(|name| format!(" ({name})")).unwrap_or_default();
            let which = if plane == middle && !has_dark {
                "the middle one, "
            } else {
                ""
            };
            let dark: Vec<String> = (0..planes)
                .filter(|_| has_dark)
                .filter_map(|plane| Some(format!("plane {} holds {}", plane + 1, nature(plane)?.words())))
                .collect();
            let dark = if dark.is_empty() {
                String::new()
            } else {
                format!("; {}", dark.join(", "))
            };
            Choice {
                name: name(plane),
                remark: Some(format!(
                    "it is a cube of {planes} planes: {which}plane {}{named}, was taken{dark}",
                    plane + 1
                )),
                take,
            }
        }
        Take::All => Choice {
            name: None,
            remark: Some(format!(
                "it is a cube of {planes} planes: all were added up, weighted"
            )),
            take,
        },
        Take::Each => Choice {
            name: None,
            remark: counted.then(|| {
                format!("its {planes} planes were taken as galaxies: a table of the file has as many rows")
            }),
            take,
        },
    })
}

/// The names of a cube's planes, where the header lists them: one for each, or none.
fn names(header: &Header, planes: usize) -> Vec<String> {
    // BANDS = 'grz' is a letter for each, as the Legacy Surveys write it; lists have commas.
    if let Some(bands) = header.text("BANDS") {
        let list: Vec<&str> = bands
            .split([',', ' ', ';'])
            .filter(|name| !name.is_empty())
            .collect();
        if list.len() == planes {
            return list.into_iter().map(str::to_owned).collect();
        }
        if bands.chars().count() == planes && bands.chars().all(char::is_alphanumeric) {
            return bands.chars().map(String::from).collect();
        }
    }
    if planes < 100 {
        // Numbered keywords count when there is one for each plane and no more: FILTER1 and FILTER2 of Hubble's images
        // are two wheels.
        for key in ["BAND", "FILTER", "FILT", "CHAN", "PLANE", "LAYER", "COLOR"] {
            for first in [1, 0] {
                let at = |i: usize| header.text(&format!("{key}{i}")).filter(|name| !name.is_empty());
                let all: Option<Vec<&str>> = (first..first + planes).map(at).collect();
                if let Some(all) = all.filter(|_| at(first + planes).is_none()) {
                    return all.into_iter().map(str::to_owned).collect();
                }
            }
        }
    }
    Vec::new()
}

/// The wavelength (or frequency, or velocity) of a plane, where the third axis is a linear one.
fn spectral(header: &Header, plane: usize) -> Option<String> {
    let kind = header.text("CTYPE3")?.to_ascii_uppercase();
    let (begin, step) = (
        header.float("CRVAL3")?,
        header.float("CDELT3").or(header.float("CD3_3"))?,
    );
    let value = begin + (plane as f64 + 1.0 - header.float("CRPIX3").unwrap_or(1.0)) * step;
    let unit = header.text("CUNIT3").unwrap_or("m").to_owned();
    let metres = |unit: &str| {
        Some(match unit.to_ascii_lowercase().as_str() {
            "m" => 1e9,
            "um" | "micron" | "microns" => 1e3,
            "nm" => 1.0,
            "angstrom" | "angstroms" | "a" => 0.1,
            _ => return None,
        })
    };
    match kind.get(..4) {
        Some("WAVE" | "AWAV" | "LAMB") => {
            let nanometres = value * metres(&unit)?;
            Some(format!("{nanometres:.1} nm"))
        }
        Some("FREQ")
            if header
                .text("CUNIT3")
                .is_none_or(|unit| unit.eq_ignore_ascii_case("hz")) =>
        {
            Some(format!("{:.4} GHz", value / 1e9))
        }
        Some("VELO" | "VRAD" | "VOPT") => {
            let unit = header.text("CUNIT3").unwrap_or("m/s");
            let kilometres = if unit.eq_ignore_ascii_case("km/s") {
                value
            } else {
                value / 1e3
            };
            Some(format!("{kilometres:.1} km/s"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::report::question::Answers;
    use crate::limits::Limits;

    fn header(cards: &[(&str, &str)]) -> Header {
        Header::of(cards)
    }

    fn chosen(cards: &[(&str, &str)], planes: u64, answer: Option<&str>) -> (Choice, Vec<String>) {
        let limits = Limits::default();
        let mut answers = Answers::default();
        if let Some(answer) = answer {
            answers.set(QuestionKey::Band, answer);
        }
        let mut reading = Reading::new(&limits, &answers);
        let layout = PlaneLayout::new(&[20, 20, planes], &limits).unwrap().unwrap();
        let choice = choose(&mut reading, &header(cards), &layout, 0, &Signs::default()).unwrap();
        (choice, reading.questions.remove(0).options)
    }

    #[test]
    fn bands_have_names() {
        let (choice, options) = chosen(&[("BANDS", "'grz'")], 3, None);
        assert_eq!(
            options,
            [
                "band 1 (g)",
                "band 2 (r)",
                "band 3 (z)",
                "all bands, weighted",
                "each plane is a galaxy"
            ]
        );
        assert_eq!((choice.take, choice.name.as_deref()), (Take::One(1), Some("r")));
        assert!(choice.remark.unwrap().contains("the middle one, plane 2 (r)"));
        let (choice, _) = chosen(&[("BANDS", "'grz'")], 3, Some("band 3"));
        assert_eq!(choice.take, Take::One(2));
        assert!(!choice.remark.unwrap().contains("middle"));
        let two = [("FILTER1", "'F606W'"), ("FILTER2", "'F814W'")];
        assert_eq!(chosen(&two, 2, None).1[0], "band 1 (F606W)");
        assert_eq!(
            chosen(&two, 3, None).1[0],
            "band 1",
            "two wheels are no three bands"
        );
        let wave = [
            ("CTYPE3", "'WAVE'"),
            ("CUNIT3", "'Angstrom'"),
            ("CRVAL3", "5000.0"),
            ("CDELT3", "10.0"),
            ("CRPIX3", "1.0"),
        ];
        assert_eq!(chosen(&wave, 4, None).1[2], "band 3 (502.0 nm)");
    }

    #[test]
    fn planes_of_no_light_are_not_taken() {
        let named = [("PLANE1", "'IMAGE'"), ("PLANE2", "'INVVAR'")];
        let (choice, options) = chosen(&named, 2, None);
        assert_eq!(choice.take, Take::One(0));
        assert_eq!(
            options,
            ["band 1 (IMAGE)", "band 2 (INVVAR)", "each plane is a galaxy"]
        );
        let remark = choice.remark.unwrap();
        assert!(remark.contains("plane 2 holds inverse variances"), "{remark}");
        let limits = Limits::default();
        let answers = Answers::default();
        let layout = PlaneLayout::new(&[20, 20, 2], &limits).unwrap().unwrap();
        let signs = |natures: Vec<Option<Nature>>, counted| Signs { natures, counted };
        let mut reading = Reading::new(&limits, &answers);
        let listed = signs(vec![None, Some(Nature::Weight)], false);
        let choice = choose(&mut reading, &Header::default(), &layout, 0, &listed).unwrap();
        assert_eq!(choice.take, Take::One(0));
        let mut reading = Reading::new(&limits, &answers);
        let choice = choose(&mut reading, &Header::default(), &layout, 0, &signs(vec![], true)).unwrap();
        assert_eq!(choice.take, Take::Each);
    }

    #[test]
    fn long_cubes_offer_some() {
        let (choice, options) = chosen(&[], 4001, None);
        assert_eq!(choice.take, Take::One(2000));
        assert!(
            options.len() < 20 && options.contains(&"band 4001".to_owned()),
            "{options:?}"
        );
        let (choice, _) = chosen(&[], 4001, Some("each plane is a galaxy"));
        assert_eq!(choice.take, Take::Each);
        let limits = Limits {
            galaxies: 4000,
            ..Limits::default()
        };
        let layout = PlaneLayout::new(&[20, 20, 4001], &limits).unwrap().unwrap();
        let mut answers = Answers::default();
        answers.set(QuestionKey::Band, "each plane is a galaxy");
        let mut reading = Reading::new(&limits, &answers);
        assert!(
            choose(&mut reading, &Header::default(), &layout, 0, &Signs::default()).is_err(),
            "too many galaxies"
        );
    }

    #[test]
    fn several_cubes_are_one_question() {
        let (limits, answers) = (Limits::default(), Answers::default());
        let mut reading = Reading::new(&limits, &answers);
        let layout = |planes: u64| PlaneLayout::new(&[20, 20, planes], &limits).unwrap().unwrap();
        for (index, planes, questions) in [(0, 3, 1), (1, 3, 1), (2, 4, 2)] {
            choose(
                &mut reading,
                &Header::default(),
                &layout(planes),
                index,
                &Signs::default(),
            )
            .unwrap();
            assert_eq!(reading.questions.len(), questions);
        }
        assert_eq!(reading.questions[1].key, QuestionKey::BandOfExtension(2));
    }
}
