//! Galaxies from any files, a few at a time, so that a set may be larger than memory.
//!
//! HDF5 files and bundles are read in ranges of rows; pictures file by file. Only what is compressed as a whole (a
//! gzipped set) is read in one piece.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use rayon::prelude::*;

use super::inputs::{Input, Outcome, read_input};
use super::preparation::{Preparation, told};
use super::source::{FileSource, on_all_cores};
use crate::bundle::{Rows, header_length};
use crate::cutout::{PIXELS, Recipe};
use crate::intake::{
    self, Answers, FileReport, Galaxy, Hdf5Set, Kind, Limits, Reading, Refusal, Verdict, assign_ids,
};

/// Galaxies (or picture files) of one batch: 8 MB of pixels.
const BATCH: usize = 512;
/// Bytes of a file that tell its format.
const HEAD: u64 = 16_384;

/// Some galaxies, in the order of the input.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub ids: Vec<i64>,
    pub names: Vec<String>,
    /// As the model sees them, unless the raw ones were asked for. `[n * 4096]`
    pub images: Vec<f32>,
}

/// Which of a galaxy's two images is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pixels {
    /// The one that the model sees, with the sky cleared.
    #[default]
    Model,
    /// The one before, for the eye.
    Raw,
}

/// What became of the input.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Galaxies that were read.
    pub galaxies: usize,
    /// Galaxies with values that are not finite: left out.
    pub left_out: usize,
    /// Files that gave nothing.
    pub refused: usize,
    /// Why, of the first of these.
    pub first_refusal: Option<String>,
}

/// Where a set keeps its rows.
enum Set {
    Hdf5(Box<Hdf5Set>),
    Bundle(Rows, File),
}

/// What an input turned out to be.
enum Opened {
    Set(Set, usize),
    /// Pictures in an HDF5 file, so many of them.
    Rows(usize),
    /// What is to be read as pictures, or refused.
    Picture,
}

/// The inputs, opened: sets and files of many pictures with their number of galaxies, everything else by name.
enum Source {
    Set(Input, Set, usize),
    Rows(Input, usize),
    Pictures(Vec<Input>),
}

/// All inputs in their order.
pub struct Stream {
    sources: Vec<Source>,
    recipe: Recipe,
    answers: Answers,
    pixels: Pixels,
    tally: Tally,
}

impl Stream {
    /// Opens the inputs; no galaxy is read yet. Files that cannot be opened count as refused, unless there is only one.
    ///
    /// # Errors
    /// When the only input cannot be opened.
    pub fn open(inputs: Vec<Input>, preparation: &Preparation) -> anyhow::Result<Self> {
        let alone = inputs.len() == 1;
        let mut stream = Self {
            sources: Vec::new(),
            recipe: preparation.recipe(),
            answers: preparation.answers(),
            pixels: Pixels::default(),
            tally: Tally::default(),
        };
        for input in inputs {
            match open(&input, &stream.answers) {
                Ok(Opened::Set(set, count)) => stream.sources.push(Source::Set(input, set, count)),
                Ok(Opened::Rows(count)) => stream.sources.push(Source::Rows(input, count)),
                Ok(Opened::Picture) => match stream.sources.last_mut() {
                    Some(Source::Pictures(files)) => files.push(input),
                    _ => stream.sources.push(Source::Pictures(vec![input])),
                },
                Err(refusal) if alone => bail!("{}: {refusal}", input.path.display()),
                Err(refusal) => stream.refuse(&input, &refusal),
            }
        }
        Ok(stream)
    }

    /// Chooses the image that is read.
    pub fn showing(self, pixels: Pixels) -> Self {
        Self { pixels, ..self }
    }

    /// How many galaxies there will be, counting one for each picture file.
    pub fn expected(&self) -> usize {
        let of = |source: &Source| match source {
            Source::Set(_, _, count) | Source::Rows(_, count) => *count,
            Source::Pictures(files) => files.len(),
        };
        self.sources.iter().map(of).sum()
    }

    /// Reads everything, in order, handing over some galaxies at a time. Stops when `take` fails.
    ///
    /// # Errors
    /// What `take` said, or why a set that was opened cannot be read to its end.
    pub fn read(mut self, take: &mut dyn FnMut(Batch) -> anyhow::Result<()>) -> anyhow::Result<Tally> {
        let mut taken = BTreeSet::new();
        for source in std::mem::take(&mut self.sources) {
            match source {
                Source::Set(input, mut set, count) => {
                    let mut start = 0;
                    while start < count {
                        let rows = start..(start + BATCH).min(count);
                        let batch = set
                            .batch(rows.clone(), self.pixels)
                            .with_context(|| format!("{}", input.path.display()))?;
                        let batch = self.finite(&input, batch, rows.start);
                        self.hand(batch, take)?;
                        start = rows.end;
                    }
                }
                Source::Rows(input, _) => self.rows(&input, &mut taken, take)?,
                Source::Pictures(files) => {
                    for files in files.chunks(BATCH) {
                        let batch = self.pictures(files, &mut taken);
                        self.hand(batch, take)?;
                    }
                }
            }
        }
        Ok(self.tally)
    }

    fn hand(
        &mut self,
        batch: Batch,
        take: &mut dyn FnMut(Batch) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.tally.galaxies += batch.ids.len();
        if batch.ids.is_empty() { Ok(()) } else { take(batch) }
    }

    fn refuse(&mut self, input: &Input, refusal: &Refusal) {
        self.tell(&input.path, &Verdict::from(refusal.clone()));
    }

    /// Says what became of a file, if there is something to say.
    fn tell(&mut self, path: &Path, verdict: &Verdict) {
        if *verdict == Verdict::Accepted {
            return;
        }
        let text = format!("{}: {verdict}", path.display());
        eprintln!("{text}");
        if verdict.is_refused() {
            self.tally.refused += 1;
            self.tally.first_refusal.get_or_insert(text);
        }
    }

    /// The pictures in an HDF5 file, prepared as they are read.
    fn rows(
        &mut self,
        input: &Input,
        taken: &mut BTreeSet<i64>,
        take: &mut dyn FnMut(Batch) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let source = match FileSource::open(&input.path) {
            Ok(source) => Arc::new(source),
            Err(refusal) => {
                self.refuse(input, &refusal);
                return Ok(());
            }
        };
        let (recipe, answers, limits) = (self.recipe.clone(), self.answers.clone(), Limits::native());
        let mut failed = None;
        let mut waiting = Vec::with_capacity(BATCH);
        let mut each = |galaxy| {
            waiting.push(galaxy);
            if waiting.len() < BATCH {
                return ControlFlow::Continue(());
            }
            let batch = self.numbered(&input.name, std::mem::take(&mut waiting), taken);
            match self.hand(batch, take) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let report = intake::read_lazy(
            &input.name,
            source,
            &recipe,
            &limits,
            &answers,
            &on_all_cores,
            &mut each,
        );
        if let Some(error) = failed {
            return Err(error);
        }
        let batch = self.numbered(&input.name, waiting, taken);
        self.hand(batch, take)?;
        for question in &report.questions {
            eprintln!("{}: {}", input.path.display(), told(question));
        }
        self.tell(&input.path, &report.verdict);
        Ok(())
    }

    /// Gives galaxies ids that none before them has.
    fn numbered(&self, name: &str, galaxies: Vec<Galaxy>, taken: &mut BTreeSet<i64>) -> Batch {
        let mut reports = [FileReport::accepted(name, galaxies, Vec::new())];
        assign_ids(&mut reports, taken);
        let [report] = reports;
        let mut batch = Batch::default();
        self.gather(report.galaxies, taken, &mut batch);
        batch
    }

    fn gather(&self, galaxies: Vec<Galaxy>, taken: &mut BTreeSet<i64>, batch: &mut Batch) {
        for galaxy in galaxies {
            let id = galaxy.id.unwrap_or_default();
            taken.insert(id);
            batch.ids.push(id);
            batch.names.push(galaxy.name);
            batch.images.extend(match self.pixels {
                Pixels::Model => galaxy.image,
                Pixels::Raw => galaxy.raw,
            });
        }
    }

    /// Leaves out galaxies that no network can read, and names them.
    fn finite(&mut self, input: &Input, batch: Batch, first_row: usize) -> Batch {
        const NAMED: usize = 5;
        let good = |galaxy: &[f32]| galaxy.iter().all(|value| value.is_finite());
        if good(&batch.images) {
            return batch;
        }
        let mut kept = Batch::default();
        let galaxies = batch.ids.into_iter().zip(batch.names);
        for (at, ((id, name), image)) in galaxies.zip(batch.images.chunks_exact(PIXELS)).enumerate() {
            if good(image) {
                kept.ids.push(id);
                kept.names.push(name);
                kept.images.extend(image);
                continue;
            }
            self.tally.left_out += 1;
            if self.tally.left_out <= NAMED {
                eprintln!(
                    "{}: galaxy {id} (row {}) was left out: it has values that are not finite; replace them to have it in",
                    input.path.display(),
                    first_row + at + 1
                );
            } else if self.tally.left_out == NAMED + 1 {
                eprintln!("more galaxies with such values are left out without a word each");
            }
        }
        kept
    }

    /// Pictures, FITS images and whatever is compressed as a whole, prepared on all cores.
    fn pictures(&mut self, files: &[Input], taken: &mut BTreeSet<i64>) -> Batch {
        let limits = Limits::native();
        let outcomes: Vec<Outcome> = files
            .par_iter()
            .flat_map_iter(|input| read_input(input, &self.recipe, &limits, &self.answers))
            .collect();
        let (paths, mut reports): (Vec<_>, Vec<_>) = outcomes
            .into_iter()
            .map(|outcome| (outcome.path, outcome.report))
            .unzip();
        assign_ids(&mut reports, taken);
        let mut batch = Batch::default();
        for (path, report) in paths.iter().zip(reports) {
            self.tell(path, &report.verdict);
            self.gather(report.galaxies, taken, &mut batch);
        }
        batch
    }
}

/// Looks at an input; reads no galaxy.
fn open(input: &Input, answers: &Answers) -> Result<Opened, Refusal> {
    let unreadable = |error: std::io::Error| {
        Refusal::new(
            format!("it cannot be opened ({error})"),
            "check the name and the rights",
        )
    };
    let mut file = File::open(&input.path).map_err(unreadable)?;
    let mut head = Vec::new();
    (&mut file)
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    match Kind::detect(&head) {
        Ok(Kind::Hdf5) => {
            let source = Arc::new(FileSource::open(&input.path)?);
            let file = intake::open_hdf5(source.clone())?;
            if !intake::is_reference(&file) {
                let limits = Limits::native();
                let mut reading = Reading::new(&limits, answers);
                return Ok(Opened::Rows(intake::count_lazy(source, &mut reading)?));
            }
            let set = Hdf5Set::new(&file)?;
            let count = set.len() as usize;
            Ok(Opened::Set(Set::Hdf5(Box::new(set)), count))
        }
        Ok(Kind::Safetensors) => {
            let length = head.first_chunk().and_then(|first| header_length(*first));
            file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
            let mut header = Vec::new();
            (&mut file)
                .take(length.unwrap_or_default() as u64)
                .read_to_end(&mut header)
                .map_err(unreadable)?;
            let rows = Rows::new(&header).map_err(|error| {
                let remedy = error.remedy();
                Refusal::new(error.to_string(), remedy)
            })?;
            let count = rows.count();
            let needed = rows.end();
            let found = file.metadata().map_err(unreadable)?.len();
            if found < needed {
                return Err(Refusal::new(
                    format!("the bundle is cut short: {found} bytes where {needed} are needed"),
                    "download or copy it again",
                ));
            }
            Ok(Opened::Set(Set::Bundle(rows, file), count))
        }
        // Foreign files too: the reader of pictures says what they seem to be.
        _ => Ok(Opened::Picture),
    }
}

impl Set {
    fn batch(&mut self, rows: Range<usize>, pixels: Pixels) -> anyhow::Result<Batch> {
        let (ids, images) = match self {
            Self::Hdf5(set) => {
                let rows = rows.start as u64..rows.end as u64;
                let images = match pixels {
                    Pixels::Model => set.images(rows.clone())?,
                    Pixels::Raw => set.raw(rows.clone())?,
                };
                (set.ids(rows)?, images)
            }
            Self::Bundle(layout, file) => {
                let ids = layout.ids(&piece(file, layout.id_bytes(rows.clone()))?);
                let at = match pixels {
                    Pixels::Model => layout.image_bytes(rows),
                    Pixels::Raw => layout.raw_bytes(rows),
                };
                (ids, layout.images(&piece(file, at)?))
            }
        };
        let names = ids.iter().map(ToString::to_string).collect();
        Ok(Batch { ids, names, images })
    }
}

fn piece(file: &mut File, at: Range<u64>) -> anyhow::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at.start))?;
    let mut bytes = Vec::new();
    let length = at.end - at.start;
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        bail!("the file became shorter while it was read");
    }
    Ok(bytes)
}
