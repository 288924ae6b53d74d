//! `grove extract`: the codes of every galaxy.

use crate::inputs::codes::ids_beside;
use crate::inputs::list::collect;
use crate::inputs::model;
use crate::inputs::preparation::Preparation;
use crate::inputs::shard::Shard;
use crate::inputs::stream::{Stream, Tally};
use crate::outputs::files::{end, refuse_overwrite};
use crate::outputs::partial::Partial;
use crate::outputs::terminal::warn_of_repeated_ids;
use crate::work::device::{DeviceFlag, Reference};
use crate::work::encoding::encode_all;
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::CODES;
use galaxy_grove::export::{FeatureFormat, FeatureSink, FitsSink, NpySink, ParquetSink, TensorSink};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Turn galaxies into codes.
///
/// The table has the columns sdss_objid and f0 to f63, one row a galaxy, in the order of the input: what the reference
/// script writes. Sets of any size are read and written a few galaxies at a time.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove extract data.hdf5 --model model.safetensors -o features.fits
      the table that the reference script writes
  grove extract cutouts/ more.fits.gz --model model.safetensors -o features.parquet
      pictures are prepared as by `grove convert`
  grove extract galaxies.safetensors --model model.safetensors -o features.npy
      writes features.npy (codes, uint8, N x 64) and features.ids.npy (ids, int64, N)

  grove extract data.hdf5 --model model.safetensors -o codes-$SLURM_ARRAY_TASK_ID.parquet --shard $SLURM_ARRAY_TASK_ID/16
      one of 16 tasks of a Slurm array (sbatch --array=1-16)

Python reads FITS with one line:
  astropy.table.Table.read('features.fits')

Exit codes: 0 all went in; 1 nothing was written; 2 wrong usage; 3 written, but something was refused or left out.")]
pub struct Arguments {
    /// HDF5 in the reference layout, bundles, FITS images, pictures, and folders of them.
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The model: a safetensors file, as `grove train` and `grove import-tf` write it.
    #[arg(short, long, value_name = "MODEL")]
    model: PathBuf,
    /// Where the codes go; the name's end gives the format: .fits, .parquet, .npy or .safetensors.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format, whatever the name's end.
    #[arg(long)]
    format: Option<Format>,
    /// FITS with one byte a code instead of eight. The reference's own scripts expect eight.
    #[arg(long)]
    compact: bool,
    /// Encode one part of the galaxies only, for several machines: of 16 parts the third is 3/16. The parts, one behind the other, are the whole.
    #[arg(long, value_name = "NUMBER/COUNT")]
    shard: Option<Shard>,
    /// What encodes. A graphics processor (in a grove built with `--features gpu`) is tested first; its codes are the processor's.
    #[arg(long, value_enum, default_value = "processor")]
    device: DeviceFlag,
    #[command(flatten)]
    preparation: Preparation,
    /// Overwrite the output if it exists.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A FITS binary table.
    Fits,
    /// Apache Parquet.
    Parquet,
    /// Two NumPy files.
    Npy,
    /// One safetensors file with `codes` and `id`.
    Safetensors,
}

impl Format {
    fn of(path: &Path) -> anyhow::Result<Self> {
        match end(path).as_deref() {
            Some("fits" | "fit" | "fts") => Ok(Self::Fits),
            Some("parquet" | "pq") => Ok(Self::Parquet),
            Some("npy") => Ok(Self::Npy),
            Some("safetensors") => Ok(Self::Safetensors),
            _ => bail!(
                "{} does not end in .fits, .parquet, .npy or .safetensors: rename it, or say --format",
                path.display()
            ),
        }
    }
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let output = &arguments.output;
    let format = arguments.format.map_or_else(|| Format::of(output), Ok)?;
    if arguments.compact && format != Format::Fits {
        bail!("--compact is for FITS; the other formats have one byte a code anyway");
    }
    let beside = ids_beside(output);
    let outputs = || {
        [output]
            .into_iter()
            .chain((format == Format::Npy).then_some(&beside))
    };
    refuse_overwrite(outputs(), arguments.force)?;
    let encoder = Reference::open(&model::open(&arguments.model)?, arguments.device)?;
    let mut stream = Stream::open(collect(&arguments.inputs, outputs())?, &arguments.preparation)?;
    if let Some(shard) = arguments.shard {
        stream = stream.shard(shard)?;
    }

    let (partial, file) = Partial::create(output)?;
    let mut partials = vec![partial];
    let width = match arguments.compact {
        true => FeatureFormat::Compact,
        false => FeatureFormat::Reference,
    };
    let made_by = crate::version::made_by("grove extract");
    let mut sink: Box<dyn FeatureSink> = match format {
        Format::Fits => Box::new(FitsSink::new(file, CODES, width)?),
        Format::Parquet => Box::new(ParquetSink::new(file, CODES, &made_by)?),
        Format::Safetensors => Box::new(TensorSink::new(file, CODES, &made_by)?),
        Format::Npy => {
            let (partial, ids) = Partial::create(&beside)?;
            partials.push(partial);
            Box::new(NpySink::new(file, ids, CODES)?)
        }
    };
    let mut ids = Vec::new();
    let tally = encode_all(&encoder, stream, &mut |batch, codes| {
        ids.extend(&batch.ids);
        sink.push(&batch.ids, &codes)
            .with_context(|| format!("cannot write {}", output.display()))
    })?;
    if let (0, Some(reason)) = (tally.galaxies, &tally.first_refusal) {
        bail!("nothing was written: no file could be read. The first: {reason}");
    }
    sink.finish()
        .with_context(|| format!("cannot write {}", output.display()))?;
    partials.into_iter().try_for_each(Partial::finish)?;
    report(&tally, &ids, output, arguments.shard)
}

/// The summary, and the exit code.
fn report(tally: &Tally, ids: &[i64], output: &Path, shard: Option<Shard>) -> anyhow::Result<ExitCode> {
    warn_of_repeated_ids(ids, "`grove groups` cannot join such a table by id");
    if tally.galaxies == 0 {
        eprintln!("warning: the input holds no galaxies, so the table has no rows");
    }
    let aside = match (tally.left_out, tally.refused) {
        (0, 0) => String::new(),
        (galaxies, files) => format!("; left out {galaxies} galaxies and {files} files"),
    };
    let part = shard.map_or_else(String::new, |shard| format!(" (shard {shard})"));
    eprintln!("{} galaxies -> {}{part}{aside}", tally.galaxies, output.display());
    Ok(tally.exit_code())
}
