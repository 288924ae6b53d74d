//! FITS: each two-dimensional image in the file is a picture.
//!
//! All BITPIX are read, with BSCALE, BZERO and BLANK; primary images, image extensions and images compressed in tiles.
//! FITS rows run from the bottom of the sky to its top; pictures here run from the top down, so rows are turned over.

mod header;
mod table;
mod tiles;

use fitskit::{Bitpix, PixelData};

// Tables of facts are read by the room `catalogue`, over the same walk.
pub(crate) use self::header::{Header, Holds, Unit, walk};
use super::{Content, Limits, Picture, Reading, Refusal};
use crate::cutout::{Frame, Tone};

/// Names (EXTNAME) of extensions that hold no light but errors, weights, masks and the like.
const NO_LIGHT: [&str; 24] = [
    "ERR",
    "ERROR",
    "DQ",
    "WHT",
    "WEIGHT",
    "CTX",
    "CON",
    "MASK",
    "MSK",
    "VAR",
    "VARIANCE",
    "IVAR",
    "INVVAR",
    "STDDEV",
    "SIGMA",
    "RMS",
    "UNCERT",
    "PSF",
    "BKG",
    "AREA",
    "VAR_POISSON",
    "VAR_RNOISE",
    "VAR_FLAT",
    "FLAGS",
];

/// Reads the pictures of a FITS file.
///
/// # Errors
/// A [`Refusal`] when the file is cut short or damaged, or holds no image.
pub fn decode(bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    let limits = reading.limits;
    let walk = walk(bytes, limits)?;
    let mut remarks = walk.remarks;
    let images: Vec<&Unit> = walk
        .units
        .iter()
        .filter(|unit| matches!(unit.holds, Holds::Image | Holds::Tiles))
        .collect();
    let is_light = |unit: &&Unit| !NO_LIGHT.contains(&extname(&unit.header).as_str());
    // When nothing but weights is there, the names mislead: read them all.
    let any_light = images.iter().any(is_light);
    let mut pictures = Vec::new();
    let mut failures = Vec::new();
    for unit in &images {
        let index = unit.index;
        if any_light && !is_light(unit) {
            let name = extname(&unit.header);
            remarks.push(format!(
                "the extension {index} ({name}) was left out: by its name it holds no light"
            ));
            continue;
        }
        match picture(unit, bytes.get(unit.data.clone()).unwrap_or_default(), limits) {
            Ok(Some(picture)) => pictures.push(picture),
            Ok(None) => remarks.push(format!(
                "the extension {index} was left out: it is no two-dimensional image"
            )),
            Err(refusal) => failures.push((index, refusal)),
        }
    }
    if pictures.is_empty() {
        return Err(failures
            .into_iter()
            .next()
            .map_or_else(|| no_image(&walk.units), |(_, refusal)| refusal));
    }
    if pictures.len() == 1 && images.len() == 1 {
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

/// One line for each header-data unit: what it holds, for `grove info`.
///
/// # Errors
/// As [`decode`].
pub fn list(bytes: &[u8], limits: &Limits) -> Result<Vec<Entry>, Refusal> {
    let walk = walk(bytes, limits)?;
    Ok(walk
        .units
        .iter()
        .map(|unit| {
            let tiles = unit.holds == Holds::Tiles;
            let prefix = if tiles { "Z" } else { "" };
            Entry {
                index: unit.index,
                name: extname(&unit.header),
                holds: match unit.holds {
                    Holds::Nothing => "header only",
                    Holds::Image => "image",
                    Holds::Tiles => "image compressed in tiles",
                    Holds::Table => "table",
                    Holds::Other => "other",
                },
                bitpix: unit.header.int(&format!("{prefix}BITPIX")).unwrap_or(0),
                axes: unit.header.axes(&format!("{prefix}NAXIS")).unwrap_or_default(),
                object: unit.header.text("OBJECT").unwrap_or_default().to_owned(),
            }
        })
        .collect())
}

/// What one header-data unit holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Its number; the primary one is 0.
    pub index: usize,
    /// EXTNAME in capitals, or nothing.
    pub name: String,
    /// What it holds, in words.
    pub holds: &'static str,
    /// BITPIX of the image.
    pub bitpix: i64,
    /// Lengths of the axes, the fastest first.
    pub axes: Vec<u64>,
    /// OBJECT, or nothing.
    pub object: String,
}

fn extname(header: &Header) -> String {
    header.text("EXTNAME").unwrap_or_default().to_ascii_uppercase()
}

fn no_image(units: &[Unit]) -> Refusal {
    let tables = units.iter().filter(|unit| unit.holds == Holds::Table).count();
    let what = match tables {
        0 => "the FITS file holds no image".to_owned(),
        1 => "the FITS file holds a table and no image".to_owned(),
        n => format!("the FITS file holds {n} tables and no image"),
    };
    Refusal::new(
        what,
        "give a file with an image in it; `grove info FILE` lists what a file holds",
    )
}

/// Which part of a unit's values is its picture.
struct Plane {
    width: usize,
    height: usize,
    /// Index of the first value.
    start: usize,
    remark: Option<String>,
}

/// Finds the picture in an array: axes of length 1 are dropped; of a cube the middle plane is taken. `None` when fewer
/// than two axes are left.
fn plane(axes: &[u64], limits: &Limits) -> Result<Option<Plane>, Refusal> {
    let long: Vec<u64> = axes.iter().copied().filter(|n| *n != 1).collect();
    let [width, height, deeper @ ..] = long.as_slice() else {
        return Ok(None);
    };
    limits.check_picture(*width, *height)?;
    let planes = deeper.iter().try_fold(1u64, |product, n| product.checked_mul(*n));
    let planes = planes.filter(|n| *n > 0).ok_or_else(|| {
        Refusal::new(
            "the cube has an impossible number of planes",
            "check the file with `fitsverify`",
        )
    })?;
    let middle = planes / 2;
    let remark = (planes > 1).then(|| {
        format!(
            "it is a cube of {planes} planes: the middle one, plane {}, was taken",
            middle + 1
        )
    });
    let start = middle
        .checked_mul(width * height)
        .and_then(|start| usize::try_from(start).ok());
    let start = start.ok_or_else(|| Refusal::new("the cube is too large", "cut one plane out of it"))?;
    Ok(Some(Plane {
        width: *width as usize,
        height: *height as usize,
        start,
        remark,
    }))
}

fn picture(unit: &Unit, data: &[u8], limits: &Limits) -> Result<Option<Picture>, Refusal> {
    let header = &unit.header;
    let damaged =
        |reason: String| Refusal::new(reason, "check the file with `fitsverify`, or download it again");
    let scale = header.float("BSCALE").unwrap_or(1.0);
    let zero = header.float("BZERO").unwrap_or(0.0);
    let (plane, values) = if unit.holds == Holds::Tiles {
        let axes = header.axes("ZNAXIS").unwrap_or_default();
        let Some(plane) = plane(&axes, limits)? else {
            return Ok(None);
        };
        let tiled = tiles::decompress(header, data, limits.pixels)
            .map_err(|reason| damaged(format!("the compressed image cannot be read: {reason}")))?;
        let (scale, zero) = if tiled.integer { (scale, zero) } else { (1.0, 0.0) };
        let part = tiled
            .values
            .get(plane.start..plane.start + plane.width * plane.height)
            .unwrap_or_default();
        let values = part.iter().map(|value| (value * scale + zero) as f32).collect();
        (plane, values)
    } else {
        let axes = header.axes("NAXIS").unwrap_or_default();
        let Some(plane) = plane(&axes, limits)? else {
            return Ok(None);
        };
        let bitpix = Bitpix::from_i64(header.int("BITPIX").unwrap_or(0))
            .map_err(|error| damaged(error.to_string()))?;
        let width = bitpix.bytes_per_value();
        let first = plane.start.saturating_mul(width);
        let part = data
            .get(first..first.saturating_add(plane.width * plane.height * width))
            .unwrap_or_default();
        let pixels = PixelData::from_bytes(bitpix, part).map_err(|error| damaged(error.to_string()))?;
        (plane, physical(&pixels, scale, zero, header.int("BLANK")))
    };
    if values.len() != plane.width * plane.height {
        return Err(damaged(
            "the image has fewer values than its header says".to_owned(),
        ));
    }
    Ok(Some(Picture {
        label: Some(unit.index.to_string()),
        frame: Frame {
            width: plane.width,
            height: plane.height,
            pixels: top_row_first(&values, plane.width),
            tone: Tone::Linear,
        },
        about: crate::cutout::About::default(),
        remarks: plane.remark.into_iter().collect(),
    }))
}

/// Stored values to physical ones: BZERO + BSCALE * value, NaN for BLANK.
fn physical(pixels: &PixelData, scale: f64, zero: f64, blank: Option<i64>) -> Vec<f32> {
    fn whole<T: Copy + Into<i64>>(values: &[T], scale: f64, zero: f64, blank: Option<i64>) -> Vec<f32> {
        let value = |stored: i64| {
            if Some(stored) == blank {
                f32::NAN
            } else {
                (stored as f64).mul_add(scale, zero) as f32
            }
        };
        values.iter().map(|stored| value((*stored).into())).collect()
    }
    match pixels {
        PixelData::U8(values) => whole(values, scale, zero, blank),
        PixelData::I16(values) => whole(values, scale, zero, blank),
        PixelData::I32(values) => whole(values, scale, zero, blank),
        PixelData::I64(values) => whole(values, scale, zero, blank),
        PixelData::F32(values) => values
            .iter()
            .map(|v| f64::from(*v).mul_add(scale, zero) as f32)
            .collect(),
        PixelData::F64(values) => values.iter().map(|v| v.mul_add(scale, zero) as f32).collect(),
    }
}

/// Turns rows over, and writes NaN for infinite values: they are no light either.
fn top_row_first(values: &[f32], width: usize) -> Vec<f32> {
    let rows = values.chunks_exact(width.max(1)).rev();
    rows.flatten()
        .map(|value| if value.is_finite() { *value } else { f32::NAN })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_found() {
        let limits = Limits::default();
        let cube = plane(&[4, 3, 5], &limits).unwrap().unwrap();
        assert_eq!((cube.width, cube.height, cube.start), (4, 3, 24));
        assert!(cube.remark.unwrap().contains("plane 3"));
        let radio = plane(&[4, 3, 1, 1], &limits).unwrap().unwrap();
        assert!(radio.remark.is_none());
        assert!(
            plane(&[100, 1], &limits).unwrap().is_none(),
            "a spectrum is no picture"
        );
        assert!(plane(&[4, 3, u64::MAX, 9], &limits).is_err());
    }

    #[test]
    fn blank_and_scale() {
        let values = physical(&PixelData::I16(vec![-1, 0, 2]), 2.0, 10.0, Some(-1));
        assert!(values[0].is_nan());
        assert_eq!(values[1..], [10.0, 14.0]);
        assert_eq!(top_row_first(&[1.0, 2.0, 3.0, 4.0], 2), [3.0, 4.0, 1.0, 2.0]);
    }
}
