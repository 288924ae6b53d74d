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
use galaxy_grove::grouping::{Candidate, Placement};
use galaxy_grove::shape::DIMENSIONS;
use galaxy_grove::sorted::{RecipeName, Sorted};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Galaxies of the sorted set with a margin near a new one's that say how sure its group is.
const NEIGHBOURS: usize = 200;

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
    let cuts: Vec<Cut> = sorted
        .groups
        .iter()
        .map(|(k, labels)| Cut::new(&sorted, *k, labels))
        .collect();
    let rows: Vec<String> = (0..new.ids.len())
        .into_par_iter()
        .map(|row| line(&sorted, &cuts, &new, row))
        .collect();
    let mut text = "id,file".to_owned();
    for Cut { k, .. } in &cuts {
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

/// One cut of the sorted galaxies.
struct Cut {
    k: usize,
    placement: Placement,
    /// How much nearer the own group is than the runner-up, and whether the own group was found, of every sorted galaxy; by margin.
    known: Vec<(f64, bool)>,
}

impl Cut {
    fn new(sorted: &Sorted, k: usize, labels: &[i32]) -> Self {
        let placement = sorted.placement(labels);
        let mut known: Vec<(f64, bool)> = labels
            .par_iter()
            .enumerate()
            .map(|(row, label)| {
                let (first, second) =
                    two_nearest(sorted.recipe, &placement, &sorted.vectors, &sorted.codes, row);
                (margin(first, second), first.group == *label)
            })
            .collect();
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { k, placement, known }
    }

    /// The share of sorted galaxies with about this margin that were found in their own group.
    fn confidence(&self, margin: f64) -> f64 {
        let place = self.known.partition_point(|(known, _)| *known < margin);
        let most = self.known.len().saturating_sub(NEIGHBOURS);
        let first = place.saturating_sub(NEIGHBOURS / 2).min(most);
        let near: Vec<bool> = self
            .known
            .iter()
            .skip(first)
            .take(NEIGHBOURS)
            .map(|(_, right)| *right)
            .collect();
        near.iter().filter(|right| **right).count() as f64 / near.len().max(1) as f64
    }
}

/// 0 when both are as near, 1 when the first is the galaxy itself or there is no second.
fn margin(first: Candidate, second: Option<Candidate>) -> f64 {
    match second {
        Some(second) if second.distance > 0.0 => 1.0 - first.distance / second.distance,
        Some(_) => 0.0,
        None => 1.0,
    }
}

fn two_nearest(
    recipe: RecipeName,
    placement: &Placement,
    vectors: &[f64],
    codes: &[u8],
    row: usize,
) -> (Candidate, Option<Candidate>) {
    match recipe {
        RecipeName::Shape => {
            let vector = vectors.get(row * DIMENSIONS..(row + 1) * DIMENSIONS);
            placement.two_nearest(vector.unwrap_or_default())
        }
        RecipeName::Reference => {
            let codes = codes.get(row * CODES..(row + 1) * CODES);
            placement.two_nearest_codes(codes.unwrap_or_default())
        }
    }
}

fn line(sorted: &Sorted, cuts: &[Cut], new: &Galaxies, row: usize) -> String {
    let name = new.names.get(row).map_or("", String::as_str);
    let id = new.ids.get(row).copied().unwrap_or_default();
    let mut text = format!("{id},{}", csv_field(name));
    for cut in cuts {
        let (first, second) = two_nearest(sorted.recipe, &cut.placement, &new.vectors, &new.codes, row);
        let _ = write!(text, ",{},{:.6}", first.group, first.distance);
        match second {
            Some(second) => {
                let _ = write!(text, ",{},{:.6}", second.group, second.distance);
            }
            None => text.push_str(",,"),
        }
        let _ = write!(text, ",{:.3}", cut.confidence(margin(first, second)));
    }
    let unlike = new
        .unlike
        .get(row)
        .map_or_else(String::new, |unlike| format!("{unlike:.4}"));
    let (nearest, distance) = nearest(sorted, new, row);
    let _ = write!(text, ",{unlike},{nearest},{distance:.6}\r\n");
    text
}

/// The most similar sorted galaxy, and how far it is; the first of equals.
fn nearest(sorted: &Sorted, new: &Galaxies, row: usize) -> (i64, f64) {
    let mut best = (0, f64::INFINITY);
    match sorted.recipe {
        RecipeName::Shape => {
            let own = new
                .vectors
                .get(row * DIMENSIONS..(row + 1) * DIMENSIONS)
                .unwrap_or_default();
            for (id, vector) in sorted.ids.iter().zip(sorted.vectors.chunks_exact(DIMENSIONS)) {
                let squares: f64 = own.iter().zip(vector).map(|(a, b)| (a - b) * (a - b)).sum();
                if squares < best.1 {
                    best = (*id, squares);
                }
            }
            (best.0, best.1.sqrt())
        }
        RecipeName::Reference => {
            let own = new.codes.get(row * CODES..(row + 1) * CODES).unwrap_or_default();
            for (id, codes) in sorted.ids.iter().zip(sorted.codes.chunks_exact(CODES)) {
                let differing = own.iter().zip(codes).filter(|(a, b)| a != b).count() as f64 / CODES as f64;
                if differing < best.1 {
                    best = (*id, differing);
                }
            }
            best
        }
    }
}
