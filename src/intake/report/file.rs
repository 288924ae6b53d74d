//! The outcome of one file, and what it gave.

use super::field_view::FieldView;
use super::galaxy::Galaxy;
use super::question::Question;
use super::verdict::{Verdict, phrase};
use crate::bundle::VectorsAlone;
use crate::intake::codes::Codes;
use crate::refusal::Refusal;

/// The outcome of one file.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FileReport {
    /// The file's name as it was given.
    pub name: String,
    /// What it gave.
    pub outcome: Outcome,
    /// What the file can be asked to give instead.
    pub questions: Vec<Question>,
    /// The picture with its sources, when it was taken as a field and [`Limits::preview`](crate::intake::Limits::preview)
    /// asks for pictures; also when none of the sources gave a galaxy.
    pub field: Option<FieldView>,
}

/// What a file gave.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Outcome {
    /// Galaxies; none when they are to follow, or went elsewhere as they came.
    Galaxies(Galaxies),
    /// The codes of galaxies, and no pictures. Its verdict is a refusal: who can go on with codes alone, as the page can,
    /// gives one of its own.
    Codes(Codes),
    /// The vectors of galaxies, and no pictures: as codes.
    Vectors(VectorsAlone),
    /// Nothing.
    Refused(Refusal),
}

/// The galaxies of a file, and what is said of them together.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Galaxies {
    /// In file order.
    pub list: Vec<Galaxy>,
    /// Sentences worth reading. They repeat the galaxies' own, so that reading them is enough.
    pub remarks: Vec<String>,
    /// True when the file was a set (HDF5 or a bundle), whose galaxies passed untouched.
    pub is_set: bool,
    /// Whom the file itself credits, if it says so.
    pub credit: Option<String>,
}

impl FileReport {
    /// A report with this outcome, without questions.
    pub fn new(name: &str, outcome: Outcome) -> Self {
        Self {
            name: name.to_owned(),
            outcome,
            questions: Vec::new(),
            field: None,
        }
    }

    /// A report without galaxies.
    pub fn refused(name: &str, refusal: Refusal) -> Self {
        Self::new(name, Outcome::Refused(refusal))
    }

    /// A report with this verdict and no galaxies: they are delivered separately.
    pub fn with_verdict(name: &str, verdict: Verdict) -> Self {
        let remarks = match verdict {
            Verdict::Accepted => Vec::new(),
            Verdict::Remarked(remarks) => remarks,
            Verdict::Refused { reason, remedy } => return Self::refused(name, Refusal { reason, remedy }),
        };
        let galaxies = Galaxies {
            remarks,
            ..Galaxies::default()
        };
        Self::new(name, Outcome::Galaxies(galaxies))
    }

    /// A report whose verdict is made of the file's remarks and the galaxies'.
    pub fn accepted(name: &str, galaxies: Vec<Galaxy>, remarks: Vec<String>) -> Self {
        let galaxies = Galaxies::new(galaxies, remarks);
        Self::new(name, Outcome::Galaxies(galaxies))
    }

    /// The one verdict.
    pub fn verdict(&self) -> Verdict {
        match &self.outcome {
            Outcome::Galaxies(galaxies) if galaxies.remarks.is_empty() => Verdict::Accepted,
            Outcome::Galaxies(galaxies) => Verdict::Remarked(galaxies.remarks.clone()),
            Outcome::Codes(codes) => {
                let reason = format!(
                    "it holds codes, not pictures: those of {} galaxies",
                    codes.ids.len()
                );
                let remedy = "group them with `grove groups`; drop the pictures themselves here";
                Refusal::new(reason, remedy).into()
            }
            Outcome::Vectors(vectors) => {
                let reason = format!(
                    "it holds vectors, not pictures: those of {} galaxies",
                    vectors.ids.len()
                );
                Refusal::new(
                    reason,
                    "open it in the page, or give the table that it was made of to `grove groups`",
                )
                .into()
            }
            Outcome::Refused(refusal) => refusal.clone().into(),
        }
    }

    /// Adds a remark to what is said. A refusal stays as it is.
    pub fn remark(&mut self, text: String) {
        if let Outcome::Galaxies(galaxies) = &mut self.outcome {
            galaxies.remarks.push(text);
        }
    }

    /// The galaxies, in file order; none when the verdict is a refusal.
    pub fn galaxies(&self) -> &[Galaxy] {
        match &self.outcome {
            Outcome::Galaxies(galaxies) => &galaxies.list,
            Outcome::Codes(_) | Outcome::Vectors(_) | Outcome::Refused(_) => &[],
        }
    }

    /// The galaxies, to be changed.
    pub fn galaxies_mut(&mut self) -> &mut [Galaxy] {
        match &mut self.outcome {
            Outcome::Galaxies(galaxies) => &mut galaxies.list,
            Outcome::Codes(_) | Outcome::Vectors(_) | Outcome::Refused(_) => &mut [],
        }
    }

    /// The galaxies themselves.
    pub fn into_galaxies(self) -> Vec<Galaxy> {
        match self.outcome {
            Outcome::Galaxies(galaxies) => galaxies.list,
            Outcome::Codes(_) | Outcome::Vectors(_) | Outcome::Refused(_) => Vec::new(),
        }
    }

    /// Keeps only the galaxies that `keep` says; what was said stays.
    pub fn retain(&mut self, keep: impl FnMut(&mut Galaxy) -> bool) {
        if let Outcome::Galaxies(galaxies) = &mut self.outcome {
            galaxies.list.retain_mut(keep);
        }
    }

    /// The same report with galaxies that went elsewhere as they came; of a refused file there are none.
    #[must_use]
    pub fn with(mut self, list: Vec<Galaxy>) -> Self {
        if let Outcome::Galaxies(galaxies) = &mut self.outcome {
            galaxies.list = list;
        }
        self
    }

    /// True when the file was a set, whose galaxies passed untouched.
    pub fn is_set(&self) -> bool {
        matches!(&self.outcome, Outcome::Galaxies(galaxies) if galaxies.is_set)
    }

    /// Whom the file itself credits, if it says so.
    pub fn credit(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Galaxies(galaxies) => galaxies.credit.as_deref(),
            Outcome::Codes(_) | Outcome::Vectors(_) | Outcome::Refused(_) => None,
        }
    }
}

impl Galaxies {
    /// Galaxies that were prepared; of what they and their file say, as much as can be read.
    pub(in crate::intake) fn new(list: Vec<Galaxy>, remarks: Vec<String>) -> Self {
        let mut of_galaxies = GalaxyRemarks {
            several: list.len() > 1,
            ..GalaxyRemarks::default()
        };
        list.iter().for_each(|galaxy| of_galaxies.add(galaxy));
        Self {
            list,
            remarks: of_galaxies.merged_with(remarks),
            ..Self::default()
        }
    }
}

/// Collects the remarks of galaxies as they are read.
#[derive(Debug, Default)]
pub(in crate::intake) struct GalaxyRemarks {
    /// Whether the file holds several galaxies, so that each remark needs a name.
    pub several: bool,
    own: Vec<String>,
    more: usize,
}

impl GalaxyRemarks {
    /// More remarks than this are counted, not listed.
    const MAX_COUNT: usize = 8;

    /// Adds the remarks of a galaxy.
    pub fn add(&mut self, galaxy: &Galaxy) {
        for remark in &galaxy.remarks {
            if self.own.len() >= Self::MAX_COUNT {
                self.more += 1;
            } else if self.several {
                self.own.push(format!("{}: {}", galaxy.name, phrase(remark)));
            } else {
                self.own.push(remark.clone());
            }
        }
    }

    /// The remarks of the file as a whole, then those of its galaxies; at most [`Self::MAX_COUNT`], the rest as a number.
    pub fn merged_with(self, of_file: Vec<String>) -> Vec<String> {
        let mut remarks: Vec<String> = of_file.into_iter().chain(self.own).collect();
        let more = self.more + remarks.len().saturating_sub(Self::MAX_COUNT);
        remarks.truncate(Self::MAX_COUNT);
        if more > 0 {
            remarks.push(format!("{more} more remarks"));
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_that_are_too_many_are_counted() {
        let remarks = (0..GalaxyRemarks::MAX_COUNT + 2).map(|n| n.to_string()).collect();
        let remarks = GalaxyRemarks::default().merged_with(remarks);
        // They are the file's own, not those of single galaxies.
        assert_eq!(remarks.last().map(String::as_str), Some("2 more remarks"));
        assert_eq!(remarks.len(), GalaxyRemarks::MAX_COUNT + 1);
    }
}
