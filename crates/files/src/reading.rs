//! What becomes of a file: galaxies, a table, or a refusal.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use super::list::Input;
use super::source::{DiskFile, on_all_cores};
use galaxy_grove::catalogue::{self, FileContent, Table};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, FileReport, Kind, Limits, Packing, Refusal, Verdict};

/// The outcome of a file, or of one inside an archive.
pub struct Outcome {
    /// Where it is; for a member of an archive the archive's path and its own in it.
    pub path: PathBuf,
    /// The verdict and the galaxies, without ids of their own yet.
    pub report: FileReport,
    /// The tables in it, when it holds some.
    pub tables: Vec<Table>,
}

impl Outcome {
    fn refused(path: PathBuf, name: &str, refusal: Refusal) -> Self {
        Self {
            path,
            report: FileReport::refused(name, refusal),
            tables: Vec::new(),
        }
    }
}

/// Reads one file: one outcome, or one for each member of an archive. HDF5 is read in pieces, whatever its size.
pub fn read_input(input: &Input, recipe: &Recipe, limits: &Limits, answers: &Answers) -> Vec<Outcome> {
    let source = match DiskFile::open(&input.path) {
        Ok(source) => source,
        Err(refusal) => return vec![Outcome::refused(input.path.clone(), &input.name, refusal)],
    };
    if intake::reads_lazily(&source) {
        let mut galaxies = Vec::new();
        let mut keep = |galaxy| {
            galaxies.push(galaxy);
            ControlFlow::Continue(())
        };
        let source = Arc::new(source);
        let report = intake::read_lazy(
            &input.name,
            source,
            recipe,
            limits,
            answers,
            &on_all_cores,
            &mut keep,
        );
        return vec![Outcome {
            path: input.path.clone(),
            report: report.with(galaxies),
            tables: Vec::new(),
        }];
    }
    let mut outcomes = Vec::new();
    read_members(input, &source, recipe, limits, answers, &mut |outcome| {
        outcomes.push(outcome);
        ControlFlow::Continue(())
    });
    outcomes
}

/// Reads a file in one piece, and hands over one outcome, or one for each member of an archive as they come.
pub fn read_members(
    input: &Input,
    source: &DiskFile,
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
    each: &mut dyn FnMut(Outcome) -> ControlFlow<()>,
) {
    let mut visit = |name: &str, content: Result<&[u8], Refusal>| {
        let inside = name.strip_prefix(&input.name).unwrap_or_default();
        let path = match inside.trim_start_matches('/') {
            "" => input.path.clone(),
            inside => input.path.join(inside),
        };
        each(match content {
            Ok(bytes) => outcome(path, name, bytes, recipe, limits, answers),
            Err(refusal) => Outcome::refused(path, name, refusal),
        })
    };
    let walked = source
        .whole(&input.name, limits)
        .and_then(|bytes| intake::each_file(&input.name, &bytes, limits, &mut visit));
    if let Err(refusal) = walked {
        let _ = each(Outcome::refused(input.path.clone(), &input.name, refusal));
    }
}

/// Whether an input is a table that says something about galaxies, by its first bytes.
pub fn is_table(input: &Input) -> bool {
    /// As much as tells a picture, of which there may be very many.
    const FEW: u64 = 512;
    /// As much as tells a table from other texts.
    const MORE: u64 = 64 * 1024;
    let Ok(source) = DiskFile::open(&input.path) else {
        return false;
    };
    let is_picture = |head: Vec<u8>| {
        Kind::detect(&head).is_ok_and(|kind| kind != Kind::Fits && Packing::detect(&head).is_none())
    };
    !source.head(FEW).is_ok_and(is_picture)
        && source
            .head(MORE)
            .is_ok_and(|head| catalogue::detect(&input.name, &head).is_some())
}

/// What becomes of a file's content: galaxies, or a table that says something about the galaxies of other files.
fn outcome(
    path: PathBuf,
    name: &str,
    bytes: &[u8],
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
) -> Outcome {
    let read = || catalogue::read_all(name, bytes, limits);
    let (report, tables) = match catalogue::read_or_detect(name, bytes, recipe, limits, answers) {
        FileContent::Report(report) => (*report, Vec::new()),
        FileContent::Both(mut report, _) => match read() {
            Ok(tables) => (*report, tables),
            Err(refusal) => {
                report.remark(format!("its tables could not be read: {}", refusal.reason));
                (*report, Vec::new())
            }
        },
        FileContent::Table(_) => match read() {
            Ok(tables) => {
                let rows: Vec<String> = tables.iter().map(|table| table.rows().to_string()).collect();
                let verdict = Verdict::Remarked(vec![format!(
                    "a table of {} rows; `grove convert` joins it to the galaxies of the other files",
                    rows.join(" and one of ")
                )]);
                (FileReport::with_verdict(name, verdict), tables)
            }
            Err(refusal) => (FileReport::refused(name, refusal), Vec::new()),
        },
    };
    Outcome { path, report, tables }
}
