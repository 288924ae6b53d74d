//! What became of one file, and what it gave.

use super::field_view::FieldView;
use super::galaxy::Galaxy;
use super::question::Question;
use super::verdict::{Verdict, phrase};
use crate::intake::codes::Codes;
use crate::refusal::Refusal;

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
    /// The picture with its sources, when it was taken as a field and [`Limits::preview`](crate::intake::Limits::preview) asks for
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
pub(in crate::intake) struct Told {
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
