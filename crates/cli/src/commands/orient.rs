//! `grove orient`: the cut in which no split is a matter of orientation.

use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::{groups_table, read};
use galaxy_grove::count::{counted, galaxies};
use galaxy_grove::grouping::{OrientationCut, Thresholds, TreeOrder, Verdict};
use galaxy_grove::sorted::Sorted;
use galaxy_grove::splits::{Sides, name};
use std::path::PathBuf;
use std::process::ExitCode;

/// Let orientation decide the number of groups: from the top of the tree down, a split whose sides have the same structure and differ in
/// position angle is not made.
///
/// The structure of each cutout is measured (concentration, asymmetry, smoothness, Gini, M20, ellipticity, entropy; half-light radius and
/// signal-to-noise as size and light). A split is of `type` when its sides differ in a measure of type (Mann & Whitney's test and Cliff's delta),
/// of `size or light` when only in those, `tilt` when only the angles differ (Mardia, Watson & Wheeler on twice the angles), `alike` when nothing
/// does, `too small` when a side has too few galaxies. The first two are made. Cheng et al. 2021 propose the idea and give no rule; this is
/// our reading.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove sort data.hdf5 -o sorted/ --recipe reference
  grove orient sorted/ -o groups.csv
      id, file, group, node; and what each split is about
  grove orient sorted/ -o groups.csv --effect 0.47
      only large differences make a split

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The table: id, file, group, node.
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
    /// The least effect of a measure (Cliff's delta, 0 to 1).
    #[arg(long, value_name = "DELTA", default_value_t = Thresholds::default().effect, value_parser = share)]
    effect: f64,
    /// The least effect of the angles, 0 to 1.
    #[arg(long, value_name = "EFFECT", default_value_t = Thresholds::default().angle, value_parser = share)]
    angle: f64,
    /// The chance that any split is made by chance.
    #[arg(long, value_name = "P", default_value_t = Thresholds::default().chance, value_parser = share)]
    chance: f64,
    /// The fewest galaxies of a side.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(5..))]
    smallest: u32,
    /// Replace the table if it exists.
    #[arg(long)]
    force: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let value = text
        .parse()
        .ok()
        .filter(|value: &f64| (0.0..=1.0).contains(value));
    value.ok_or_else(|| "give a number from 0 to 1".to_owned())
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite([&arguments.output], arguments.force)?;
    let sorted = read(&arguments.folder)?;
    let thresholds = Thresholds {
        chance: arguments.chance,
        effect: arguments.effect,
        angle: arguments.angle,
        smallest: arguments.smallest as usize,
    };
    let sides = Sides::new(&sorted.structure);
    let order = TreeOrder::new(&sorted.tree);
    let found = sides.splits(&sorted.tree, &order, &thresholds).cut();
    let table = groups_table(&sorted, &found.groups);
    write_file(&arguments.output, table.as_bytes())?;
    if sides.unmeasured() > 0 {
        say!(
            "{} could not be measured in full: they take part in no comparison",
            galaxies(sides.unmeasured())
        );
    }
    report(&sorted, &found);
    Ok(ExitCode::SUCCESS)
}

fn report(sorted: &Sorted, found: &OrientationCut) {
    say!(
        "{}; splits: {} of type, {} of size or light (made); {} tilts, {} alike, {} too small (not made)",
        counted(found.groups.len(), "group", "groups"),
        found.count(Verdict::Type),
        found.count(Verdict::SizeOrLight),
        found.count(Verdict::Tilt),
        found.count(Verdict::Alike),
        found.count(Verdict::TooSmall)
    );
    for split in &found.splits {
        if split.verdict == Verdict::TooSmall {
            continue;
        }
        let what = name(split.verdict);
        let evidence = split
            .evidence
            .as_ref()
            .map_or_else(String::new, |(measure, found)| {
                format!("; {measure} {:+.2} (p = {:.0e})", found.effect, found.chance)
            });
        say!(
            "  node {}, {}: {what}{evidence}; angles {:.2} (p = {:.0e})",
            split.node,
            galaxies(sorted.tree.size(split.node)),
            split.angle.effect,
            split.angle.chance
        );
    }
}
