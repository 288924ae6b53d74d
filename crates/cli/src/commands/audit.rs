//! `grove audit`: how steady groups are when galaxies are turned, scaled and blurred.

use crate::outputs::terminal::say;
use crate::work::container::read_with_model;
use crate::work::models::Model;
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::grouping::Placement;
use galaxy_grove::shape::{Change, changed};
use indicatif::ProgressBar;
use rayon::prelude::*;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measure how many galaxies keep their group when they are turned, flipped, scaled or blurred.
///
/// Each galaxy is changed, encoded again and placed into the unchanged tree: into the group whose mean is nearest to it (recipe
/// `shape`), or whose members' codes differ least from its own on average (recipe `reference`).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove audit sorted/
  grove audit sorted/ --at-most 500

Exit codes: 0 measured; 1 something was not; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The model, where `grove sort` was given one.
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Galaxies to change: the first of so many equal steps through the set [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    at_most: Option<u32>,
}

/// What is done to each galaxy.
fn changes() -> Vec<(String, Change)> {
    let mut all: Vec<(String, Change)> = [90.0, 180.0, 270.0, 360.0, 37.0, 73.0, 141.0, 205.0]
        .into_iter()
        .map(|degrees| {
            let change = Change {
                degrees,
                flipped: true,
                ..Change::default()
            };
            (format!("flipped, turned by {degrees:.0} degrees"), change)
        })
        .collect();
    for (name, scale) in [("10 % larger", 1.1), ("10 % smaller", 1.0 / 1.1)] {
        all.push((
            name.to_owned(),
            Change {
                scale,
                ..Change::default()
            },
        ));
    }
    let blur = Change {
        blur: 0.7,
        ..Change::default()
    };
    all.push(("blurred by 0.7 pixels".to_owned(), blur));
    all
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (sorted, model) = read_with_model(&arguments.folder, arguments.model.as_deref())?;
    let n = sorted.ids.len();
    let step = arguments
        .at_most
        .map_or(1, |most| n.div_ceil(most as usize).max(1));
    let rows: Vec<usize> = (0..n).step_by(step).collect();
    say!(
        "{} of {n} galaxies, recipe {}: the share that keeps its group",
        rows.len(),
        sorted.recipe.name()
    );
    let placements: Vec<Placement> = sorted
        .groups
        .iter()
        .map(|(_, labels)| sorted.placement(labels))
        .collect();
    let heads: Vec<String> = sorted
        .groups
        .iter()
        .map(|(k, _)| format!("{:>10}", format!("{k} groups")))
        .collect();
    say!("{:<34}{}", "", heads.concat());
    let unchanged = ("unchanged".to_owned(), Change::default());
    for (name, change) in std::iter::once(unchanged).chain(changes()) {
        let bar = ProgressBar::new(rows.len() as u64);
        let kept: Vec<Vec<bool>> = rows
            .par_iter()
            .map(|row| {
                let image = sorted
                    .images
                    .get(row * PIXELS..(row + 1) * PIXELS)
                    .unwrap_or_default();
                let found = groups(&model, &placements, &changed(image, &change))?;
                bar.inc(1);
                let own = sorted.groups.iter().map(|(_, labels)| labels.get(*row).copied());
                Ok(found
                    .into_iter()
                    .zip(own)
                    .map(|(found, own)| Some(found) == own)
                    .collect())
            })
            .collect::<anyhow::Result<_>>()?;
        bar.finish_and_clear();
        let share = |column: usize| {
            let same = kept
                .iter()
                .filter(|row| row.get(column).copied().unwrap_or_default())
                .count();
            format!("{:>10.3}", same as f64 / rows.len() as f64)
        };
        let cells: Vec<String> = (0..placements.len()).map(share).collect();
        say!("{name:<34}{}", cells.concat());
    }
    Ok(ExitCode::SUCCESS)
}

/// The group of an image in each of some groupings.
fn groups(model: &Model, placements: &[Placement], image: &[f32]) -> anyhow::Result<Vec<i32>> {
    Ok(match model {
        Model::Shape(extractor, _) => {
            let placed = pollster::block_on(extractor.place(image))?;
            let vector = placed
                .into_iter()
                .next()
                .map(|(_, placed)| placed.vector)
                .unwrap_or_default();
            placements
                .iter()
                .map(|placement| placement.nearest(&vector))
                .collect()
        }
        Model::Reference(extractor) => {
            let codes = extractor.codes(image)?;
            placements
                .iter()
                .map(|placement| placement.nearest_codes(&codes))
                .collect()
        }
    })
}
