//! How files become cutouts: the flags that all subcommands share which read pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use galaxy_grove::cutout::{Recipe, prepare::Scale};
use galaxy_grove::intake::{Answers, FileReport, Question, QuestionKey, Verdict};

/// How pictures become cutouts; sets are prepared already.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Preparation {
    /// Pictures: do not find and cut out the central galaxy, resample them whole to 64x64
    #[arg(long)]
    no_prepare: bool,
    /// Pictures: do not stretch linear data (FITS)
    #[arg(long)]
    no_stretch: bool,
    /// Pictures: cut all galaxies at one scale, this many pixels to each side of their centres, instead of each to fill its
    /// cutout
    #[arg(long, value_name = "PIXELS", value_parser = half_side)]
    half_side: Option<f32>,
    /// Pictures: turn each galaxy's major axis to the horizontal, and flip it by its asymmetry. The reference does not
    #[arg(long)]
    orient: bool,
    /// What to take where a file leaves a choice, say band=2 or dataset=images; `grove info FILE` lists the choices
    #[arg(long = "choose", value_name = "KEY=ANSWER", value_parser = pair)]
    choices: Vec<(QuestionKey, String)>,
}

impl Preparation {
    /// As the library wants it.
    pub fn recipe(&self) -> Recipe {
        Recipe {
            prepare: !self.no_prepare,
            stretch: !self.no_stretch,
            scale: self
                .half_side
                .map_or(Scale::EachFillsTheFrame, |half_side| Scale::AllTheSame {
                    half_side,
                }),
            orient: self.orient,
            ..Recipe::default()
        }
    }

    /// The answers to what files do not specify; of two to one question the last.
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for (key, answer) in &self.choices {
            answers.set(key, answer);
        }
        answers
    }
}

/// What files ask, and what was answered.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Answers to questions that no file has asked yet, by the questions' keys.
    unused: BTreeMap<QuestionKey, String>,
    /// How many files asked each question, in the words in which the first was reported.
    open_questions: BTreeMap<String, (QuestionKey, usize)>,
}

impl Asked {
    /// Nothing was read yet.
    pub fn new(preparation: &Preparation) -> Self {
        Self {
            unused: preparation.choices.iter().cloned().collect(),
            open_questions: BTreeMap::new(),
        }
    }

    /// Prints a file's questions, unless another file had the same ones.
    pub fn add_report(&mut self, path: &Path, report: &FileReport) {
        if let Verdict::Refused { reason, .. } = &report.verdict() {
            self.refused(reason);
        }
        let mut own = BTreeSet::new();
        for question in &report.questions {
            self.unused.remove(&question.key);
            let words = question_text(question);
            if !own.insert(words.clone()) {
                continue;
            }
            let (_, files) = self
                .open_questions
                .entry(words.clone())
                .or_insert_with(|| (question.key.clone(), 0));
            *files += 1;
            if *files == 1 {
                eprintln!("{}: {words}", path.display());
            }
        }
    }

    /// Notes why a file was refused: an answer that the file could not use was not a typing error.
    pub fn refused(&mut self, reason: &str) {
        self.unused
            .retain(|key, _| !reason.contains(&format!("no answer to `{key}`")));
    }

    /// Says at the end how many files had the same questions, and warns of answers that no file wanted.
    pub fn end(&self) {
        for (key, files) in self.open_questions.values() {
            match files - 1 {
                0 => {}
                1 => eprintln!("`{key}`: another file asks the same"),
                more => eprintln!("`{key}`: {more} more files ask the same"),
            }
        }
        for (key, answer) in &self.unused {
            eprintln!(
                "warning: no file asked for `{key}`, so --choose {key}={answer} did nothing; `grove info FILE` lists the \
                 choices of a file"
            );
        }
    }
}

fn half_side(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|half: &f32| half.is_finite() && *half >= 1.0)
        .ok_or_else(|| "give a number of pixels, 1 or more".to_owned())
}

fn pair(text: &str) -> Result<(QuestionKey, String), String> {
    match text.split_once('=') {
        Some((key, answer)) if !key.trim().is_empty() && !answer.trim().is_empty() => {
            Ok((QuestionKey::from(key.trim()), answer.trim().to_owned()))
        }
        _ => Err("write it as KEY=ANSWER, say band=2".to_owned()),
    }
}

/// A question in a line, with the flag that answers it.
pub fn question_text(question: &Question) -> String {
    let Question {
        key,
        text,
        options,
        taken,
    } = question;
    let list: Vec<String> = options
        .iter()
        .enumerate()
        .map(|(at, option)| format!("{}: {option}", at + 1))
        .collect();
    format!(
        "{text} Taken: {}. With --choose {key}=N: {}",
        taken + 1,
        list.join("; ")
    )
}
