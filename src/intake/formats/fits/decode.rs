//! From the parts of a file to its pictures or codes.

use super::bands::Take;
use super::budget::Budget;
use super::choice::Candidate;
use super::images::Values;
use super::layout::PlaneLayout;
use crate::cutout::{About, Frame, Tone};
use crate::fits::header::Header;
use crate::fits::header::{Holds, Unit, walk};
use crate::fits::table::Table;
use crate::intake::auxiliary::Nature;
use crate::intake::content::Content;
use crate::intake::formats::fits::{
    bands, choice, codes, coordinates, facts, mosaic, nature, numbers, order, rows, sides,
};
use crate::intake::picture::Picture;
use crate::intake::report::question::Reading;
use crate::intake::{likeness, none};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Reads the pictures of a FITS file, or its codes.
///
/// # Errors
/// A [`Refusal`] when the file is cut short or damaged, or holds neither images nor codes.
pub fn decode(bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    let walk = walk(bytes, reading.limits)?;
    let mut remarks = walk.remarks;
    let mut failures = Vec::new();
    let mut candidates = Vec::new();
    let is_image = |unit: &&Unit| matches!(unit.holds, Holds::Image | Holds::Tiles);
    // Tables beside the images, of more than one row.
    let tables: Vec<(usize, Table<'_>)> = walk
        .units
        .iter()
        .filter_map(|unit| Some((unit.index, table(unit, bytes)?)))
        .filter(|(_, table)| table.rows > 1 && !rows::has_pictures(table) && codes::columns(table).is_none())
        .collect();
    let rows_of: Vec<usize> = tables.iter().map(|(_, table)| table.rows).collect();
    for unit in walk.units.iter().filter(is_image) {
        match sides::layout(unit, &rows_of, reading) {
            Ok(Some(layout)) => candidates.push(Candidate {
                unit,
                layout,
                dark: nature::of(unit),
            }),
            Ok(None) => remarks.push(format!(
                "the extension {} was left out: it is no two-dimensional image",
                unit.index
            )),
            Err(refusal) => failures.push((unit.index, refusal)),
        }
    }
    if candidates.is_empty() && failures.is_empty() {
        return from_tables(&walk.units, bytes, reading, remarks);
    }
    by_content(&mut candidates, bytes, reading.limits);
    let (chosen, left_out) = choice::choose(reading, &candidates)?;
    remarks.extend(left_out);
    remarks.extend(walk.units.iter().filter_map(|unit| passed_over(unit, bytes)));
    let primary = walk.units.first().map(|unit| &unit.header);
    let mut budget = Budget::new(reading.limits);
    let mut pictures = Vec::new();
    for candidate in chosen.iter().filter_map(|at| candidates.get(*at)) {
        let data = bytes.get(candidate.unit.data.clone()).unwrap_or_default();
        // The primary header applies to an extension that says so, or that is the only galaxy.
        let inherits = candidate.unit.header.flag("INHERIT") == Some(true) || chosen.len() == 1;
        let more = primary.filter(|_| inherits && candidate.unit.index > 0);
        match read(candidate, data, more, (&mut budget, &tables), reading) {
            Ok(found) => pictures.extend(found),
            Err(refusal) => failures.push((candidate.unit.index, refusal)),
        }
    }
    if pictures.is_empty() {
        return Err(failures
            .into_iter()
            .next()
            .map_or_else(|| no_image(&walk.units), |(_, refusal)| refusal));
    }
    let images = walk.units.iter().filter(is_image).count();
    if pictures.len() == 1 && images == 1 {
        // The only picture of its file needs no number.
        pictures.iter_mut().for_each(|picture| picture.label = None);
    }
    remarks.extend(
        failures
            .into_iter()
            .map(|(index, refusal)| format!("the extension {index} was left out: {refusal}")),
    );
    Ok(Content::Pictures { pictures, remarks })
}

/// What the few planes of a cube show by their values, beside the first one.
fn natures(values: &Values<'_>, layout: &PlaneLayout, limits: &Limits) -> Vec<Option<Nature>> {
    const MAX_COUNT: usize = 4;
    const AREA: usize = 1 << 21;
    if !(2..=MAX_COUNT).contains(&layout.planes) || layout.width.saturating_mul(layout.height) > AREA {
        return Vec::new();
    }
    let planes = values.pictures(layout, &Take::Each, limits).unwrap_or_default();
    let Some(light) = planes.first() else {
        return Vec::new();
    };
    planes
        .iter()
        .enumerate()
        .map(|(at, other)| {
            if at == 0 {
                None
            } else {
                likeness::judge(light, other, layout.width)
            }
        })
        .collect()
}

/// Images without a name beside the first one are compared with it: weights, masks and models show by their values what
/// they are.
fn by_content(candidates: &mut [Candidate<'_>], bytes: &[u8], limits: &Limits) {
    /// More images than this are galaxies.
    const MAX_COUNT: usize = 8;
    /// Larger ones are not looked at.
    const AREA: usize = 1 << 21;
    let pixels = |candidate: &Candidate<'_>| {
        let data = bytes.get(candidate.unit.data.clone()).unwrap_or_default();
        let middle = Take::One(candidate.layout.planes / 2);
        Values::new(candidate.unit, data, limits)
            .and_then(|values| values.pictures(&candidate.layout, &middle, limits))
            .ok()?
            .pop()
    };
    let [first, others @ ..] = candidates else { return };
    let (width, height) = (first.layout.width, first.layout.height);
    let is_asked = |other: &Candidate<'_>| {
        other.dark.is_none()
            && nature::title(other.unit).is_empty()
            && (other.layout.width, other.layout.height) == (width, height)
    };
    let any = others.len() < MAX_COUNT && first.dark.is_none() && others.iter().any(is_asked);
    if !any || width.saturating_mul(height) > AREA {
        return;
    }
    let Some(light) = pixels(first) else { return };
    for other in others.iter_mut().filter(|other| is_asked(other)) {
        let nature = pixels(other).and_then(|values| likeness::judge(&light, &values, width));
        other.dark = nature.map(|nature| nature::Reason {
            nature,
            stated: "its values, beside those of the first image, say".to_owned(),
        });
    }
}

/// The binary table of a unit that holds one, or what there is of it; `None` for units of other kinds and tables that are compressed or damaged.
pub(super) fn table<'a>(unit: &Unit, bytes: &'a [u8]) -> Option<Table<'a>> {
    if unit.holds != Holds::Table || unit.is_compressed() {
        return None;
    }
    Table::beginning(&unit.header, bytes.get(unit.data.clone())?).ok()
}

/// True for a table that is supported, if its file holds no image: galaxies' pictures or codes. All others are tables of
/// facts.
#[cfg(feature = "tables")]
pub(crate) fn has_galaxies(unit: &Unit, bytes: &[u8]) -> bool {
    table(unit, bytes).is_some_and(|table| codes::columns(&table).is_some() || rows::has_pictures(&table))
}

/// What is said of a table of galaxies that is passed over because there are images beside it.
fn passed_over(unit: &Unit, bytes: &[u8]) -> Option<String> {
    let table = table(unit, bytes)?;
    let what = match codes::columns(&table) {
        Some(_) => "codes",
        // A table of one row is often an image's own: its sky, its point spread function.
        None if table.rows > 1 && rows::has_pictures(&table) => "pictures",
        None => return None,
    };
    Some(format!(
        "the table in its header-data unit {} ({} rows) holds {what} too and was not read, since the file has images: write \
         it into a file of its own",
        unit.index, table.rows
    ))
}

/// The pictures of one image: one, or each plane of a cube.
fn read(
    candidate: &Candidate<'_>,
    data: &[u8],
    more: Option<&Header>,
    (budget, tables): (&mut Budget, &[(usize, Table<'_>)]),
    reading: &mut Reading,
) -> Result<Vec<Picture>, Refusal> {
    let Candidate { unit, layout, .. } = candidate;
    let values = Values::new(unit, data, reading.limits)?;
    let catalogue = tables
        .iter()
        .find(|(_, table)| table.rows == layout.planes && layout.planes > 1);
    let signs = bands::Signs {
        natures: natures(&values, layout, reading.limits),
        counted: catalogue.is_some(),
    };
    let band = bands::choose(reading, &unit.header, layout, unit.index, &signs)?;
    budget.spend(band.take.count(layout), layout)?;
    let mut planes = values.pictures(layout, &band.take, reading.limits)?;
    let mut about = facts::about(&unit.header, more, layout.first);
    let mut remarks: Vec<String> = band.remark.iter().cloned().collect();
    remarks.extend(numbers::doubts(unit));
    remarks.extend(coordinates::doubt(&unit.header));
    if planes
        .iter()
        .any(|pixels| numbers::has_wrapped(unit, pixels, layout.width))
    {
        planes.iter_mut().for_each(|pixels| numbers::unwrap_signs(pixels));
        remarks.push(
            "it jumps between -32768 and 32767, as 16-bit numbers without a sign do when BZERO is missing: they were read as \
             such"
                .to_owned(),
        );
    }
    if order::is_top_down(&unit.header) {
        planes
            .iter_mut()
            .for_each(|pixels| order::turn(pixels, layout.width));
        about.wcs = about.wcs.map(|wcs| order::turned(&wcs, layout.height));
        remarks.push("ROWORDER says that its first row is the top one: it was turned over".to_owned());
    }
    let (mut width, mut height) = (layout.width, layout.height);
    if let Some(pattern) =
        mosaic::pattern(&unit.header).filter(|_| layout.planes == 1 && width.min(height) >= 4)
    {
        planes
            .iter_mut()
            .for_each(|pixels| *pixels = mosaic::merged(pixels, width));
        (width, height) = (width / 2, height / 2);
        let coordinates = if about.wcs.take().is_some() {
            ", and its coordinates were left out"
        } else {
            ""
        };
        remarks.push(format!(
            "it is the raw frame of a colour camera (filters {pattern}): two by two pixels were averaged{coordinates}"
        ));
    }
    let (mut stated, left) = match (&band.take, catalogue) {
        (Take::Each, Some((_, table))) => rows::facts_of(table),
        _ => (Vec::new(), Vec::new()),
    };
    remarks.extend(left);
    let mut stated = stated.drain(..);
    let picture = |(plane, pixels): (usize, Vec<f32>)| {
        let (id, own) = stated.next().unwrap_or_default();
        let mut frame = Frame {
            width,
            height,
            pixels,
            tone: Tone::Linear,
        };
        // What is said of the cube is said once.
        let mut remarks = if plane == 0 { remarks.clone() } else { Vec::new() };
        remarks.extend(none::clear(&mut frame));
        Picture {
            label: Some(match band.take {
                Take::Each => format!("{}:{}", unit.index, plane + 1),
                _ => unit.index.to_string(),
            }),
            id,
            frame,
            about: About {
                filter: own
                    .filter
                    .or_else(|| band.name.clone())
                    .or_else(|| about.filter.clone()),
                object: own.object.or_else(|| about.object.clone()),
                ra: own.ra.or(about.ra),
                dec: own.dec.or(about.dec),
                columns: own.columns,
                ..about.clone()
            },
            remarks,
        }
    };
    Ok(planes.into_iter().enumerate().map(picture).collect())
}

/// What the tables of a file without images hold: the first one with codes or pictures counts.
fn from_tables(
    units: &[Unit],
    bytes: &[u8],
    reading: &mut Reading,
    remarks: Vec<String>,
) -> Result<Content, Refusal> {
    let mut failure = None;
    for unit in units.iter().filter(|unit| unit.holds == Holds::Table) {
        if unit.is_compressed() {
            failure.get_or_insert_with(|| {
                Refusal::new(
                    format!("the table in its header-data unit {} is compressed", unit.index),
                    "unpack it with `funpack`",
                )
            });
            continue;
        }
        let data = bytes.get(unit.data.clone()).unwrap_or_default();
        let table = match Table::new(&unit.header, data) {
            Ok(table) => table,
            Err(reason) => {
                failure.get_or_insert_with(|| {
                    Refusal::new(
                        format!(
                            "the table in its header-data unit {} cannot be read: {reason}",
                            unit.index
                        ),
                        "check the file with `fitsverify`, or download it again",
                    )
                });
                continue;
            }
        };
        if let Some(codes) = codes::read(&table, reading.limits) {
            return codes.map(Content::Codes);
        }
        if let Some(content) = rows::read(&table, &unit.header, unit.index, reading) {
            return content.map(|mut content| {
                if let Content::Pictures { remarks: own, .. } = &mut content {
                    own.splice(0..0, remarks);
                }
                content
            });
        }
    }
    Err(failure.unwrap_or_else(|| no_image(units)))
}

fn no_image(units: &[Unit]) -> Refusal {
    let is_table = |unit: &&Unit| matches!(unit.holds, Holds::Table | Holds::TextTable);
    let what = match units.iter().filter(is_table).count() {
        0 if units.iter().all(|unit| unit.holds == Holds::Nothing) => {
            "the FITS file holds headers only and no image".to_owned()
        }
        0 => "the FITS file holds no image".to_owned(),
        1 => "the FITS file holds a table and no image; no column of it holds pictures or codes".to_owned(),
        n => {
            format!("the FITS file holds {n} tables and no image; no column of them holds pictures or codes")
        }
    };
    Refusal::new(
        what,
        "give a file with an image in it; `grove info FILE` lists what a file holds",
    )
}
