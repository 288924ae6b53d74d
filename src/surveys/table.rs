//! Pasted tables: a header names the columns, in any order and by the names that catalogues use.

use super::naming::{named, written};
use super::numbers::{number, parts};
use super::size::angle;
use super::target::{Line, Place, Position, Target};
use crate::catalogue::{Axis, axis};
use crate::refusal::Refusal;

/// What parts the columns. Spaces come last: names hold them.
const MARKS: [char; 5] = ['\t', ',', ';', '|', ' '];

/// Where the columns stand.
#[derive(Debug, Default, PartialEq)]
struct Columns {
    name: Option<usize>,
    ra: Option<usize>,
    dec: Option<usize>,
    size: Option<usize>,
    /// Degrees for each unit of a decimal right ascension: 15 where the header says hours.
    ra_scale: f64,
    /// Arcminutes for each unit of a size without a unit.
    size_scale: f64,
}

/// Reads a table, or says `None` when the first line is no header.
pub(super) fn read(text: &str) -> Option<Vec<Line>> {
    let (header, first) = written(text).next()?;
    let (mark, columns) = MARKS.iter().find_map(|mark| {
        let words = split(first, *mark);
        let columns = Columns::named_by(&words)?;
        // Hoag's Object is a galaxy, not two columns.
        let certain = *mark != ' ' || columns.is_placed();
        certain.then_some((*mark, columns))
    })?;
    let lines = written(text).skip_while(|(number, _)| *number <= header);
    let lines = lines.map(|(number, line)| {
        let cells = if mark == ' ' {
            split(line, mark)
        } else {
            quoted(line, mark)
        };
        Line::new(number, line, columns.target(&cells))
    });
    Some(lines.collect())
}

fn split(line: &str, mark: char) -> Vec<String> {
    let cells: Vec<&str> = if mark == ' ' {
        line.split_whitespace().collect()
    } else {
        line.split(mark).collect()
    };
    cells
        .iter()
        .map(|cell| cell.trim().trim_matches('"').trim().to_owned())
        .collect()
}

/// The cells of one line; quotes may hold the mark.
fn quoted(line: &str, mark: char) -> Vec<String> {
    let mark_byte = u8::try_from(mark).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark_byte)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(line.as_bytes());
    match reader.records().next() {
        Some(Ok(record)) => record.iter().map(str::to_owned).collect(),
        _ => split(line, mark),
    }
}

impl Columns {
    /// The columns of a header; `None` when the words name neither a galaxy nor a position, or hold a number.
    fn named_by(words: &[String]) -> Option<Self> {
        if words.iter().any(|word| number(word).is_some()) {
            return None;
        }
        let mut columns = Self {
            ra_scale: 1.0,
            size_scale: 1.0,
            ..Self::default()
        };
        for (index, word) in words.iter().enumerate() {
            let (word, unit) = with_unit(word);
            let slot = match word.as_str() {
                _ if axis(&word) == Some(Axis::Ra) => {
                    if unit == Unit::Hours {
                        columns.ra_scale = 15.0;
                    }
                    &mut columns.ra
                }
                _ if axis(&word) == Some(Axis::Dec) => &mut columns.dec,
                "name" | "names" | "object" | "objname" | "object_name" | "target" | "galaxy"
                | "designation" | "main_id" | "source" | "source_name" | "label" => &mut columns.name,
                "size" | "diameter" | "diam" | "d25" | "maj" | "majax" | "major_axis" | "angular_size" => {
                    columns.size_scale = match unit {
                        Unit::Seconds => 1.0 / 60.0,
                        Unit::Degrees => 60.0,
                        _ => 1.0,
                    };
                    &mut columns.size
                }
                _ => continue,
            };
            // Of two columns of one meaning the first counts.
            slot.get_or_insert(index);
        }
        (columns.is_placed() || columns.name.is_some()).then_some(columns)
    }

    fn is_placed(&self) -> bool {
        self.ra.is_some() && self.dec.is_some()
    }

    fn target(&self, cells: &[String]) -> Result<Target, Refusal> {
        let cell = |column: Option<usize>| {
            column
                .and_then(|column| cells.get(column))
                .map(|cell| cell.trim())
                .unwrap_or_default()
        };
        let (name, ra, dec) = (cell(self.name), cell(self.ra), cell(self.dec));
        let diameter = self.size(cell(self.size))?;
        match (name.is_empty(), ra.is_empty(), dec.is_empty()) {
            (_, false, false) => {
                let ra = coordinate(ra, true, self.ra_scale)?;
                let position = Position::new(ra, coordinate(dec, false, 1.0)?)?;
                Ok(Target {
                    label: if name.is_empty() {
                        position.label()
                    } else {
                        name.chars().take(100).collect()
                    },
                    place: Place::At(position),
                    diameter,
                })
            }
            (false, true, true) => named(name, diameter),
            (true, true, true) => Err(Refusal::new(
                "the row has neither a name nor a position",
                "fill in the name, or ra and dec",
            )),
            _ => Err(Refusal::new(
                "the row has only one of the two coordinates",
                "fill in both ra and dec, or neither",
            )),
        }
    }

    fn size(&self, cell: &str) -> Result<Option<f64>, Refusal> {
        if cell.is_empty() || matches!(cell.to_lowercase().as_str(), "-" | "--" | "nan" | "null" | "n/a") {
            return Ok(None);
        }
        let plain = number(cell)
            .filter(|value| *value > 0.0)
            .map(|value| value * self.size_scale);
        match plain.or_else(|| angle(cell)) {
            Some(diameter) => Ok(Some(diameter)),
            None => Err(Refusal::new(
                format!("the size `{cell}` is no angle"),
                "write arcminutes, or an angle with its unit such as 30\"; or leave it empty",
            )),
        }
    }
}

/// A unit that a header can give.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    None,
    Hours,
    Degrees,
    Seconds,
}

/// The name of a column without its unit, in small letters: `RA (deg)`, `size_arcsec`, `dec[deg]`.
fn with_unit(word: &str) -> (String, Unit) {
    let word = word.to_lowercase();
    for (ending, unit) in [
        ("degrees", Unit::Degrees),
        ("degree", Unit::Degrees),
        ("deg", Unit::Degrees),
        ("hours", Unit::Hours),
        ("hour", Unit::Hours),
        ("hms", Unit::Hours),
        ("dms", Unit::Degrees),
        ("arcminutes", Unit::None),
        ("arcmin", Unit::None),
        ("arcseconds", Unit::Seconds),
        ("arcsec", Unit::Seconds),
        ("h", Unit::Hours),
        ("d", Unit::Degrees),
        ("\"", Unit::Seconds),
        ("'", Unit::None),
    ] {
        for (open, close) in [("(", ")"), ("[", "]"), ("_", ""), (" ", "")] {
            if let Some(name) = word.strip_suffix(&format!("{open}{ending}{close}")) {
                return (name.trim_end_matches([' ', '_']).to_owned(), unit);
            }
        }
    }
    (word, Unit::None)
}

/// A cell of a coordinate, in degrees: decimal, or in sixtieths with colons, units or spaces.
fn coordinate(cell: &str, is_ra: bool, scale: f64) -> Result<f64, Refusal> {
    if let Some(value) = number(cell) {
        return Ok(value * scale);
    }
    let words: Vec<&str> = cell.split_whitespace().collect();
    let joined = if words.iter().all(|word| number(word).is_some()) {
        words.join(":")
    } else {
        words.concat()
    };
    match parts(&joined) {
        Some(angle) => angle.degrees(is_ra),
        None => Err(Refusal::new(
            format!("the coordinate `{cell}` is no number and no angle"),
            "write decimal degrees, or sixtieths with colons",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(text: &str) -> Vec<Result<Target, Refusal>> {
        read(text).unwrap().into_iter().map(|line| line.outcome).collect()
    }

    #[test]
    fn tables_of_any_make_are_read() {
        for text in [
            "name,ra,dec,size\nM 51,202.47,47.195,11.2",
            "Name\tRAJ2000\tDEJ2000\tsize\nM 51\t202.47\t47.195\t11.2",
            "Object;RA (deg);Dec (deg);diameter_arcmin\n\"M 51\";202.47;47.195;11.2",
            "dec[deg],ra[deg],galaxy,size_arcsec,z\n47.195,202.47,M 51,672,0.0015",
            "# made by hand\n\nname | ra | dec | diam\nM 51 | 13:29:52.8 | 47 11 42 | 11.2'",
            "object,RA (J2000),Dec (J2000),size\nM 51,202.47,47.195,11.2",
            "name,alpha_J2000,delta_J2000,diam\nM 51,202.47,47.195,11.2",
            "ra_hours,dec,name,size_deg\n13.498,47.195,M 51,0.186666666666666",
        ] {
            let found = targets(text);
            let target = found[0].as_ref().unwrap();
            let Place::At(position) = &target.place else {
                panic!("{text}");
            };
            assert!(
                (position.ra - 202.47).abs() < 1e-4 && (position.dec - 47.195).abs() < 1e-4,
                "{text}: {position:?}"
            );
            assert_eq!(target.label, "M 51", "{text}");
            assert!((target.diameter.unwrap() - 11.2).abs() < 1e-9, "{text}");
        }
        let spaced = targets("ra dec id\n202.47 47.195 7\n");
        assert_eq!(spaced[0].as_ref().unwrap().label, "202.4700+47.1950");
    }

    #[test]
    fn a_table_may_have_names_only_and_gaps() {
        let found = targets(
            "galaxy,ra,dec,size\nM 51,,,\n,10.5,41.2,\nx,10.5,,\n,,,\ny,1,2,big\nz,a,2,\n\"A, B\",1,2,--",
        );
        assert_eq!(found[0].as_ref().unwrap().place, Place::Name("M 51".to_owned()));
        assert_eq!(found[1].as_ref().unwrap().label, "10.5000+41.2000");
        for (row, words) in [(2, "only one"), (3, "neither"), (4, "`big`"), (5, "`a`")] {
            let refusal = found[row].as_ref().unwrap_err();
            assert!(refusal.reason.contains(words), "{refusal}");
        }
        assert_eq!(found[6].as_ref().unwrap().label, "A, B");
        assert_eq!(targets("Name\nM 51\nM 101").len(), 2);
    }

    #[test]
    fn a_list_is_no_table() {
        for text in [
            "M 51\nNGC 1300",
            "202.47 47.195",
            "NGC 1300, NGC 1365",
            "Hoag's Object\nArp 87",
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let lines = read("name\nM 51\n\n# no\nM 101").unwrap();
        assert_eq!(lines[1].number, 5);
    }
}
