//! `grove import-tf`.

use crate::outputs::terminal::say;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::outputs::files::{refuse_overwrite, write_file};
use galaxy_grove::checkpoint::manifest::sha256_hex;
use galaxy_grove::checkpoint::{Manifest, Plan, Precision, TensorBundle, Training, Weights, shard_file_name};

/// Turn a TensorFlow checkpoint into a model file.
///
/// Reads a checkpoint of format V2 (PREFIX.index and PREFIX.data-00000-of-00001, as tf.train.Saver writes it) that
/// holds the variables of the published VQ-VAE under their published names, checks every checksum, and writes the
/// network's weights as safetensors. The optimiser's slots are left out.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Example: the checkpoint runs/model.ckpt.index and runs/model.ckpt.data-00000-of-00001 becomes a model and its manifest:

  grove import-tf runs/model.ckpt -o spirals.safetensors --manifest spirals.json \\
      --name 'Spirals, 8,000 steps' --steps 8000 --seed 42 --data-variance 0.037473805 \\
      --data '3,600 galaxies of my survey' --credit 'My Survey' --licence 'CC-BY-4.0'

Python reads the model with: safetensors.numpy.load_file('spirals.safetensors')
")]
pub struct Arguments {
    /// The checkpoint: the prefix that its files share, or its .index file
    #[arg(value_name = "CKPT_PREFIX")]
    checkpoint: PathBuf,
    /// The model file to write
    #[arg(short, long, value_name = "MODEL.safetensors")]
    output: PathBuf,
    /// Keep weights as 16-bit floats: half the size; codes with small margins may change
    #[arg(long)]
    half: bool,
    /// Also write a manifest: hash, tensors, how it was trained, licence
    #[arg(long, value_name = "MANIFEST.json")]
    manifest: Option<PathBuf>,
    /// Replace files that exist
    #[arg(long)]
    force: bool,
    /// The model's name, for people [default: the output's file name]
    #[arg(long)]
    name: Option<String>,
    /// Where the weights come from [default: the checkpoint's file name]
    #[arg(long)]
    source: Option<String>,
    /// The galaxies that it was trained on, in words
    #[arg(long)]
    data: Option<String>,
    /// How many optimiser steps it was trained for
    #[arg(long)]
    steps: Option<u64>,
    /// The seed of its training
    #[arg(long)]
    seed: Option<u64>,
    /// The variance of all pixels of the training images
    #[arg(long, value_parser = positive)]
    data_variance: Option<f64>,
    /// Its reconstruction error on images not trained on, divided by the variance
    #[arg(long, value_parser = positive)]
    validation_nmse: Option<f64>,
    /// Whom to credit for the training data
    #[arg(long)]
    credit: Option<String>,
    /// The licence of the weights
    #[arg(long)]
    licence: Option<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy: inputs that are missing, damaged or of another kind, outputs that exist or
/// cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let outputs = [Some(&arguments.output), arguments.manifest.as_ref()];
    refuse_overwrite(outputs.into_iter().flatten(), arguments.force)?;
    if arguments.manifest.as_ref() == Some(&arguments.output) {
        bail!(
            "{} cannot be both model and manifest: choose two names",
            arguments.output.display()
        );
    }

    let prefix = prefix_of(&arguments.checkpoint)?;
    let (plan, bundle, weights) = read(&prefix)?;

    let trained = Training {
        source: arguments
            .source
            .clone()
            .or_else(|| Some(format!("TensorFlow checkpoint {}", file_name(Path::new(&prefix))))),
        data: arguments.data.clone(),
        steps: arguments.steps,
        seed: arguments.seed,
        data_variance: arguments.data_variance,
        validation_nmse: arguments.validation_nmse,
    };
    let name = arguments.name.clone().unwrap_or_else(|| {
        arguments
            .output
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    });
    let mut metadata = trained.to_metadata();
    metadata.insert("name".into(), name.clone());
    for (key, text) in [("credit", &arguments.credit), ("licence", &arguments.licence)] {
        metadata.extend(text.iter().map(|text| (key.to_owned(), text.clone())));
    }
    let precision = if arguments.half {
        Precision::Half
    } else {
        Precision::Full
    };
    let bytes = weights.to_safetensors(&metadata, precision)?;
    // What was written is read again before it is called done.
    let reread = Weights::from_safetensors(&bytes)?;
    write_file(&arguments.output, &bytes)?;

    let mut manifest = Manifest::new(
        &name,
        &file_name(&arguments.output),
        &bytes,
        &reread,
        precision,
        trained,
    );
    manifest.data_credit.clone_from(&arguments.credit);
    manifest.licence.clone_from(&arguments.licence);
    if let Some(path) = &arguments.manifest {
        write_file(path, manifest.to_json()?.as_bytes())?;
    }

    say!(
        "{prefix}.index: {} tensors in {} data file(s)",
        bundle.entries().len(),
        bundle.shards()
    );
    say!(
        "  taken    {:>4}  all checksums right; {}",
        plan.taken.len(),
        plan.architecture
    );
    say!("  left out {:>4}  optimiser state", plan.optimiser.len());
    if !plan.unknown.is_empty() {
        say!(
            "  left out {:>4}  not part of the network: {}",
            plan.unknown.len(),
            plan.unknown.join(", ")
        );
    }
    say!(
        "{}: {} parameters as {}, {} bytes",
        arguments.output.display(),
        manifest.parameters,
        precision.dtype(),
        bytes.len()
    );
    say!("  sha256 {}", sha256_hex(&bytes));
    if let Some(path) = &arguments.manifest {
        say!("{}: manifest", path.display());
    }
    Ok(())
}

/// Reads the checkpoint with this prefix. The index is judged before any data file is opened.
fn read(prefix: &str) -> anyhow::Result<(Plan, TensorBundle, Weights)> {
    let index_path = format!("{prefix}.index");
    let index = fs::read(&index_path).with_context(|| match Path::new(&index_path).exists() {
        true => format!("cannot read {index_path}: check its permissions"),
        false => format!("there is no {index_path}: give the prefix that the checkpoint's files share"),
    })?;
    let bundle = TensorBundle::open(&index).with_context(|| index_path.clone())?;
    let plan = Plan::new(&bundle).with_context(|| index_path.clone())?;

    let mut shards = BTreeMap::new();
    for name in &plan.taken {
        let shard = bundle.entry(name)?.shard;
        if let std::collections::btree_map::Entry::Vacant(place) = shards.entry(shard) {
            let path = shard_file_name(prefix, shard, bundle.shards());
            let bytes = fs::read(&path).with_context(|| match Path::new(&path).exists() {
                true => format!("cannot read {path}: check its permissions"),
                false => format!("there is no {path}, where tensor {name} lies: put it beside {index_path}"),
            })?;
            place.insert(bytes);
        }
    }
    let weights = Weights::from_tf(&bundle, |shard| shards.get(&shard).map(Vec::as_slice))
        .with_context(|| format!("{prefix}.*"))?;
    Ok((plan, bundle, weights))
}

/// The checkpoint's prefix, from the prefix itself or from any of its files.
fn prefix_of(path: &Path) -> anyhow::Result<String> {
    let text = path
        .to_str()
        .with_context(|| format!("{} is not valid text: rename the file", path.display()))?;
    if path.is_dir() {
        bail!(
            "{text} is a folder: give the prefix that the checkpoint's files share{}",
            example_in(path)
        );
    }
    let name_at = text.len() - file_name(path).len();
    for ending in [".index", ".meta"] {
        if let Some(prefix) = text.strip_suffix(ending) {
            return Ok(prefix.to_owned());
        }
    }
    let data_at = text
        .get(name_at..)
        .and_then(|name| name.rfind(".data-"))
        .map(|at| name_at + at);
    Ok(data_at.and_then(|at| text.get(..at)).unwrap_or(text).to_owned())
}

/// `, for example FOLDER/model.ckpt`, where the folder holds a checkpoint.
fn example_in(folder: &Path) -> String {
    let mut prefixes: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some(entry.path().to_str()?.strip_suffix(".index")?.to_owned()))
        .collect();
    prefixes.sort();
    prefixes
        .first()
        .map_or_else(String::new, |prefix| format!(", for example {prefix}"))
}

/// The last part of a path.
fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A number above zero.
fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("give a number above zero, such as 0.037473805".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_file_of_a_checkpoint_gives_its_prefix() {
        for given in [
            "a.data-x/m.ckpt",
            "a.data-x/m.ckpt.index",
            "a.data-x/m.ckpt.meta",
            "a.data-x/m.ckpt.data-00000-of-00001",
        ] {
            assert_eq!(prefix_of(Path::new(given)).unwrap(), "a.data-x/m.ckpt");
        }
    }

    #[test]
    fn only_positive_numbers_are_variances() {
        assert_eq!(positive("0.25"), Ok(0.25));
        for text in ["0", "-1", "nan", "inf", "many"] {
            assert!(positive(text).is_err(), "{text}");
        }
    }
}
