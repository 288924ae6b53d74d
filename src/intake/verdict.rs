//! What became of a file: exactly one verdict each, and the galaxies that it gave.

use super::{Codes, FieldView, Question};
use crate::cutout::{About, prepare::Measures};
use std::fmt;

/// Why a file (or a part of it) gives no galaxy, and what its owner can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{reason}; {remedy}")]
pub struct Refusal {
    /// What is wrong, naming the thing.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

impl Refusal {
    /// A refusal out of its two halves.
    pub fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }
}

/// The one sentence on a file. `Display` gives it on one line.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Verdict {
    /// It gave galaxies and there is nothing to say.
    Accepted,
    /// It gave galaxies; these sentences are worth reading.
    Remarked(Vec<String>),
    /// It gave none.
    Refused {
        /// What is wrong.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
}

impl Verdict {
    /// `accepted`, `remarked` or `refused`: for tables and style classes.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Remarked(_) => "remarked",
            Self::Refused { .. } => "refused",
        }
    }

    /// True when the file gave no galaxy.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// Adds a remark. A refusal stays as it is.
    pub fn remark(&mut self, text: String) {
        match self {
            Self::Accepted => *self = Self::Remarked(vec![text]),
            Self::Remarked(remarks) => remarks.push(text),
            Self::Refused { .. } => {}
        }
    }
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        Self::Refused {
            reason: refusal.reason,
            remedy: refusal.remedy,
        }
    }
}

/// A sentence as a part of a longer one: without its full stop and its capital.
fn phrase(sentence: &str) -> String {
    let Some(body) = sentence.strip_suffix('.') else {
        return sentence.to_owned();
    };
    let mut letters = body.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => body.to_owned(),
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match self {
            Self::Accepted => "accepted".to_owned(),
            Self::Remarked(remarks) => {
                let phrases: Vec<String> = remarks.iter().map(|remark| phrase(remark)).collect();
                format!("accepted with a remark: {}", phrases.join("; "))
            }
            Self::Refused { reason, remedy } => format!("refused: {reason}. What to do: {remedy}"),
        };
        // A file's own words (a header card, a name) may hold line breaks; the verdict may not.
        out.write_str(&line.replace(['\n', '\r', '\t'], " "))
    }
}

/// A small square grey picture of what the file showed before preparation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Preview {
    /// Pixels along one side.
    pub side: usize,
    /// `side * side` grey values, row-major, top row first; 0 beside the picture where it is not square.
    pub grey: Vec<u8>,
    /// What was cut, in pixels of the preview: centre x, centre y and half side. It may reach beyond. `None` when nothing
    /// was cut.
    pub square: Option<(f32, f32, f32)>,
    /// Pixels of the preview for one pixel of the picture.
    pub scale: f32,
    /// Where the picture's left top corner is, in pixels of the preview.
    pub corner: (f32, f32),
}

/// One galaxy, ready for the network.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Galaxy {
    /// The identifier that the file gave, if any; [`assign_ids`](super::assign_ids) sees to the others.
    pub id: Option<i64>,
    /// A name for the eye: the file's, with `[k]` behind it when it came from header-data unit k of several.
    pub name: String,
    /// 4096 values: the cutout before pixels under the sky were cleared.
    pub raw: Vec<f32>,
    /// 4096 values: the cutout that the model sees.
    pub image: Vec<f32>,
    /// What the file showed, when [`Limits::preview`](super::Limits::preview) asks for it and the file is no set.
    pub preview: Option<Preview>,
    /// What was cut: centre (x, y) and half side in pixels of the picture; `None` when nothing was cut.
    pub square: Option<(f32, f32, f32)>,
    /// Sky level in the units of `raw`; 0 for galaxies of a set, where it was not measured.
    pub sky: f32,
    /// Standard deviation of the sky in the units of `raw`; 0 for galaxies of a set.
    pub sigma: f32,
    /// Numbers on the cutout; `None` for galaxies of a set, where nothing was measured.
    pub measures: Option<Measures>,
    /// What the file says about the galaxy.
    pub about: About,
    /// Sentences about this galaxy.
    pub remarks: Vec<String>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FileReport {
    /// The file's name as it was given.
    pub name: String,
    /// The one verdict. It repeats the galaxies' remarks, so that reading it is enough.
    pub verdict: Verdict,
    /// The galaxies, in file order; empty exactly when the verdict is a refusal.
    pub galaxies: Vec<Galaxy>,
    /// True when the file was a set (HDF5 or a bundle), whose galaxies passed untouched.
    pub is_set: bool,
    /// Whom the file itself credits, if it says so.
    pub credit: Option<String>,
    /// What the file can be asked to give instead.
    pub questions: Vec<Question>,
    /// The codes of galaxies, when the file holds these and no pictures. Its verdict is a refusal then: who can go on with
    /// codes alone, as the page can, gives one of its own.
    pub codes: Option<Codes>,
    /// The picture with its sources, when it was taken as a field and [`Limits::preview`](super::Limits::preview) asks for
    /// pictures.
    pub field: Option<FieldView>,
}

impl FileReport {
    /// A report without galaxies.
    pub fn refused(name: &str, refusal: Refusal) -> Self {
        Self {
            name: name.to_owned(),
            verdict: refusal.into(),
            galaxies: Vec::new(),
            is_set: false,
            credit: None,
            questions: Vec::new(),
            codes: None,
            field: None,
        }
    }

    /// A report with this verdict; the galaxies are to follow, or went elsewhere.
    pub fn told(name: &str, verdict: Verdict) -> Self {
        Self {
            name: name.to_owned(),
            verdict,
            galaxies: Vec::new(),
            is_set: false,
            credit: None,
            questions: Vec::new(),
            codes: None,
            field: None,
        }
    }

    /// A report whose verdict is made of the file's remarks and the galaxies'.
    pub fn accepted(name: &str, galaxies: Vec<Galaxy>, remarks: Vec<String>) -> Self {
        let mut told = Told {
            several: galaxies.len() > 1,
            ..Told::default()
        };
        galaxies.iter().for_each(|galaxy| told.hear(galaxy));
        Self {
            galaxies,
            ..Self::told(name, told.verdict(remarks))
        }
    }
}

/// Gathers what galaxies say, as they come.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Whether the file holds several galaxies, so that each remark needs a name.
    pub several: bool,
    own: Vec<String>,
    more: usize,
}

impl Told {
    /// More sentences than this are counted, not told.
    const MOST: usize = 8;

    /// Hears what a galaxy says.
    pub fn hear(&mut self, galaxy: &Galaxy) {
        for remark in &galaxy.remarks {
            if self.own.len() >= Self::MOST {
                self.more += 1;
            } else if self.several {
                self.own.push(format!("{}: {}", galaxy.name, phrase(remark)));
            } else {
                self.own.push(remark.clone());
            }
        }
    }

    /// The verdict on a file that gave galaxies; `remarks` are about the file as a whole.
    pub fn verdict(self, remarks: Vec<String>) -> Verdict {
        let mut told: Vec<String> = remarks.into_iter().chain(self.own).collect();
        let more = self.more + told.len().saturating_sub(Self::MOST);
        told.truncate(Self::MOST);
        if more > 0 {
            told.push(format!("{more} more remarks"));
        }
        if told.is_empty() {
            Verdict::Accepted
        } else {
            Verdict::Remarked(told)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_that_are_too_many_are_counted() {
        let remarks = (0..Told::MOST + 2).map(|n| n.to_string()).collect();
        let Verdict::Remarked(told) = Told::default().verdict(remarks) else {
            panic!("there are remarks");
        };
        // They are the file's own, not those of single galaxies.
        assert_eq!(told.last().map(String::as_str), Some("2 more remarks"));
        assert_eq!(told.len(), Told::MOST + 1);
    }

    #[test]
    fn a_verdict_is_one_line() {
        let verdict = Verdict::from(Refusal::new("bad\ncard", "try\r\nagain"));
        assert_eq!(verdict.to_string(), "refused: bad card. What to do: try  again");
        let mut verdict = Verdict::Accepted;
        verdict.remark("a".into());
        verdict.remark("b".into());
        assert_eq!(verdict.to_string(), "accepted with a remark: a; b");
        assert_eq!(verdict.word(), "remarked");
        assert_eq!(phrase("The sky is odd."), "the sky is odd");
        assert_eq!(phrase("NGC 5 is here."), "NGC 5 is here");
        assert_eq!(phrase("1 pixel had no value."), "1 pixel had no value");
    }
}
