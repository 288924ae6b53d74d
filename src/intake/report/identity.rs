//! Identifiers as files write them: kept exactly, or not used.
//!
//! Inside, a galaxy's identifier is a 64-bit integer with a sign. What does not fit is kept as text in the column
//! [`SOURCE_ID`], and the galaxy gets a running number. A number that went through floating point is no identifier:
//! digits that the file did not hold are never made up.

use crate::cutout::About;
use crate::limits::fact;

/// The column that keeps identifiers which are no 64-bit integers.
pub const SOURCE_ID: &str = "source_id";

/// Whole numbers up to this are exact in double precision.
const EXACT_DOUBLE: f64 = 9_007_199_254_740_992.0;
/// The same in single precision.
const EXACT_SINGLE: f64 = 16_777_216.0;

/// One identifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Identity<'a> {
    /// A whole number.
    Whole(i128),
    /// Words, or digits as text.
    Text(&'a str),
    /// A number in double precision.
    Double(f64),
    /// A number in single precision.
    Single(f32),
}

/// The account of one file's identifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identities {
    all: usize,
    /// Whole numbers outside 64 bits with a sign.
    large: usize,
    /// No numbers.
    words: usize,
    /// Rounded by floating point, and the bits of it.
    rounded: usize,
    bits: u32,
}

impl Identities {
    /// Takes one identifier: into `id` when it is a 64-bit integer, else as text into `about`.
    pub fn take(&mut self, identity: Identity, id: &mut Option<i64>, about: &mut About) {
        let mut keep = |text: String| {
            about.columns.insert(SOURCE_ID.to_owned(), fact(&text));
        };
        self.all += 1;
        match identity {
            Identity::Whole(value) => match i64::try_from(value) {
                Ok(value) => *id = Some(value),
                Err(_) => {
                    self.large += 1;
                    keep(value.to_string());
                }
            },
            Identity::Text(text) => {
                let text = text.trim();
                if text.is_empty() {
                    self.all -= 1;
                    return;
                }
                match whole(text) {
                    Some(value) => *id = Some(value),
                    None => {
                        if text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                            self.large += 1;
                        } else {
                            self.words += 1;
                        }
                        keep(text.to_owned());
                    }
                }
            }
            Identity::Double(value) => self.float(value, EXACT_DOUBLE, 64, id),
            Identity::Single(value) => self.float(f64::from(value), EXACT_SINGLE, 32, id),
        }
    }

    fn float(&mut self, value: f64, exact: f64, bits: u32, id: &mut Option<i64>) {
        if !value.is_finite() {
            self.all -= 1;
        } else if value.abs() < exact && libm::trunc(value) == value {
            *id = Some(value as i64);
        } else {
            self.rounded += 1;
            self.bits = bits;
        }
    }

    /// Sentences for the file, where identifiers were not taken as they are. `column` is the name of theirs.
    pub fn remarks(&self, column: &str) -> Vec<String> {
        let Self {
            all,
            large,
            words,
            rounded,
            bits,
        } = *self;
        let of = |count: usize| match count {
            1 if all == 1 => "its id is".to_owned(),
            n => format!("{n} of its {all} ids are"),
        };
        let mut remarks = Vec::new();
        if large > 0 {
            remarks.push(format!(
                "{} too large for a 64 bit integer with a sign (larger than 9223372036854775807): they are kept as text in the \
                 column `{SOURCE_ID}`, and these galaxies have running numbers as ids",
                of(large)
            ));
        }
        if words > 0 {
            remarks.push(format!(
                "{} not written as whole numbers are: they are kept as text in the column `{SOURCE_ID}`, and these galaxies have running numbers \
                 as ids",
                of(words)
            ));
        }
        if rounded > 0 {
            let exact = if bits == 32 { EXACT_SINGLE } else { EXACT_DOUBLE };
            remarks.push(format!(
                "{} not used: the column `{column}` holds {bits}-bit floating-point numbers, which round whole numbers from \
                 {exact} on; write the ids as integers or as text",
                of(rounded)
            ));
        }
        remarks
    }
}

/// The number that a text of digits stands for, if it is written as numbers are: no zeros in front, 64 bits with a sign.
fn whole(text: &str) -> Option<i64> {
    let value: i64 = text.parse().ok()?;
    (value.to_string() == text).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(identity: Identity) -> (Option<i64>, Option<String>, Vec<String>) {
        let (mut all, mut id, mut about) = (Identities::default(), None, About::default());
        all.take(identity, &mut id, &mut about);
        (id, about.columns.remove(SOURCE_ID), all.remarks("objid"))
    }

    #[test]
    fn identifiers_are_kept_exactly_or_not_used() {
        let large = u64::MAX.to_string();
        for (identity, id, text, word) in [
            (Identity::Whole(845), Some(845), None, ""),
            (Identity::Whole(-3), Some(-3), None, ""),
            (
                Identity::Whole(u64::MAX.into()),
                None,
                Some(large.as_str()),
                "9223372036854775807",
            ),
            (
                Identity::Text("1237648720693755918"),
                Some(1_237_648_720_693_755_918),
                None,
                "",
            ),
            (
                Identity::Text("14783464213117718528"),
                None,
                Some("14783464213117718528"),
                "too large",
            ),
            (
                Identity::Text("000123"),
                None,
                Some("000123"),
                "not written as whole numbers are",
            ),
            (
                Identity::Text("J1234+56"),
                None,
                Some("J1234+56"),
                "not written as whole numbers are",
            ),
            (
                Identity::Text("1.23765E+18"),
                None,
                Some("1.23765E+18"),
                "not written as whole numbers are",
            ),
            (Identity::Text("  "), None, None, ""),
            (Identity::Double(42.0), Some(42), None, ""),
            (
                Identity::Double(1.237_648_720_693_756e18),
                None,
                None,
                "64-bit floating-point",
            ),
            (Identity::Double(1.5), None, None, "64-bit floating-point"),
            (Identity::Double(f64::NAN), None, None, ""),
            (Identity::Single(16_777_215.0), Some(16_777_215), None, ""),
            (
                Identity::Single(16_777_216.0),
                None,
                None,
                "32-bit floating-point",
            ),
        ] {
            let (found, kept, remarks) = taken(identity);
            assert_eq!((found, kept.as_deref()), (id, text), "{identity:?}");
            assert_eq!(
                remarks.len(),
                usize::from(!word.is_empty()),
                "{identity:?}: {remarks:?}"
            );
            assert!(
                remarks.iter().all(|remark| remark.contains(word)),
                "{identity:?}: {remarks:?}"
            );
        }
    }
}
