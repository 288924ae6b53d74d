//! How files become cutouts: the flags that all sub-commands share which read pictures.

use crate::cutout::Recipe;
use crate::intake::{Answers, Question};

/// How pictures become cutouts; sets are prepared already.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Preparation {
    /// Pictures: do not find and cut out the central galaxy, resample them whole to 64x64
    #[arg(long)]
    no_prepare: bool,
    /// Pictures: do not stretch linear data (FITS)
    #[arg(long)]
    no_stretch: bool,
    /// What to take where a file leaves a choice, say band=2 or dataset=images; `grove info FILE` lists the choices
    #[arg(long = "choose", value_name = "KEY=ANSWER", value_parser = pair)]
    choices: Vec<(String, String)>,
}

impl Preparation {
    /// As the library wants it.
    pub fn recipe(&self) -> Recipe {
        Recipe {
            prepare: !self.no_prepare,
            stretch: !self.no_stretch,
            ..Recipe::default()
        }
    }

    /// The answers to what files leave open; of two to one question the last.
    pub fn answers(&self) -> Answers {
        let mut answers = Answers::default();
        for (key, answer) in &self.choices {
            answers.set(key, answer);
        }
        answers
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, answer)) if !key.trim().is_empty() && !answer.trim().is_empty() => {
            Ok((key.trim().to_owned(), answer.trim().to_owned()))
        }
        _ => Err("write it as KEY=ANSWER, say band=2".to_owned()),
    }
}

/// A question in a line, with the flag that answers it.
pub fn told(question: &Question) -> String {
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
