//! From files and addresses to cutouts for the page.

use super::source::DroppedFile;
use super::tables;
use crate::cutouts::cutout_batch;
use crate::outbox::post;
use galaxy_grove::bundle::VectorsAlone;
use galaxy_grove::catalogue::{self, FileContent, Known};
use galaxy_grove::cutout::{CODES, Recipe};
use galaxy_grove::intake::{self, Answers, Codes, FileReport, Galaxy, Limits, Outcome, Refusal, Verdict};
use galaxy_grove::page_model::protocol::{CutoutHead, Report};
use grove_browser::{Buffer, Envelope, describe, fetch_bytes};
use std::ops::ControlFlow;
use std::sync::Arc;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// Cutouts that travel in one message: 8 MB.
const PARCEL: usize = 256;

/// The page shows previews of this many pixels along the longer side.
const PREVIEW: usize = 160;

pub(super) fn limits() -> Limits {
    Limits {
        preview: PREVIEW,
        ..Limits::default()
    }
}

/// Reads a file of the user's.
pub async fn read(file: u32, name: &str, handle: Option<File>, recipe: &Recipe, answers: &Answers) {
    let limits = limits();
    if let Some(handle) = &handle {
        let source = DroppedFile::new(handle.clone());
        if intake::reads_lazily(&source) {
            return read_lazily(file, name, source, recipe, &limits, answers);
        }
    }
    let bytes = match bytes_of(name, handle, &limits).await {
        Ok(bytes) => bytes,
        Err(refusal) => return send(file, None, FileReport::refused(name, refusal), false),
    };
    // An archive's members come first, each with a verdict of its own; then the archive.
    let mut seen = Seen::default();
    let walked = intake::each_file(name, &bytes, &limits, &mut |member, content| {
        let found = content.map(|bytes| catalogue::read_or_detect(member, bytes, recipe, &limits, answers));
        let report = match found {
            Ok(FileContent::Report(report)) => *report,
            Ok(FileContent::Both(report, _)) => {
                seen.tables = true;
                *report
            }
            Ok(FileContent::Table(kind)) => {
                seen.tables = true;
                FileReport::with_verdict(member, tables::waiting(kind))
            }
            Err(refusal) => FileReport::refused(member, refusal),
        };
        seen.refused += usize::from(matches!(report.outcome, Outcome::Refused(_)));
        if member == name {
            seen.own = Some(report);
        } else {
            seen.members += 1;
            send(file, Some(member.to_owned()), report, false);
        }
        ControlFlow::Continue(())
    });
    let whole = match walked {
        Err(refusal) => FileReport::refused(name, refusal),
        Ok(()) => seen
            .own
            .unwrap_or_else(|| archive(name, seen.members, seen.refused)),
    };
    send(file, None, whole, seen.tables);
}

/// What was met in a file.
#[derive(Default)]
struct Seen {
    members: usize,
    refused: usize,
    tables: bool,
    /// The report of a file that is no archive.
    own: Option<FileReport>,
}

/// Joins the tables in a file of the user's to the galaxies.
pub async fn join(file: u32, name: &str, handle: Option<File>, galaxies: &[Known], answers: &Answers) {
    match bytes_of(name, handle, &limits()).await {
        Ok(bytes) => tables::join_all(file, name, &bytes, galaxies, answers, &limits()),
        Err(refusal) => tables::refuse(file, name, refusal),
    }
}

/// The bytes of a whole file of the user's.
async fn bytes_of(name: &str, handle: Option<File>, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let handle = handle.ok_or_else(|| Refusal::new("the browser sent no file", "drop it again"))?;
    limits.check_size(name, handle.size() as u64)?;
    let buffer = JsFuture::from(handle.array_buffer()).await.map_err(|error| {
        Refusal::new(
            format!("the browser could not read it: {}", describe(&error)),
            "see whether it still exists, and drop it again",
        )
    })?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// What is said of an archive that was read to its end.
fn archive(name: &str, members: usize, refused: usize) -> FileReport {
    if refused == members {
        let refusal = Refusal::new(
            "none of the files in it could be used",
            "see their own verdicts below",
        );
        return FileReport::refused(name, refusal);
    }
    let words = match refused {
        0 => format!("an archive of {members} files"),
        _ => format!("an archive of {members} files, {refused} of which were refused"),
    };
    FileReport::with_verdict(name, Verdict::Remarked(vec![words]))
}

/// Reads a file of any size in pieces, and sends galaxies as they come.
fn read_lazily(
    file: u32,
    name: &str,
    source: DroppedFile,
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
) {
    let mut waiting = Vec::with_capacity(PARCEL);
    let mut each = |galaxy| {
        // The last parcel goes with the verdict, so one galaxy more must be there before any is sent.
        if waiting.len() >= PARCEL {
            let part = std::mem::take(&mut waiting);
            post(cutout_batch(
                file,
                None,
                Verdict::Accepted,
                part,
                &[],
                false,
                true,
            ));
        }
        waiting.push(galaxy);
        ControlFlow::Continue(())
    };
    let source = Arc::new(source);
    let report = intake::read_lazy(name, source, recipe, limits, answers, &intake::in_turn, &mut each);
    post(cutout_batch(
        file,
        None,
        report.verdict(),
        waiting,
        &report.questions,
        false,
        false,
    ));
}

/// Fetches and reads a bundle of the page's own.
pub async fn fetch(file: u32, url: &str, name: &str) {
    let report = match fetch_bytes(url, |_, _| {}).await {
        Ok(bytes) => intake::read(name, &bytes, &Recipe::default(), &limits(), &Answers::default()),
        Err(error) => FileReport::refused(
            name,
            Refusal::new(error.to_string(), "reload the page and try again"),
        ),
    };
    send(file, None, report, false);
}

/// Sends codes in parcels: galaxies without pictures, which the page has the model reconstruct.
fn send_codes(file: u32, member: Option<&str>, codes: &Codes) {
    let count = codes.ids.len();
    let remark = format!(
        "it holds the codes of {count} galaxies: they are grouped as they are, and the pictures are what this page's model \
         paints from them, which is right only if the codes are this model's"
    );
    let (mut ids, mut rest) = (codes.ids.as_slice(), codes.codes.as_slice());
    loop {
        let (mine, others) = ids.split_at(ids.len().min(PARCEL));
        let (my_codes, other_codes) = rest.split_at(rest.len().min(PARCEL * CODES));
        (ids, rest) = (others, other_codes);
        let cutouts = mine.iter().map(|id| CutoutHead {
            id: Some(id.to_string()),
            name: id.to_string(),
            remarks: vec![
                "Only its codes were given: the pictures are the reconstruction from them.".to_owned(),
            ],
            ..CutoutHead::default()
        });
        let head = Report::Cutouts {
            file,
            member: member.map(str::to_owned),
            verdict: Verdict::Remarked(vec![remark.clone()]),
            cutouts: cutouts.collect(),
            questions: Vec::new(),
            tables: false,
            more: !ids.is_empty(),
        };
        let buffers = vec![
            Buffer::U8(Vec::new()),
            Buffer::F32(Vec::new()),
            Buffer::U8(Vec::new()),
            Buffer::U8(my_codes.to_vec()),
        ];
        post(Envelope::with(head, buffers));
        if ids.is_empty() {
            return;
        }
    }
}

/// Sends vectors in parcels: galaxies without pictures.
fn send_vectors(file: u32, member: Option<&str>, vectors: &VectorsAlone) {
    let (count, width) = (vectors.ids.len(), vectors.width);
    let of = vectors
        .vectors_of
        .as_ref()
        .map_or_else(String::new, |text| format!(" ({text})"));
    let remark =
        format!("it holds the vectors of {count} galaxies, {width} numbers each{of}, and no pictures");
    let mut named = vectors.ids.iter().zip(&vectors.names);
    let mut values = vectors.values.chunks(PARCEL * width.max(1));
    loop {
        let cutouts: Vec<CutoutHead> = named
            .by_ref()
            .take(PARCEL)
            .map(|(id, name)| CutoutHead {
                id: Some(id.to_string()),
                name: name.clone(),
                vector: width as u32,
                is_without_picture: true,
                ..CutoutHead::default()
            })
            .collect();
        let more = named.len() > 0;
        let head = Report::Cutouts {
            file,
            member: member.map(str::to_owned),
            verdict: Verdict::Remarked(vec![remark.clone()]),
            cutouts,
            questions: Vec::new(),
            tables: false,
            more,
        };
        let buffers = vec![
            Buffer::U8(Vec::new()),
            Buffer::F32(Vec::new()),
            Buffer::U8(Vec::new()),
            Buffer::U8(Vec::new()),
            Buffer::F64(values.next().unwrap_or_default().to_vec()),
        ];
        post(Envelope::with(head, buffers));
        if !more {
            return;
        }
    }
}

/// Sends a report in parcels, the verdict with the last.
pub(super) fn send(file: u32, member: Option<String>, mut report: FileReport, tables: bool) {
    if let Outcome::Codes(codes) = &report.outcome {
        return send_codes(file, member.as_deref(), codes);
    }
    if let Outcome::Vectors(vectors) = &report.outcome {
        return send_vectors(file, member.as_deref(), vectors);
    }
    if let Some(mut view) = report.field.take() {
        let name = report.name.clone();
        let grey = Buffer::U8(std::mem::take(&mut view.grey));
        post(Envelope::with(Report::Field { file, name, view }, vec![grey]));
    }
    let verdict = report.verdict();
    let questions = std::mem::take(&mut report.questions);
    let mut galaxies = report.into_galaxies().into_iter();
    loop {
        let part: Vec<Galaxy> = galaxies.by_ref().take(PARCEL).collect();
        let more = galaxies.len() > 0;
        post(cutout_batch(
            file,
            member.clone(),
            verdict.clone(),
            part,
            &questions,
            tables,
            more,
        ));
        if !more {
            return;
        }
    }
}
