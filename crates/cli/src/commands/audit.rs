//! `grove audit`: how steady groups are when galaxies are turned, scaled and blurred.

use crate::outputs::terminal::say;
use crate::work::models::{self, Model};
use anyhow::{Context as _, bail};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::grouping::{Placement, hamming_placement};
use galaxy_grove::shape::{Change, changed};
use galaxy_grove::sorted::{RecipeName, Sorted};
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
    let path = arguments.folder.join("grove.safetensors");
    let shown = path.display();
    let bytes =
        std::fs::read(&path).with_context(|| format!("cannot read {shown}; `grove sort` writes it"))?;
    let sorted = Sorted::from_bytes(&bytes).with_context(|| shown.to_string())?;
    let (model, hash) = models::open(sorted.recipe, arguments.model.as_deref())?;
    if sorted.metadata.get("model_sha256") != Some(&hash) {
        bail!("{shown} was made with another model than this one ({hash}): give that one with --model");
    }
    let n = sorted.ids.len();
    let step = arguments
        .at_most
        .map_or(1, |most| n.div_ceil(most as usize).max(1));
    let rows: Vec<usize> = (0..n).step_by(step).collect();
    say!("{} of {n} galaxies, recipe {}", rows.len(), sorted.recipe.name());
    for (k, labels) in &sorted.groups {
        let placement = match sorted.recipe {
            RecipeName::Shape => Placement::means(&sorted.vectors, labels),
            RecipeName::Reference => hamming_placement(&sorted.codes, labels),
        };
        say!("{k} groups:");
        let own = rows.iter().filter(|row| {
            let found = match sorted.recipe {
                RecipeName::Shape => sorted
                    .vectors
                    .get(**row * placement.width()..(**row + 1) * placement.width())
                    .map(|v| placement.nearest(v)),
                RecipeName::Reference => sorted
                    .codes
                    .get(**row * 64..(**row + 1) * 64)
                    .map(|codes| placement.nearest_codes(codes)),
            };
            found == labels.get(**row).copied()
        });
        say!(
            "  unchanged: {:.3} are placed into their own group",
            own.count() as f64 / rows.len() as f64
        );
        for (name, change) in changes() {
            let bar = ProgressBar::new(rows.len() as u64);
            let kept: Vec<bool> = rows
                .par_iter()
                .map(|row| -> anyhow::Result<bool> {
                    let image = sorted
                        .images
                        .get(row * PIXELS..(row + 1) * PIXELS)
                        .unwrap_or_default();
                    let image = changed(image, &change);
                    let found = match &model {
                        Model::Shape(extractor) => {
                            let placed = pollster::block_on(extractor.place(&image))?;
                            placed
                                .first()
                                .map(|(_, placed)| placement.nearest(&placed.vector))
                        }
                        Model::Reference(extractor) => {
                            let codes = pollster::block_on(extractor.extract(&image))?.codes;
                            Some(placement.nearest_codes(&codes))
                        }
                    };
                    bar.inc(1);
                    Ok(found == labels.get(*row).copied())
                })
                .collect::<anyhow::Result<_>>()?;
            bar.finish_and_clear();
            let share = kept.iter().filter(|kept| **kept).count() as f64 / rows.len() as f64;
            say!("  {name}: {share:.3} keep their group");
        }
    }
    Ok(ExitCode::SUCCESS)
}
