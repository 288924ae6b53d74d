//! What a file's name and a table's cell have in common: path, stem, number.

use std::{borrow::Cow, collections::HashMap};

use crate::intake::{digits as longest, stem};

/// How rows and galaxies were brought together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum By {
    /// The file's name, with as much of its path as both give.
    FileName,
    /// The file's name without folders and endings, upper and lower case alike.
    Stem,
    /// The identifier.
    Id,
    /// The longest run of digits in the name.
    Digits,
}

impl By {
    /// All ways, the surest first.
    pub const ALL: [Self; 4] = [Self::FileName, Self::Stem, Self::Id, Self::Digits];

    /// For the eye, in the sentence "joined by ...".
    pub fn name(self) -> &'static str {
        match self {
            Self::FileName => "file name",
            Self::Stem => "file name without its ending",
            Self::Id => "identifier",
            Self::Digits => "the number in the file name",
        }
    }
}

/// Longer cells are no keys.
const LONGEST: usize = 1024;

/// A path in lower case with `/` between its parts, without the part of a file that it names (`[1]`) or a query.
pub fn path(name: &str) -> Cow<'_, str> {
    let mut name = name.trim();
    if name.ends_with(']')
        && let Some((file, _)) = name.rsplit_once('[')
    {
        name = file;
    }
    if name.contains("://") {
        name = name.split(['?', '#']).next().unwrap_or(name);
    }
    if name
        .bytes()
        .any(|byte| byte.is_ascii_uppercase() || byte == b'\\' || byte > 127)
    {
        Cow::Owned(name.to_lowercase().replace('\\', "/"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The last part of a path.
pub fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The longest run of digits as a number.
fn digits(stem: &str) -> Option<i64> {
    longest(stem).parse().ok()
}

/// A whole number, also as `42.0`.
pub fn integer(cell: &str) -> Option<i64> {
    let whole = match cell.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => cell,
    };
    whole.parse().ok()
}

/// How many parts two paths have in common, counted from their ends.
fn common(a: &str, b: &str) -> usize {
    a.rsplit('/')
        .zip(b.rsplit('/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// The galaxies' keys, to be asked with cells.
pub struct Keys {
    paths: Vec<String>,
    bases: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    ids: HashMap<i64, Vec<usize>>,
    numbers: HashMap<i64, Vec<usize>>,
}

/// A galaxy that fits a cell, and how well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub galaxy: usize,
    pub by: By,
    /// Parts of the path in common; 1 for other keys.
    pub strength: usize,
    /// The number, when it was one.
    pub number: Option<i64>,
}

impl Keys {
    pub fn new(galaxies: &[(i64, &str)]) -> Self {
        let mut keys = Self {
            paths: Vec::new(),
            bases: HashMap::new(),
            stems: HashMap::new(),
            ids: HashMap::new(),
            numbers: HashMap::new(),
        };
        for (galaxy, (id, name)) in galaxies.iter().enumerate() {
            let path = path(name).into_owned();
            let base = base(&path);
            let stem = stem(base);
            keys.bases.entry(base.to_owned()).or_default().push(galaxy);
            keys.stems.entry(stem.to_owned()).or_default().push(galaxy);
            keys.ids.entry(*id).or_default().push(galaxy);
            if let Some(number) = digits(stem) {
                keys.numbers.entry(number).or_default().push(galaxy);
            }
            keys.paths.push(path);
        }
        keys
    }

    /// Visits the galaxies that fit a cell.
    pub fn hits(&self, cell: &str, visit: &mut dyn FnMut(Hit)) {
        let cell = cell.trim();
        if cell.is_empty() || cell.len() > LONGEST {
            return;
        }
        let path = path(cell);
        let base = base(&path);
        for galaxy in self.bases.get(base).into_iter().flatten() {
            let strength = self.paths.get(*galaxy).map_or(1, |own| common(own, &path));
            visit(Hit {
                galaxy: *galaxy,
                by: By::FileName,
                strength,
                number: None,
            });
        }
        let stem = stem(base);
        let number = integer(cell);
        let one = |galaxy: &usize, by: By, number: Option<i64>| Hit {
            galaxy: *galaxy,
            by,
            strength: 1,
            number,
        };
        for galaxy in self.stems.get(stem).into_iter().flatten() {
            visit(one(galaxy, By::Stem, number));
        }
        if let Some(id) = number {
            for galaxy in self.ids.get(&id).into_iter().flatten() {
                visit(one(galaxy, By::Id, number));
            }
        }
        // Numbers like 185.43 name nothing.
        let within = match number {
            Some(number) => Some(number),
            None if cell.parse::<f64>().is_ok() => None,
            None => digits(stem),
        };
        // A number that several files have in their names names none of them.
        if let Some(number) = within
            && let Some([galaxy]) = self.numbers.get(&number).map(Vec::as_slice)
        {
            visit(one(galaxy, By::Digits, Some(number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(path("Set\\M51.FITS[2]"), "set/m51.fits");
        assert_eq!(path("https://x.org/a/B.jpg?size=3"), "https://x.org/a/b.jpg");
        assert_eq!(base("a/b/c.png"), "c.png");
        assert_eq!(stem("m51.fits.gz"), "m51");
        assert_eq!(stem("m51_0.5.png"), "m51_0.5");
        assert_eq!(stem(".hidden"), ".hidden");
        assert_eq!(digits("gz2_thumb_103169"), Some(103_169));
        assert_eq!(digits("m"), None);
        assert_eq!(integer("42.0"), Some(42));
        assert_eq!(integer("42.5"), None);
        assert_eq!(integer("587722952230502863"), Some(587_722_952_230_502_863));
        assert_eq!(common("set.zip/a/x.png", "b/a/x.png"), 2);
    }
}
