//! HDF5 in the reference layout: `img_raw` (N, 4096), `img_1sigma` (N, 4096) and `OBJID` (N).
//!
//! `img_1sigma` alone serves as both images. Contiguous or chunked, with gzip and shuffle; all superblocks. Also taken: images as (N, 64, 64), float16 and
//! float64 images and bytes (255 for 1), and `OBJID` as (N, 1) or as an unsigned or narrower integer.

use std::ops::Range;

use hdf5_reader::{Dataset, Hdf5File, error::Error};

use super::open::damaged;
use super::store::numbers;
use super::walk::{type_name, values};
use crate::cutout::{CutoutSet, PIXELS, SIDE};
use crate::intake::formats::array::Values;
use crate::intake::formats::array::{Element, Number};
use crate::refusal::Refusal;

/// The names that the reference gives its datasets.
pub const NAMES: [&str; 3] = ["img_raw", "img_1sigma", "OBJID"];

const LAYOUT: &str = "write img_raw (N,4096), img_1sigma (N,4096) and OBJID (N) at the top of the file, as docs/bundle.md \
                      shows";

/// True when the file is meant to be in the reference layout: at least two of its three names are at the top. Then
/// what is missing or misshapen is named, rather than taken for something else.
pub fn is_reference(file: &Hdf5File) -> bool {
    NAMES.iter().filter(|name| file.dataset(name).is_ok()).count() >= 2
}

/// The three datasets of the reference layout, read row by row as they are asked for.
#[derive(Clone)]
pub struct Hdf5Set {
    raw: Dataset,
    image: Dataset,
    ids: Dataset,
    rows: u64,
}

impl Hdf5Set {
    /// Finds the datasets and checks their shapes; reads no row.
    ///
    /// # Errors
    /// A [`Refusal`] that names the dataset which is missing or of the wrong shape.
    pub fn new(file: &Hdf5File) -> Result<Self, Refusal> {
        let [raw, image, ids] = NAMES.map(|name| file.dataset(name));
        let there = |name: &str, dataset: Result<Dataset, Error>| {
            dataset.map_err(|error| {
                if missing(&error) {
                    Refusal::new(
                        format!("the dataset {name} is missing from the HDF5 file"),
                        LAYOUT,
                    )
                } else {
                    damaged(name, &error)
                }
            })
        };
        let ids = there(NAMES[2], ids)?;
        let image = there(NAMES[1], image)?;
        // As in a bundle, the images that the model sees serve as both when they are alone.
        let raw = match raw {
            Err(error) if missing(&error) => image.clone(),
            raw => there(NAMES[0], raw)?,
        };
        let rows = images_shape(NAMES[0], raw.shape())?;
        let id_rows = match ids.shape() {
            [n] | [n, 1] => *n,
            other => return Err(shape(NAMES[2], other, "(N) or (N,1)")),
        };
        let same = [
            (NAMES[1], images_shape(NAMES[1], image.shape())?),
            (NAMES[2], id_rows),
        ];
        if let Some((name, other)) = same.into_iter().find(|(_, n)| *n != rows) {
            return Err(Refusal::new(
                format!("{name} has {other} rows where img_raw has {rows}"),
                "write all three datasets with one row for each galaxy",
            ));
        }
        Ok(Self {
            raw,
            image,
            ids,
            rows,
        })
    }

    /// The number of galaxies.
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// True when there is no galaxy.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Sentences for the user: images of bytes are not what the reference writes.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let is_byte = |dataset: &Dataset| matches!(values(dataset.dtype()), Values::Numbers(element) if element.is_byte());
        let bytes = is_byte(&self.image) || is_byte(&self.raw);
        bytes
            .then(|| "its images are bytes: 255 was taken for 1".to_owned())
            .into_iter()
            .collect()
    }

    /// How many rows are stored together: reading one of them costs as much as reading all.
    pub fn block(&self) -> u64 {
        let rows = |dataset: &Dataset| dataset.chunks().and_then(|chunk| chunk.first().copied());
        rows(&self.image).max(rows(&self.raw)).map_or(1, u64::from).max(1)
    }

    /// Some galaxies whole.
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read.
    pub fn set(&self, rows: Range<u64>) -> Result<CutoutSet, Refusal> {
        let (raw, image) = (self.raw(rows.clone())?, self.images(rows.clone())?);
        CutoutSet::new(self.ids(rows)?, Vec::new(), raw, image)
            .map_err(|error| Refusal::new(error.to_string(), LAYOUT))
    }

    /// The identifiers of some galaxies.
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read or are no integers.
    pub fn ids(&self, rows: Range<u64>) -> Result<Vec<i64>, Refusal> {
        integers(&self.ids, rows)
    }

    /// The images of some galaxies that the model sees (`img_1sigma`). `[n * 4096]`
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read or are no floats.
    pub fn images(&self, rows: Range<u64>) -> Result<Vec<f32>, Refusal> {
        floats(&self.image, NAMES[1], rows)
    }

    /// The images of some galaxies before the sky was cleared (`img_raw`). `[n * 4096]`
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read or are no floats.
    pub fn raw(&self, rows: Range<u64>) -> Result<Vec<f32>, Refusal> {
        floats(&self.raw, NAMES[0], rows)
    }
}

fn missing(error: &Error) -> bool {
    match error {
        Error::DatasetNotFound(_) => true,
        Error::Context { source, .. } => matches!(**source, Error::DatasetNotFound(_)),
        _ => false,
    }
}

fn shape(name: &str, found: &[u64], wanted: &str) -> Refusal {
    let found: Vec<String> = found.iter().map(u64::to_string).collect();
    Refusal::new(
        format!(
            "{name} has the shape ({}) where {wanted} is needed",
            found.join(",")
        ),
        LAYOUT,
    )
}

/// The number of images.
fn images_shape(name: &str, dims: &[u64]) -> Result<u64, Refusal> {
    const AREA: u64 = PIXELS as u64;
    const EDGE: u64 = SIDE as u64;
    match dims {
        [n, AREA] | [n, EDGE, EDGE] | [n, EDGE, EDGE, 1] => Ok(*n),
        other => Err(shape(name, other, "(N,4096)")),
    }
}

fn element(
    dataset: &Dataset,
    name: &str,
    wanted: &str,
    fits: fn(Element) -> bool,
) -> Result<Element, Refusal> {
    match values(dataset.dtype()) {
        Values::Numbers(element) if fits(element) => Ok(element),
        _ => {
            let found = type_name(dataset.dtype());
            Err(Refusal::new(
                format!("{name} holds {found} where {wanted} is needed"),
                LAYOUT,
            ))
        }
    }
}

/// Floats as they are; bytes as in a bundle, 255 for 1.
fn floats(dataset: &Dataset, name: &str, rows: Range<u64>) -> Result<Vec<f32>, Refusal> {
    if let Values::Numbers(bytes) = values(dataset.dtype())
        && bytes.is_byte()
    {
        let found = bytes.floats(&numbers(dataset, name, bytes, rows)?);
        return Ok(found.into_iter().map(|value| value / 255.0).collect());
    }
    let element = element(dataset, name, "float32", Element::is_float)?;
    Ok(element.floats(&numbers(dataset, name, element, rows)?))
}

fn integers(dataset: &Dataset, rows: Range<u64>) -> Result<Vec<i64>, Refusal> {
    let name = NAMES[2];
    let element = element(dataset, name, "int64", Element::is_whole)?;
    let found = element.numbers(&numbers(dataset, name, element, rows)?);
    let ids: Option<Vec<i64>> = found
        .into_iter()
        .map(|number| match number {
            Number::Whole(id) => i64::try_from(id).ok(),
            _ => None,
        })
        .collect();
    ids.ok_or_else(|| {
        Refusal::new(
            "an OBJID is larger than 9223372036854775807",
            "write OBJID as int64",
        )
    })
}
