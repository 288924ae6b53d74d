//! Galaxies from any files, a few at a time, so that a set may be larger than memory.
//!
//! HDF5 files and bundles are read in ranges of rows; pictures file by file; archives member by member, and NumPy's
//! arrays picture by picture, though their bytes are read in one piece. Only a set that is compressed as a whole is in
//! memory with all its galaxies.

use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use rayon::prelude::*;

use super::batch::{Batch, Pixels};
use super::opened::{Opened, Set, open};
use super::preparation::{Asked, Preparation};
use super::shard::Shard;
use crate::outputs::files::SOME_REFUSED;
use galaxy_grove::cutout::Psf;
use galaxy_grove::cutout::prepare::Measured;
use galaxy_grove::cutout::{PIXELS, Recipe};
use galaxy_grove::intake::{
    self, Answers, FileReport, Galaxy, Limits, Refusal, Renumbered, Taken, Verdict, assign_ids,
    number_galaxies,
};
use galaxy_grove::structure::PREFIX;
use grove_files::list::Input;
use grove_files::reading::{Outcome, read_input, read_members};
use grove_files::source::{DiskFile, on_all_cores};

/// Galaxies (or picture files) of one batch: 8 MB of pixels.
const BATCH: usize = 512;

/// The outcome of the input.
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

impl Tally {
    /// Success, or [`SOME_REFUSED`] when something of the input is missing.
    pub fn exit_code(&self) -> ExitCode {
        if self.refused == 0 && self.left_out == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(SOME_REFUSED)
        }
    }

    /// An input without any galaxy is an error.
    ///
    /// # Errors
    /// With the first reason.
    pub fn refuse_nothing(&self) -> anyhow::Result<()> {
        if self.galaxies == 0 {
            let first = self.first_refusal.as_deref().unwrap_or("there was no galaxy");
            bail!("nothing was written: no file could be read. The first: {first}");
        }
        Ok(())
    }
}

/// The inputs, opened: sets and files of many pictures with their number of galaxies, everything else by name.
enum OpenedInput {
    /// With the rows that are read.
    Set(Input, Set, Range<usize>),
    Rows(Input, usize),
    Array(Input),
    Archive(Input),
    Pictures(Vec<Input>),
}

/// All inputs in their order.
pub struct Stream {
    sources: Vec<OpenedInput>,
    recipe: Recipe,
    answers: Answers,
    asked: Asked,
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
            asked: Asked::new(preparation),
            pixels: Pixels::default(),
            tally: Tally::default(),
        };
        for input in inputs {
            match open(&input, &stream.answers) {
                Ok(Opened::Set(set, count)) => {
                    let remarks = set.remarks();
                    if !remarks.is_empty() {
                        stream.report_verdict(&input.path, &Verdict::Remarked(remarks));
                    }
                    stream.sources.push(OpenedInput::Set(input, set, 0..count));
                }
                Ok(Opened::Rows(count)) => stream.sources.push(OpenedInput::Rows(input, count)),
                Ok(Opened::Array) => stream.sources.push(OpenedInput::Array(input)),
                Ok(Opened::Archive) => stream.sources.push(OpenedInput::Archive(input)),
                Ok(Opened::Picture) => match stream.sources.last_mut() {
                    Some(OpenedInput::Pictures(files)) => files.push(input),
                    _ => stream.sources.push(OpenedInput::Pictures(vec![input])),
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

    /// Measures structure on the galaxies' own pictures.
    pub fn measuring(mut self, wanted: Measured) -> Self {
        self.recipe.structure = wanted;
        self
    }

    /// Fits are of profiles blurred by a point spread function.
    pub fn blurred_by(mut self, psf: Option<Psf>) -> Self {
        self.recipe.psf = psf;
        self
    }

    /// Reads one shard of the galaxies only.
    ///
    /// # Errors
    /// When an input is no set: a galaxy without an identifier of its own gets a running number, which would be another one in each shard.
    pub fn shard(mut self, shard: Shard) -> anyhow::Result<Self> {
        let mut total = 0;
        for source in &self.sources {
            match source {
                OpenedInput::Set(_, _, rows) => total += rows.len(),
                OpenedInput::Rows(input, _) | OpenedInput::Array(input) | OpenedInput::Archive(input) => {
                    return Err(no_shards(input));
                }
                OpenedInput::Pictures(files) => {
                    if let Some(input) = files.first() {
                        return Err(no_shards(input));
                    }
                }
            }
        }
        let wanted = shard.rows(total);
        let mut first = 0;
        for source in &mut self.sources {
            if let OpenedInput::Set(_, _, rows) = source {
                let count = rows.len();
                let inside = |row: usize| row.saturating_sub(first).min(count);
                *rows = inside(wanted.start)..inside(wanted.end);
                first += count;
            }
        }
        Ok(self)
    }

    /// How many galaxies there will be, counting one for each file that was not looked into.
    pub fn expected(&self) -> usize {
        let of = |source: &OpenedInput| match source {
            OpenedInput::Set(_, _, rows) => rows.len(),
            OpenedInput::Rows(_, count) => *count,
            OpenedInput::Array(_) | OpenedInput::Archive(_) => 1,
            OpenedInput::Pictures(files) => files.len(),
        };
        self.sources.iter().map(of).sum()
    }

    /// Reads everything, in order, handing over some galaxies at a time. Stops when `take` fails.
    ///
    /// The galaxies of sets keep their ids; no other galaxy gets one of these.
    ///
    /// # Errors
    /// What `take` said, or why a set that was opened cannot be read to its end.
    pub fn read(mut self, take: &mut dyn FnMut(Batch) -> anyhow::Result<()>) -> anyhow::Result<Tally> {
        let sources = std::mem::take(&mut self.sources);
        let mut taken = ids_of_sets(&sources)?;
        for source in sources {
            match source {
                OpenedInput::Set(input, set, wanted) => {
                    let mut start = wanted.start;
                    while start < wanted.end {
                        let rows = start..(start + BATCH).min(wanted.end);
                        let batch = set
                            .batch(rows.clone(), self.pixels)
                            .with_context(|| format!("{}", input.path.display()))?;
                        let batch = self.finite(&input, batch, rows.start);
                        self.emit(batch, take)?;
                        start = rows.end;
                    }
                }
                OpenedInput::Rows(input, _) => self.rows(&input, false, &mut taken, take)?,
                OpenedInput::Array(input) => self.rows(&input, true, &mut taken, take)?,
                OpenedInput::Archive(input) => self.members(&input, &mut taken, take)?,
                OpenedInput::Pictures(files) => {
                    for files in files.chunks(BATCH) {
                        let batch = self.pictures(files, &mut taken);
                        self.emit(batch, take)?;
                    }
                }
            }
        }
        self.asked.end();
        Ok(self.tally)
    }

    fn emit(
        &mut self,
        batch: Batch,
        take: &mut dyn FnMut(Batch) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.tally.galaxies += batch.ids.len();
        if batch.ids.is_empty() { Ok(()) } else { take(batch) }
    }

    fn refuse(&mut self, input: &Input, refusal: &Refusal) {
        self.asked.refused(&refusal.reason);
        self.report_verdict(&input.path, &Verdict::from(refusal.clone()));
    }

    /// Prints the outcome of a file, unless it was accepted without a remark.
    fn report_verdict(&mut self, path: &Path, verdict: &Verdict) {
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

    /// The pictures in an HDF5 file, or in an array of NumPy's, prepared as they are read.
    fn rows(
        &mut self,
        input: &Input,
        is_array: bool,
        taken: &mut Taken,
        take: &mut dyn FnMut(Batch) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let source = match DiskFile::open(&input.path) {
            Ok(source) => Arc::new(source),
            Err(refusal) => {
                self.refuse(input, &refusal);
                return Ok(());
            }
        };
        let (recipe, answers, limits) = (self.recipe.clone(), self.answers.clone(), Limits::native());
        let name = &input.name;
        let mut failed = None;
        let mut renumbered = Renumbered::default();
        let mut waiting = Vec::with_capacity(BATCH);
        let mut each = |galaxy| {
            waiting.push(galaxy);
            if waiting.len() < BATCH {
                return ControlFlow::Continue(());
            }
            let (batch, others) = self.numbered(std::mem::take(&mut waiting), taken);
            renumbered = renumbered.and(others);
            match self.emit(batch, take) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        };
        let spread = &on_all_cores;
        let mut report = if is_array {
            match source.whole(name, &limits) {
                Ok(bytes) => intake::read_npy(name, &bytes, &recipe, &limits, &answers, spread, &mut each),
                Err(refusal) => FileReport::refused(name, refusal),
            }
        } else {
            intake::read_lazy(name, source, &recipe, &limits, &answers, spread, &mut each)
        };
        if let Some(error) = failed {
            return Err(error);
        }
        let (batch, others) = self.numbered(waiting, taken);
        self.emit(batch, take)?;
        if let Some(remark) = renumbered.and(others).remark() {
            report.remark(remark);
        }
        self.asked.add_report(&input.path, &report);
        self.report_verdict(&input.path, &report.verdict());
        Ok(())
    }

    /// The files in an archive, one after another.
    fn members(
        &mut self,
        input: &Input,
        taken: &mut Taken,
        take: &mut dyn FnMut(Batch) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let source = match DiskFile::open(&input.path) {
            Ok(source) => source,
            Err(refusal) => {
                self.refuse(input, &refusal);
                return Ok(());
            }
        };
        let (recipe, answers, limits) = (self.recipe.clone(), self.answers.clone(), Limits::native());
        let mut failed = None;
        let mut waiting = Batch::default();
        read_members(input, &source, &recipe, &limits, &answers, &mut |outcome| {
            self.take_outcomes(vec![outcome], taken, &mut waiting);
            if waiting.ids.len() < BATCH {
                return ControlFlow::Continue(());
            }
            match self.emit(std::mem::take(&mut waiting), take) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        failed.map_or_else(|| self.emit(waiting, take), Err)
    }

    /// Gives galaxies of one file ids that none before them has.
    fn numbered(&self, mut galaxies: Vec<Galaxy>, taken: &mut Taken) -> (Batch, Renumbered) {
        let renumbered = number_galaxies(&mut galaxies, taken);
        let mut batch = Batch::default();
        self.gather(galaxies, &mut batch);
        (batch, renumbered)
    }

    fn gather(&self, galaxies: Vec<Galaxy>, batch: &mut Batch) {
        for galaxy in galaxies {
            batch.ids.push(galaxy.id.unwrap_or_default());
            batch.names.push(galaxy.name);
            if self.recipe.structure != Measured::Nothing {
                let mut columns = galaxy.about.columns;
                columns.retain(|name, _| name.starts_with(PREFIX));
                batch.structure.push(columns);
            }
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
                eprintln!("more galaxies with such values are left out and counted");
            }
        }
        kept
    }

    /// Pictures, FITS images and whatever is compressed as a whole, prepared on all cores.
    fn pictures(&mut self, files: &[Input], taken: &mut Taken) -> Batch {
        let limits = Limits::native();
        let outcomes: Vec<Outcome> = files
            .par_iter()
            .flat_map_iter(|input| read_input(input, &self.recipe, &limits, &self.answers))
            .collect();
        let mut batch = Batch::default();
        self.take_outcomes(outcomes, taken, &mut batch);
        batch
    }

    /// Numbers what was read, reports it, and adds the galaxies to a batch.
    fn take_outcomes(&mut self, outcomes: Vec<Outcome>, taken: &mut Taken, batch: &mut Batch) {
        let (paths, mut reports): (Vec<_>, Vec<_>) = outcomes
            .into_iter()
            .map(|outcome| (outcome.path, outcome.report))
            .unzip();
        assign_ids(&mut reports, taken);
        for (path, report) in paths.iter().zip(reports) {
            self.asked.add_report(path, &report);
            self.report_verdict(path, &report.verdict());
            self.gather(report.into_galaxies(), batch);
        }
    }
}

fn no_shards(input: &Input) -> anyhow::Error {
    anyhow!(
        "--shard is for sets with identifiers, and {} is none: make one of all inputs first, with `grove convert IN... -o galaxies.safetensors`",
        input.path.display()
    )
}

/// The ids of all sets, where other galaxies are to get ids beside them.
fn ids_of_sets(sources: &[OpenedInput]) -> anyhow::Result<Taken> {
    if sources
        .iter()
        .all(|source| matches!(source, OpenedInput::Set(..)))
    {
        return Ok(Taken::default());
    }
    let mut taken = Taken::default();
    for source in sources {
        if let OpenedInput::Set(input, set, rows) = source {
            let ids = set.ids(rows.clone());
            taken.extend(ids.with_context(|| format!("{}", input.path.display()))?);
        }
    }
    Ok(taken)
}
