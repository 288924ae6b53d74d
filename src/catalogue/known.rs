//! What is known of a galaxy that a row of a table may name.

use crate::cutout::About;
use crate::intake::SOURCE_ID;

use super::key_names::is_key_name;

/// Longer values are no keys.
const MAX_LENGTH: usize = 80;

/// What tells a galaxy from the others: the rows of tables are compared with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Known {
    /// Its identifier in decimal digits, when its file or its file's name gave it. A running number is no key: it says
    /// nothing of the galaxy.
    pub id: Option<String>,
    /// Its name: most often that of its file, with folders.
    pub name: String,
    /// Columns that may name it (their names and its values), from its file or from a table that was joined before.
    pub facts: Vec<(String, String)>,
}

impl Known {
    /// Takes what may be a key. `id` is the galaxy's own identifier, if it has one.
    pub fn new(id: Option<i64>, name: &str, about: &About) -> Self {
        let may_be_key = |(column, value): &(&String, &String)| {
            !value.is_empty()
                && value.len() <= MAX_LENGTH
                && (is_key_name(column)
                    || value.bytes().filter(u8::is_ascii_digit).count() >= 6 && !value.contains('.'))
        };
        let columns = about.columns.iter().filter(may_be_key);
        let object = about
            .object
            .iter()
            .map(|object| ("object".to_owned(), object.clone()));
        Self {
            id: id.map(|id| id.to_string()),
            name: name.to_owned(),
            facts: columns
                .map(|(column, value)| (column.clone(), value.clone()))
                .chain(object)
                .collect(),
        }
    }

    /// An identifier that its file gave and that is no 64-bit integer.
    pub(super) fn source_id(&self) -> Option<&str> {
        let found = self.facts.iter().find(|(column, _)| column == SOURCE_ID);
        found.map(|(_, value)| value.as_str())
    }
}
