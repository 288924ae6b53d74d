//! `grove convert`: files and folders of galaxies to one bundle.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::inputs::duplicates::mark_duplicates;
use crate::inputs::list::{Input, collect};
use crate::inputs::preparation::{Asked, Preparation};
use crate::inputs::reading::{Outcome, is_table, read_input};
use crate::inputs::tables::join_tables;
use crate::outputs::files::{SOME_REFUSED, refuse_overwrite, write_file};
use galaxy_grove::{
    bundle::{self, Dtype},
    cutout::{CutoutSet, Recipe},
    export::csv_field,
    intake::{Answers, FileReport, Limits, Refusal, Taken, Verdict, assign_ids, size},
};

/// Files that are read before the limit is looked at again.
const BATCH: usize = 256;

const EXAMPLES: &str = "\
Examples:
  grove convert data.hdf5 -o galaxies.safetensors
      the reference's HDF5 (img_raw, img_1sigma, OBJID) as a bundle; its cutouts pass untouched
  grove convert cutouts/ -o galaxies.safetensors --dtype u8 --credit \"SDSS\"
      every picture of a folder and its sub-folders, prepared, in a quarter of the room
  grove convert *.fits.gz hst.fits -o hst.safetensors --verdicts verdicts.csv
      FITS images (each header-data unit is a galaxy), with a table of what became of each file
  grove convert cutouts/ labels.csv -o galaxies.safetensors
      pictures and a table, whose rows are joined to them by file name or id
  grove convert survey.zip field.fits --choose field=1 --choose threshold=2 -o galaxies.safetensors
      files in an archive; every galaxy of a field, from 3 sigma on
  grove convert cutouts/ more/ -o galaxies.safetensors --unique
      two folders; what shows the same as an earlier galaxy is left out
  grove convert a.safetensors b.safetensors -o both.safetensors --limit 5000
      the first 5,000 galaxies of two bundles

Exit codes: 0 all went in; 1 nothing was written; 2 wrong usage; 3 written, but some files were refused.
In folders, hidden files (.name) and what is written by this run are passed over. Ids come from the set, or from a run of six or more
digits in the file's name; others get 1, 2, 3, ...";

/// Make one bundle of HDF5 files, FITS images, pictures and bundles.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// HDF5, FITS, PNG, JPEG, TIFF or bundle files, and folders of them
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The bundle to write
    #[arg(short, long, value_name = "OUT.safetensors")]
    output: PathBuf,
    /// How pixels are stored: f32 (exact), f16 (3 digits) or u8 (256 steps from 0 to 1)
    #[arg(long, value_name = "TYPE", default_value_t = Dtype::F32)]
    dtype: Dtype,
    #[command(flatten)]
    preparation: Preparation,
    /// Whom to credit for the images; written into the bundle
    #[arg(long, value_name = "TEXT")]
    credit: Option<String>,
    /// Take at most this many galaxies
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Leave out galaxies that show the same as an earlier one; without this they are only told of
    #[arg(long)]
    unique: bool,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
    /// Write what became of each file to a table
    #[arg(long, value_name = "FILE.csv")]
    verdicts: Option<PathBuf>,
}

/// Runs the sub-command.
///
/// # Errors
/// When nothing can be written: the reason and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let outputs = || [&arguments.output].into_iter().chain(&arguments.verdicts);
    refuse_overwrite(outputs(), arguments.force)?;
    let recipe = arguments.preparation.recipe();
    let inputs = collect(&arguments.inputs, outputs())?;
    let limit = arguments.limit.and_then(|limit| usize::try_from(limit).ok());
    let (mut outcomes, unread) = read_all(inputs, &recipe, limit, &arguments.preparation.answers());
    number(&mut outcomes);
    let duplicates = mark_duplicates(&mut outcomes, arguments.unique);
    join_tables(&mut outcomes, &arguments.preparation.answers());
    let mut asked = Asked::new(&arguments.preparation);
    for outcome in &outcomes {
        asked.hear(&outcome.path, &outcome.report);
        if outcome.report.verdict() != Verdict::Accepted {
            eprintln!("{}: {}", outcome.path.display(), outcome.report.verdict());
        }
    }
    asked.end();
    if let Some(path) = &arguments.verdicts {
        write_file(path, table(&outcomes).as_bytes())?;
    }
    let metadata = metadata(arguments, &recipe, &outcomes);
    let files = outcomes.len();
    let refused = outcomes
        .iter()
        .filter(|outcome| outcome.report.verdict().is_refused())
        .count();
    let set = gather(outcomes)?;
    if set.is_empty() {
        bail!(
            "nothing was written: there is no galaxy that can be read in {}",
            counted(files, "file", "files")
        );
    }
    let bytes = match bundle::write(&set, None, arguments.dtype, &metadata) {
        Ok(bytes) => bytes,
        Err(error) => bail!("nothing was written: {error}. What to do: {}", error.remedy()),
    };
    write_file(&arguments.output, &bytes)?;
    eprintln!(
        "{} from {} in `{}` ({}, {}){}{}{}",
        counted(set.len(), "galaxy", "galaxies"),
        counted(files - refused, "file", "files"),
        arguments.output.display(),
        arguments.dtype,
        size(bytes.len() as u64),
        if refused > 0 {
            format!("; {} refused", counted(refused, "file", "files"))
        } else {
            String::new()
        },
        match (duplicates, arguments.unique) {
            (0, _) => String::new(),
            (_, true) => format!("; left out as duplicates: {duplicates}"),
            (_, false) => format!("; duplicates: {duplicates} (--unique leaves them out)"),
        },
        if unread > 0 {
            format!(
                "; {} not read because of --limit",
                counted(unread, "file", "files")
            )
        } else {
            String::new()
        },
    );
    Ok(if refused > 0 {
        ExitCode::from(SOME_REFUSED)
    } else {
        ExitCode::SUCCESS
    })
}

/// `1 file`, `2 files`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Reads files in parallel, in order, until `limit` galaxies are there, and tables wherever they stand. Returns what
/// became of them and of what is in archives, and how many files were not read.
fn read_all(
    inputs: Vec<Input>,
    recipe: &Recipe,
    limit: Option<usize>,
    answers: &Answers,
) -> (Vec<Outcome>, usize) {
    let bar = ProgressBar::new(inputs.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} files, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(inputs.len());
    let mut inputs = inputs.into_iter();
    let mut room = limit;
    while room != Some(0) {
        let batch: Vec<Input> = inputs.by_ref().take(room.unwrap_or(BATCH).min(BATCH)).collect();
        if batch.is_empty() {
            break;
        }
        let limits = Limits {
            take: room,
            ..Limits::native()
        };
        let mut done: Vec<Outcome> = batch
            .into_par_iter()
            .flat_map_iter(|input| {
                let outcomes = read_input(&input, recipe, &limits, answers);
                bar.inc(1);
                outcomes
            })
            .collect();
        if let Some(room) = &mut room {
            for outcome in &mut done {
                shorten(&mut outcome.report, room);
            }
        }
        outcomes.append(&mut done);
    }
    bar.finish_and_clear();
    // Tables behind the limit still say something of the galaxies before it.
    let (tables, unread): (Vec<Input>, Vec<Input>) = inputs.partition(is_table);
    outcomes.extend(
        tables
            .iter()
            .flat_map(|input| read_input(input, recipe, &Limits::native(), answers))
            .map(|mut outcome| {
                outcome.report.retain(|_| false);
                outcome
            }),
    );
    (outcomes, unread.len())
}

/// Cuts a report's galaxies to the room that is left, and says so.
fn shorten(report: &mut FileReport, room: &mut usize) {
    let count = report.galaxies().len();
    if count > *room {
        let mut left = *room;
        report.retain(|_| {
            let is_kept = left > 0;
            left = left.saturating_sub(1);
            is_kept
        });
        report.remark(format!("{} of its {count} galaxies were taken (--limit)", *room));
    }
    *room -= report.galaxies().len();
}

/// Gives all galaxies unique ids.
fn number(outcomes: &mut [Outcome]) {
    let empty = || FileReport::refused("", Refusal::new("", ""));
    let mut reports: Vec<FileReport> = outcomes
        .iter_mut()
        .map(|o| std::mem::replace(&mut o.report, empty()))
        .collect();
    assign_ids(&mut reports, &mut Taken::default());
    for (outcome, report) in outcomes.iter_mut().zip(reports) {
        outcome.report = report;
    }
}

fn gather(outcomes: Vec<Outcome>) -> anyhow::Result<CutoutSet> {
    let mut set = CutoutSet::default();
    for galaxy in outcomes
        .into_iter()
        .flat_map(|outcome| outcome.report.into_galaxies())
    {
        let id = galaxy
            .id
            .with_context(|| format!("`{}` got no id: this is a fault of grove", galaxy.name))?;
        set.push(id, galaxy.name, &galaxy.raw, &galaxy.image, galaxy.about)?;
    }
    Ok(set)
}

/// What the bundle says of itself. No paths: only the names of what was given.
fn metadata(arguments: &Arguments, recipe: &Recipe, outcomes: &[Outcome]) -> BTreeMap<String, String> {
    let reports = || {
        outcomes
            .iter()
            .map(|outcome| &outcome.report)
            .filter(|report| !report.galaxies().is_empty())
    };
    let mut metadata = BTreeMap::new();
    let credits: BTreeSet<&str> = reports().filter_map(|report| report.credit()).collect();
    let credit = arguments
        .credit
        .clone()
        .unwrap_or_else(|| credits.into_iter().collect::<Vec<_>>().join("; "));
    if !credit.is_empty() {
        metadata.insert("credit".to_owned(), credit);
    }
    let given: Vec<String> = arguments
        .inputs
        .iter()
        .map(|path| {
            path.file_name()
                .unwrap_or(OsStr::new("files"))
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let told = given.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    let more = if given.len() > 20 {
        format!(" and {} more", given.len() - 20)
    } else {
        String::new()
    };
    metadata.insert("source".to_owned(), format!("{told}{more}"));
    let mut preparation = Vec::new();
    if reports().any(|report| !report.is_set()) {
        preparation.push(if recipe.prepare {
            "found, cut out and cleared"
        } else {
            "resampled only"
        });
    }
    if reports().any(|report| report.is_set()) {
        preparation.push("sets as they were");
    }
    let mut preparation = preparation.join("; ");
    if let Some(words) = recipe
        .words()
        .filter(|_| reports().any(|report| !report.is_set()))
    {
        preparation = format!("{preparation}. {words}");
    }
    metadata.insert("preparation".to_owned(), preparation);
    metadata.insert(
        "made_by".to_owned(),
        format!("grove convert {}", env!("CARGO_PKG_VERSION")),
    );
    metadata
}

/// One row for each file.
fn table(outcomes: &[Outcome]) -> String {
    let mut text = "file,verdict,galaxies,sentence,remedy\n".to_owned();
    for Outcome { path, report, .. } in outcomes {
        let verdict = report.verdict();
        let (sentence, remedy) = match &verdict {
            Verdict::Accepted => (String::new(), ""),
            Verdict::Remarked(remarks) => (remarks.join("; "), ""),
            Verdict::Refused { reason, remedy } => (reason.clone(), remedy.as_str()),
        };
        let count = report.galaxies().len().to_string();
        let path = path.to_string_lossy();
        let row = [&*path, verdict.word(), &count, &sentence, remedy].map(csv_field);
        text += &row.join(",");
        text.push('\n');
    }
    text
}
