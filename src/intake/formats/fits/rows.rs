//! Tables of galaxies: a column holds a picture in each row, the other columns facts.

use crate::intake::report::key::QuestionKey;
use std::collections::BTreeMap;

use super::budget::Budget;
use super::images::Values;
use super::layout::PlaneLayout;
use crate::cutout::{About, Frame, Tone};
use crate::fits::header::Header;
use crate::fits::numbers::Number;
use crate::fits::table::{Column, Table};
use crate::intake::content::Content;
use crate::intake::formats::fits::{bands, facts};
use crate::intake::none;
use crate::intake::picture::Picture;
use crate::intake::report::identity::{Identities, Identity};
use crate::intake::report::question::Reading;
use crate::limits::{FACTS, fact, left_out};
use crate::refusal::Refusal;

/// A picture has at least this many pixels on a side: smaller arrays are measurements.
const MIN_VALUE: u64 = 16;
/// Rows that are looked at to see what a column of arrays holds.
const TRIED: usize = 16;

const IDS: [&str; 11] = [
    "OBJID",
    "SDSS_OBJID",
    "DR7OBJID",
    "DR8OBJID",
    "SPECOBJID",
    "TARGETID",
    "SOURCE_ID",
    "OBJ_ID",
    "GALAXY_ID",
    "ID",
    "NUMBER",
];
const NAMES: [&str; 7] = [
    "NAME", "OBJECT", "OBJNAME", "TARGET", "IAU_NAME", "IAUNAME", "LABEL",
];
const FILTERS: [&str; 2] = ["FILTER", "BAND"];
const PLACES: [(&str, &str); 4] = [
    ("RA", "DEC"),
    ("RAJ2000", "DEJ2000"),
    ("ALPHA_J2000", "DELTA_J2000"),
    ("TARGET_RA", "TARGET_DEC"),
];

/// The shape of a column's pictures, the fastest axis first, if it holds any. `TDIM` tells it, or a length that is a
/// square.
fn shape(table: &Table<'_>, column: &Column) -> Option<Vec<u64>> {
    column.number()?;
    let count = if column.is_array() {
        // The first array that is not empty stands for all.
        let first = (0..table.rows.min(TRIED)).filter_map(|row| table.count(row, column));
        first.into_iter().find(|count| *count > 0)?
    } else {
        column.repeat
    };
    let fits = |axes: &[u64]| {
        let product = axes.iter().try_fold(1u64, |product, n| product.checked_mul(*n));
        let long = axes.iter().filter(|n| **n >= MIN_VALUE).count();
        product == Some(count as u64) && long >= 2
    };
    if let Some(axes) = column.dims.as_ref().filter(|axes| axes.len() > 1) {
        return fits(axes).then(|| axes.clone());
    }
    let side = square_root(count as u64)?;
    fits(&[side, side]).then(|| vec![side, side])
}

fn square_root(count: u64) -> Option<u64> {
    let side = (count as f64).sqrt() as u64;
    (side.checked_mul(side)? == count).then_some(side)
}

/// The columns of pictures, by their place in the table, with their shapes.
fn shapes(table: &Table<'_>) -> impl Iterator<Item = (usize, Vec<u64>)> {
    let columns = table.columns.iter().enumerate();
    columns.filter_map(|(at, column)| Some((at, shape(table, column)?)))
}

/// True when a column holds pictures.
pub(in crate::intake) fn has_pictures(table: &Table<'_>) -> bool {
    shapes(table).next().is_some()
}

/// Reads the galaxies of a table. `None` when it has no column of pictures. `index` is the number of its header-data
/// unit.
///
/// # Errors
/// A [`Refusal`] when there are too many, or no row holds a picture.
pub(in crate::intake) fn read(
    table: &Table<'_>,
    header: &Header,
    index: usize,
    reading: &mut Reading,
) -> Option<Result<Content, Refusal>> {
    let shapes: Vec<(usize, Vec<u64>)> = shapes(table).collect();
    if shapes.is_empty() || table.rows == 0 {
        return None;
    }
    Some(galaxies(table, header, index, &shapes, reading))
}

fn galaxies(
    table: &Table<'_>,
    header: &Header,
    index: usize,
    shapes: &[(usize, Vec<u64>)],
    reading: &mut Reading,
) -> Result<Content, Refusal> {
    let options = shapes
        .iter()
        .map(|(at, axes)| {
            let name = table.columns.get(*at).map(|column| column.label(at + 1));
            let axes: Vec<String> = axes.iter().map(u64::to_string).collect();
            format!("{} ({})", name.unwrap_or_default(), axes.join(" x "))
        })
        .collect();
    let taken = reading.choose(
        QuestionKey::Column,
        "Which column holds the pictures?",
        options,
        0,
    )?;
    let found = shapes.get(taken);
    let (column, axes) = found
        .and_then(|(at, axes)| table.columns.get(*at).zip(Some(axes)))
        .ok_or_else(|| Refusal::new("the table has no column of pictures", "give a table with one"))?;
    let name = column.label(found.map_or(0, |(at, _)| at + 1));
    let limits = reading.limits;
    let count = limits.check_galaxies(table.rows as u64)?;
    let layout = PlaneLayout::new(axes, limits)?.ok_or_else(|| {
        Refusal::new(
            format!("the column `{name}` holds no two-dimensional images"),
            "give a table with a column of images",
        )
    })?;
    let band = bands::choose(reading, header, &layout, index, &bands::Signs::default())?;
    let number = column.number().unwrap_or(Number::U8);
    let facts = Facts::new(table, Some(column));
    let mut remarks = Vec::new();
    if count < table.rows {
        remarks.push(format!("the first {count} of {} galaxies were read", table.rows));
    }
    remarks.extend(band.remark);
    remarks.extend(left_out(facts.left));
    remarks.extend(facts.unused());
    let mut identities = Identities::default();
    let mut budget = Budget::new(limits);
    let (mut pictures, mut failures) = (Vec::new(), Vec::new());
    for row in 0..count {
        let picture = cell(table, column, row, &layout).and_then(|(data, layout)| {
            budget.spend(band.take.count(&layout), &layout)?;
            let values = Values::Plain {
                data,
                number,
                scaling: column.scaling,
            };
            Ok((values.pictures(&layout, &band.take, limits)?, layout))
        });
        let (planes, layout) = match picture {
            Ok(picture) => picture,
            Err(refusal) => {
                failures.push((row + 1, refusal));
                continue;
            }
        };
        let several = planes.len() > 1;
        for (plane, pixels) in planes.into_iter().enumerate() {
            let stated = facts.of(table, row, &mut identities);
            let label = if several {
                format!("{}:{}", stated.label, plane + 1)
            } else {
                stated.label
            };
            let mut frame = Frame {
                width: layout.width,
                height: layout.height,
                pixels,
                tone: Tone::Linear,
            };
            let none = none::clear(&mut frame);
            pictures.push(Picture {
                label: Some(label),
                id: stated.id.filter(|_| !several),
                frame,
                about: About {
                    filter: stated.about.filter.clone().or_else(|| band.name.clone()),
                    ..stated.about
                },
                remarks: none,
            });
        }
    }
    remarks.extend(identities.remarks(facts.id.map_or("", |column| &column.name)));
    match failures.as_slice() {
        [] => {}
        [(row, refusal), ..] if pictures.is_empty() => {
            return Err(Refusal::new(
                format!(
                    "no row of the column `{name}` holds a picture: row {row}: {}",
                    refusal.reason
                ),
                refusal.remedy.clone(),
            ));
        }
        [(row, refusal)] => remarks.push(format!("row {row} was left out: {}", refusal.reason)),
        [(row, refusal), ..] => remarks.push(format!(
            "{} rows were left out (the first is row {row}: {})",
            failures.len(),
            refusal.reason
        )),
    }
    Ok(Content::Pictures { pictures, remarks })
}

/// The bytes of a row's picture and its layout: arrays in the heap may differ in size.
fn cell<'a>(
    table: &Table<'a>,
    column: &Column,
    row: usize,
    layout: &PlaneLayout,
) -> Result<(&'a [u8], PlaneLayout), Refusal> {
    let refuse = |what: &str| Refusal::new(what, "check the file with `fitsverify`");
    let bytes = table.bytes(row, column);
    let bytes = bytes.ok_or_else(|| refuse("its bytes lie outside the file"))?;
    let count = table.count(row, column).unwrap_or(0);
    if count == layout.width * layout.height * layout.planes {
        return Ok((bytes, *layout));
    }
    if count == 0 {
        return Err(refuse("it is empty"));
    }
    match square_root(count as u64) {
        Some(side) if side >= MIN_VALUE && layout.planes == 1 => {
            Ok((bytes, PlaneLayout::square(side as usize)))
        }
        _ => Err(refuse(&format!("its {count} values are no square"))),
    }
}

/// What a table says about its rows, where these are galaxies whose pictures are elsewhere; and sentences on columns
/// that are left out and on identifiers.
pub(in crate::intake) fn facts_of(table: &Table<'_>) -> (Vec<(Option<i64>, About)>, Vec<String>) {
    let facts = Facts::new(table, None);
    let mut identities = Identities::default();
    let all = (0..table.rows).map(|row| {
        let fact = facts.of(table, row, &mut identities);
        (fact.id, fact.about)
    });
    let all = all.collect();
    let mut remarks: Vec<String> = left_out(facts.left).into_iter().collect();
    remarks.extend(facts.unused());
    remarks.extend(identities.remarks(facts.id.map_or("", |column| &column.name)));
    (all, remarks)
}

/// What the other columns say about a row.
struct Facts<'t> {
    id: Option<&'t Column>,
    name: Option<&'t Column>,
    filter: Option<&'t Column>,
    place: Option<(&'t Column, &'t Column)>,
    others: Vec<(String, &'t Column)>,
    /// Columns that are not among them because they are too many.
    left: usize,
    /// Columns that are not among them because their cells are long arrays.
    arrays: Vec<String>,
}

struct Fact {
    label: String,
    id: Option<i64>,
    about: About,
}

impl<'t> Facts<'t> {
    fn new(table: &'t Table<'_>, pictures: Option<&Column>) -> Self {
        let find = |names: &[&str], fits: fn(&Column) -> bool| {
            let mut all = names.iter().filter_map(|name| table.find(name));
            all.find(|column| fits(column))
        };
        let is_text = |column: &Column| column.element == b'A' && !column.is_array();
        // Exact numbers and words come before numbers with a fraction, of which large ones are rounded.
        let id = find(&IDS, |column| {
            let is_whole =
                column.repeat == 1 && !column.is_array() && crate::fits::table::whole(column).is_some();
            let is_word = column.element == b'A' && column.dims.as_ref().is_none_or(|dims| dims.len() < 2);
            is_whole || is_word
        });
        let id = id.or_else(|| {
            find(&IDS, |column| {
                column.repeat == 1 && !column.is_array() && column.number().is_some()
            })
        });
        let number = |name: &str| table.find(name).filter(|column| column.number().is_some());
        let columns = table.columns.iter().enumerate();
        let rest = columns.filter(|(_, column)| Some(*column) != pictures && Some(*column) != id);
        let (shown, arrays): (Vec<_>, Vec<_>) = rest.partition(|(_, column)| column.is_shown());
        let label = |(at, column): (usize, &Column)| column.label(at + 1);
        let mut others: Vec<(String, &Column)> = shown
            .into_iter()
            .map(|(at, column)| (column.label(at + 1), column))
            .collect();
        let left = others.len().saturating_sub(FACTS);
        others.truncate(FACTS);
        Self {
            left,
            arrays: arrays.into_iter().map(label).collect(),
            id,
            name: find(&NAMES, is_text),
            filter: find(&FILTERS, is_text),
            place: PLACES.iter().find_map(|(ra, dec)| number(ra).zip(number(dec))),
            others,
        }
    }

    /// Names the columns whose cells are arrays and are not used.
    fn unused(&self) -> Option<String> {
        const NAMED: usize = 6;
        let (first, rest) = self.arrays.split_at(self.arrays.len().min(NAMED));
        let more = match rest.len() {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        (!first.is_empty()).then(|| {
            format!(
                "columns that are not used, because their cells are long arrays: {}{more}",
                first.join(", ")
            )
        })
    }

    fn of(&self, table: &Table<'_>, row: usize, identities: &mut Identities) -> Fact {
        let text = |column: &Column| Some(fact(&table.text(row, column)?));
        let mut id = None;
        let mut own = About::default();
        if let Some(column) = self.id {
            take_id(table, row, column, identities, &mut id, &mut own);
        }
        let object = self.name.and_then(text);
        let place = self
            .place
            .and_then(|(ra, dec)| facts::within(table.number(row, ra)?, table.number(row, dec)?));
        let mut columns: BTreeMap<String, String> = self
            .others
            .iter()
            .filter_map(|(name, column)| Some((name.clone(), text(column)?)))
            .collect();
        columns.extend(own.columns);
        Fact {
            label: (row + 1).to_string(),
            id,
            about: About {
                object,
                ra: place.map(|place| place.0),
                dec: place.map(|place| place.1),
                filter: self.filter.and_then(text),
                columns,
                ..About::default()
            },
        }
    }
}

/// Takes a row's identifier.
fn take_id(
    table: &Table<'_>,
    row: usize,
    column: &Column,
    identities: &mut Identities,
    id: &mut Option<i64>,
    about: &mut About,
) {
    if let Some(mut whole) = table.integers(row, column) {
        if let Some(value) = whole.next().flatten() {
            identities.take(Identity::Whole(value), id, about);
        }
    } else if column.element == b'A' {
        let text = table.text(row, column).unwrap_or_default();
        identities.take(Identity::Text(&text), id, about);
    } else if let Some(value) = table.number(row, column) {
        let identity = match column.element {
            b'E' => Identity::Single(value as f32),
            _ => Identity::Double(value),
        };
        identities.take(identity, id, about);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_are_too_many_are_counted() {
        let mut cards: Vec<(String, String)> = [
            ("NAXIS1", "296"),
            ("NAXIS2", "1"),
            ("TFIELDS", "41"),
            ("TFORM1", "'256B'"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        cards.extend((2..=41).map(|n| (format!("TFORM{n}"), "'B'".to_owned())));
        let cards: Vec<(&str, &str)> = cards.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let header = Header::of(&cards);
        let data = [7; 296];
        let table = Table::new(&header, &data).unwrap();
        let (limits, answers) = (
            crate::limits::Limits::default(),
            crate::intake::report::question::Answers::default(),
        );
        let mut reading = Reading::new(&limits, &answers);
        let Ok(Content::Pictures { pictures, remarks }) = read(&table, &header, 1, &mut reading).unwrap()
        else {
            panic!("it holds a picture");
        };
        assert_eq!(pictures[0].about.columns.len(), FACTS);
        assert_eq!(remarks, ["8 columns were left out: 32 are taken at most"]);
    }

    #[test]
    fn squares_are_told() {
        assert_eq!(square_root(4096), Some(64));
        assert_eq!(square_root(4095), None);
        assert_eq!(square_root(u64::MAX), None);
    }
}
