//! `grove extract`: the codes of every galaxy.

use super::files::{SOME_REFUSED, end, refuse_overwrite};
use super::inputs::collect;
use super::partial::{Partial, stopped_by_user};
use super::preparation::Preparation;
use super::stream::{Batch, Stream};
use super::{model, stream};
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::export::{FeatureFormat, FeatureSink, FitsSink, NpySink, ParquetSink, TensorSink};
use grove_model::Extractor;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

/// Galaxies that one task encodes: enough to fill the matrix kernels, few enough to share out.
const CHUNK: usize = 16;

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
    /// Where the codes go; the name's end tells the format: .fits, .parquet, .npy or .safetensors.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format, whatever the name's end.
    #[arg(long)]
    format: Option<Format>,
    /// FITS with one byte a code instead of eight. The reference's own scripts expect eight.
    #[arg(long)]
    compact: bool,
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

/// Where the ids of an NPY file stand: `features.npy` has `features.ids.npy` beside it.
pub fn ids_beside(codes: &Path) -> PathBuf {
    codes.with_extension("ids.npy")
}

/// Runs the sub-command.
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
    let (extractor, _) = model::open(&arguments.model)?;
    let stream = Stream::open(collect(&arguments.inputs, outputs())?, &arguments.preparation)?;

    let (partial, file) = Partial::create(output)?;
    let mut partials = vec![partial];
    let width = match arguments.compact {
        true => FeatureFormat::Compact,
        false => FeatureFormat::Reference,
    };
    let mut sink: Box<dyn FeatureSink> = match format {
        Format::Fits => Box::new(FitsSink::new(file, CODES, width)?),
        Format::Parquet => Box::new(ParquetSink::new(file, CODES)?),
        Format::Safetensors => Box::new(TensorSink::new(file, CODES)?),
        Format::Npy => {
            let (partial, ids) = Partial::create(&beside)?;
            partials.push(partial);
            Box::new(NpySink::new(file, ids, CODES)?)
        }
    };
    let mut ids = Vec::new();
    let tally = encode_all(&extractor, stream, &mut |batch, codes| {
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
    report(&tally, &mut ids, output)
}

/// The last words, and the exit code.
fn report(tally: &stream::Tally, ids: &mut [i64], output: &Path) -> anyhow::Result<ExitCode> {
    ids.sort_unstable();
    if let Some([id, _]) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
        eprintln!(
            "warning: several galaxies have the id {id}; `grove groups` cannot join such a table by id"
        );
    }
    if tally.galaxies == 0 {
        eprintln!("warning: the input holds no galaxies, so the table has no rows");
    }
    let aside = match (tally.left_out, tally.refused) {
        (0, 0) => String::new(),
        (galaxies, files) => format!("; left out {galaxies} galaxies and {files} files"),
    };
    eprintln!("{} galaxies -> {}{aside}", tally.galaxies, output.display());
    Ok(if aside.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOME_REFUSED)
    })
}

/// Encodes a stream on all cores, with a progress bar; reading goes on meanwhile. `take` gets galaxies and codes in the
/// order of the input.
///
/// # Errors
/// What reading, the network or `take` said; also when the user stops it.
pub fn encode_all(
    extractor: &Extractor,
    stream: Stream,
    take: &mut dyn FnMut(Batch, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<stream::Tally> {
    let stop = stopped_by_user("stopping; nothing will be written")?;
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} galaxies, {per_sec}, {eta} left")?;
    let bar = ProgressBar::new(stream.expected() as u64).with_style(style);
    let (sender, receiver) = sync_channel::<Batch>(1);
    let tally = std::thread::scope(|scope| {
        let reader =
            scope.spawn(move || stream.read(&mut |batch| sender.send(batch).context("the encoder stopped")));
        let encoded = encode_batches(extractor, &receiver, &stop, &bar, take);
        // A reader that waits to hand over a batch must see that nobody takes it.
        drop(receiver);
        let read = reader.join().unwrap_or_else(|_| {
            Err(anyhow::anyhow!(
                "reading the input failed: this is a fault of grove"
            ))
        });
        encoded.and(read)
    });
    bar.finish_and_clear();
    tally
}

fn encode_batches(
    extractor: &Extractor,
    batches: &Receiver<Batch>,
    stop: &AtomicBool,
    bar: &ProgressBar,
    take: &mut dyn FnMut(Batch, Vec<u8>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for batch in batches {
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; nothing was written");
        }
        let parts: Vec<Vec<u8>> = batch
            .images
            .par_chunks(CHUNK * PIXELS)
            .map(|images| Ok(pollster::block_on(extractor.extract(images))?.codes))
            .collect::<anyhow::Result<_>>()?;
        bar.inc(batch.ids.len() as u64);
        take(batch, parts.concat())?;
    }
    Ok(())
}
