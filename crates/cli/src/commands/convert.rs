//! `grove convert`: files and folders of galaxies to one bundle.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    io::{BufWriter, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, bail};

use crate::inputs::attached::Attached;
use crate::inputs::duplicates::mark_duplicates;
use crate::inputs::gather::{Gathered, Gathering, Row, gather, name_files, number};
use crate::inputs::list::collect;
use crate::inputs::preparation::{Asked, Preparation};
use crate::inputs::rows::VectorOptions;
use crate::inputs::tables::join_tables;
use crate::outputs::files::{SOME_REFUSED, refuse_overwrite, write_file};
use crate::outputs::partial::{Partial, failed, folder};
use crate::work::spool::Spool;
use galaxy_grove::count::counted;
use galaxy_grove::{
    bundle::{self, Dtype, GalaxyFacts, Plane, StreamError},
    cutout::{
        About, Recipe,
        prepare::{Measured, Turned},
    },
    export::csv_field,
    intake::{Verdict, size},
};

const EXAMPLES: &str = "\
Examples:
  grove convert data.hdf5 -o galaxies.safetensors
      the reference's HDF5 (img_raw, img_1sigma, OBJID) as a bundle; its cutouts pass untouched
  grove convert cutouts/ -o galaxies.safetensors --dtype u8 --credit \"SDSS\"
      every picture of a folder and its sub-folders, prepared, in a quarter of the room
  grove convert *.fits.gz hst.fits -o hst.safetensors --verdicts verdicts.csv
      FITS images (each header-data unit is a galaxy), with a table of the outcome of each file
  grove convert cutouts/ labels.csv -o galaxies.safetensors
      pictures and a table, whose rows are joined to them by file name or id
  grove convert survey.zip field.fits --choose field=1 --choose threshold=2 -o galaxies.safetensors
      files in an archive; every galaxy of a field, from 3 sigma on
  grove convert cutouts/ more/ -o galaxies.safetensors --unique
      two folders; what shows the same as an earlier galaxy is left out
  grove convert a.safetensors b.safetensors -o both.safetensors --limit 5000
      the first 5,000 galaxies of two bundles
  grove convert cutouts/ --vectors zoobot.parquet --vectors-of \"Zoobot 2.0\" -o galaxies.safetensors
      pictures with vectors of another model, by which the page groups them

Exit codes: 0 all went in; 1 nothing was written; 2 wrong usage; 3 written, but some files were refused.
In folders, hidden files (.name) and what is written by this run are passed over. Ids come from the set, or from a run of six or more
digits in the file's name; others get 1, 2, 3, ...";

/// Make one bundle of HDF5 files, FITS images, pictures and bundles.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// HDF5, FITS, PNG, JPEG, TIFF or bundle files, and folders of them
    #[arg(required_unless_present = "vectors", value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The bundle to write
    #[arg(short, long, value_name = "OUT.safetensors")]
    output: PathBuf,
    /// Vectors of another model (Zoobot, AstroPT, AION, ...) to go with the galaxies, joined by id: a Parquet table, or NPY with a file of ids beside it.
    /// Without IN, the file holds the vectors alone. The page groups by them
    #[arg(long, value_name = "FILE")]
    vectors: Option<PathBuf>,
    #[command(flatten)]
    vector_options: VectorOptions,
    /// Which model gave the vectors; written into the bundle
    #[arg(long, value_name = "TEXT", requires = "vectors")]
    vectors_of: Option<String>,
    /// How pixels are stored: f32 (exact), f16 (3 digits) or u8 (256 steps from 0 to 1)
    #[arg(long, value_name = "TYPE", default_value_t = Dtype::F32)]
    dtype: Dtype,
    #[command(flatten)]
    preparation: Preparation,
    /// Measure each galaxy's structure on the file's own pixels, into columns: concentration, asymmetry, Gini, M20, radii and more
    #[arg(long)]
    structure: bool,
    /// The same with a Sersic fit, which takes some tens of milliseconds a galaxy
    #[arg(long)]
    sersic: bool,
    /// Whom to credit for the images; written into the bundle
    #[arg(long, value_name = "TEXT")]
    credit: Option<String>,
    /// Take at most this many galaxies
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Leave out galaxies that show the same as an earlier one; without this they are only reported
    #[arg(long)]
    unique: bool,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
    /// Write the outcome of each file to a table
    #[arg(long, value_name = "FILE.csv")]
    verdicts: Option<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// When nothing can be written: the reason and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let outputs = || [&arguments.output].into_iter().chain(&arguments.verdicts);
    refuse_overwrite(outputs(), arguments.force)?;
    let attached = match &arguments.vectors {
        Some(path) => Some(Attached::read(path, &arguments.vector_options)?),
        None => {
            arguments.vector_options.refuse_without_vectors()?;
            None
        }
    };
    if let (Some(attached), true) = (&attached, arguments.inputs.is_empty()) {
        return vectors_alone(arguments, attached);
    }
    let mut recipe = arguments.preparation.recipe();
    recipe.structure = match (arguments.sersic, arguments.structure) {
        (true, _) => Measured::NumbersAndFit,
        (false, true) => Measured::Numbers,
        (false, false) => Measured::Nothing,
    };
    let inputs = collect(&arguments.inputs, outputs())?;
    let limit = arguments.limit.and_then(|limit| usize::try_from(limit).ok());
    let place = &arguments.output;
    let on_disk = |error| failed(place, error);
    let spool = Spool::new(folder(place)).map_err(on_disk)?;
    let answers = arguments.preparation.answers();
    let Gathering {
        mut files,
        mut spool,
        unread,
    } = gather(inputs, spool, &recipe, limit, &answers).map_err(on_disk)?;
    name_files(&mut files);
    number(&mut files);
    let duplicates = mark_duplicates(&mut files, &mut spool, arguments.unique).map_err(on_disk)?;
    join_tables(&mut files, &answers);
    if let Some(attached) = &attached {
        attached.join(&mut files)?;
    }
    let mut asked = Asked::new(&arguments.preparation);
    for file in &files {
        asked.add_report(&file.path, &file.report);
        if file.report.verdict() != Verdict::Accepted {
            eprintln!("{}: {}", file.path.display(), file.report.verdict());
        }
    }
    asked.end();
    if let Some(path) = &arguments.verdicts {
        write_file(path, table(&files).as_bytes())?;
    }
    let metadata = metadata(arguments, &recipe, &files);
    let all = files.len();
    let refused = files
        .iter()
        .filter(|file| file.report.verdict().is_refused())
        .count();
    let rows: Vec<Row> = files.into_iter().flat_map(|file| file.rows).collect();
    if rows.is_empty() {
        bail!(
            "nothing was written: there is no galaxy that can be read in {}",
            counted(all, "file", "files")
        );
    }
    let count = rows.len();
    let length = write(arguments, rows, &mut spool, &metadata)?;
    eprintln!(
        "{} from {} in `{}` ({}, {}){}{}{}",
        counted(count, "galaxy", "galaxies"),
        counted(all - refused, "file", "files"),
        arguments.output.display(),
        arguments.dtype,
        size(length),
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

/// Writes vectors whose galaxies' pictures are not given.
fn vectors_alone(arguments: &Arguments, attached: &Attached) -> anyhow::Result<ExitCode> {
    let names: Vec<String> = attached.ids.iter().map(i64::to_string).collect();
    let about = attached.vectors().map(|vector| About {
        vector: vector.to_vec(),
        ..About::default()
    });
    let metadata = metadata(arguments, &Recipe::default(), &[]);
    let about: Vec<About> = about.collect();
    let bytes = bundle::vectors_alone(&attached.ids, &names, &about, &metadata)?;
    write_file(&arguments.output, &bytes)?;
    eprintln!(
        "the vectors of {} in `{}` ({}), without pictures: open it in the page",
        counted(attached.ids.len(), "galaxy", "galaxies"),
        arguments.output.display(),
        size(bytes.len() as u64)
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes the bundle, whole or not at all, and returns its length.
fn write(
    arguments: &Arguments,
    rows: Vec<Row>,
    spool: &mut Spool,
    metadata: &BTreeMap<String, String>,
) -> anyhow::Result<u64> {
    let (mut ids, mut names) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    let (mut about, mut cutouts) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        let id = row.id.with_context(|| {
            format!(
                "`{}` got no id: this is a bug in grove; please report it",
                row.name
            )
        })?;
        ids.push(id);
        names.push(row.name);
        about.push(row.about.map(|about| *about).unwrap_or_default());
        cutouts.push(row.cutout);
    }
    let heads = GalaxyFacts {
        ids: &ids,
        names: &names,
        about: &about,
    };
    let (partial, file) = Partial::create(&arguments.output)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let mut pixels_of = |plane: Plane, row: usize| {
        let cutout = cutouts.get(row).copied().unwrap_or(usize::MAX);
        spool.read(plane, cutout)
    };
    let written = bundle::write_rows(&mut out, &heads, arguments.dtype, metadata, &mut pixels_of)
        .and_then(|length| Ok((length, out.flush()?)));
    match written {
        Ok((length, ())) => {
            drop(out);
            partial.finish()?;
            Ok(length)
        }
        Err(StreamError::Bundle(error)) => {
            bail!("nothing was written: {error}. What to do: {}", error.remedy())
        }
        Err(StreamError::Io(error)) => Err(partial.failed(error)),
    }
}

/// What the bundle says of itself. No paths: only the names of what was given.
fn metadata(arguments: &Arguments, recipe: &Recipe, files: &[Gathered]) -> BTreeMap<String, String> {
    let reports = || {
        files
            .iter()
            .filter(|file| !file.rows.is_empty())
            .map(|file| &file.report)
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
        .chain(&arguments.vectors)
        .map(|path| {
            path.file_name()
                .unwrap_or(OsStr::new("files"))
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    if let Some(text) = &arguments.vectors_of {
        metadata.insert(bundle::VECTORS_OF.to_owned(), text.clone());
    }
    let listed = given.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
    let more = if given.len() > 20 {
        format!(" and {} more", given.len() - 20)
    } else {
        String::new()
    };
    metadata.insert("source".to_owned(), format!("{listed}{more}"));
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
    if recipe.orient {
        let nothing = About::default();
        let rows = files.iter().flat_map(|file| &file.rows);
        let turned = Turned::count(rows.map(|row| row.about.as_deref().unwrap_or(&nothing)));
        preparation = format!("{preparation} {}", turned.sentence());
    }
    if !preparation.is_empty() {
        metadata.insert("preparation".to_owned(), preparation);
    }
    metadata.insert("made_by".to_owned(), crate::version::made_by("grove convert"));
    metadata
}

/// One row for each file.
fn table(files: &[Gathered]) -> String {
    let mut text = "file,verdict,galaxies,sentence,remedy\n".to_owned();
    for Gathered {
        path, report, rows, ..
    } in files
    {
        let verdict = report.verdict();
        let (sentence, remedy) = match &verdict {
            Verdict::Accepted => (String::new(), ""),
            Verdict::Remarked(remarks) => (remarks.join("; "), ""),
            Verdict::Refused { reason, remedy } => (reason.clone(), remedy.as_str()),
        };
        let count = rows.len().to_string();
        let path = path.to_string_lossy();
        let row = [&*path, verdict.word(), &count, &sentence, remedy].map(csv_field);
        text += &row.join(",");
        text.push('\n');
    }
    text
}
