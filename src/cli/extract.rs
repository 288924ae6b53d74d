//! `grove extract`: the codes of every galaxy.

use super::files::{refuse_overwrite, write_file};
use crate::checkpoint::Weights;
use crate::cutout::{CODES, CutoutSet, PIXELS};
use crate::export::{FeatureFormat, features_fits};
use crate::intake::{self, Limits};
use crate::vqvae::{Extractor, load};
use anyhow::{Context as _, bail};
use burn::tensor::Device;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::path::PathBuf;

/// Galaxies that one task encodes: enough to fill the matrix kernels, few enough to share out.
const CHUNK: usize = 16;

/// Turn galaxies into codes and write them as a FITS table.
///
/// The table has the columns sdss_objid and f0 to f63, one row a galaxy, in the order of the input: what the reference
/// script writes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove convert data.hdf5 -o galaxies.safetensors
  grove extract galaxies.safetensors --model www/model/reference.safetensors -o features.fits

Python reads the result with one line:
  astropy.table.Table.read('features.fits')")]
pub struct Arguments {
    /// A bundle made by `grove convert`, or an HDF5 file in the reference layout.
    #[arg(value_name = "BUNDLE")]
    input: PathBuf,
    /// The model: a safetensors file, as `grove import-tf` writes it.
    #[arg(short, long, value_name = "MODEL")]
    model: PathBuf,
    /// Where the FITS table goes.
    #[arg(short, long, value_name = "FITS")]
    output: PathBuf,
    /// One byte a code instead of eight. The reference's own scripts expect eight.
    #[arg(long)]
    compact: bool,
    /// Overwrite the output if it exists.
    #[arg(long)]
    force: bool,
}

/// Runs the sub-command.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments {
        input,
        model,
        output,
        compact,
        force,
    } = arguments;
    refuse_overwrite([output], *force)?;
    let set = read_set(input)?;
    let bytes = std::fs::read(model).with_context(|| format!("cannot read the model {}", model.display()))?;
    let weights = Weights::from_safetensors(&bytes).with_context(|| {
        format!(
            "{} is not a model of Galaxy Grove; `grove import-tf` makes one",
            model.display()
        )
    })?;
    let (network, codebook) = load(&weights, &Device::flex())?;
    let codes = extract(&Extractor::new(network, codebook, Device::flex()), &set)?;
    let width = if *compact {
        FeatureFormat::Compact
    } else {
        FeatureFormat::Reference
    };
    let table = features_fits(&set.ids, &codes, width)?;
    write_file(output, &table)?;
    eprintln!("{} galaxies -> {}", set.len(), output.display());
    Ok(())
}

/// A set of prepared cutouts: a bundle or an HDF5 file.
pub(super) fn read_set(input: &PathBuf) -> anyhow::Result<CutoutSet> {
    let bytes = std::fs::read(input).with_context(|| format!("cannot read {}", input.display()))?;
    let name = input.display().to_string();
    match intake::decode(&name, &bytes, &Limits::native()) {
        Ok(intake::Content::Set { set, remarks, .. }) => {
            remarks.iter().for_each(|remark| eprintln!("{name}: {remark}"));
            Ok(set)
        }
        Ok(intake::Content::Pictures { .. }) => {
            bail!(
                "{name} holds pictures, not prepared cutouts; run `grove convert {name} -o galaxies.safetensors` first"
            )
        }
        Err(refusal) => bail!("{name}: {refusal}"),
    }
}

/// The codes of all galaxies, on all cores.
fn extract(extractor: &Extractor, set: &CutoutSet) -> anyhow::Result<Vec<u8>> {
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} galaxies, {per_sec}, {eta} left")?;
    let bar = ProgressBar::new(set.len() as u64).with_style(style);
    let parts: Vec<Vec<u8>> = set
        .image
        .par_chunks(CHUNK * PIXELS)
        .map(|images| {
            let found = pollster::block_on(extractor.extract(images))?;
            bar.inc((found.codes.len() / CODES) as u64);
            Ok(found.codes)
        })
        .collect::<anyhow::Result<_>>()?;
    bar.finish_and_clear();
    Ok(parts.concat())
}
