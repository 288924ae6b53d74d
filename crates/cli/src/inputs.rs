//! What the user gave: files, and folders of files.

use anyhow::{Context as _, bail};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::source::{FileSource, on_all_cores};
use galaxy_grove::catalogue::{self, Found, Table};
use galaxy_grove::cutout::{CutoutSet, Recipe};
use galaxy_grove::intake::{self, Answers, FileReport, Kind, Limits, Packing, Reading, Refusal, Verdict};

/// A file to read: where it is, and what its galaxy will be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub path: PathBuf,
    pub name: String,
}

/// Lists the files to read: those given, in their order, and folders' files, sorted. Hidden files are passed over, and
/// so is what is about to be written: the files and folders that are `own`, unless the folder given lies in one of them.
///
/// # Errors
/// For folders that cannot be listed or hold no files.
pub fn collect<'a>(
    given: &[PathBuf],
    own: impl IntoIterator<Item = &'a PathBuf>,
) -> anyhow::Result<Vec<Input>> {
    let own: Vec<PathBuf> = own
        .into_iter()
        .filter_map(|own| own.canonicalize().ok())
        .collect();
    let mut inputs = Vec::new();
    for path in given {
        if !path.is_dir() {
            let name = path.file_name().unwrap_or(path.as_os_str());
            inputs.push(Input {
                path: path.clone(),
                name: name.to_string_lossy().into_owned(),
            });
            continue;
        }
        let mut found = below(path)?;
        let here = path.canonicalize().unwrap_or_default();
        let own: Vec<&PathBuf> = own.iter().filter(|own| !here.starts_with(own)).collect();
        let is_own = |file: &PathBuf| {
            !own.is_empty()
                && file
                    .canonicalize()
                    .is_ok_and(|file| own.iter().any(|own| file.starts_with(own)))
        };
        found.retain(|file| !file.is_dir() && !is_own(file));
        found.sort();
        if found.is_empty() {
            bail!("the folder `{}` holds no files", path.display());
        }
        inputs.extend(found.into_iter().map(|file| {
            let name = file.strip_prefix(path).unwrap_or(&file);
            let name = name.to_string_lossy().replace('\\', "/");
            Input { path: file, name }
        }));
    }
    Ok(inputs)
}

/// All entries below a folder that are no folders themselves.
fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let said = || format!("cannot list `{}`", folder.display());
        for entry in fs::read_dir(&folder).with_context(said)? {
            let entry = entry.with_context(said)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // The entry's own type: a link to a folder is not followed, so that no loop can arise.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// What became of a file, or of one inside an archive.
pub struct Outcome {
    /// Where it is; for a member of an archive the archive's path and its own in it.
    pub path: PathBuf,
    /// The verdict and the galaxies, without ids of their own yet.
    pub report: FileReport,
    /// The table that it is, when it is one.
    pub table: Option<Table>,
}

impl Outcome {
    fn refused(path: PathBuf, name: &str, refusal: Refusal) -> Self {
        Self {
            path,
            report: FileReport::refused(name, refusal),
            table: None,
        }
    }
}

/// Reads one file: one outcome, or one for each member of an archive. HDF5 is read in pieces, whatever its size.
pub fn read_input(input: &Input, recipe: &Recipe, limits: &Limits, answers: &Answers) -> Vec<Outcome> {
    let source = match FileSource::open(&input.path) {
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
            table: None,
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
    source: &FileSource,
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
    let Ok(source) = FileSource::open(&input.path) else {
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
    let (report, table) = match catalogue::read_or_detect(name, bytes, recipe, limits, answers) {
        Found::Report(report) => (*report, None),
        Found::Table(_) => match catalogue::read(name, bytes, limits) {
            Ok(table) => {
                let verdict = Verdict::Remarked(vec![format!(
                    "a table of {} rows; `grove convert` joins it to the galaxies of the other files",
                    table.rows()
                )]);
                (FileReport::told(name, verdict), Some(table))
            }
            Err(refusal) => (FileReport::refused(name, refusal), None),
        },
    };
    Outcome { path, report, table }
}

/// A set of prepared cutouts, whole: a bundle or an HDF5 file.
///
/// # Errors
/// With the file's name and the remedy.
pub fn read_set(input: &Path) -> anyhow::Result<CutoutSet> {
    let bytes = fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let name = input.display().to_string();
    let (limits, answers) = (Limits::native(), Answers::default());
    match intake::decode(&name, &bytes, &mut Reading::new(&limits, &answers)) {
        Ok(intake::Content::Set { set, remarks, .. }) => {
            remarks.iter().for_each(|remark| eprintln!("{name}: {remark}"));
            Ok(set)
        }
        Ok(intake::Content::Pictures { .. }) => {
            bail!(
                "{name} holds pictures, not prepared cutouts; run `grove convert {name} -o galaxies.safetensors` first"
            )
        }
        Ok(intake::Content::Codes(_)) => {
            bail!("{name} holds codes, not prepared cutouts; run `grove groups {name}`")
        }
        Err(refusal) => bail!("{name}: {refusal}"),
    }
}
