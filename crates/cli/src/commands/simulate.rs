//! `grove simulate`: galaxies of known kinds, to try things on.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::outputs::files::{end, refuse_overwrite};
use crate::outputs::hdf5::{Dataset, Hdf5, Type};
use crate::outputs::partial::{Partial, failed};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::cutout::simulate::{Simulated, galaxy};
use galaxy_grove::export::csv_field;
use galaxy_grove::intake::size;

/// Galaxies that are made at once: 4 MB of cutouts each way.
const PIECE: u64 = 256;

const EXAMPLES: &str = "\
Examples:
  grove simulate 1000 -o simulated.h5
      1,000 galaxies in the layout of the reference (img_raw, img_1sigma, OBJID), and simulated.csv with what each one is
  grove simulate 200000 -o large.h5 --seed 7
      other galaxies: number k of a seed is the same in every set, on every machine

What each galaxy is (kind, angle and axis ratio of its main component) is in a table beside the file, under the same name with
the ending .csv; --truth names another place. Exit codes: 0 written; 1 nothing was written; 2 wrong usage.";

/// Make galaxies with the simulator, any number, with a table of what each one is.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// How many
    #[arg(value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    count: u64,
    /// The HDF5 file to write
    #[arg(short, long, value_name = "OUT.h5")]
    output: PathBuf,
    /// Which world of galaxies
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The table of what each galaxy is
    #[arg(long, value_name = "TRUTH.csv")]
    truth: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// When the files cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if !matches!(end(&arguments.output).as_deref(), Some("h5" | "hdf5")) {
        bail!(
            "{}: the simulator writes HDF5: give a name that ends in .h5 or .hdf5",
            arguments.output.display()
        );
    }
    let truth = arguments
        .truth
        .clone()
        .unwrap_or_else(|| arguments.output.with_extension("csv"));
    refuse_overwrite([&arguments.output, &truth], arguments.force)?;
    let length = write(arguments, &truth)?;
    eprintln!(
        "{} simulated galaxies in `{}` ({}), what each one is in `{}`",
        arguments.count,
        arguments.output.display(),
        size(length),
        truth.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn write(arguments: &Arguments, truth: &Path) -> anyhow::Result<u64> {
    let count = arguments.count;
    let cutouts = [count, PIXELS as u64];
    let datasets = [
        Dataset {
            name: "OBJID",
            kind: Type::I64,
            shape: &[count],
        },
        Dataset {
            name: "img_1sigma",
            kind: Type::F32,
            shape: &cutouts,
        },
        Dataset {
            name: "img_raw",
            kind: Type::F32,
            shape: &cutouts,
        },
    ];
    let (partial, file) = Partial::create(&arguments.output)?;
    let about = file.try_clone();
    let (beside, table) = Partial::create(truth)?;
    let mut table = BufWriter::new(table);
    let bar = ProgressBar::new(count);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} galaxies, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    let made = || {
        let mut hdf5 = Hdf5::create(file, &datasets)?;
        table.write_all(b"objid,name,kind,angle_deg,axis_ratio\r\n")?;
        for first in (0..count).step_by(PIECE as usize) {
            let until = count.min(first + PIECE);
            let galaxies: Vec<Simulated> = (first..until)
                .into_par_iter()
                .map(|index| galaxy(arguments.seed, index as usize))
                .collect();
            piece(&mut hdf5, first, &galaxies)?;
            for one in &galaxies {
                let name = csv_field(&one.name);
                write!(
                    table,
                    "{},{name},{},{:.2},{:.4}\r\n",
                    one.id,
                    one.kind.label(),
                    one.angle,
                    one.axis_ratio
                )?;
            }
            bar.inc(until - first);
        }
        table.flush()
    };
    let done = made();
    bar.finish_and_clear();
    if let Err(error) = done {
        return Err(failed(&arguments.output, error));
    }
    let length = about
        .and_then(|file| file.metadata())
        .map_or(0, |about| about.len());
    beside.finish()?;
    partial.finish()?;
    Ok(length)
}

fn piece(hdf5: &mut Hdf5, first: u64, galaxies: &[Simulated]) -> std::io::Result<()> {
    let ids: Vec<u8> = galaxies.iter().flat_map(|one| one.id.to_le_bytes()).collect();
    let bytes = |of: fn(&Simulated) -> &Vec<f32>| -> Vec<u8> {
        galaxies
            .iter()
            .flat_map(of)
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    let at = first * PIXELS as u64 * 4;
    hdf5.write(0, first * 8, &ids)?;
    hdf5.write(1, at, &bytes(|one| &one.image))?;
    hdf5.write(2, at, &bytes(|one| &one.raw))
}
