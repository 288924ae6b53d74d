//! The outcome of a file: exactly one verdict each.

use crate::refusal::Refusal;
use std::fmt;

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
pub(in crate::intake) fn phrase(sentence: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

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
