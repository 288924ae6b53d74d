//! HDF5 in the reference layout: `img_raw` (N, 4096), `img_1sigma` (N, 4096) and `OBJID` (N).
//!
//! Contiguous or chunked, with gzip and shuffle; all superblocks. Also taken: images as (N, 64, 64), float64 images,
//! and `OBJID` as (N, 1) or as an unsigned or narrower integer.

use std::ops::Range;

use hdf5_reader::{Dataset, Datatype, Hdf5File, OpenOptions, SliceInfo, SliceInfoElem, error::Error};

use super::{Content, Limits, Reading, Refusal};
use crate::cutout::{CutoutSet, PIXELS, SIDE};

/// The names that the reference gives its datasets.
pub const NAMES: [&str; 3] = ["img_raw", "img_1sigma", "OBJID"];

const LAYOUT: &str = "write img_raw (N,4096), img_1sigma (N,4096) and OBJID (N) at the top of the file, as docs/bundle.md \
                      shows";
const AGAIN: &str = "check it with `h5dump`, or download it again";

/// Reads a set of galaxies. They pass as they are: such files hold prepared cutouts.
///
/// # Errors
/// A [`Refusal`] that names the dataset which is missing or of the wrong shape or type.
pub fn decode(bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    let limits = reading.limits;
    let set = Hdf5Set::new(&open(bytes, limits)?)?;
    if set.is_empty() {
        return Err(Refusal::new(
            "the HDF5 file holds no galaxies: its datasets have 0 rows",
            LAYOUT,
        ));
    }
    let rows = set.len();
    let count = limits.check_galaxies(rows)?;
    let all = 0..count as u64;
    let (raw, image) = (set.raw(all.clone())?, set.images(all.clone())?);
    let set = CutoutSet::new(set.ids(all)?, Vec::new(), raw, image)
        .map_err(|error| Refusal::new(error.to_string(), LAYOUT))?;
    let mut remarks = Vec::new();
    if (count as u64) < rows {
        remarks.push(format!("the first {count} of {rows} galaxies were read"));
    }
    Ok(Content::Set {
        set,
        credit: None,
        remarks,
    })
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
        if raw.is_err() && image.is_err() && ids.is_err() {
            return Err(no_images(file));
        }
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
        let (raw, image) = (there(NAMES[0], raw)?, there(NAMES[1], image)?);
        let ids = there(NAMES[2], ids)?;
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

/// How much hdf5-reader may spend.
pub fn hdf5_options(limits: &Limits) -> OpenOptions {
    OpenOptions::default()
        .with_max_read_bytes(limits.galaxies.saturating_mul(PIXELS * 8))
        .with_max_chunk_bytes(256 << 20)
        .with_max_object_header_bytes(4 << 20)
}

/// What went wrong with opening a file, in words for its owner.
pub fn hdf5_refusal(error: &Error) -> Refusal {
    match error {
        Error::UnexpectedEof { .. } | Error::OffsetOutOfBounds(_) => {
            Refusal::new("the HDF5 file is cut short", "download or copy it again")
        }
        other => Refusal::new(format!("the HDF5 file cannot be opened ({other})"), AGAIN),
    }
}

fn open(bytes: &[u8], limits: &Limits) -> Result<Hdf5File, Refusal> {
    Hdf5File::from_bytes_with_options(bytes, hdf5_options(limits)).map_err(|error| hdf5_refusal(&error))
}

fn missing(error: &Error) -> bool {
    match error {
        Error::DatasetNotFound(_) => true,
        Error::Context { source, .. } => matches!(**source, Error::DatasetNotFound(_)),
        _ => false,
    }
}

fn damaged(name: &str, error: &Error) -> Refusal {
    Refusal::new(format!("the dataset {name} cannot be read ({error})"), AGAIN)
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

/// Some rows, all the rest of each.
fn selection(dataset: &Dataset, rows: Range<u64>) -> SliceInfo {
    let mut all = SliceInfo::all(dataset.ndim());
    if let Some(first) = all.selections.first_mut() {
        *first = SliceInfoElem::Slice {
            start: rows.start,
            end: rows.end,
            step: 1,
        };
    }
    all
}

fn floats(dataset: &Dataset, name: &str, rows: Range<u64>) -> Result<Vec<f32>, Refusal> {
    let part = selection(dataset, rows);
    let values: Vec<f32> = match dataset.dtype() {
        Datatype::FloatingPoint { size: 4, .. } => dataset
            .read_slice::<f32>(&part)
            .map_err(|error| damaged(name, &error))?
            .into_iter()
            .collect(),
        Datatype::FloatingPoint { size: 8, .. } => {
            let values = dataset
                .read_slice::<f64>(&part)
                .map_err(|error| damaged(name, &error))?;
            values.into_iter().map(|value| value as f32).collect()
        }
        other => {
            let found = type_name(other);
            return Err(Refusal::new(
                format!("{name} holds {found} where float32 is needed"),
                LAYOUT,
            ));
        }
    };
    Ok(values)
}

fn integers(dataset: &Dataset, rows: Range<u64>) -> Result<Vec<i64>, Refusal> {
    let name = NAMES[2];
    let part = selection(dataset, rows);
    let said = |error: Error| damaged(name, &error);
    Ok(match dataset.dtype() {
        Datatype::FixedPoint {
            size: 8,
            signed: true,
            ..
        } => dataset
            .read_slice::<i64>(&part)
            .map_err(said)?
            .into_iter()
            .collect(),
        Datatype::FixedPoint {
            size: 8,
            signed: false,
            ..
        } => {
            let values = dataset.read_slice::<u64>(&part).map_err(said)?;
            let ids: Option<Vec<i64>> = values.into_iter().map(|id| i64::try_from(id).ok()).collect();
            ids.ok_or_else(|| {
                Refusal::new(
                    "an OBJID is larger than 9223372036854775807",
                    "write OBJID as int64",
                )
            })?
        }
        Datatype::FixedPoint {
            size: 4,
            signed: true,
            ..
        } => dataset
            .read_slice::<i32>(&part)
            .map_err(said)?
            .into_iter()
            .map(i64::from)
            .collect(),
        Datatype::FixedPoint {
            size: 4,
            signed: false,
            ..
        } => dataset
            .read_slice::<u32>(&part)
            .map_err(said)?
            .into_iter()
            .map(i64::from)
            .collect(),
        other => {
            let found = type_name(other);
            return Err(Refusal::new(
                format!("{name} holds {found} where int64 is needed"),
                LAYOUT,
            ));
        }
    })
}

fn type_name(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FixedPoint { size, signed, .. } => {
            format!("{}int{}", if *signed { "" } else { "u" }, u32::from(*size) * 8)
        }
        Datatype::FloatingPoint { size, .. } => format!("float{}", u32::from(*size) * 8),
        Datatype::String { .. } | Datatype::VarLen { .. } => "text".to_owned(),
        Datatype::Compound { .. } => "records".to_owned(),
        _ => "another type".to_owned(),
    }
}

fn no_images(file: &Hdf5File) -> Refusal {
    let (groups, datasets) = file
        .root_group()
        .and_then(|root| root.member_names())
        .unwrap_or_default();
    let reason = if groups
        .iter()
        .any(|name| name == "model_weights" || name == "layers")
    {
        "the HDF5 file is a Keras model, not pictures".to_owned()
    } else if groups.is_empty() && datasets.is_empty() {
        "the HDF5 file is empty: none of img_raw, img_1sigma and OBJID is in it".to_owned()
    } else {
        let names: Vec<String> = groups
            .into_iter()
            .map(|name| name + "/")
            .chain(datasets)
            .collect();
        let told = names.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
        let more = if names.len() > 8 { ", ..." } else { "" };
        format!("none of img_raw, img_1sigma and OBJID is in the HDF5 file; it holds {told}{more}")
    };
    Refusal::new(reason, LAYOUT)
}

/// A dataset of the file, for `grove info`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Its path.
    pub name: String,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Its type, in NumPy's words.
    pub dtype: String,
    /// The shape of its chunks; `None` when contiguous.
    pub chunks: Option<Vec<u32>>,
}

/// Lists the datasets at the top of the file and one level below, by name.
///
/// # Errors
/// A [`Refusal`] when the file cannot be opened.
pub fn list(bytes: &[u8], limits: &Limits) -> Result<Vec<Entry>, Refusal> {
    let file = open(bytes, limits)?;
    let said = |error: Error| damaged("/", &error);
    let root = file.root_group().map_err(said)?;
    let (groups, datasets) = root.members().map_err(said)?;
    let entry = |prefix: &str, dataset: &Dataset| Entry {
        name: format!("{prefix}{}", dataset.name()),
        shape: dataset.shape().to_vec(),
        dtype: type_name(dataset.dtype()),
        chunks: dataset.chunks(),
    };
    let mut entries: Vec<Entry> = datasets.iter().map(|dataset| entry("", dataset)).collect();
    for group in &groups {
        for dataset in group.datasets().unwrap_or_default() {
            entries.push(entry(&format!("{}/", group.name()), &dataset));
        }
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}
