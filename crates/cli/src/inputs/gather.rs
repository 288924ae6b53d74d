//! All galaxies of many files, a few at a time: their cutouts go to disk, and memory keeps a few words of each.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::work::spool::Spool;
use galaxy_grove::catalogue::Table;
use galaxy_grove::cutout::{About, Recipe};
use galaxy_grove::intake::{
    self, Answers, FileReport, Galaxy, Kind, Limits, Outcome, Packing, Refusal, Renumbered, Taken, unique_ids,
};
use grove_files::list::Input;
use grove_files::reading::{self, is_table, read_input, read_members};
use grove_files::source::{DiskFile, on_all_cores};

/// Files that are read at once.
const BATCH: usize = 64;
/// Larger files are read one after another.
const SMALL: u64 = 32 << 20;

/// A galaxy without its pixels.
#[derive(Debug)]
pub struct Row {
    /// Its number in the spool.
    pub cutout: usize,
    pub id: Option<i64>,
    /// True when `id` is a running number.
    pub is_numbered: bool,
    pub name: String,
    pub about: Option<Box<About>>,
}

impl Row {
    /// What is known of it, to be changed.
    pub fn about_mut(&mut self) -> &mut About {
        self.about.get_or_insert_default()
    }
}

/// The outcome of a file, or of one inside an archive.
pub struct Gathered {
    pub path: PathBuf,
    /// The verdict; the galaxies are in `rows`.
    pub report: FileReport,
    pub rows: Vec<Row>,
    /// The tables in it.
    pub tables: Vec<Table>,
}

/// All that was read.
pub struct Gathering {
    pub files: Vec<Gathered>,
    pub spool: Spool,
    /// How many files were not read.
    pub unread: usize,
}

/// Puts galaxies into the spool, up to a limit.
struct Sink {
    files: Vec<Gathered>,
    spool: Spool,
    room: Option<usize>,
    failed: Option<std::io::Error>,
    bar: ProgressBar,
    count: usize,
}

impl Sink {
    /// Takes one galaxy of the file that is being read. Breaks when there is no room, or on the disk.
    fn take(&mut self, galaxy: Galaxy, rows: &mut Vec<Row>) -> ControlFlow<()> {
        if self.room == Some(0) {
            return ControlFlow::Break(());
        }
        match self.spool.push(&galaxy.raw, &galaxy.image) {
            Ok(cutout) => {
                if let Some(room) = &mut self.room {
                    *room -= 1;
                }
                rows.push(Row {
                    cutout,
                    id: galaxy.id,
                    is_numbered: galaxy.is_numbered,
                    name: galaxy.name,
                    about: galaxy.about.says_anything().then(|| Box::new(galaxy.about)),
                });
                self.count += 1;
                if self.count.is_multiple_of(256) {
                    self.bar.set_message(format!("{} galaxies", self.count));
                }
                ControlFlow::Continue(())
            }
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// Takes all that became of a file.
    fn outcome(&mut self, outcome: reading::Outcome) -> ControlFlow<()> {
        let reading::Outcome {
            path,
            mut report,
            tables,
        } = outcome;
        let galaxies = match &mut report.outcome {
            Outcome::Galaxies(galaxies) => std::mem::take(&mut galaxies.list),
            _ => Vec::new(),
        };
        let (all, mut rows) = (galaxies.len(), Vec::new());
        for galaxy in galaxies {
            if self.take(galaxy, &mut rows).is_break() {
                break;
            }
        }
        if rows.len() < all {
            report.remark(format!(
                "{} of its {all} galaxies were taken (--limit)",
                rows.len()
            ));
        }
        self.files.push(Gathered {
            path,
            report,
            rows,
            tables,
        });
        if self.failed.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Reads files in their order until `limit` galaxies are there, and tables wherever they stand. Small files are read in
/// parallel; large ones, archives and HDF5 galaxy by galaxy.
///
/// # Errors
/// When the disk is full.
pub fn gather(
    inputs: Vec<Input>,
    spool: Spool,
    recipe: &Recipe,
    limit: Option<usize>,
    answers: &Answers,
) -> std::io::Result<Gathering> {
    let bar = ProgressBar::new(inputs.len() as u64);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:32} {pos}/{len} files, {msg}, {elapsed}, {eta} left")
    {
        bar.set_style(style);
    }
    let mut sink = Sink {
        files: Vec::new(),
        spool,
        room: limit,
        failed: None,
        bar,
        count: 0,
    };
    let mut inputs = inputs.into_iter().peekable();
    while sink.room != Some(0) && sink.failed.is_none() {
        let limits = Limits {
            take: sink.room,
            ..Limits::native()
        };
        let mut batch: Vec<Input> = Vec::new();
        while batch.len() < sink.room.unwrap_or(BATCH).min(BATCH)
            && let Some(input) = inputs.next_if(is_small)
        {
            batch.push(input);
        }
        if batch.is_empty() {
            let Some(input) = inputs.next() else { break };
            read_large(&input, recipe, &limits, answers, &mut sink);
            sink.bar.inc(1);
            continue;
        }
        let bar = sink.bar.clone();
        let done: Vec<reading::Outcome> = batch
            .into_par_iter()
            .flat_map_iter(|input| {
                let outcomes = read_input(&input, recipe, &limits, answers);
                bar.inc(1);
                outcomes
            })
            .collect();
        for outcome in done {
            if sink.outcome(outcome).is_break() {
                break;
            }
        }
    }
    sink.bar.finish_and_clear();
    // Tables behind the limit still say something of the galaxies before it.
    let (tables, unread): (Vec<Input>, Vec<Input>) = inputs.partition(is_table);
    for outcome in tables
        .iter()
        .flat_map(|input| read_input(input, recipe, &Limits::native(), answers))
    {
        sink.files.push(Gathered {
            path: outcome.path,
            report: outcome.report,
            rows: Vec::new(),
            tables: outcome.tables,
        });
    }
    match sink.failed {
        Some(error) => Err(error),
        None => Ok(Gathering {
            files: sink.files,
            spool: sink.spool,
            unread: unread.len(),
        }),
    }
}

/// True for a file that is read as a whole: no HDF5, no archive, not too large.
fn is_small(input: &Input) -> bool {
    let Ok(source) = DiskFile::open(&input.path) else {
        return true;
    };
    if intake::reads_lazily(&source) {
        return false;
    }
    let length = intake::ReadAt::len(&source);
    let head = source.head(1024).unwrap_or_default();
    let is_archive = matches!(Kind::detect(&head), Ok(Kind::Zip | Kind::Tar));
    // A packed archive is seen only when it is unpacked.
    let is_packed = Packing::detect(&head).is_some() && length > SMALL / 8;
    !is_archive && !is_packed && length <= SMALL
}

fn read_large(input: &Input, recipe: &Recipe, limits: &Limits, answers: &Answers, sink: &mut Sink) {
    let source = match DiskFile::open(&input.path) {
        Ok(source) => source,
        Err(refusal) => return refused(input, refusal, sink),
    };
    if !intake::reads_lazily(&source) {
        return read_members(input, &source, recipe, limits, answers, &mut |outcome| {
            sink.outcome(outcome)
        });
    }
    let (mut rows, mut all) = (Vec::new(), 0);
    let mut keep = |galaxy| {
        all += 1;
        sink.take(galaxy, &mut rows)
    };
    let source = Arc::new(source);
    let mut report = intake::read_lazy(
        &input.name,
        source,
        recipe,
        limits,
        answers,
        &on_all_cores,
        &mut keep,
    );
    if rows.len() < all {
        report.remark(format!("its first {} galaxies were taken (--limit)", rows.len()));
    }
    sink.files.push(Gathered {
        path: input.path.clone(),
        report,
        rows,
        tables: Vec::new(),
    });
}

fn refused(input: &Input, refusal: Refusal, sink: &mut Sink) {
    sink.files.push(Gathered {
        path: input.path.clone(),
        report: FileReport::refused(&input.name, refusal),
        rows: Vec::new(),
        tables: Vec::new(),
    });
}

/// Where several files give galaxies, puts the file's name before names that are but ids, as those of HDF5 files are: else no
/// one could tell where they came from.
pub fn name_files(files: &mut [Gathered]) {
    if files.iter().filter(|file| !file.rows.is_empty()).count() < 2 {
        return;
    }
    for Gathered { report, rows, .. } in files {
        for row in rows {
            if row.id.is_some_and(|id| row.name == id.to_string()) {
                row.name = format!("{}[{}]", report.name, row.name);
            }
        }
    }
}

/// Gives all galaxies unique ids; the verdicts say whose own were taken.
pub fn number(files: &mut [Gathered]) {
    let wanted: Vec<Option<i64>> = files
        .iter()
        .flat_map(|file| &file.rows)
        .map(|row| row.id)
        .collect();
    let assigned = unique_ids(&wanted, &mut Taken::default());
    let mut assigned = assigned.iter();
    for file in files {
        let mut renumbered = Renumbered::default();
        for (row, given) in file.rows.iter_mut().zip(assigned.by_ref()) {
            row.is_numbered = row.id != Some(given.id);
            row.id = Some(given.id);
            renumbered = renumbered.and(Renumbered::by(given));
        }
        if let Some(remark) = renumbered.remark() {
            file.report.remark(remark);
        }
    }
}
