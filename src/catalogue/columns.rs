//! What columns mean: coordinates, labels, names.

use std::collections::BTreeSet;

use super::{Column, Table};
use crate::cutout::About;

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
    /// The position in a row, in degrees; `None` when there is none or it makes no sense.
    pub fn position(&self, table: &Table, row: usize) -> Option<(f64, f64)> {
        let cell = |column: usize| table.columns.get(column)?.cells.get(row);
        let ra = angle(cell(self.ra)?, self.hours, true)?;
        let dec = angle(cell(self.dec)?, false, false)?;
        ((0.0..=360.0).contains(&ra) && (-90.0..=90.0).contains(&dec)).then_some((ra, dec))
    }
}

/// An angle in degrees, from `202.47`, `13:29:52.7`, `13 29 52.7`, `13h29m52.7s`, `+47d11m43s`. Sixtieths in a right
/// ascension are of hours, unless a degree sign says otherwise.
fn angle(cell: &str, hours: bool, is_ra: bool) -> Option<f64> {
    const HOUR: f64 = 15.0;
    let cell = cell.trim();
    if let Ok(value) = cell.parse::<f64>() {
        return value
            .is_finite()
            .then_some(if hours { value * HOUR } else { value });
    }
    let (negative, body) = match cell.strip_prefix(['-', '\u{2212}']) {
        Some(body) => (true, body),
        None => (false, cell.strip_prefix('+').unwrap_or(cell)),
    };
    let in_degrees = body.contains(['d', '°']);
    let parts: Vec<f64> = body
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let letters_fit = body
        .chars()
        .all(|c| c.is_ascii_digit() || c.is_whitespace() || ".:hmsd°'\"′″".contains(c));
    let (&[whole, minutes, seconds], true) = (parts.as_slice(), letters_fit) else {
        return None;
    };
    if minutes >= 60.0 || seconds >= 60.0 {
        return None;
    }
    let value = whole + minutes / 60.0 + seconds / 3600.0;
    let value = if is_ra && !in_degrees { value * HOUR } else { value };
    Some(if negative { -value } else { value })
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

/// Finds the columns of positions by their names, and checks that they hold positions.
pub fn coordinates(table: &Table) -> Option<Coordinates> {
    COORDINATES.iter().find_map(|(ra, dec)| {
        let (ra, dec) = (named(table, ra)?, named(table, dec)?);
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
    for cell in column.cells.iter().filter(|cell| !cell.is_empty()) {
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

/// What the rows of a table say, once its columns are understood.
#[derive(Clone, Debug)]
pub struct Facts<'t> {
    table: &'t Table,
    coordinates: Option<Coordinates>,
    object: Option<usize>,
}

impl<'t> Facts<'t> {
    /// Looks at the columns once.
    pub fn new(table: &'t Table) -> Self {
        Self {
            table,
            coordinates: coordinates(table),
            object: object_column(table),
        }
    }

    /// What a row says: its position and name, and every cell that is not empty by its column's name. The columns of
    /// the position are left out where it was understood.
    pub fn of(&self, row: usize) -> About {
        let position = self
            .coordinates
            .and_then(|columns| columns.position(self.table, row));
        let cell = |column: &'t Column| column.cells.get(row).filter(|cell| !cell.is_empty());
        let is_position = |at: usize| {
            position.is_some()
                && self
                    .coordinates
                    .is_some_and(|columns| at == columns.ra || at == columns.dec)
        };
        About {
            object: self
                .object
                .and_then(|at| self.table.columns.get(at))
                .and_then(cell)
                .map(str::to_owned),
            ra: position.map(|(ra, _)| ra),
            dec: position.map(|(_, dec)| dec),
            columns: self
                .table
                .columns
                .iter()
                .enumerate()
                .filter(|(at, _)| !is_position(*at))
                .filter_map(|(_, column)| Some((column.name.clone(), cell(column)?.to_owned())))
                .collect(),
            ..About::default()
        }
    }
}

/// Adds what a table says to what a file says. The file knows its own position and name better; of columns with the same
/// name the table's stays.
pub fn merge(into: &mut About, from: About) {
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
    into.columns.extend(from.columns);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_read() {
        let near = |found: Option<f64>, wanted: f64| (found.unwrap() - wanted).abs() < 1e-9;
        assert!(near(angle("202.5", false, true), 202.5));
        assert!(near(angle("13.5", true, true), 202.5));
        for text in ["13:30:00", "13 30 00.0", "13h30m00s"] {
            assert!(near(angle(text, false, true), 202.5), "{text}");
        }
        for text in ["-47:30:36", "-47d30m36s", "\u{2212}47 30 36", "-47°30'36\""] {
            assert!(near(angle(text, false, false), -47.51), "{text}");
        }
        assert!(near(angle("-00:30:00", false, false), -0.5));
        for text in ["", "NaN", "M 51", "13:70:00", "spiral 1 2 3", "1:2"] {
            assert_eq!(angle(text, false, true), None, "{text}");
        }
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
        merge(&mut own, table);
        assert_eq!((own.ra, own.dec), (Some(1.0), Some(2.0)));
        assert_eq!(own.object.as_deref(), Some("M 51"));
        assert_eq!(own.columns["label"], "spiral");
    }
}
