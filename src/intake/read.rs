//! Reading a file that is in memory.

use super::content::Content;
use super::formats::{fits, pictures, set, tiff};
use super::galaxies::galaxies;
use super::guard::guarded;
use super::kind::Kind;
use crate::cutout::Recipe;
use crate::intake::container::unpack::{Packing, expand};
use crate::intake::lazy;
use crate::intake::report::field_view::FieldView;
use crate::intake::report::file::{FileReport, Galaxies, Outcome};
use crate::intake::report::question::{Answers, Reading};
use crate::limits::Limits;
use crate::refusal::Refusal;
use std::borrow::Cow;

type Decoder = fn(Cow<'_, [u8]>, &mut Reading) -> Result<Content, Refusal>;

/// The decoder of each format.
pub(super) fn decoder(kind: Kind) -> Decoder {
    match kind {
        Kind::Png => |bytes, reading| pictures::png(&bytes, reading.limits),
        Kind::Jpeg => |bytes, reading| pictures::jpeg(&bytes, reading.limits),
        Kind::Tiff => |bytes, reading| tiff::decode(&bytes, reading),
        Kind::Fits => |bytes, reading| fits::decode(&bytes, reading),
        Kind::Hdf5 => lazy::decode_hdf5,
        Kind::Npy => |bytes, reading| lazy::decode_npy(Kind::Npy, &bytes, reading),
        Kind::Npz => |bytes, reading| lazy::decode_npy(Kind::Npz, &bytes, reading),
        Kind::Safetensors => |bytes, reading| set::decode(&bytes, reading.limits),
        Kind::WebP => |bytes, reading| pictures::other(&bytes, Kind::WebP, reading.limits),
        Kind::Gif => |bytes, reading| pictures::other(&bytes, Kind::Gif, reading.limits),
        Kind::Bmp => |bytes, reading| pictures::other(&bytes, Kind::Bmp, reading.limits),
        Kind::Pnm => |bytes, reading| pictures::other(&bytes, Kind::Pnm, reading.limits),
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

/// Recognises the format and undoes a gzip around it.
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

/// Reads a file: its verdict and its galaxies. Identifiers still need `assign_ids`.
/// # Examples
/// A file of a format that is recognised by its bytes; what it gives is one report with a verdict:
/// ```
/// use galaxy_grove::cutout::Recipe;
/// use galaxy_grove::intake::{Answers, Limits, Verdict, read};
///
/// // A picture in Netpbm's plain format: 64 x 64 pixels with a bright disc.
/// let mut picture = b"P2 64 64 255\n".to_vec();
/// for pixel in 0..64 * 64_i32 {
///     let (x, y) = (pixel % 64 - 32, pixel / 64 - 32);
///     let value = if x * x + y * y < 200 { 200 } else { 10 };
///     picture.extend(format!("{value}\n").bytes());
/// }
/// let (recipe, limits, answers) = (Recipe::default(), Limits::default(), Answers::default());
/// let report = read("disc.pgm", &picture, &recipe, &limits, &answers);
/// assert_eq!(report.galaxies().len(), 1);
///
/// let damaged = read("notes.txt", b"no picture", &recipe, &limits, &answers);
/// assert!(matches!(damaged.verdict(), Verdict::Refused { .. }));
/// ```
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
    let mut field = None;
    let outcome = guarded(kind, || decoder(kind)(bytes, &mut reading))
        .and_then(|content| outcome(name, content, recipe, &mut reading, &mut field))
        .unwrap_or_else(Outcome::Refused);
    FileReport {
        questions: reading.questions,
        field,
        ..FileReport::new(name, outcome)
    }
}

/// What the content of a file gives: pictures are prepared, all else is as it is.
fn outcome(
    name: &str,
    content: Content,
    recipe: &Recipe,
    reading: &mut Reading,
    field: &mut Option<FieldView>,
) -> Result<Outcome, Refusal> {
    Ok(match content {
        Content::Pictures { pictures, remarks } => {
            let (list, remarks) = galaxies(name, pictures, remarks, recipe, reading, field)?;
            Outcome::Galaxies(Galaxies::new(list, remarks))
        }
        Content::Set { set, credit, remarks } => {
            let (list, remarks) = set::galaxies(&set, recipe, remarks)?;
            Outcome::Galaxies(Galaxies {
                is_set: true,
                credit,
                ..Galaxies::new(list, remarks)
            })
        }
        Content::Codes(codes) => Outcome::Codes(codes),
        Content::Vectors(vectors) => Outcome::Vectors(vectors),
    })
}
