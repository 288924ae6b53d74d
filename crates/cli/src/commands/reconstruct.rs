//! `grove reconstruct`: what the network keeps of a galaxy.

use crate::inputs::batch::Batch;
use crate::inputs::list::collect;
use crate::inputs::model;
use crate::inputs::preparation::Preparation;
use crate::inputs::stream::Stream;
use crate::outputs::figures;
use crate::outputs::files::{refuse_overwrite, write_file};
use crate::work::device::{DeviceFlag, Reference};
use crate::work::encoding::encode_all;
use anyhow::bail;
use galaxy_grove::bundle::{Dtype, write_with};
use galaxy_grove::cutout::{CODES, CutoutSet, PIXELS};
use galaxy_grove::export::csv_field;
use galaxy_grove::figure::{Reconstruction, reconstructions};
use grove_model::Extractor;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Galaxies that one task reconstructs.
const CHUNK: usize = 16;

/// Reconstruct galaxies from their codes, beside the originals and the residuals.
///
/// A residual is original minus reconstruction. Errors are mean squares over the 4096 pixels; NMSE is the error divided
/// by the variance of the training images, as the training prints it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove reconstruct data.hdf5 --model model.safetensors --figure recon.png
      16 galaxies, chosen at random with seed 0
  grove reconstruct data.hdf5 --model model.safetensors --ids 1237651,1237652 --figure two.svg --figure two.png
  grove reconstruct data.hdf5 --model model.safetensors --all --arrays recon.safetensors --table errors.csv
      originals, reconstructions, residuals and codes of all galaxies as a bundle, and every error

Python reads the bundle with one line:
  safetensors.numpy.load_file('recon.safetensors')['reconstruction']")]
pub struct Arguments {
    /// HDF5 in the reference layout, bundles, FITS images, pictures, and folders of them.
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The model: a safetensors file, as `grove train` and `grove import-tf` write it.
    #[arg(short, long, value_name = "MODEL")]
    model: PathBuf,
    /// How many galaxies, chosen at random.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    /// The seed of that choice.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// These galaxies, by id.
    #[arg(long, value_name = "ID,ID,...", value_delimiter = ',', allow_negative_numbers = true,
          conflicts_with_all = ["count", "all"])]
    ids: Vec<i64>,
    /// All galaxies.
    #[arg(long, conflicts_with = "count")]
    all: bool,
    /// Draw them: .png or .svg. May be given several times.
    #[arg(long, value_name = "FILE")]
    figure: Vec<PathBuf>,
    /// Write them as a bundle with the tensors image, reconstruction, residual and codes.
    #[arg(long, value_name = "FILE.safetensors")]
    arrays: Option<PathBuf>,
    /// Write the error of each galaxy.
    #[arg(long, value_name = "FILE.csv")]
    table: Option<PathBuf>,
    #[command(flatten)]
    preparation: Preparation,
    /// Overwrite outputs that exist.
    #[arg(long)]
    force: bool,
}

/// Which galaxies are wanted.
enum Choice {
    All,
    Ids(BTreeSet<i64>),
    /// A uniform sample of a stream of unknown length: Algorithm R (Vitter 1985, doi:10.1145/3147.3165).
    Sample {
        size: usize,
        seen: usize,
        random: Box<ChaCha8Rng>,
    },
}

/// A galaxy and its codes; `place` is where it stood in the input.
struct Chosen {
    place: usize,
    id: i64,
    name: String,
    image: Vec<f32>,
    codes: Vec<u8>,
}

impl Choice {
    /// Where a galaxy goes: a new place, that of another one, or none.
    fn slot(&mut self, id: i64, chosen: usize) -> Option<usize> {
        match self {
            Self::All => Some(chosen),
            Self::Ids(ids) => ids.contains(&id).then_some(chosen),
            Self::Sample { size, seen, random } => {
                *seen += 1;
                if chosen < *size {
                    return Some(chosen);
                }
                let slot = random.random_range(0..*seen);
                (slot < *size).then_some(slot)
            }
        }
    }
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let outputs = || {
        let figures = arguments.figure.iter();
        figures.chain(&arguments.arrays).chain(&arguments.table)
    };
    refuse_overwrite(outputs(), arguments.force)?;
    figures::check_names(&arguments.figure)?;
    if arguments.figure.is_empty() && arguments.arrays.is_none() && arguments.table.is_none() {
        bail!("nothing is to be written: give --figure, --arrays or --table");
    }
    let weights = model::open(&arguments.model)?;
    let encoder = Reference::open(&weights, DeviceFlag::Processor)?;
    let stream = Stream::open(collect(&arguments.inputs, outputs())?, &arguments.preparation)?;
    let mut choice = if arguments.all {
        Choice::All
    } else if arguments.ids.is_empty() {
        Choice::Sample {
            size: arguments.count as usize,
            seen: 0,
            random: Box::new(ChaCha8Rng::seed_from_u64(arguments.seed)),
        }
    } else {
        Choice::Ids(arguments.ids.iter().copied().collect())
    };
    let mut chosen = Vec::new();
    let mut place = 0;
    let tally = encode_all(&encoder, stream, &mut |batch, codes| {
        choose(&mut choice, &mut chosen, &mut place, &batch, &codes);
        Ok(())
    })?;
    if let Choice::Ids(ids) = &choice {
        let found: BTreeSet<i64> = chosen.iter().map(|galaxy| galaxy.id).collect();
        if let Some(missing) = ids.iter().find(|id| !found.contains(id)) {
            bail!("there is no galaxy {missing} in the input; `grove info` lists its ids");
        }
    }
    if chosen.is_empty() {
        bail!("the input holds no galaxies, so there is nothing to reconstruct");
    }
    chosen.sort_by_key(|galaxy| galaxy.place);
    let painted = paint(encoder.extractor(), &chosen)?;
    let errors: Vec<f64> = chosen
        .iter()
        .zip(painted.chunks_exact(PIXELS))
        .map(|(galaxy, painted)| mean_square(&galaxy.image, painted))
        .collect();
    write(arguments, &chosen, &painted, &errors, weights.data_variance())?;
    Ok(tally.exit_code())
}

fn choose(choice: &mut Choice, chosen: &mut Vec<Chosen>, place: &mut usize, batch: &Batch, codes: &[u8]) {
    let galaxies = batch.ids.iter().zip(&batch.names);
    let parts = batch.images.chunks_exact(PIXELS).zip(codes.chunks_exact(CODES));
    for ((&id, name), (image, codes)) in galaxies.zip(parts) {
        if let Some(slot) = choice.slot(id, chosen.len()) {
            let galaxy = Chosen {
                place: *place,
                id,
                name: name.clone(),
                image: image.to_vec(),
                codes: codes.to_vec(),
            };
            match chosen.get_mut(slot) {
                Some(old) => *old = galaxy,
                None => chosen.push(galaxy),
            }
        }
        *place += 1;
    }
}

fn paint(extractor: &Extractor, chosen: &[Chosen]) -> anyhow::Result<Vec<f32>> {
    let parts: Vec<Vec<f32>> = chosen
        .par_chunks(CHUNK)
        .map(|galaxies| {
            let codes: Vec<u8> = galaxies.iter().flat_map(|galaxy| galaxy.codes.clone()).collect();
            Ok(pollster::block_on(extractor.reconstruct(&codes))?)
        })
        .collect::<anyhow::Result<_>>()?;
    Ok(parts.concat())
}

fn mean_square(original: &[f32], painted: &[f32]) -> f64 {
    let squares = original
        .iter()
        .zip(painted)
        .map(|(&a, &b)| f64::from(a - b).powi(2));
    squares.sum::<f64>() / PIXELS as f64
}

fn write(
    arguments: &Arguments,
    chosen: &[Chosen],
    painted: &[f32],
    errors: &[f64],
    variance: Option<f32>,
) -> anyhow::Result<()> {
    let n = chosen.len();
    let mean = errors.iter().sum::<f64>() / n as f64;
    let nmse = variance.map(|variance| mean / f64::from(variance));
    let stated = nmse.map_or_else(
        || "the model does not say the variance of its training data, so there is no NMSE".to_owned(),
        |nmse| format!("NMSE {nmse:.5}"),
    );
    if !arguments.figure.is_empty() {
        let rows: Vec<Reconstruction<'_>> = chosen
            .iter()
            .zip(painted.chunks_exact(PIXELS))
            .map(|(galaxy, painted)| Reconstruction {
                label: galaxy.name.clone(),
                original: &galaxy.image,
                reconstruction: painted,
            })
            .collect();
        let title = match nmse {
            Some(nmse) => format!("Reconstructions of {n} galaxies, NMSE {nmse:.4}"),
            None => format!("Reconstructions of {n} galaxies, mean squared error {mean:.6}"),
        };
        figures::write(&reconstructions(&title, &rows), &arguments.figure)?;
    }
    if let Some(path) = &arguments.arrays {
        let image: Vec<f32> = chosen
            .iter()
            .flat_map(|galaxy| galaxy.image.iter().copied())
            .collect();
        let residual: Vec<f32> = image.iter().zip(painted).map(|(a, b)| a - b).collect();
        let codes: Vec<u8> = chosen
            .iter()
            .flat_map(|galaxy| galaxy.codes.iter().copied())
            .collect();
        let set = CutoutSet::new(
            chosen.iter().map(|galaxy| galaxy.id).collect(),
            chosen.iter().map(|galaxy| galaxy.name.clone()).collect(),
            image.clone(),
            image,
        )?;
        let made_by = crate::version::made_by("grove reconstruct");
        let metadata = [("made_by".to_owned(), made_by)].into();
        let more = [("reconstruction", painted), ("residual", &residual[..])];
        let bytes = write_with(&set, Some(&codes), Dtype::F32, &metadata, &more)?;
        write_file(path, &bytes)?;
    }
    if let Some(path) = &arguments.table {
        let mut table = "id,name,mse,nmse\n".to_owned();
        for (galaxy, error) in chosen.iter().zip(errors) {
            let nmse = variance.map(|variance| (error / f64::from(variance)).to_string());
            let (name, nmse) = (csv_field(&galaxy.name), nmse.unwrap_or_default());
            let _ = writeln!(table, "{},{name},{error},{nmse}", galaxy.id);
        }
        write_file(path, table.as_bytes())?;
    }
    eprintln!("{n} galaxies: mean squared error {mean:.6}; {stated}");
    Ok(())
}
