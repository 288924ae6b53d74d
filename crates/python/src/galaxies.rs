//! Galaxies from files, and from bytes that Python has.

use crate::arrays::shaped;
use crate::errors::grove;
use galaxy_grove::catalogue::{self, FileContent};
use galaxy_grove::cutout::prepare::{Measured, Scale};
use galaxy_grove::cutout::{PIXELS, Recipe, SIDE};
use galaxy_grove::export::{FactNumbers, facts};
use galaxy_grove::intake::{
    Answers, FileReport, Limits, Outcome, Question, QuestionKey, Taken, Verdict, assign_ids,
};
use grove_files::list::{Listed, collect};
use grove_files::reading::read_input;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use rayon::prelude::*;
use std::path::PathBuf;

/// Files between two looks at whether the user wants to stop.
const BETWEEN: usize = 64;

/// How pictures become cutouts, as keyword arguments of `read` and `prepare`.
#[derive(Debug, FromPyObject)]
pub struct Settings {
    #[pyo3(item)]
    prepare: bool,
    #[pyo3(item)]
    stretch: bool,
    #[pyo3(item)]
    half_side: Option<f32>,
    #[pyo3(item)]
    orient: bool,
    #[pyo3(item)]
    structure: bool,
    #[pyo3(item)]
    sersic: bool,
    #[pyo3(item)]
    errors: bool,
    #[pyo3(item)]
    choose: Vec<(String, String)>,
}

impl Settings {
    fn recipe(&self) -> PyResult<Recipe> {
        let scale = match self.half_side {
            None => Scale::EachFillsTheFrame,
            Some(half_side) if half_side.is_finite() && half_side >= 1.0 => Scale::AllTheSame { half_side },
            Some(other) => {
                return Err(grove(format!(
                    "half_side is {other}: give a number of pixels, 1 or more"
                )));
            }
        };
        let structure = match self.structure || self.sersic || self.errors {
            true => Measured::numbers(self.errors, self.sersic),
            false => Measured::Nothing,
        };
        Ok(Recipe {
            prepare: self.prepare,
            stretch: self.stretch,
            scale,
            orient: self.orient,
            structure,
            ..Recipe::default()
        })
    }

    /// What to say of answers that no file wanted. An answer that a refused file could not use was wanted.
    fn unused(&self, reports: &[FileReport]) -> Vec<String> {
        let wanted = |key: &str| {
            reports.iter().any(|report| {
                let refused = matches!(&report.verdict(), Verdict::Refused { reason, .. } if reason.contains(&format!("no answer to `{key}`")));
                refused || report.questions.iter().any(|question| question.key.to_string() == key)
            })
        };
        let unused = self.choose.iter().filter(|(key, _)| !wanted(key));
        unused
            .map(|(key, answer)| format!("no file asked for `{key}`, so the answer {answer} did nothing"))
            .collect()
    }

    fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for (key, answer) in &self.choose {
            answers.set(QuestionKey::from(key.as_str()), answer);
        }
        answers
    }
}

/// Reads files and folders. See `galaxy_grove.read`.
#[pyfunction]
pub fn read_files<'py>(
    py: Python<'py>,
    paths: Vec<PathBuf>,
    settings: Settings,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let (recipe, answers, limits) = (settings.recipe()?, settings.answers(), Limits::native());
    let Listed { inputs, mut notes } = collect(&paths, []).map_err(grove)?;
    let (mut names, mut reports) = (Vec::new(), Vec::new());
    for (at, part) in inputs.chunks(BETWEEN).enumerate() {
        py.check_signals()?;
        let outcomes = py.detach(|| {
            let read = |input| read_input(input, &recipe, &limits, &answers);
            part.par_iter().flat_map_iter(read).collect::<Vec<_>>()
        });
        for mut outcome in outcomes {
            if !outcome.tables.is_empty() {
                outcome
                    .report
                    .remark("tables are not joined to galaxies here".to_owned());
            }
            names.push(outcome.path.display().to_string());
            reports.push(outcome.report);
        }
        if let Some(progress) = &progress {
            progress.call1(py, (at * BETWEEN + part.len(), inputs.len()))?;
        }
    }
    notes.extend(settings.unused(&reports));
    gathered(py, &names, reports, notes)
}

/// Reads what files would hold: their names and their bytes.
#[pyfunction]
pub fn read_bytes<'py>(
    py: Python<'py>,
    names: Vec<String>,
    contents: Vec<Vec<u8>>,
    settings: Settings,
) -> PyResult<Bound<'py, PyDict>> {
    let (recipe, answers, limits) = (settings.recipe()?, settings.answers(), Limits::native());
    let mut reports = Vec::with_capacity(names.len());
    for part in names.iter().zip(contents).collect::<Vec<_>>().chunks(BETWEEN) {
        py.check_signals()?;
        let read = py.detach(|| {
            let each = part.par_iter().map(|(name, bytes)| {
                match catalogue::read_or_detect(name, bytes, &recipe, &limits, &answers) {
                    FileContent::Report(report) | FileContent::Both(report, _) => *report,
                    FileContent::Table(_) => {
                        let words = "it is a table, not a picture".to_owned();
                        FileReport::refused(name, galaxy_grove::intake::Refusal::new(words, "give pictures"))
                    }
                }
            });
            each.collect::<Vec<_>>()
        });
        reports.extend(read);
    }
    let notes = settings.unused(&reports);
    gathered(py, &names, reports, notes)
}

/// All galaxies of the reports, as arrays, and what came of each file.
fn gathered<'py>(
    py: Python<'py>,
    names: &[String],
    mut reports: Vec<FileReport>,
    notes: Vec<String>,
) -> PyResult<Bound<'py, PyDict>> {
    assign_ids(&mut reports, &mut Taken::default());
    let files = PyList::empty(py);
    for (name, report) in names.iter().zip(&reports) {
        let file = PyDict::new(py);
        let verdict = report.verdict();
        file.set_item("file", name)?;
        file.set_item("galaxies", report.galaxies().len())?;
        file.set_item("refused", verdict.is_refused())?;
        file.set_item("verdict", verdict.to_string())?;
        let questions: Vec<(String, String, Vec<String>, usize)> =
            report.questions.iter().map(question).collect();
        file.set_item("questions", questions)?;
        file.set_item("holds_codes", matches!(report.outcome, Outcome::Codes(_)))?;
        files.append(file)?;
    }
    let mut sources = Vec::new();
    let mut galaxies = Vec::new();
    for (source, report) in reports.into_iter().enumerate() {
        let list = report.into_galaxies();
        sources.extend(std::iter::repeat_n(source as i64, list.len()));
        galaxies.extend(list);
    }
    let n = galaxies.len();
    let (mut raw, mut images) = (Vec::with_capacity(n * PIXELS), Vec::with_capacity(n * PIXELS));
    for galaxy in &galaxies {
        raw.extend_from_slice(&galaxy.raw);
        images.extend_from_slice(&galaxy.image);
    }
    let ids: Vec<i64> = galaxies
        .iter()
        .map(|galaxy| galaxy.id.unwrap_or_default())
        .collect();
    let own_names: Vec<&str> = galaxies.iter().map(|galaxy| galaxy.name.as_str()).collect();
    let remarks: Vec<String> = galaxies.iter().map(|galaxy| galaxy.remarks.join(" ")).collect();
    let columns = PyDict::new(py);
    let abouts: Vec<_> = galaxies.iter().map(|galaxy| &galaxy.about).collect();
    for fact in facts(&abouts) {
        match fact.numbers() {
            Some(FactNumbers::Whole(numbers)) => {
                columns.set_item(fact.name, PyArray1::from_vec(py, numbers))?
            }
            Some(FactNumbers::Real(numbers)) => {
                columns.set_item(fact.name, PyArray1::from_vec(py, numbers))?
            }
            _ => columns.set_item(fact.name, fact.values)?,
        }
    }
    let found = PyDict::new(py);
    found.set_item("ids", shaped(py, ids, &[n])?)?;
    found.set_item("names", own_names)?;
    found.set_item("images", shaped(py, images, &[n, SIDE, SIDE])?)?;
    found.set_item("raw", shaped(py, raw, &[n, SIDE, SIDE])?)?;
    found.set_item("sources", shaped(py, sources, &[n])?)?;
    found.set_item("remarks", remarks)?;
    found.set_item("columns", columns)?;
    found.set_item("files", files)?;
    found.set_item("notes", notes)?;
    Ok(found)
}

/// A question's key, text, options, and the one that was taken.
fn question(question: &Question) -> (String, String, Vec<String>, usize) {
    (
        question.key.to_string(),
        question.text.clone(),
        question.options.clone(),
        question.taken + 1,
    )
}
