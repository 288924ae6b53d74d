//! What is wanted from the sky, and how far it has come. It outlives the sheet that shows it.

use galaxy_grove::intake::Refusal;
use galaxy_grove::surveys::{self, DEFAULT_DIAMETER, Famous, Line, SURVEYS, Size, Survey, Target};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How far a fetch has come.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Galaxies that have a picture or will have none.
    pub done: usize,
    /// Galaxies in all.
    pub total: usize,
    /// The last things that happened, newest first.
    pub stated: Vec<String>,
}

/// What the pasted text means.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Every line with its outcome.
    pub lines: Vec<Line>,
    /// Why the text as a whole cannot be used.
    pub refusal: Option<Refusal>,
}

/// The signals of the sheet. Copied freely: only handles.
#[derive(Clone, Copy)]
pub struct Sky {
    /// The pasted text.
    pub text: RwSignal<String>,
    /// What it means.
    pub reading: Memo<Arc<Reading>>,
    /// The key of the survey.
    pub survey: RwSignal<&'static str>,
    /// One size for all, instead of each its own.
    pub fixed: RwSignal<bool>,
    /// The number in the field of the size, in arcminutes, as it was typed.
    pub arcmin: RwSignal<String>,
    /// The galaxies ticked in the ready list, by their place in it.
    pub ticked: RwSignal<BTreeSet<usize>>,
    /// The fetch under way.
    pub progress: RwSignal<Option<Progress>>,
    /// Something was fetched, or tried, in this visit.
    pub asked: RwSignal<bool>,
}

impl Default for Sky {
    fn default() -> Self {
        let text = RwSignal::new(String::new());
        let reading = Memo::new(move |_| {
            Arc::new(text.with(|text| match surveys::read_targets(text) {
                Ok(lines) => Reading { lines, refusal: None },
                Err(refusal) => Reading {
                    lines: Vec::new(),
                    refusal: Some(refusal),
                },
            }))
        });
        Self {
            text,
            reading,
            survey: RwSignal::new(SURVEYS[0].key),
            fixed: RwSignal::new(false),
            arcmin: RwSignal::new(DEFAULT_DIAMETER.to_string()),
            ticked: RwSignal::new(BTreeSet::new()),
            progress: RwSignal::new(None),
            asked: RwSignal::new(false),
        }
    }
}

impl Sky {
    /// The form of the page that a component belongs to.
    pub fn current() -> Self {
        expect_context::<Self>()
    }

    /// The survey that is chosen.
    pub fn chosen(&self) -> &'static Survey {
        Survey::by_key(self.survey.get()).unwrap_or(&SURVEYS[0])
    }

    /// The size that is chosen; `None` when the field holds no number above 0.
    pub fn size(&self) -> Option<Size> {
        let number = self.arcmin.with(|typed| typed.trim().parse::<f64>().ok());
        let number = number.filter(|number| *number > 0.0 && number.is_finite())?;
        Some(if self.fixed.get() {
            Size::Fixed(number)
        } else {
            Size::Automatic(number)
        })
    }

    /// All that is to be fetched: the lines that could be read, then the ticked galaxies.
    pub fn targets(&self) -> Vec<Target> {
        let reading = self.reading.get();
        let lines = reading.lines.iter().filter_map(|line| line.outcome.clone().ok());
        let ticked = self.ticked.get();
        let listed = ticked.iter().filter_map(|index| surveys::famous().get(*index));
        surveys::with_listed(lines.collect(), listed)
    }

    /// The galaxies of the ready list that fit, with their places in it.
    pub fn listed(letters: &str, kind: Option<surveys::Kind>) -> Vec<(usize, &'static Famous)> {
        surveys::famous()
            .iter()
            .enumerate()
            .filter(|(_, galaxy)| galaxy.matches(letters) && kind.is_none_or(|kind| galaxy.kind == kind))
            .collect()
    }
}
