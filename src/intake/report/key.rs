//! The names of the questions that files raise.

use std::{cmp::Ordering, fmt};

/// Which question it is: the same for the same kind of choice in all files. Its text, as `band`, is what the command
/// line takes (`--choose band=2`) and what travels between page and worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "String", into = "String")]
pub enum QuestionKey {
    /// `auxiliary`: whether a file that by its name holds weights, a mask or similar data is a galaxy all the same.
    Auxiliary,
    /// `band`: which band of a cube, or which channel.
    Band,
    /// `band of [2]`: the same of a further extension of a FITS file, by its number.
    BandOfExtension(usize),
    /// `band of page 2`: the same of a further page of a TIFF, counted from 1.
    BandOfPage(usize),
    /// `column`: which column of a table holds the pictures.
    Column,
    /// `dataset`: which dataset holds the images.
    Dataset,
    /// `field`: whether a picture is a field of many galaxies.
    Field,
    /// `images`: which images of a file are wanted.
    Images,
    /// `key`: which column of a table names the galaxies.
    Key,
    /// `layout`: what the axes of an array mean.
    Layout,
    /// `pages`: which pages of a TIFF are wanted.
    Pages,
    /// `sample`: which rows of many are wanted.
    Sample,
    /// `sources`: which sources of a field are wanted.
    Sources,
    /// `threshold`: from which light on a source counts.
    Threshold,
    /// A key that no reader asks by; an answer to it is never used.
    Unknown(String),
}

/// The keys that have no number.
const PLAIN: [(&str, QuestionKey); 12] = [
    ("auxiliary", QuestionKey::Auxiliary),
    ("band", QuestionKey::Band),
    ("column", QuestionKey::Column),
    ("dataset", QuestionKey::Dataset),
    ("field", QuestionKey::Field),
    ("images", QuestionKey::Images),
    ("key", QuestionKey::Key),
    ("layout", QuestionKey::Layout),
    ("pages", QuestionKey::Pages),
    ("sample", QuestionKey::Sample),
    ("sources", QuestionKey::Sources),
    ("threshold", QuestionKey::Threshold),
];

/// A number as it is displayed: `2`, but not `02` or `+2`.
fn number(text: &str) -> Option<usize> {
    text.parse()
        .ok()
        .filter(|number: &usize| number.to_string() == text)
}

/// In the order of their texts.
impl Ord for QuestionKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

impl PartialOrd for QuestionKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<&str> for QuestionKey {
    fn from(text: &str) -> Self {
        if let Some((_, key)) = PLAIN.iter().find(|(plain, _)| *plain == text) {
            return key.clone();
        }
        let extension =
            || number(text.strip_prefix("band of [")?.strip_suffix(']')?).map(Self::BandOfExtension);
        let page = || number(text.strip_prefix("band of page ")?).map(Self::BandOfPage);
        extension()
            .or_else(page)
            .unwrap_or_else(|| Self::Unknown(text.to_owned()))
    }
}

impl From<String> for QuestionKey {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Self> for QuestionKey {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

impl From<QuestionKey> for String {
    fn from(key: QuestionKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for QuestionKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BandOfExtension(index) => write!(out, "band of [{index}]"),
            Self::BandOfPage(page) => write!(out, "band of page {page}"),
            Self::Unknown(text) => out.write_str(text),
            plain => {
                let found = PLAIN.iter().find(|(_, key)| key == plain);
                out.write_str(found.map_or("", |(text, _)| text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_comes_back_from_its_text() {
        let numbered = [QuestionKey::BandOfExtension(2), QuestionKey::BandOfPage(3)];
        for key in PLAIN.map(|(_, key)| key).into_iter().chain(numbered) {
            let text = key.to_string();
            assert_eq!(QuestionKey::from(text.as_str()), key, "{text}");
            let json = serde_json::to_string(&key).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<QuestionKey>(&json).unwrap(), key);
        }
        for text in ["", "bands", "band of [x]", "band of [02]", "band of page +2"] {
            assert_eq!(QuestionKey::from(text), QuestionKey::Unknown(text.to_owned()));
            assert_eq!(QuestionKey::from(text).to_string(), text);
        }
    }
}
