//! What a galaxy and a table's cell have in common: path, stem, identifier, column, number.

use std::collections::{HashMap, HashSet};

use super::known::Known;
use super::words::{base, common, digits, folded, integer, part, path};
use crate::intake::{SOURCE_ID, digits as longest, stem};

/// How rows and galaxies were brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum By {
    /// The file's name, with as much of its path as both give.
    FileName,
    /// The file's name without its endings, with as much of its path as both give.
    Stem,
    /// The identifier that the galaxy's file gave.
    Id,
    /// A column that is already known of the galaxies, from their file or from another table.
    Column,
    /// The longest run of digits in the name.
    Digits,
}

impl By {
    /// All ways, the surest first.
    pub const ALL: [Self; 5] = [Self::FileName, Self::Stem, Self::Id, Self::Column, Self::Digits];

    /// For display, in the sentence "joined by ...".
    pub fn name(self) -> &'static str {
        match self {
            Self::FileName => "file name",
            Self::Stem => "file name without its ending",
            Self::Id => "identifier",
            Self::Column => "another column of the galaxies",
            Self::Digits => "the number in the file name",
        }
    }
}

/// Longer cells are no keys.
const MAX_LENGTH: usize = 1024;
/// Numbers with this many digits are the same by no accident.
pub const LONG_NUMBER: usize = 6;

/// A galaxy that fits a cell, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub galaxy: usize,
    pub by: By,
    /// Parts of the path in common; 1 for other keys.
    pub strength: usize,
    /// True when it may be an accident: a short number.
    pub is_weak: bool,
}

/// The galaxies' keys, to be asked with cells.
pub struct Keys {
    paths: Vec<String>,
    bases: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    ids: HashMap<String, Vec<usize>>,
    /// By folded value: galaxies and the folded name of the column.
    facts: HashMap<String, Vec<(usize, String)>>,
    /// By digits: galaxies and the letters in front of the digits.
    numbers: HashMap<String, Vec<(usize, String)>>,
}

impl Keys {
    pub fn new(galaxies: &[Known]) -> Self {
        let mut keys = Self {
            paths: Vec::new(),
            bases: HashMap::new(),
            stems: HashMap::new(),
            ids: HashMap::new(),
            facts: HashMap::new(),
            numbers: HashMap::new(),
        };
        let names = distinct_columns(galaxies);
        for (galaxy, known) in galaxies.iter().enumerate() {
            let path = path(&known.name).into_owned();
            let base = base(&path);
            let stem = stem(base);
            // A name that is but the identifier is no file's.
            if known.id.as_deref() != Some(known.name.as_str()) {
                keys.bases.entry(base.to_owned()).or_default().push(galaxy);
                keys.stems.entry(stem.to_owned()).or_default().push(galaxy);
            }
            for id in known.id.as_deref().into_iter().chain(known.source_id()) {
                keys.ids.entry(exact(id)).or_default().push(galaxy);
            }
            if let Some(number) = digits(stem) {
                let letters = letters_before(stem).to_owned();
                keys.numbers
                    .entry(number.to_owned())
                    .or_default()
                    .push((galaxy, letters));
            }
            for (column, value) in &known.facts {
                let column = folded(column);
                if column != SOURCE_ID && names.contains(&column) {
                    keys.facts.entry(exact(value)).or_default().push((galaxy, column));
                }
            }
            keys.paths.push(path);
        }
        keys
    }

    /// Visits the galaxies that fit a cell of the column of that name. `is_number`: numbers of this column may be keys.
    pub fn hits(&self, column: &str, cell: &str, is_number: bool, visit: &mut dyn FnMut(Hit)) {
        let cell = cell.trim();
        if cell.is_empty() || cell.len() > MAX_LENGTH {
            return;
        }
        let written = path(cell);
        let name = base(&written);
        let number = integer(cell);
        let is_weak = number.as_ref().is_some_and(|number| number.len() < LONG_NUMBER);
        for galaxy in self.bases.get(name).into_iter().flatten() {
            let own = self.paths.get(*galaxy).map_or("", String::as_str);
            if let Some(strength) = strength(own, &written) {
                visit(Hit {
                    galaxy: *galaxy,
                    by: By::FileName,
                    strength,
                    is_weak: false,
                });
            }
        }
        let trunk = stem(name);
        for galaxy in self.stems.get(trunk).into_iter().flatten() {
            let own = self.paths.get(*galaxy).map_or("", String::as_str);
            if let Some(strength) = strength(without_endings(own), without_endings(&written)) {
                visit(Hit {
                    galaxy: *galaxy,
                    by: By::Stem,
                    strength,
                    is_weak,
                });
            }
        }
        let one = |galaxy: usize, by: By| Hit {
            galaxy,
            by,
            strength: 1,
            is_weak,
        };
        let key = exact(cell);
        let is_word = number.is_none() && cell.parse::<f64>().is_err();
        if is_word || is_number && number.is_some() {
            for galaxy in self.ids.get(&key).into_iter().flatten() {
                visit(one(*galaxy, By::Id));
            }
            let column = folded(column);
            for (galaxy, known) in self.facts.get(&key).into_iter().flatten() {
                if *known == column
                    || number.as_ref().is_some_and(|number| number.len() >= LONG_NUMBER)
                    || is_named(&key)
                {
                    visit(one(*galaxy, By::Column));
                }
            }
        }
        // Numbers like 185.43 name nothing.
        let within = match &number {
            Some(number) if is_number => Some(number.as_str()),
            Some(_) => None,
            None if is_word => digits(trunk),
            None => None,
        };
        // A number that several files have in their names names none of them.
        if let Some(number) = within
            && let Some([(galaxy, letters)]) = self.numbers.get(number).map(Vec::as_slice)
        {
            let is_long = number.len() >= LONG_NUMBER;
            // NGC 51 is not M 51.
            let written = if is_word { letters_before(trunk) } else { "" };
            let agree = written.is_empty()
                || letters.is_empty()
                || letters.ends_with(written)
                || written.ends_with(letters);
            if is_long || agree {
                visit(Hit {
                    galaxy: *galaxy,
                    by: By::Digits,
                    strength: 1,
                    is_weak: !is_long,
                });
            }
        }
    }
}

/// The letters in front of the longest run of digits, without what parts them: `ngc` of `x_ngc-51`.
fn letters_before(stem: &str) -> &str {
    let run = longest(stem);
    let before = stem.find(run).and_then(|at| stem.get(..at)).unwrap_or_default();
    let before = before.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, letter)| letter.is_alphabetic())
        .last()
        .map_or(before.len(), |(at, _)| at);
    before.get(start..).unwrap_or_default()
}

/// A value for comparing: the digits of whole numbers, else the words in lower case.
fn exact(value: &str) -> String {
    integer(value).unwrap_or_else(|| folded(value))
}

/// Words with a number in them name objects: `ngc 4414`, `j123456.7+123456`.
fn is_named(value: &str) -> bool {
    let has = |is: fn(&char) -> bool| value.chars().any(|letter| is(&letter));
    has(char::is_ascii_digit) && has(|letter| letter.is_alphabetic())
}

/// How much of two paths is the same; `None` when they name different parts of one file.
fn strength(own: &str, written: &str) -> Option<usize> {
    let (own_file, own_part) = part(own);
    let (file, wanted) = part(written);
    match (own_part, wanted) {
        (own, Some(wanted)) if own != Some(wanted) => None,
        (_, wanted) => Some(common(own_file, file) + usize::from(wanted.is_some())),
    }
}

/// A path whose last part has no endings.
fn without_endings(path: &str) -> &str {
    let (file, _) = part(path);
    let name = base(file);
    let trunk = stem(name);
    path.get(..file.len() - name.len() + trunk.len()).unwrap_or(path)
}

/// The columns, by their folded names, in which no two galaxies have the same value: only these distinguish galaxies.
fn distinct_columns(galaxies: &[Known]) -> HashSet<String> {
    let mut seen: HashMap<String, HashSet<String>> = HashMap::new();
    let mut shared: HashSet<String> = HashSet::new();
    for (column, value) in galaxies.iter().flat_map(|known| &known.facts) {
        let column = folded(column);
        if !seen.entry(column.clone()).or_default().insert(exact(value)) {
            shared.insert(column);
        }
    }
    seen.into_keys()
        .filter(|column| !shared.contains(column))
        .collect()
}
