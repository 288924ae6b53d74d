//! `grove levels`: a tree of any number of galaxies as one file, of which a page opens part by part.

use crate::inputs::attached::Attached;
use crate::inputs::list::collect;
use crate::inputs::pictures::Pictures;
use crate::inputs::rows::VectorOptions;
use crate::outputs::files::{end, refuse_overwrite};
use crate::outputs::partial::folder;
use crate::outputs::terminal::say;
use crate::work::levels::{Wanted, write};
use crate::work::linkage_options::vectors_tree;
use anyhow::bail;
use galaxy_grove::count::counted;
use galaxy_grove::intake::size;
use galaxy_grove::levels::EXTENSION;
use std::path::PathBuf;
use std::process::ExitCode;

/// Make one file of a tree that is too large for a page, which the page opens part by part.
///
/// The tree is Ward's of all vectors (Euclidean distances), exact, whatever their number: a million vectors of 16 numbers take some minutes and less than 2 GB.
/// The file holds the top of the tree, then each branch below it, with the picture of the galaxy nearest to a branch's mean. A page reads only the parts that
/// somebody opens, by HTTP range requests: nothing runs on the host.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove levels --vectors vectors.parquet galaxies.h5 -o survey.levels
      vectors by id (docs/many-machines.md), and the set that the pictures are in
  grove levels --vectors zoobot.parquet --unit-length -o survey.levels
      without pictures
  grove serve survey.levels --page dist/
      looks at it; on a web host: put the file beside the page and open ?data=survey.levels

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The sets that hold the pictures, by id: HDF5 of the reference's kind, or bundles. None: pictures are left out.
    #[arg(value_name = "SET")]
    sets: Vec<PathBuf>,
    /// The vectors: a Parquet table with ids, or NPY with a file of ids beside it.
    #[arg(long, value_name = "FILE")]
    vectors: PathBuf,
    #[command(flatten)]
    vector_options: VectorOptions,
    /// Which model gave the vectors; the page says it.
    #[arg(long, value_name = "TEXT")]
    vectors_of: Option<String>,
    /// Whom to credit for the images.
    #[arg(long, value_name = "TEXT")]
    credit: Option<String>,
    /// The file to write.
    #[arg(short, long, value_name = "OUT.levels")]
    output: PathBuf,
    /// Pictures of the first view, and of each branch that is too large for one part.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(2..=5_000))]
    first: u32,
    /// The largest branch that is shown galaxy by galaxy.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(2..=20_000))]
    most: u32,
    /// Replace a file that exists.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if end(&arguments.output).as_deref() != Some(EXTENSION) {
        bail!(
            "{}: let its name end in .{EXTENSION}, by which the page knows that it is to be opened part by part",
            arguments.output.display()
        );
    }
    refuse_overwrite([&arguments.output], arguments.force)?;
    let vectors = Attached::read(&arguments.vectors, &arguments.vector_options)?;
    let pictures = match arguments.sets.as_slice() {
        [] => None,
        sets => {
            let inputs = collect(sets, [&arguments.output])?;
            Some(Pictures::read(&inputs, &vectors.ids, folder(&arguments.output))?)
        }
    };
    let tree = vectors_tree(&vectors.values, vectors.width)?;
    let made = write(&Wanted {
        output: &arguments.output,
        vectors: &vectors,
        tree: &tree,
        pictures: pictures.as_ref(),
        first: arguments.first as usize,
        most: arguments.most as usize,
        vectors_of: arguments.vectors_of.as_deref(),
        credit: arguments.credit.as_deref(),
    })?;
    say!(
        "{} in {} of `{}` ({}); the first view is {}",
        counted(vectors.ids.len(), "galaxy", "galaxies"),
        counted(made.parts, "part", "parts"),
        arguments.output.display(),
        size(made.bytes),
        size(made.first_view)
    );
    if pictures.is_none() {
        say!("no sets were given: the file has no pictures");
    }
    Ok(ExitCode::SUCCESS)
}
