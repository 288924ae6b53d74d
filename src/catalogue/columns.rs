//! What columns mean: coordinates, labels, names.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Column, Table};
use super::tidy::is_missing;
use crate::cutout::About;
use crate::intake::{SOURCE_ID, sexagesimal};
use crate::limits::{FACTS, fact, left_out};

/// Names of right ascensions and declinations, side by side, the usual first. Only letters and digits are compared.
const COORDINATES: [(&str, &str); 14] = [
    ("ra", "dec"),
    ("ra", "de"),
    ("ra", "decl"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("ra2000", "dec2000"),
    ("raicrs", "deicrs"),
    ("raicrs", "decicrs"),
    ("radeg", "decdeg"),
    ("radeg", "dedeg"),
    ("alpha", "delta"),
    ("alphaj2000", "deltaj2000"),
    ("rightascension", "declination"),
    ("targetra", "targetdec"),
];

/// Names of columns that hold a label, those preferred first.
const LABELS: [&str; 16] = [
    "label",
    "class",
    "gz2class",
    "morphology",
    "morph",
    "type",
    "ans",
    "hubbletype",
    "classification",
    "category",
    "ttype",
    "t",
    "target",
    "shape",
    "kind",
    "labels",
];

/// Names of columns that hold an object's name.
const OBJECTS: [&str; 9] = [
    "object",
    "objname",
    "name",
    "mainid",
    "galaxy",
    "targetname",
    "iauname",
    "designation",
    "target",
];

/// Cells that are looked at to judge a column.
const LOOKED_AT: usize = 200;

fn plain(name: &str) -> String {
    let before_unit = name.split(['(', '[']).next().unwrap_or(name);
    before_unit
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn named(table: &Table, wanted: &str) -> Option<usize> {
    table
        .columns
        .iter()
        .position(|column| plain(&column.name) == wanted)
}

/// The columns with the positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Coordinates {
    /// The column of right ascensions.
    pub ra: usize,
    /// The column of declinations.
    pub dec: usize,
    /// True when plain numbers in the column of right ascensions are hours.
    pub hours: bool,
}

impl Coordinates {
    /// The position in a row, in degrees; `None` when there is none or it is not valid.
    pub fn position(&self, table: &Table, row: usize) -> Option<(f64, f64)> {
        let cell = |column: usize| table.columns.get(column)?.cells.get(row);
        let (ra, dec) = if self.ra == self.dec {
            both(cell(self.ra)?)?
        } else {
            (cell(self.ra)?, cell(self.dec)?)
        };
        let ra = angle(ra, self.hours, true)?;
        let dec = angle(dec, false, false)?;
        ((0.0..=360.0).contains(&ra) && (-90.0..=90.0).contains(&dec)).then_some((ra, dec))
    }
}

/// Right ascension and declination of a cell that holds both: `187.7, 12.39`, `12h30m49s +12d23m28s`, or an object's own words,
/// `<SkyCoord (ICRS): (ra, dec) in deg (187.7, 12.39)>`.
fn both(cell: &str) -> Option<(&str, &str)> {
    let inside = match cell.rfind('(') {
        Some(at) => cell.get(at + 1..)?.split(')').next()?,
        None => cell,
    };
    let inside = inside.trim().trim_matches(['[', ']']).trim();
    if let Some((ra, dec)) = inside.split_once([',', ';']) {
        return Some((ra.trim(), dec.trim()));
    }
    // The sign of the declination, or the middle of equally many words.
    let sign = inside.char_indices().skip(1).find(|(at, letter)| {
        matches!(letter, '+' | '-') && inside.get(..*at).is_some_and(|before| before.ends_with(' '))
    });
    if let Some((at, _)) = sign {
        return Some((inside.get(..at)?.trim(), inside.get(at..)?));
    }
    let words: Vec<&str> = inside.split_whitespace().collect();
    let middle = words
        .get(words.len() / 2)
        .filter(|_| words.len() >= 2 && words.len().is_multiple_of(2))?;
    let at = middle.as_ptr() as usize - inside.as_ptr() as usize;
    Some((inside.get(..at)?.trim(), inside.get(at..)?))
}

/// An angle in degrees: a number, of hours where `hours` says so, or sixtieths.
fn angle(cell: &str, hours: bool, is_ra: bool) -> Option<f64> {
    const HOUR: f64 = 15.0;
    match cell.trim().parse::<f64>() {
        Ok(value) => value
            .is_finite()
            .then_some(if hours { value * HOUR } else { value }),
        Err(_) => sexagesimal(cell, is_ra),
    }
}

/// A coordinate on the sky.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Right ascension.
    Ra,
    /// Declination.
    Dec,
}

/// The coordinate that a column of that name holds, if it is one of the names that catalogues use.
pub fn axis(name: &str) -> Option<Axis> {
    let name = plain(name);
    COORDINATES.iter().find_map(|(ra, dec)| match name.as_str() {
        name if name == *ra => Some(Axis::Ra),
        name if name == *dec => Some(Axis::Dec),
        _ => None,
    })
}

/// Names of columns that hold both coordinates.
const POSITIONS: [&str; 10] = [
    "coord",
    "coords",
    "coordinates",
    "position",
    "positions",
    "radec",
    "skycoord",
    "pos",
    "sky",
    "location",
];

/// The columns that may hold positions: those of the usual names, those of an object in astropy's tables (`coord.ra` and
/// `coord.dec`), and one that holds both coordinates.
fn candidates(table: &Table) -> Vec<(usize, usize)> {
    let usual = COORDINATES
        .iter()
        .filter_map(|(ra, dec)| named(table, ra).zip(named(table, dec)));
    let part = |name: &str, part: &str| {
        let (object, last) = name.rsplit_once('.')?;
        last.eq_ignore_ascii_case(part).then(|| object.to_owned())
    };
    let place = |object: &str, wanted: &str| {
        let of = |name: &str| part(name, wanted).as_deref() == Some(object);
        table.columns.iter().position(|column| of(&column.name))
    };
    let objects = table.columns.iter().enumerate().filter_map(|(at, column)| {
        let object = part(&column.name, "ra")?;
        Some((at, place(&object, "dec")?))
    });
    let both = POSITIONS
        .iter()
        .filter_map(|name| named(table, name))
        .map(|at| (at, at));
    usual.chain(objects).chain(both).collect()
}

/// Finds the columns of positions by their names, and checks that they hold positions.
pub fn coordinates(table: &Table) -> Option<Coordinates> {
    candidates(table).into_iter().find_map(|(ra, dec)| {
        let unit = table.columns.get(ra)?.unit.as_deref().unwrap_or_default();
        let found = Coordinates {
            ra,
            dec,
            hours: matches!(unit, "hourangle" | "h" | "hr" | "hour" | "hours"),
        };
        let looked_at = table.rows().min(LOOKED_AT);
        let good = (0..looked_at)
            .filter(|row| found.position(table, *row).is_some())
            .count();
        (good * 2 > looked_at).then_some(found)
    })
}

/// The number of different cells, if there are at most `most`.
fn distinct(column: &Column, most: usize) -> Option<usize> {
    let mut seen = BTreeSet::new();
    for cell in column.cells.iter().filter(|cell| !is_missing(cell)) {
        seen.insert(cell);
        if seen.len() > most {
            return None;
        }
    }
    Some(seen.len())
}

/// Proposes the column of labels: by its name, or the first of words with few different ones. At least two are needed.
pub fn label_column(table: &Table) -> Option<usize> {
    const NAMED: usize = 500;
    const UNNAMED: usize = 30;
    let fits = |at: usize, most: usize| {
        table
            .columns
            .get(at)
            .and_then(|column| distinct(column, most))
            .is_some_and(|count| count >= 2)
    };
    let by_name = LABELS
        .iter()
        .filter_map(|name| named(table, name))
        .find(|at| fits(*at, NAMED));
    by_name.or_else(|| {
        let most = UNNAMED.min(table.rows() / 3);
        (0..table.columns.len()).find(|at| {
            let words = table.columns.get(*at).is_some_and(|column| {
                column
                    .cells
                    .iter()
                    .filter(|cell| !cell.is_empty())
                    .take(LOOKED_AT)
                    .all(|cell| {
                        let is_flag = ["true", "false", "yes", "no", "t", "f"]
                            .iter()
                            .any(|flag| cell.eq_ignore_ascii_case(flag));
                        !is_flag && cell.parse::<f64>().is_err()
                    })
            });
            words && fits(*at, most)
        })
    })
}

/// The column with the objects' names: words, not numbers.
pub fn object_column(table: &Table) -> Option<usize> {
    OBJECTS.iter().filter_map(|name| named(table, name)).find(|at| {
        table.columns.get(*at).is_some_and(|column| {
            column
                .cells
                .iter()
                .take(LOOKED_AT)
                .any(|cell| !cell.is_empty() && cell.parse::<f64>().is_err())
        })
    })
}

/// The columns that galaxies take along: the label, the object and the key before all others, then the first ones. Those of
/// the position do not count: they are left out where it is understood.
fn kept(
    table: &Table,
    key: Option<usize>,
    object: Option<usize>,
    position: Option<Coordinates>,
) -> Vec<usize> {
    let mut kept: Vec<usize> = position.into_iter().flat_map(|at| [at.ra, at.dec]).collect();
    let most = FACTS + kept.len();
    let first = [label_column(table), object, key].into_iter().flatten();
    for at in first.chain(0..table.columns.len()) {
        if kept.len() < most && !kept.contains(&at) {
            kept.push(at);
        }
    }
    kept
}

/// What the rows of a table say, once its columns are understood.
#[derive(Clone, Debug)]
pub struct Facts<'t> {
    table: &'t Table,
    coordinates: Option<Coordinates>,
    object: Option<usize>,
    kept: Vec<usize>,
}

impl<'t> Facts<'t> {
    /// Looks at the columns once. `key` is the one that brought the rows to the galaxies.
    pub fn new(table: &'t Table, key: Option<usize>) -> Self {
        let (object, coordinates) = (object_column(table), coordinates(table));
        Self {
            table,
            coordinates,
            object,
            kept: kept(table, key, object, coordinates),
        }
    }

    /// What is said of columns that no galaxy takes along, because there are too many.
    pub fn remark(&self) -> Option<String> {
        left_out(self.table.columns.len().saturating_sub(self.kept.len()))
    }

    /// What a row says: its position and name, and every cell that is not empty by its column's name, of the columns that
    /// are kept. The columns of the position are left out where it was understood.
    pub fn of(&self, row: usize) -> About {
        let position = self
            .coordinates
            .and_then(|columns| columns.position(self.table, row));
        let column = |at: usize| self.table.columns.get(at);
        let cell = |column: &Column| column.cells.get(row).filter(|cell| !is_missing(cell)).map(fact);
        let is_position = |at: usize| {
            position.is_some()
                && self
                    .coordinates
                    .is_some_and(|columns| at == columns.ra || at == columns.dec)
        };
        About {
            object: self.object.and_then(column).and_then(cell),
            ra: position.map(|(ra, _)| ra),
            dec: position.map(|(_, dec)| dec),
            columns: self
                .kept
                .iter()
                .filter(|at| !is_position(**at))
                .filter_map(|at| {
                    let column = column(*at)?;
                    Some((column.name.clone(), cell(column)?))
                })
                .collect(),
            ..About::default()
        }
    }
}

/// Adds what a table says to what a file says. The file knows its own position and name better; of columns with the same
/// name the table's stays; their names are returned where the two differ. An identifier of the file's own stays.
pub fn merge(into: &mut About, from: About) -> Vec<String> {
    if into.ra.is_none() || into.dec.is_none() {
        into.ra = from.ra.or(into.ra);
        into.dec = from.dec.or(into.dec);
    }
    if into.object.is_none() {
        into.object = from.object;
    }
    if into.filter.is_none() {
        into.filter = from.filter;
    }
    if into.vector.is_empty() {
        into.vector = from.vector;
    }
    let mut replaced = Vec::new();
    for (column, value) in from.columns {
        let before = into.columns.get(&column);
        if before.is_some_and(|before| *before != value) {
            if column == SOURCE_ID {
                continue;
            }
            replaced.push(column.clone());
        }
        into.columns.insert(column, value);
    }
    replaced
}

/// A sentence on columns that [`merge`] replaced, by their names, with the number of galaxies.
pub fn replaced(columns: &BTreeMap<String, usize>) -> Option<String> {
    let named: Vec<String> = columns
        .iter()
        .map(|(column, galaxies)| format!("`{column}` ({galaxies} galaxies)"))
        .collect();
    (!named.is_empty()).then(|| {
        format!(
            "its values replace earlier ones where the two differ: {}",
            named.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_read() {
        assert_eq!(angle("202.5", false, true), Some(202.5));
        assert_eq!(angle("13.5", true, true), Some(202.5));
        assert_eq!(angle("13h30m00s", false, true), Some(202.5));
        assert_eq!(angle("NaN", false, true), None);
    }

    #[test]
    fn positions_in_one_cell_are_taken_apart() {
        for cell in [
            "187.7 12.39",
            "187.7, 12.39",
            "(187.7; 12.39)",
            "<SkyCoord (ICRS): (ra, dec) in deg (187.7, 12.39)>",
        ] {
            assert_eq!(both(cell), Some(("187.7", "12.39")), "{cell}");
        }
        assert_eq!(both("12 30 49 -12 23 28"), Some(("12 30 49", "-12 23 28")));
        assert_eq!(both("12h30m49s +12d23m28s"), Some(("12h30m49s", "+12d23m28s")));
        assert_eq!(both("12 30 49"), None);
        assert_eq!(both(""), None);
    }

    #[test]
    fn names_are_compared_by_letters() {
        assert_eq!(plain("_RAJ2000"), "raj2000");
        assert_eq!(plain("RA (deg)"), "ra");
        assert_eq!(plain("gz2_class"), "gz2class");
    }

    #[test]
    fn the_file_knows_its_own_position() {
        let mut own = About {
            ra: Some(1.0),
            dec: Some(2.0),
            ..About::default()
        };
        own.columns.insert("label".into(), "old".into());
        let mut table = About {
            ra: Some(9.0),
            dec: Some(9.0),
            object: Some("M 51".into()),
            ..About::default()
        };
        table.columns.insert("label".into(), "spiral".into());
        assert_eq!(merge(&mut own, table), ["label"]);
        assert_eq!((own.ra, own.dec), (Some(1.0), Some(2.0)));
        assert_eq!(own.object.as_deref(), Some("M 51"));
        assert_eq!(own.columns["label"], "spiral");
    }
}
