//! How files become cutouts: the flags that all sub-commands share which read pictures.

use crate::cutout::{Recipe, prepare::Scale};
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
    /// Pictures: cut all galaxies at one scale, this many pixels to each side of their centres, instead of each to fill its
    /// cutout
    #[arg(long, value_name = "PIXELS", value_parser = half_side)]
    half_side: Option<f32>,
    /// Pictures: turn each galaxy's major axis to the horizontal, and flip it by its asymmetry. The reference does not
    #[arg(long)]
    orient: bool,
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
            scale: self
                .half_side
                .map_or(Scale::EachFillsTheFrame, |half_side| Scale::AllTheSame {
                    half_side,
                }),
            orient: self.orient,
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

fn half_side(text: &str) -> Result<f32, String> {
    text.parse()
        .ok()
        .filter(|half: &f32| half.is_finite() && *half >= 1.0)
        .ok_or_else(|| "give a number of pixels, 1 or more".to_owned())
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
