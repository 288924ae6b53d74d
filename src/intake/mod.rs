//! From a file's bytes to cutouts, with a verdict for each file.
//!
//! [`read`] is the way in. It tells the format by the first bytes ([`Kind`]), decodes ([`decode`]), prepares each
//! picture ([`crate::cutout::prepare`]) and reports: every file gets exactly one [`Verdict`], and nothing is dropped in
//! silence. A file that is a set already (HDF5 in the reference layout, or a bundle) passes untouched.
//!
//! One file a format; each gives one function from bytes and [`Limits`] to [`Content`]. Sizes are checked before memory
//! is spent. Natively, a panic inside somebody else's decoder becomes a refusal; in wasm it ends the worker, and the
//! page starts another.

mod angle;
mod animation;
pub mod archive;
mod array;
mod fields;
mod fits;
mod galaxies;
mod gzip;
mod hdf5;
mod ids;
mod kind;
mod lazy;
mod limits;
mod npy;
mod question;
mod raster;
mod set;
mod source;
mod tiff;
mod unpack;
mod verdict;

use std::borrow::Cow;

use self::galaxies::{Found, galaxies, galaxy};
use crate::cutout::{About, CutoutSet, Frame, Recipe, Tone};

pub use self::{
    angle::sexagesimal,
    archive::each_file,
    fields::{FieldBox, FieldView},
    fits::{Entry as FitsEntry, list as list_fits},
    galaxies::Failure,
    hdf5::{Entry as Hdf5Entry, Hdf5Set, NAMES, is_reference, list as list_hdf5, open as open_hdf5},
    ids::{Assigned, Renumbered, Taken, assign_ids, id_from_name, number_galaxies, unique_ids},
    kind::Kind,
    lazy::{Each, Prepare, Spread, count_lazy, count_npy, in_turn, read_lazy, read_npy},
    limits::{Limits, size},
    question::{Answers, Question, Reading},
    raster::probe as probe_picture,
    source::{Source, reads_lazily},
    unpack::{Packing, expand},
    verdict::{FileReport, Galaxy, Preview, Refusal, Verdict},
};

pub(crate) use self::{
    ids::{digits, stem},
    limits::{FACTS, fact, left_out},
};

/// The units of a FITS file and the cells of its tables, for readers of tables.
pub(crate) mod fits_units {
    pub(crate) use super::fits::{
        Holds, Table, Unit, double_text, has_galaxies, single_text, walk, walk_head, whole,
    };
}

/// One decoded picture of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The identifier that the file gives its galaxy, if any.
    pub id: Option<i64>,
    /// Which part of the file it is, when there are several: the number of the header-data unit, or of the row (from 0).
    pub label: Option<String>,
    /// The picture.
    pub frame: Frame,
    /// What the file says about its galaxy.
    pub about: About,
    /// Sentences about it.
    pub remarks: Vec<String>,
}

impl Picture {
    /// A stretched picture of `width * height` values, the only one of its file.
    fn new(width: usize, height: usize, pixels: Vec<f32>) -> Self {
        let frame = Frame {
            width,
            height,
            pixels,
            tone: Tone::Stretched,
        };
        Self {
            id: None,
            label: None,
            frame,
            about: About::default(),
            remarks: Vec::new(),
        }
    }

    /// Decides whether a picture of plain numbers is linear: values within 0..1 are taken as already stretched.
    fn judge_tone(&mut self) {
        if self
            .frame
            .pixels
            .iter()
            .all(|v| v.is_nan() || (0.0..=1.0).contains(v))
        {
            self.frame.tone = Tone::Stretched;
        } else {
            self.frame.tone = Tone::Linear;
            self.remarks
                .push("its values are not within 0 and 1, so they were taken as flux (linear)".to_owned());
        }
    }
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Pictures, each to be prepared.
    Pictures {
        /// In file order; at least one.
        pictures: Vec<Picture>,
        /// Sentences about the file.
        remarks: Vec<String>,
    },
    /// A set of cutouts that are prepared already.
    Set {
        /// The galaxies.
        set: CutoutSet,
        /// Whom the file credits.
        credit: Option<String>,
        /// Sentences about the file.
        remarks: Vec<String>,
    },
    /// Codes of galaxies: ready for grouping, without pictures.
    Codes(Codes),
}

/// Codes of galaxies, as a file gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Codes {
    /// Codes from 0 to 255, row-major. `[N * width]`
    pub codes: Vec<u8>,
    /// 64-bit identifiers, not always unique. `[N]`; at least one.
    pub ids: Vec<i64>,
}

impl Codes {
    /// Codes of one galaxy: 64 for the published model. 0 when there are no galaxies.
    pub fn width(&self) -> usize {
        self.codes.len().checked_div(self.ids.len()).unwrap_or(0)
    }
}

impl Content {
    fn one(picture: Picture) -> Self {
        Self::Pictures {
            pictures: vec![picture],
            remarks: Vec::new(),
        }
    }
}

type Decoder = fn(Cow<'_, [u8]>, &mut Reading) -> Result<Content, Refusal>;

/// The decoder of each format.
fn decoder(kind: Kind) -> Decoder {
    match kind {
        Kind::Png => |bytes, reading| raster::png(&bytes, reading.limits),
        Kind::Jpeg => |bytes, reading| raster::jpeg(&bytes, reading.limits),
        Kind::Tiff => |bytes, reading| tiff::decode(&bytes, reading),
        Kind::Fits => |bytes, reading| fits::decode(&bytes, reading),
        Kind::Hdf5 => lazy::decode_hdf5,
        Kind::Npy => |bytes, reading| lazy::decode_npy(Kind::Npy, &bytes, reading),
        Kind::Npz => |bytes, reading| lazy::decode_npy(Kind::Npz, &bytes, reading),
        Kind::Safetensors => |bytes, reading| set::decode(&bytes, reading.limits),
        Kind::WebP => |bytes, reading| raster::other(&bytes, Kind::WebP, reading.limits),
        Kind::Gif => |bytes, reading| raster::other(&bytes, Kind::Gif, reading.limits),
        Kind::Bmp => |bytes, reading| raster::other(&bytes, Kind::Bmp, reading.limits),
        Kind::Pnm => |bytes, reading| raster::other(&bytes, Kind::Pnm, reading.limits),
        Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            |_, _| Err(Refusal::new("it is compressed twice", "unpack it once"))
        }
        // `each_file` looks into these; here they would be one file with one verdict.
        Kind::Zip | Kind::Tar => |_, _| {
            Err(Refusal::new(
                "it is an archive of files, not one file",
                "unpack it and give the files",
            ))
        },
    }
}

/// Decodes a file, without preparing anything.
///
/// # Errors
/// A [`Refusal`] with the reason and the remedy.
pub fn decode(name: &str, bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    let (kind, bytes) = unpack(name, bytes, reading.limits)?;
    guarded(kind, || decoder(kind)(bytes, reading))
}

/// Tells the format and undoes a gzip around it.
fn unpack<'a>(name: &str, bytes: &'a [u8], limits: &Limits) -> Result<(Kind, Cow<'a, [u8]>), Refusal> {
    limits.check_size(name, bytes.len() as u64)?;
    let kind = Kind::detect(bytes)?;
    if Packing::detect(bytes).is_none() {
        return Ok((kind, Cow::Borrowed(bytes)));
    }
    let content = guarded(kind, || expand(bytes, limits))?;
    let inner = Kind::detect(&content).map_err(|refusal| {
        Refusal::new(
            format!("inside the {}: {}", kind.name(), refusal.reason),
            refusal.remedy,
        )
    })?;
    Ok((inner, Cow::Owned(content)))
}

/// Runs a decoder; a panic in it becomes a refusal (where panics unwind).
fn guarded<T>(kind: Kind, decode: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(Refusal::new(
            format!(
                "the {} is damaged in a way that its decoder did not expect",
                kind.name()
            ),
            "open it in a viewer; download or copy it again",
        ))
    })
}

/// Reads a file: its verdict and its galaxies. Identifiers still need [`assign_ids`].
pub fn read(name: &str, bytes: &[u8], recipe: &Recipe, limits: &Limits, answers: &Answers) -> FileReport {
    let (kind, bytes) = match unpack(name, bytes, limits) {
        Ok(unpacked) => unpacked,
        Err(refusal) => return FileReport::refused(name, refusal),
    };
    if matches!(kind, Kind::Hdf5 | Kind::Npy | Kind::Npz) {
        // Thousands of pictures: each is prepared as soon as it is read.
        return lazy::read_bytes(name, kind, bytes, recipe, limits, answers);
    }
    let mut reading = Reading::new(limits, answers);
    let (mut coded, mut field) = (None, None);
    let (found, is_set, credit) = match guarded(kind, || decoder(kind)(bytes, &mut reading)) {
        Ok(Content::Pictures { pictures, remarks }) => {
            let found = galaxies(name, pictures, remarks, recipe, &mut reading, &mut field);
            (found, false, None)
        }
        Ok(Content::Set { set, credit, remarks }) => (set::galaxies(&set, remarks), true, credit),
        Ok(Content::Codes(codes)) => {
            let reason = format!(
                "it holds codes, not pictures: those of {} galaxies",
                codes.ids.len()
            );
            let remedy = "group them with `grove groups`; drop the pictures themselves here";
            coded = Some(codes);
            (Err(Refusal::new(reason, remedy)), false, None)
        }
        Err(refusal) => (Err(refusal), false, None),
    };
    let report = match found {
        Ok((galaxies, remarks)) => FileReport {
            is_set,
            credit,
            ..FileReport::accepted(name, galaxies, remarks)
        },
        Err(refusal) => FileReport::refused(name, refusal),
    };
    FileReport {
        questions: reading.questions,
        codes: coded,
        field,
        ..report
    }
}
