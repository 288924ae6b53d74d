//! From a file's bytes to cutouts, with a verdict for each file.
//!
//! [`read`] is the way in. It tells the format by the first bytes ([`Kind`]), decodes ([`decode`]), prepares each
//! picture ([`crate::cutout::prepare`]) and reports: every file gets exactly one [`Verdict`], and nothing is dropped in
//! silence. A file that is a set already (HDF5 in the reference layout, or a bundle) passes untouched.
//!
//! One file a format; each gives one function from bytes and [`Limits`] to [`Content`]. Sizes are checked before memory
//! is spent. Natively, a panic inside somebody else's decoder becomes a refusal; in wasm it ends the worker, and the
//! page starts another.

mod animation;
pub mod archive;
mod fits;
mod gzip;
mod hdf5;
mod ids;
mod kind;
mod limits;
mod question;
mod raster;
mod read_each;
mod set;
mod tiff;
mod unpack;
mod verdict;

use crate::cutout::{About, CutoutSet, Frame, Recipe, Tone, prepare};

pub use self::{
    fits::{Entry as FitsEntry, list as list_fits},
    hdf5::{Entry as Hdf5Entry, Hdf5Set, NAMES, hdf5_options, hdf5_refusal, list as list_hdf5},
    ids::{Assigned, assign_ids, id_from_name, unique_ids},
    kind::Kind,
    limits::{Limits, size},
    question::{Answers, Question, Reading},
    raster::probe as probe_picture,
    read_each::{each_file, read_each},
    unpack::{Packing, expand},
    verdict::{FileReport, Galaxy, Preview, Refusal, Verdict},
};

/// The units of a FITS file, for readers of tables.
pub(crate) mod fits_units {
    pub(crate) use super::fits::{Header, Holds, Unit, walk};
}

/// One decoded picture of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Which part of the file it is, when there are several: the number of the header-data unit.
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
}

impl Content {
    fn one(picture: Picture) -> Self {
        Self::Pictures {
            pictures: vec![picture],
            remarks: Vec::new(),
        }
    }
}

type Decoder = fn(&[u8], &mut Reading) -> Result<Content, Refusal>;

/// The decoder of each format.
fn decoder(kind: Kind) -> Decoder {
    match kind {
        Kind::Png => |bytes, reading| raster::png(bytes, reading.limits),
        Kind::Jpeg => |bytes, reading| raster::jpeg(bytes, reading.limits),
        Kind::Tiff => tiff::decode,
        Kind::Fits => fits::decode,
        Kind::Hdf5 => hdf5::decode,
        Kind::Safetensors => |bytes, reading| set::decode(bytes, reading.limits),
        Kind::WebP => |bytes, reading| raster::other(bytes, Kind::WebP, reading.limits),
        Kind::Gif => |bytes, reading| raster::other(bytes, Kind::Gif, reading.limits),
        Kind::Bmp => |bytes, reading| raster::other(bytes, Kind::Bmp, reading.limits),
        Kind::Pnm => |bytes, reading| raster::other(bytes, Kind::Pnm, reading.limits),
        Kind::Gzip | Kind::Bzip2 | Kind::Xz | Kind::Zstd => {
            |_, _| Err(Refusal::new("it is compressed twice", "unpack it once"))
        }
        // `read_each` looks into these; here they would be one file with one verdict.
        Kind::Zip | Kind::Tar => |_, _| {
            Err(Refusal::new(
                "it is an archive of files, not one file",
                "unpack it and give the files",
            ))
        },
        Kind::Npz => |_, _| {
            Err(Refusal::new(
                "it is a NumPy archive (.npz)",
                "write the images to HDF5 or FITS, or each to a file of its own",
            ))
        },
    }
}

/// Decodes a file, without preparing anything.
///
/// # Errors
/// A [`Refusal`] with the reason and the remedy.
pub fn decode(name: &str, bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    let limits = reading.limits;
    limits.check_size(name, bytes.len() as u64)?;
    let kind = Kind::detect(bytes)?;
    if Packing::detect(bytes).is_none() {
        return guarded(kind, || decoder(kind)(bytes, reading));
    }
    let content = guarded(kind, || expand(bytes, limits))?;
    let inner = Kind::detect(&content).map_err(|refusal| {
        Refusal::new(
            format!("inside the {}: {}", kind.name(), refusal.reason),
            refusal.remedy,
        )
    })?;
    guarded(inner, || decoder(inner)(&content, reading))
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
    let mut reading = Reading::new(limits, answers);
    let (found, is_set, credit) = match decode(name, bytes, &mut reading) {
        Ok(Content::Pictures { pictures, remarks }) => {
            (galaxies(name, pictures, remarks, recipe, limits), false, None)
        }
        Ok(Content::Set { set, credit, remarks }) => (set::galaxies(&set, remarks), true, credit),
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
        ..report
    }
}

/// Galaxies, and sentences about the file that they came from.
type Found = (Vec<Galaxy>, Vec<String>);

fn galaxies(
    name: &str,
    pictures: Vec<Picture>,
    mut remarks: Vec<String>,
    recipe: &Recipe,
    limits: &Limits,
) -> Result<Found, Refusal> {
    let several = pictures.len() > 1;
    let mut galaxies = Vec::new();
    let mut failures = Vec::new();
    for picture in pictures {
        let label = picture
            .label
            .map_or_else(|| name.to_owned(), |label| format!("{name}[{label}]"));
        let prepared = match prepare::prepare(&picture.frame, recipe) {
            Ok(prepared) => prepared,
            Err(error) => {
                failures.push((label, error.to_string()));
                continue;
            }
        };
        galaxies.push(Galaxy {
            // One number cannot name several galaxies.
            id: if several { None } else { id_from_name(name) },
            name: label,
            raw: prepared.raw,
            image: prepared.image,
            preview: (limits.preview > 0).then(|| before(&picture.frame, prepared.square, limits.preview)),
            square: prepared.square,
            sky: prepared.sky,
            sigma: prepared.sigma,
            about: picture.about,
            remarks: picture.remarks.into_iter().chain(prepared.remarks).collect(),
        });
    }
    if galaxies.is_empty() {
        let reason = failures
            .into_iter()
            .next()
            .map_or_else(|| "there is no picture in it".to_owned(), |(_, why)| why);
        return Err(Refusal::new(
            reason,
            "look at it in a viewer; switch preparation off if it is a cutout already",
        ));
    }
    remarks.extend(
        failures
            .into_iter()
            .map(|(label, why)| format!("{label} was left out: {why}")),
    );
    Ok((galaxies, remarks))
}

/// The picture before preparation, with the square that was cut.
fn before(frame: &Frame, square: Option<(f32, f32, f32)>, side: usize) -> Preview {
    let drawn = prepare::preview(frame, side);
    let square = square.map(|square| {
        let (left, top, side) = drawn.place(square);
        (
            (left + side / 2.0) as f32,
            (top + side / 2.0) as f32,
            (side / 2.0) as f32,
        )
    });
    Preview {
        side: drawn.side,
        grey: drawn.grey,
        square,
    }
}
