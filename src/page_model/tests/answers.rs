//! What a worker that does well answers.

use crate::cutout::{CODES, PIXELS};
use crate::page_model::collection::grey;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Backend, Buffer, CutoutHead, Level, Ready, Report, Request, Verdict};
use crate::shape::DIMENSIONS;
use crate::structure::MEASURES;

/// Files give so many galaxies, by their handle; a handle that is a multiple of this one is a table.
const TABLE_EVERY: u32 = 7;

/// Files of [`VECTORS`] galaxies with pictures and vectors, of the same vectors alone, and of longer ones alone.
pub const WITH_VECTORS: u32 = 1004;
pub const VECTORS_ALONE: u32 = 1005;
pub const LONGER_VECTORS: u32 = 1006;
/// Galaxies in each.
pub const VECTORS: usize = 3;

/// Galaxies of a file with vectors.
fn with_vectors(source: u32, handle: u32) -> (Report, Vec<Buffer>) {
    let width = if handle == LONGER_VECTORS { 5 } else { 4 };
    let (mut report, mut buffers) = cutouts(source, 0, VECTORS, false);
    if let Report::Cutouts { cutouts, .. } = &mut report {
        for head in cutouts {
            head.vector = width;
            head.is_without_picture = handle != WITH_VECTORS;
        }
    }
    if handle != WITH_VECTORS {
        buffers = vec![Buffer::U8(Vec::new()), Buffer::F32(Vec::new())];
    }
    buffers.extend([Buffer::U8(Vec::new()), Buffer::U8(Vec::new())]);
    let values = 0..VECTORS as u32 * width;
    buffers.push(Buffer::F64(values.map(|at| f64::from(at * at)).collect()));
    (report, buffers)
}

/// Where a part of a set is that is opened part by part: three pictures, which in part 0 stand for others.
pub fn level(part: u32) -> Level {
    let is_top = part == 0;
    Level {
        part,
        up: (!is_top).then_some(0),
        galaxies: 1_000,
        stands_for: if is_top {
            vec![900, 60, 40]
        } else {
            vec![1; VECTORS]
        },
        parts: if is_top {
            vec![Some(1), Some(2), Some(3)]
        } else {
            vec![None; VECTORS]
        },
        a: vec![1, 0],
        b: vec![2, 3],
        heights: vec![2.5, 8.25],
    }
}

/// True for the handle of a table.
pub fn is_table(file: u32) -> bool {
    file.is_multiple_of(TABLE_EVERY)
}

/// How many galaxies the file of a handle holds.
pub fn galaxies_in(file: u32) -> usize {
    match file {
        file if is_table(file) => 0,
        // One with none: refused.
        file => (file % 5) as usize,
    }
}

/// A report on `count` galaxies of a source. Each picture differs from all others, unless `alike`.
pub fn cutouts(source: u32, first: usize, count: usize, more: bool) -> (Report, Vec<Buffer>) {
    let name = |row: usize| format!("{source}-{row}");
    let head = |row: usize| CutoutHead {
        name: name(row),
        ..CutoutHead::default()
    };
    let mut pixels = vec![0.0; count * PIXELS];
    for (row, image) in (first..).zip(pixels.chunks_exact_mut(PIXELS)) {
        // Two bright pixels, somewhere else for each galaxy.
        let at = (source as usize * 97 + row * 31) % (PIXELS - 1);
        (image[at], image[at + 1]) = (1.0, 0.5 + row as f32 * 0.01);
    }
    let verdict = if count == 0 && !more && first == 0 {
        Verdict::Refused {
            reason: "it holds no picture".to_owned(),
            remedy: "drop another one".to_owned(),
        }
    } else {
        Verdict::Accepted
    };
    let report = Report::Cutouts {
        file: source,
        member: None,
        verdict,
        cutouts: (first..first + count).map(head).collect(),
        questions: Vec::new(),
        tables: false,
        more,
    };
    let raw = pixels.iter().map(|value| grey(*value)).collect();
    (report, vec![Buffer::U8(raw), Buffer::F32(pixels)])
}

/// The whole answer of a worker that does well.
pub fn answer(job: &Job<u32>, backend: Backend) -> (Report, Vec<Buffer>) {
    let plain = |report| (report, Vec::new());
    match &job.request {
        Request::Start { .. } => plain(Report::Ready(Ready {
            backend,
            device: String::new(),
            model: String::new(),
            model_sha256: String::new(),
            model_note: String::new(),
            compared: 0,
            milliseconds: 0.0,
            trial: None,
        })),
        Request::Read { file, .. } => {
            let handle = job.file.unwrap_or_default();
            if (WITH_VECTORS..=LONGER_VECTORS).contains(&handle) {
                return with_vectors(*file, handle);
            }
            let (report, buffers) = cutouts(*file, 0, galaxies_in(handle), false);
            match report {
                Report::Cutouts { file, .. } if is_table(handle) => plain(Report::Cutouts {
                    file,
                    member: None,
                    verdict: Verdict::Accepted,
                    cutouts: Vec::new(),
                    questions: Vec::new(),
                    tables: true,
                    more: false,
                }),
                report => (report, buffers),
            }
        }
        Request::Fetch {
            file, part: Some(_), ..
        } => with_vectors(*file, WITH_VECTORS),
        Request::Fetch { file, .. } => cutouts(*file, 0, 6, false),
        Request::Simulate { file, count, .. } => cutouts(*file, 0, *count as usize, false),
        Request::Join { file, name, .. } => plain(Report::Joined {
            file: *file,
            name: name.clone(),
            verdict: Verdict::Accepted,
            facts: Vec::new(),
            questions: Vec::new(),
            more: false,
        }),
        Request::Encode { first } => {
            let images = job.buffers.first().map_or(0, |buffers| match buffers {
                Buffer::F32(pixels) => pixels.len() / PIXELS,
                _ => 0,
            });
            let codes: Vec<u8> = (0..images * CODES).map(|at| (at / 3 % 16) as u8).collect();
            let margins = vec![1.0; images * CODES];
            (
                Report::Encoded { first: *first },
                vec![Buffer::U8(codes), Buffer::F32(margins)],
            )
        }
        Request::Place { first } => {
            let images = job.buffers.first().map_or(0, |buffers| match buffers {
                Buffer::F32(pixels) => pixels.len() / PIXELS,
                _ => 0,
            });
            let vectors: Vec<f64> = (0..images * DIMENSIONS).map(|at| (at % 7) as f64).collect();
            (
                Report::Placed { first: *first },
                vec![Buffer::F64(vectors), Buffer::F64(vec![0.5; images])],
            )
        }
        Request::ReconstructMany { first } => {
            let codes = job.buffers.first().map_or(0, |buffers| match buffers {
                Buffer::U8(codes) => codes.len() / CODES,
                _ => 0,
            });
            (
                Report::ReconstructedMany { first: *first },
                vec![Buffer::F32(vec![0.5; codes * PIXELS])],
            )
        }
        Request::Measure { tree, first } => {
            let images = job.buffers.first().map_or(0, |buffers| match buffers {
                Buffer::F32(pixels) => pixels.len() / PIXELS,
                _ => 0,
            });
            let (tree, first) = (*tree, *first);
            (
                Report::Measured { tree, first },
                vec![
                    Buffer::F64(vec![0.5; images * MEASURES]),
                    Buffer::U8(vec![0x80; images]),
                ],
            )
        }
        Request::TestSteadiness {
            tree, cut, groups, ..
        } => {
            let galaxies = job.buffers.get(1).map_or(0, |buffers| match buffers {
                Buffer::U32(labels) => labels.len(),
                _ => 0,
            });
            let (tree, cut) = (*tree, cut.clone());
            let shares = Buffer::F64(vec![1.0; galaxies]);
            (
                Report::SteadinessTested { tree, cut },
                vec![shares, Buffer::F64(vec![1.0; *groups as usize])],
            )
        }
        Request::MeasureQuality { tree, groups, .. } => (
            Report::QualityMeasured {
                tree: *tree,
                cophenetic: Some(0.5),
            },
            vec![
                Buffer::F64(groups.iter().map(|k| 1.0 / f64::from(*k)).collect()),
                Buffer::F64(vec![f64::NAN; groups.len()]),
            ],
        ),
        Request::MakeMap { tree, width } => {
            let galaxies = job.buffers.first().map_or(0, |buffers| match buffers {
                Buffer::U8(codes) => codes.len() / CODES,
                Buffer::F64(vectors) => vectors.len() / *width as usize,
                _ => 0,
            });
            (
                Report::MapMade { tree: *tree },
                vec![Buffer::F32(vec![0.5; 2 * galaxies])],
            )
        }
        Request::Reconstruct { row } => (
            Report::Reconstructed { row: *row },
            vec![Buffer::F32(vec![0.5; PIXELS])],
        ),
        Request::BuildTree { .. } | Request::BuildVectorTree { .. } => {
            let width = match job.request {
                Request::BuildVectorTree { width } => width as usize,
                _ => CODES,
            };
            let leaves = job.buffers.first().map_or(0, |buffers| match buffers {
                Buffer::U8(codes) => codes.len() / width,
                Buffer::F64(vectors) => vectors.len() / width,
                _ => 0,
            }) as u32;
            // Each galaxy joins all those before it.
            let merges = 0..leaves.saturating_sub(1);
            let a = merges
                .clone()
                .map(|at| if at == 0 { 0 } else { leaves + at - 1 })
                .collect();
            let b = merges.clone().map(|at| at + 1).collect();
            let heights = merges.map(|at| f64::from(at) + 1.0).collect();
            (
                Report::TreeBuilt {
                    leaves,
                    inversions: 0,
                },
                vec![Buffer::U32(a), Buffer::U32(b), Buffer::F64(heights)],
            )
        }
        Request::Inspect => plain(Report::Inspected),
        Request::UseModel => plain(Report::ModelInUse),
    }
}

/// Progress, where the job has any. A reader gives its first galaxy.
pub fn progress(job: &Job<u32>) -> Option<(Report, Vec<Buffer>)> {
    match job.request {
        Request::Start { .. } => Some((
            Report::Loading {
                done: 1.0,
                total: 2.0,
            },
            Vec::new(),
        )),
        Request::BuildTree { .. } | Request::BuildVectorTree { .. } => {
            Some((Report::BuildingTree { done: 1, total: 2 }, Vec::new()))
        }
        Request::TestSteadiness { .. } => Some((Report::TestingSteadiness { done: 1, total: 2 }, Vec::new())),
        Request::MakeMap { .. } => Some((Report::MakingMap { done: 1, total: 2 }, Vec::new())),
        _ => None,
    }
}
