//! `grove map`: sorted galaxies on a plane.

use crate::inputs::rows::{self, Rows, VectorOptions};
use crate::outputs::figures::{self, check_names};
use crate::outputs::files::{refuse_overwrite, write_file};
use crate::outputs::terminal::say;
use crate::work::container::read;
use crate::work::stop::stopped_by_user;
use anyhow::bail;
use galaxy_grove::compared::Compared;
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::export::csv_field;
use galaxy_grove::figure::{COLOURS, FAINT, MapPicture, map_figure};
use galaxy_grove::map::{NEIGHBOURS, View, trustworthiness, umap};
use galaxy_grove::sorted::Sorted;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// Above this many galaxies it is not measured how well neighbours stay together: it takes the square of their number.
const MEASURED: usize = 10_000;

/// Put galaxies on a map: those that are alike lie near each other.
///
/// UMAP (McInnes, Healy & Melville 2018) on the vectors of the recipe `shape` (Euclidean distance), or on the codes of `reference` (Hamming
/// distance), or on vectors of any model, from the first two principal components, with 15 neighbours and a least distance of 0.1. The same seed gives the same map.
/// Distances between groups and sizes of groups mean little on such a map; who is beside whom means more, and the command says how much:
/// trustworthiness (Venna & Kaski 2001) is 1 when neighbours on the map are neighbours before.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove map sorted/ -o map.csv --figure map.png
      id, file, x, y of each galaxy; a picture of the map
  grove map embeddings.parquet -o map.csv --unit-length
      id, x, y of vectors of any model
  grove map sorted/ -o map.csv --method pca
      the first two principal components

Exit codes: 0 written; 1 nothing was written; 2 wrong usage.")]
pub struct Arguments {
    /// The folder that `grove sort` wrote; or a file of codes, or of vectors of any model (NPY, Parquet).
    #[arg(value_name = "FOLDER|FILE")]
    input: PathBuf,
    #[command(flatten)]
    vectors: VectorOptions,
    /// The table: id, file, x, y; of a file of codes or vectors: id, x, y.
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
    /// A picture of it, .png or .svg; frames have the colours of the first cut's groups.
    #[arg(long, value_name = "FIGURE")]
    figure: Option<PathBuf>,
    /// How.
    #[arg(long, value_enum, default_value = "umap")]
    method: Method,
    /// Another seed gives another map, as good.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Replace files that exist.
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    /// Neighbours stay together.
    Umap,
    /// The first two principal components.
    Pca,
}

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    refuse_overwrite(
        std::iter::once(&arguments.output).chain(&arguments.figure),
        arguments.force,
    )?;
    check_names(arguments.figure.as_slice())?;
    if arguments.input.is_file() {
        if arguments.figure.is_some() {
            bail!(
                "{} holds no pictures, so there is no --figure: `grove plot` and other tools draw the table",
                arguments.input.display()
            );
        }
        let found = rows::read(&arguments.input, &arguments.vectors)?;
        let compared = match &found {
            Rows::Codes(features) if features.width == CODES => Compared::Codes(&features.codes),
            Rows::Codes(features) => bail!(
                "{} has {} codes a galaxy; a map is made of {CODES}",
                arguments.input.display(),
                features.width
            ),
            Rows::Vectors(_, vectors) => Compared::Vectors(&vectors.values, vectors.width),
        };
        let map = placed(arguments, &compared)?;
        let mut text = "id,x,y\r\n".to_owned();
        for (id, place) in found.ids().iter().zip(map.chunks_exact(2)) {
            let _ = write!(text, "{id},{},{}\r\n", place[0], place[1]);
        }
        write_file(&arguments.output, text.as_bytes())?;
        report(arguments, &compared, &map);
        return Ok(ExitCode::SUCCESS);
    }
    arguments.vectors.refuse_for_a_folder()?;
    let sorted = read(&arguments.input)?;
    let compared = sorted.compared();
    let map = placed(arguments, &compared)?;
    let mut text = "id,file,x,y\r\n".to_owned();
    for ((id, name), place) in sorted.ids.iter().zip(&sorted.names).zip(map.chunks_exact(2)) {
        let _ = write!(text, "{id},{},{},{}\r\n", csv_field(name), place[0], place[1]);
    }
    write_file(&arguments.output, text.as_bytes())?;
    if let Some(path) = &arguments.figure {
        figures::write(&figure(&sorted, &map), std::slice::from_ref(path))?;
    }
    report(arguments, &compared, &map);
    Ok(ExitCode::SUCCESS)
}

/// Where each galaxy is: x and y.
fn placed(arguments: &Arguments, compared: &Compared<'_>) -> anyhow::Result<Vec<f32>> {
    let stop = stopped_by_user("stopping; nothing will be written")?;
    let start = compared.principal();
    let map = match arguments.method {
        Method::Pca => start.iter().map(|v| *v as f32).collect(),
        Method::Umap => {
            let near = compared.near(&mut |_, _| {})?;
            umap(&near, &start, arguments.seed, &mut |_, _| {
                !stop.load(Ordering::Relaxed)
            })
        }
    };
    if stop.load(Ordering::Relaxed) {
        bail!("stopped; nothing was written");
    }
    Ok(map)
}

fn report(arguments: &Arguments, compared: &Compared<'_>, map: &[f32]) {
    let how = match arguments.method {
        Method::Umap => "UMAP",
        Method::Pca => "principal components",
    };
    let n = compared.galaxies();
    say!("{n} galaxies by {how}: {}", arguments.output.display());
    if n <= MEASURED {
        let (vectors, width) = compared.numbers();
        let kept = trustworthiness(&vectors, width, map, NEIGHBOURS + 1);
        if kept.is_finite() {
            say!("trustworthiness at {} neighbours: {kept:.4}", NEIGHBOURS + 1);
        }
    }
}

fn figure(sorted: &Sorted, map: &[f32]) -> galaxy_grove::figure::Figure {
    const CELLS: (usize, usize) = (36, 36);
    let view = View::of_all(map, CELLS);
    let cut = sorted.groups.first();
    let pictures: Vec<MapPicture<'_>> = view
        .fill(map)
        .into_iter()
        .filter_map(|cell| {
            let group = cut.and_then(|(_, labels)| labels.get(cell.galaxy));
            let colour =
                group.and_then(|group| COLOURS.get((*group as usize).wrapping_sub(1) % COLOURS.len()));
            Some(MapPicture {
                column: cell.column,
                row: cell.row,
                pixels: sorted
                    .images
                    .get(cell.galaxy * PIXELS..(cell.galaxy + 1) * PIXELS)?,
                colour: colour.copied().unwrap_or(FAINT),
            })
        })
        .collect();
    let title = format!(
        "{} of {} galaxies; frames: {} groups",
        pictures.len(),
        sorted.ids.len(),
        cut.map_or(0, |(k, _)| *k)
    );
    map_figure(&title, CELLS, &pictures)
}
