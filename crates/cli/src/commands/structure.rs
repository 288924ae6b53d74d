//! `grove structure`: concentration, asymmetry, Gini and the like of each galaxy, as a table.

use crate::inputs::batch::{Batch, Pixels};
use crate::inputs::list::collect;
use crate::inputs::preparation::Preparation;
use crate::inputs::stream::Stream;
use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::{say, warn_of_repeated_ids};
use crate::work::encoding::progress_bar;
use crate::work::stop::stopped_by_user;
use anyhow::{anyhow, bail};
use galaxy_grove::count::galaxies;
use galaxy_grove::cutout::prepare::Measured;
use galaxy_grove::cutout::{PIXELS, Psf};
use galaxy_grove::export::csv_field;
use galaxy_grove::intake::{Limits, Packing, columns_of_cutout, expand, read_psf};
use galaxy_grove::structure::{MEASURES, NUMBERS, PREFIX};
use grove_files::source::DiskFile;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// Measure the structure of each galaxy: concentration, asymmetry, smoothness, Gini, M20, radii, ellipticity, entropy, gradient pattern.
///
/// Measured on the file's own pixels around the galaxy; lengths are in those pixels, angles in degrees from the x axis, anticlockwise as the
/// picture is shown. Pixels of FITS images count as light. Pictures and prepared cutouts are stretched: their numbers can be compared with
/// each other but not with the literature, the column structure_flags says `stretched`, and there is no Sersic fit. An empty cell is a
/// number that would mean nothing; the flags say why. docs/science.md has formulas and papers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove structure frames/ -o structure.csv
      one row a galaxy: id, file, structure_concentration, structure_asymmetry, ..., structure_flags
  grove structure frames/ -o structure.csv --sersic
      with a Sersic profile fitted to each (index, radius, axis ratio, their errors)
  grove structure frames/ -o structure.csv --sersic --psf star.fits
      the profile blurred by a star's image, which all frames share; structure_psf says so in every row that has a fit
  grove structure frames/ -o structure.csv --errors
      with the error of each number by the sky's noise
  grove structure data.hdf5 -o structure.csv
      of cutouts that are prepared already

Exit codes: 0 all went in; 1 nothing was written; 2 wrong usage; 3 written, but something was refused or left out.")]
pub struct Arguments {
    /// Pictures, FITS images, HDF5, bundles, archives, and folders of them.
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The table.
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
    /// Fit a Sersic profile, too, which takes some tens of milliseconds a galaxy.
    #[arg(long)]
    sersic: bool,
    /// The point spread function of all inputs, which the fitted profiles are blurred by: a FITS image of a star on the inputs' pixels, without sky.
    #[arg(long, value_name = "FILE.fits", requires = "sersic")]
    psf: Option<PathBuf>,
    /// Measure ten noisier copies of each galaxy, too: columns structure_..._error are how much the sky's noise changes the numbers.
    #[arg(long)]
    errors: bool,
    #[command(flatten)]
    preparation: Preparation,
    /// Replace the table if it exists.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite([&arguments.output], arguments.force)?;
    let wanted = Measured::numbers(arguments.errors, arguments.sersic);
    let inputs = collect(&arguments.inputs, std::iter::once(&arguments.output))?;
    let psf = arguments.psf.as_deref().map(psf_of_file).transpose()?;
    let side = psf.as_ref().map(Psf::side);
    let stream = Stream::open(inputs, &arguments.preparation)?
        .showing(Pixels::Raw)
        .measuring(wanted)
        .blurred_by(psf);
    let stop = stopped_by_user("stopping; nothing will be written")?;
    let bar = progress_bar(&stream)?;
    let mut text = "id,file".to_owned();
    let names = names(arguments.errors);
    for name in &names {
        let _ = write!(text, ",{PREFIX}{name}");
    }
    if arguments.psf.is_some() {
        let _ = write!(text, ",{PREFIX}psf");
    }
    text.push_str("\r\n");
    let mut ids = Vec::new();
    let mut flagged: BTreeMap<String, usize> = BTreeMap::new();
    let tally = stream.read(&mut |batch| {
        if stop.load(Ordering::Relaxed) {
            bail!("stopped; nothing was written");
        }
        for (columns, (id, name)) in measured(&batch, wanted)
            .iter()
            .zip(batch.ids.iter().zip(&batch.names))
        {
            let _ = write!(text, "{id},{}", csv_field(name));
            for column in &names {
                let value = columns
                    .get(&format!("{PREFIX}{column}"))
                    .map_or("", String::as_str);
                let _ = write!(text, ",{value}");
            }
            if let Some(psf) = &arguments.psf {
                let fitted = columns.contains_key(&format!("{PREFIX}sersic_n"));
                let name = psf.display().to_string();
                let _ = write!(text, ",{}", if fitted { csv_field(&name) } else { "".into() });
            }
            text.push_str("\r\n");
            if let Some(flags) = columns.get(&format!("{PREFIX}flags")) {
                for flag in flags.split(' ') {
                    *flagged.entry(flag.to_owned()).or_default() += 1;
                }
            }
        }
        bar.inc(batch.ids.len() as u64);
        ids.extend(batch.ids);
        Ok(())
    })?;
    bar.finish_and_clear();
    tally.refuse_nothing()?;
    warn_of_repeated_ids(&ids, "the table cannot be joined by id");
    write_file(&arguments.output, text.as_bytes())?;
    say!(
        "{} measured: {}",
        galaxies(tally.galaxies),
        arguments.output.display()
    );
    if let (Some(psf), Some(side)) = (&arguments.psf, side) {
        say!(
            "  profiles are blurred by {} ({side} x {side} pixels)",
            psf.display()
        );
    }
    for (flag, count) in flagged {
        say!("  {}: {count}", flag.replace('_', " "));
    }
    Ok(tally.exit_code())
}

fn psf_of_file(path: &Path) -> anyhow::Result<Psf> {
    let name = path.display();
    let limits = Limits::native();
    let source = DiskFile::open(path).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
    let read = || {
        let bytes = source.whole(&name.to_string(), &limits)?;
        match Packing::detect(&bytes) {
            Some(_) => read_psf(&expand(&bytes, &limits)?, &limits),
            None => read_psf(&bytes, &limits),
        }
    };
    read().map_err(|refusal| anyhow!("{name} is no point spread function: {refusal}"))
}

/// The columns, without their prefix: numbers, their errors, flags.
fn names(errors: bool) -> Vec<String> {
    let mut names: Vec<String> = NUMBERS.map(str::to_owned).to_vec();
    if errors {
        names.extend(NUMBERS.iter().take(MEASURES).map(|name| format!("{name}_error")));
    }
    names.push("flags".to_owned());
    names
}

/// The columns of each galaxy: as measured on its picture, else on its cutout.
fn measured(batch: &Batch, wanted: Measured) -> Vec<BTreeMap<String, String>> {
    (0..batch.ids.len())
        .into_par_iter()
        .map(|row| match batch.structure.get(row) {
            Some(columns) if !columns.is_empty() => columns.clone(),
            _ => {
                let cutout = batch.images.get(row * PIXELS..(row + 1) * PIXELS);
                columns_of_cutout(cutout.unwrap_or_default(), wanted)
            }
        })
        .collect()
}
