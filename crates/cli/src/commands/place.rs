//! `grove place`: new galaxies into the groups of sorted ones.

use crate::inputs::list::collect;
use crate::inputs::preparation::Preparation;
use crate::inputs::stream::Stream;
use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::{say, warn_of_repeated_ids};
use crate::work::container::read_with_model;
use crate::work::described::{self, Galaxies, UNUSUAL};
use galaxy_grove::count::galaxies;
use galaxy_grove::cutout::CODES;
use galaxy_grove::export::csv_field;
use galaxy_grove::placing::Placing;
use galaxy_grove::shape::DIMENSIONS;
use galaxy_grove::sorted::Sorted;
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Place new galaxies into the groups of galaxies that are sorted already; nothing there is changed.
///
/// A galaxy goes to the group whose mean is nearest (recipe `shape`), or from whose members its codes differ least on average (recipe
/// `reference`). For each cut of FOLDER the table has the group, its distance, the runner-up with its distance, and a confidence: of the sorted
/// galaxies whose two distances are as much alike, the share that this rule puts into their own group. `unlike` is above 1 for galaxies
/// beyond all that the model was trained on; `nearest_id` is the most similar sorted galaxy.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove sort data.hdf5 -o sorted/ -k 2 -k 9
  grove place new/*.fits --into sorted/ -o placed.csv
      id, file, group_2, distance_2, runner_up_2, runner_up_distance_2, confidence_2, group_9, ...

Exit codes: 0 all went in; 1 nothing was written; 2 wrong usage; 3 written, but something was refused or left out.")]
pub struct Arguments {
    /// Pictures, FITS images, HDF5, bundles, archives, and folders of them.
    #[arg(required = true, value_name = "NEW")]
    inputs: Vec<PathBuf>,
    /// The folder that `grove sort` wrote.
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
    /// The table.
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
    /// The model, where `grove sort` was given one.
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
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
    let (sorted, model) = read_with_model(&arguments.into, arguments.model.as_deref())?;
    let inputs = collect(&arguments.inputs, [&arguments.output, &arguments.into])?;
    let stream = Stream::open(inputs, &arguments.preparation)?;
    let (new, tally) = described::all(&model, stream)?;
    tally.refuse_nothing()?;
    warn_of_repeated_ids(&new.ids, "the table cannot be joined by id");
    let placing = Placing::new(&sorted);
    let rows: Vec<String> = (0..new.ids.len())
        .into_par_iter()
        .map(|row| line(&sorted, &placing, &new, row))
        .collect();
    let mut text = "id,file".to_owned();
    for (k, _) in &sorted.groups {
        let _ = write!(
            text,
            ",group_{k},distance_{k},runner_up_{k},runner_up_distance_{k},confidence_{k}"
        );
    }
    text.push_str(",unlike,nearest_id,nearest_distance\r\n");
    text.push_str(&rows.concat());
    write_file(&arguments.output, text.as_bytes())?;
    say!(
        "{} placed: {}",
        galaxies(new.ids.len()),
        arguments.output.display()
    );
    let unusual = new.unlike.iter().filter(|unlike| **unlike > UNUSUAL).count();
    if unusual > 0 {
        say!(
            "{unusual} of them more unusual than 99 % of the galaxies that the model was trained on: their groups may mean less"
        );
    }
    Ok(tally.exit_code())
}

fn line(sorted: &Sorted, placing: &Placing<'_>, new: &Galaxies, row: usize) -> String {
    let name = new.names.get(row).map_or("", String::as_str);
    let id = new.ids.get(row).copied().unwrap_or_default();
    let mut text = format!("{id},{}", csv_field(name));
    let vector = new.vectors.get(row * DIMENSIONS..(row + 1) * DIMENSIONS);
    let codes = new.codes.get(row * CODES..(row + 1) * CODES);
    let placed = placing.place(vector.unwrap_or_default(), codes.unwrap_or_default());
    for into in &placed.groups {
        let _ = write!(text, ",{},{:.6}", into.group.group, into.group.distance);
        match into.runner_up {
            Some(second) => {
                let _ = write!(text, ",{},{:.6}", second.group, second.distance);
            }
            None => text.push_str(",,"),
        }
        let _ = write!(text, ",{:.3}", into.confidence);
    }
    let unlike = new
        .unlike
        .get(row)
        .map_or_else(String::new, |unlike| format!("{unlike:.4}"));
    let nearest = sorted.ids.get(placed.nearest).copied().unwrap_or_default();
    let _ = write!(text, ",{unlike},{nearest},{:.6}\r\n", placed.nearest_distance);
    text
}
