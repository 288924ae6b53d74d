//! What can be read in more ways than one: a question with a default, and the user's answers.
//!
//! A decoder never waits for anybody. Where a file leaves a choice (which band of a cube, which dataset of an HDF5
//! file), it [asks](Reading::choose), goes on with the default, and the question travels with the file's report. The page
//! shows a picker and the command line a remark; with another answer the file is read again.

use crate::cutout::prepare::Override;
use crate::limits::Limits;
use crate::refusal::Refusal;
use std::collections::BTreeMap;

use super::key::QuestionKey;

/// A choice that a file does not specify.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Question {
    /// Which one it is.
    pub key: QuestionKey,
    /// The question, for display.
    pub text: String,
    /// What can be answered; at least two.
    pub options: Vec<String>,
    /// The option that this reading took.
    pub taken: usize,
}

/// What the user said about a file: answers by the question's key, and what is to be done differently for single
/// galaxies, by their names.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Answers {
    choices: BTreeMap<QuestionKey, String>,
    changes: BTreeMap<String, Override>,
}

impl Answers {
    /// Sets an answer: an option's words, or its number counted from 1.
    pub fn set(&mut self, key: impl Into<QuestionKey>, answer: impl Into<String>) {
        self.choices.insert(key.into(), answer.into());
    }

    /// The answer to a question, if there is one.
    pub fn get(&self, key: &QuestionKey) -> Option<&str> {
        self.choices.get(key).map(String::as_str)
    }

    /// Does something differently for the galaxy of that name; the default undoes it.
    pub fn change(&mut self, galaxy: &str, change: Override) {
        if change == Override::default() {
            self.changes.remove(galaxy);
        } else {
            self.changes.insert(galaxy.to_owned(), change);
        }
    }

    /// What is done differently for the galaxy of that name.
    pub fn of(&self, galaxy: &str) -> Override {
        self.changes.get(galaxy).copied().unwrap_or_default()
    }

    /// All that is done differently, by the galaxies' names.
    pub fn changes(&self) -> &BTreeMap<String, Override> {
        &self.changes
    }

    /// Takes back all that was done differently.
    pub fn clear_changes(&mut self) {
        self.changes.clear();
    }

    /// True when nothing was said.
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty() && self.changes.is_empty()
    }
}

/// The reading of one file: what it may spend, what was answered, and what it asks.
#[derive(Debug)]
pub struct Reading<'a> {
    /// How much the file may ask for.
    pub limits: &'a Limits,
    /// The answers to its questions.
    pub answers: &'a Answers,
    /// The questions that arose.
    pub questions: Vec<Question>,
}

impl<'a> Reading<'a> {
    /// A reading that has not begun.
    pub fn new(limits: &'a Limits, answers: &'a Answers) -> Self {
        Self {
            limits,
            answers,
            questions: Vec::new(),
        }
    }

    /// Asks, and returns the number of the option to take: the answer's, or `default`. With fewer than two options there
    /// is nothing to ask.
    ///
    /// # Errors
    /// A [`Refusal`] when the answer is none of the options.
    pub fn choose(
        &mut self,
        key: QuestionKey,
        text: &str,
        options: Vec<String>,
        default: usize,
    ) -> Result<usize, Refusal> {
        if options.len() < 2 {
            return Ok(0);
        }
        let taken = match self.answers.get(&key) {
            None => default.min(options.len() - 1),
            Some(answer) => {
                let by_words = options
                    .iter()
                    .position(|option| option == answer)
                    // The words before the bracket are enough: `images` for `images (17736, 256, 256, 3)`.
                    .or_else(|| {
                        let short = |option: &String| option.split(" (").next().map(str::to_owned);
                        options
                            .iter()
                            .position(|option| short(option).as_deref() == Some(answer))
                    });
                let by_number = || answer.parse::<usize>().ok()?.checked_sub(1);
                by_words
                    .or_else(by_number)
                    .filter(|at| *at < options.len())
                    .ok_or_else(|| {
                        Refusal::new(
                            format!("`{answer}` is no answer to `{key}`"),
                            format!("give one of: {}", options.join(", ")),
                        )
                    })?
            }
        };
        self.questions.push(Question {
            key,
            text: text.to_owned(),
            options,
            taken,
        });
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_words_or_a_number() {
        let limits = Limits::default();
        let options = || vec!["g (480 nm)".to_owned(), "r".to_owned(), "z".to_owned()];
        for (answer, expected) in [
            (None, Some(1)),
            (Some("z"), Some(2)),
            (Some("g"), Some(0)),
            (Some("3"), Some(2)),
            (Some("0"), None),
            (Some("4"), None),
            (Some("y"), None),
        ] {
            let mut answers = Answers::default();
            if let Some(answer) = answer {
                answers.set(QuestionKey::Band, answer);
            }
            let mut reading = Reading::new(&limits, &answers);
            let taken = reading.choose(QuestionKey::Band, "Which band?", options(), 1);
            assert_eq!(reading.questions.len(), usize::from(taken.is_ok()));
            assert_eq!(taken.ok(), expected, "{answer:?}");
        }
        let answers = Answers::default();
        let mut reading = Reading::new(&limits, &answers);
        assert_eq!(
            reading.choose(QuestionKey::Band, "Which band?", vec!["r".into()], 0),
            Ok(0)
        );
        assert!(reading.questions.is_empty());
    }
}
