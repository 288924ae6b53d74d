//! `grove sort`: the whole way in one command.

mod descriptions;
mod outputs;

use crate::inputs::list::collect;
use crate::inputs::preparation::Preparation;
use crate::inputs::stream::Stream;
use crate::outputs::terminal::warn_of_repeated_ids;
use crate::work::described;
use crate::work::device::DeviceFlag;
use crate::work::linkage_options::{codes_tree, vectors_tree};
use crate::work::models;
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::CODES;
use galaxy_grove::grouping::{Method, TreeOrder, cut_into, natural_cut};
use galaxy_grove::shape::DIMENSIONS;
use galaxy_grove::sorted::{FILE, RecipeName, Sorted};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Sort galaxies into groups: read, prepare, encode, build the tree, cut it, and draw each group.
///
/// FOLDER gets groups.csv (id, file, one column for each -k, structure), descriptions.csv (each group in words, with medians), examples of each
/// group as pictures, report.txt, and grove.safetensors, which holds everything: the page opens it, and `grove audit` reads it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove sort cutouts/ -o sorted/
      as many groups as the tree suggests
  grove sort data.hdf5 -o sorted/ -k 2 -k 5 -k 10 -k 27
      groups.csv has the columns id, file, group_2, group_5, group_10, group_27, unlike, structure_concentration and so on
  grove sort data.hdf5 -o paper/ -k 27 --recipe reference
      as Cheng et al. 2021 do

Exit codes: 0 all went in; 1 nothing was written; 2 wrong usage; 3 written, but something was refused or left out.")]
pub struct Arguments {
    /// Pictures, FITS images, HDF5, bundles, archives, and folders of them.
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// The folder for all that is written. It is made.
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// The number of groups; may be given several times [default: as the tree suggests]
    #[arg(short, long = "groups", value_name = "K")]
    k: Vec<usize>,
    /// How: by `shape`, or as the `reference` does.
    #[arg(long, value_enum, default_value = "shape")]
    recipe: RecipeFlag,
    /// Another model than the one that is built in.
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// What encodes. A graphics processor (in a grove built with `--features gpu`) is tested first; its codes are the processor's.
    #[arg(long, value_enum, default_value = "processor")]
    device: DeviceFlag,
    /// Examples of each group to draw; 0 draws none.
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u32).range(0..=400))]
    examples: u32,
    #[command(flatten)]
    preparation: Preparation,
    /// Write into a folder that holds sorted galaxies already.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RecipeFlag {
    /// What a galaxy looks like, whatever its angle and brightness.
    Shape,
    /// The method of Cheng et al. 2021, to the last bit.
    Reference,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let recipe = match arguments.recipe {
        RecipeFlag::Shape => RecipeName::Shape,
        RecipeFlag::Reference => RecipeName::Reference,
    };
    let folder = &arguments.output;
    let container = folder.join(FILE);
    if container.exists() && !arguments.force {
        bail!(
            "{} exists already: choose another folder, or --force to replace it",
            container.display()
        );
    }
    let mut wanted = arguments.k.clone();
    wanted.sort_unstable();
    if let Some(pair) = wanted.windows(2).find(|pair| pair[0] == pair[1]) {
        bail!("-k {} is given twice", pair[0]);
    }
    if wanted.first() == Some(&0) {
        bail!("-k is 0: give 1 or more");
    }
    let (model, hash) = models::open(recipe, arguments.model.as_deref(), arguments.device)?;
    let stream = Stream::open(
        collect(&arguments.inputs, std::iter::once(folder))?,
        &arguments.preparation,
    )?;
    let (galaxies, tally) = described::all(&model, stream)?;
    let n = galaxies.ids.len();
    if let (0, Some(reason)) = (n, &tally.first_refusal) {
        bail!("nothing was written: no file could be read. The first: {reason}");
    }
    if n < 2 {
        bail!("nothing was written: {n} galaxies make no tree; give at least 2");
    }
    warn_of_repeated_ids(
        &galaxies.ids,
        "the page does not open grove.safetensors, and tables cannot be joined by id",
    );
    if let Some(k) = wanted.last().filter(|k| **k > n) {
        bail!("-k is {k}, but {n} galaxies make 1 to {n} groups");
    }
    let tree = match recipe {
        RecipeName::Shape => vectors_tree(&galaxies.vectors, DIMENSIONS)?,
        RecipeName::Reference => codes_tree(&galaxies.codes, CODES, Method::default())?,
    };
    let suggested = wanted.is_empty();
    if suggested {
        wanted.push(natural_cut(&tree));
    }
    let order = TreeOrder::new(&tree);
    let groups = wanted
        .iter()
        .map(|k| {
            let numbers = cut_into(&tree, &order, *k).numbers();
            let labels = numbers
                .into_iter()
                .map(|number| i32::try_from(number).unwrap_or(i32::MAX));
            (*k, labels.collect())
        })
        .collect();
    let settings = format!("{:?}", arguments.preparation.recipe());
    let sorted = Sorted {
        recipe,
        ids: galaxies.ids,
        names: galaxies.names,
        images: galaxies.images,
        codes: galaxies.codes,
        vectors: galaxies.vectors,
        histograms: galaxies.histograms,
        unlike: galaxies.unlike,
        structure: galaxies.structure,
        tree,
        groups,
        metadata: BTreeMap::from([
            ("model_sha256".to_owned(), hash),
            ("made_by".to_owned(), crate::version::made_by("grove sort")),
            ("settings".to_owned(), settings),
        ]),
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    outputs::write(&sorted, folder, arguments.examples as usize, &tally, suggested)?;
    Ok(tally.exit_code())
}
