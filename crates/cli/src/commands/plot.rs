//! `grove plot`: numbers of galaxies by group.

use crate::inputs::numbers::{NumberTable, numeric_columns};
use crate::outputs::figures::{self, check_names};
use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::{from_zero, read};
use anyhow::bail;
use galaxy_grove::count::{counted, galaxies};
use galaxy_grove::export::csv_field;
use galaxy_grove::figure::{Spread, quantiles, spreads};
use galaxy_grove::sorted::Sorted;
use galaxy_grove::structure::{MEASURES, NUMBERS, digits};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Plot numbers of galaxies by group: medians, quartiles, and the middle nine tenths.
///
/// One panel for each measure of structure, and one for each column of numbers of the tables that are given with --with: Sersic indices,
/// redshifts, votes. Rows are matched by id. The grey line is the median of all galaxies.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove plot sorted/ -o plots.svg
      the structure of the first cut's groups
  grove plot sorted/ -o plots.png -k 27 --with catalogue.csv --medians medians.csv
      with a catalogue's columns of numbers, and the medians as a table

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The figure, .svg or .png.
    #[arg(short, long, value_name = "FIGURE")]
    output: PathBuf,
    /// The cut: one of those that `grove sort` made [default: the first]
    #[arg(short, long = "groups", value_name = "K")]
    k: Option<usize>,
    /// Tables with an id and columns of numbers: CSV, FITS, VOTable and others.
    #[arg(long = "with", value_name = "TABLE")]
    tables: Vec<PathBuf>,
    /// Write the medians, too: group, column, galaxies, median, quartiles.
    #[arg(long, value_name = "FILE.csv")]
    medians: Option<PathBuf>,
    /// Replace files that exist.
    #[arg(long)]
    force: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let outputs = std::iter::once(&arguments.output).chain(&arguments.medians);
    refuse_overwrite(outputs, arguments.force)?;
    check_names(std::slice::from_ref(&arguments.output))?;
    let sorted = read(&arguments.folder)?;
    let cut = match arguments.k {
        None => sorted.groups.first(),
        Some(wanted) => sorted.groups.iter().find(|(k, _)| *k == wanted),
    };
    let Some((k, labels)) = cut else {
        let cuts: Vec<String> = sorted.groups.iter().map(|(k, _)| k.to_string()).collect();
        bail!(
            "{} has no such cut; it has {}: run `grove sort` with the -k that you want",
            arguments.folder.display(),
            cuts.join(", ")
        );
    };
    let groups = from_zero(labels);
    let mut columns: Vec<(String, Vec<f64>)> = (0..MEASURES)
        .filter_map(|place| {
            let name = NUMBERS.get(place)?.replace('_', " ");
            Some((name, sorted.measure(place)))
        })
        .collect();
    for path in &arguments.tables {
        let table = numeric_columns(path, &sorted.ids)?;
        account(&sorted, &table);
        columns.extend(table.columns);
    }
    let panels: Vec<Spread> = columns
        .into_iter()
        .map(|(title, values)| {
            let mut of_groups = vec![Vec::new(); *k];
            for (value, group) in values.iter().zip(&groups) {
                if let Some(of_group) = of_groups.get_mut(*group) {
                    of_group.push(*value);
                }
            }
            Spread {
                title,
                groups: of_groups,
            }
        })
        .collect();
    let title = format!(
        "{} in {}",
        galaxies(sorted.ids.len()),
        counted(*k, "group", "groups")
    );
    if let Some(path) = &arguments.medians {
        write_file(path, medians(&panels).as_bytes())?;
    }
    figures::write(&spreads(&title, &panels), std::slice::from_ref(&arguments.output))?;
    say!(
        "{}: {} by group",
        arguments.output.display(),
        counted(panels.len(), "number", "numbers")
    );
    Ok(ExitCode::SUCCESS)
}

/// Reports which of a table's rows and columns were used.
fn account(sorted: &Sorted, table: &NumberTable) {
    say!(
        "{}: {} of {} have a row; {} of it without a galaxy here",
        table.name,
        table.matched,
        galaxies(sorted.ids.len()),
        counted(table.unmatched, "row", "rows")
    );
    if !table.left_out.is_empty() {
        say!(
            "  not plotted, because they have no numbers, or a cell that is no number: {}",
            table.left_out.join(", ")
        );
    }
}

fn medians(panels: &[Spread]) -> String {
    let mut text = "group,column,galaxies,median,quartile_1,quartile_3\r\n".to_owned();
    for panel in panels {
        for (at, values) in panel.groups.iter().enumerate() {
            let count = values.iter().filter(|value| value.is_finite()).count();
            let _ = write!(text, "{},{},{count}", at + 1, csv_field(&panel.title));
            match quantiles(values) {
                Some([_, lower, median, upper, _]) => {
                    let _ = write!(
                        text,
                        ",{},{},{}\r\n",
                        digits(median),
                        digits(lower),
                        digits(upper)
                    );
                }
                None => text.push_str(",,,\r\n"),
            }
        }
    }
    text
}
