//! The fields of a VOTable, and the forms of its data.

/// What a FIELD says.
#[derive(Clone, Debug, Default)]
pub struct Field {
    pub name: String,
    pub unit: Option<String>,
    pub description: Option<String>,
    pub datatype: String,
    pub arraysize: Option<String>,
    /// The text that stands for a missing value.
    pub null: Option<String>,
}

/// How the rows of a table are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Binary,
    Binary2,
}
