//! One array, and the arrays of a file.

use super::element::Element;
use crate::refusal::Refusal;
use std::ops::Range;

/// What an array's values are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Numbers.
    Numbers(Element),
    /// Words.
    Text,
    /// Something that is neither, in words.
    Other(String),
}

/// One array of a file, before any of it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// Its path inside the file.
    pub name: String,
    /// Lengths of its axes, the slowest first.
    pub shape: Vec<u64>,
    /// What it holds.
    pub values: Values,
    /// This many rows of the first axis are stored together; reading one of them costs as much as reading all.
    pub block: u64,
    /// What else the file says about it.
    pub hints: Hints,
}

/// What a file says about an array beside its shape and type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hints {
    /// The numbers that stand for no value (`_FillValue`, `missing_value` and others).
    pub none: Vec<f64>,
    /// The names of its axes, in their order; empty when they have none.
    pub axes: Vec<String>,
    /// True when its writer counts axes the other way round, the fastest first, as MATLAB does: its pictures lie on their
    /// sides.
    pub reversed: bool,
    /// Its attributes of one value each, as words.
    pub facts: Vec<(String, String)>,
}

impl Eq for Hints {}

impl Array {
    /// The last part of its path, in small letters.
    pub fn short(&self) -> String {
        self.name
            .rsplit('/')
            .next()
            .unwrap_or(&self.name)
            .to_ascii_lowercase()
    }

    /// The number of entries, when it is a column: (N) or (N,1).
    pub fn column_rows(&self) -> Option<u64> {
        match self.shape.as_slice() {
            [n] | [n, 1] => Some(*n),
            // A row of MATLAB's or IDL's.
            [1, n] if *n > 1 => Some(*n),
            _ => None,
        }
    }

    /// How it is named to the user: `images (17736, 256, 256, 3) uint8`.
    pub fn words(&self) -> String {
        let shape: Vec<String> = self.shape.iter().map(u64::to_string).collect();
        let values = match &self.values {
            Values::Numbers(element) => element.name(),
            Values::Text => "text".to_owned(),
            Values::Other(what) => what.clone(),
        };
        format!("{} ({}) {values}", self.name, shape.join(", "))
    }
}

/// The arrays of one file.
pub trait Arrays {
    /// All of them.
    fn list(&self) -> &[Array];

    /// Sentences about what was not looked at.
    fn remarks(&self) -> &[String] {
        &[]
    }

    /// The bytes of some rows of an array of numbers, in C order and in the array's own byte order.
    ///
    /// # Errors
    /// A [`Refusal`] that names the array, when they cannot be read or the array holds no numbers.
    fn numbers(&self, index: usize, rows: Range<u64>) -> Result<Vec<u8>, Refusal>;

    /// The bytes of an array of numbers of which only some places along one axis are wanted, in C order.
    ///
    /// # Errors
    /// As [`Arrays::numbers`].
    fn numbers_along(&self, index: usize, axis: usize, places: Range<u64>) -> Result<Vec<u8>, Refusal>;

    /// Some entries of an array of words.
    ///
    /// # Errors
    /// A [`Refusal`] that names the array, when they cannot be read or the array holds no words.
    fn texts(&self, index: usize, rows: Range<u64>) -> Result<Vec<String>, Refusal>;
}
