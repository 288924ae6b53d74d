//! What `grove sort` writes.

use super::descriptions;
use crate::inputs::stream::Tally;
use crate::outputs::figures;
use crate::outputs::files::write_file;
use crate::outputs::terminal::say;
use crate::work::described::UNUSUAL;
use anyhow::Context as _;
use galaxy_grove::count::{counted, galaxies};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::describe::{Description, ENGLISH};
use galaxy_grove::export::csv_field;
use galaxy_grove::figure::{Panel, group_sheet};
use galaxy_grove::sorted::{FILE, RecipeName, Sorted};
use galaxy_grove::structure::{MEASURES, NUMBERS, PREFIX, digits};
use rand::{SeedableRng as _, seq::index};
use rand_chacha::ChaCha8Rng;
use std::fmt::Write as _;
use std::path::Path;

/// Galaxies named in the report.
const NAMED: usize = 20;

/// Groups of one cut named in the report.
const NAMED_GROUPS: usize = 40;

/// Writes the container, groups.csv, descriptions.csv, the sheets and the report.
///
/// # Errors
/// With the file's name and the remedy.
pub fn write(
    sorted: &Sorted,
    folder: &Path,
    examples: usize,
    tally: &Tally,
    suggested: bool,
) -> anyhow::Result<()> {
    write_file(&folder.join(FILE), &sorted.to_bytes())?;
    write_file(&folder.join("groups.csv"), table(sorted).as_bytes())?;
    let described = descriptions::all(sorted);
    let words = descriptions::table(sorted, &described);
    write_file(&folder.join("descriptions.csv"), words.as_bytes())?;
    if examples > 0 {
        sheets(sorted, &described, folder, examples)?;
    }
    let report = report(sorted, &described, tally, suggested);
    write_file(&folder.join("report.txt"), report.as_bytes())?;
    say!("{report}");
    Ok(())
}

fn table(sorted: &Sorted) -> String {
    let mut text = "id,file".to_owned();
    for (k, _) in &sorted.groups {
        let _ = write!(text, ",group_{k}");
    }
    if !sorted.unlike.is_empty() {
        text.push_str(",unlike");
    }
    for name in NUMBERS.iter().take(MEASURES) {
        let _ = write!(text, ",{PREFIX}{name}");
    }
    text.push_str("\r\n");
    for (row, (id, name)) in sorted.ids.iter().zip(&sorted.names).enumerate() {
        let _ = write!(text, "{id},{}", csv_field(name));
        for (_, labels) in &sorted.groups {
            let _ = write!(text, ",{}", labels.get(row).copied().unwrap_or_default());
        }
        if let Some(unlike) = sorted.unlike.get(row) {
            let _ = write!(text, ",{unlike:.4}");
        }
        for value in sorted.structure.iter().skip(row * MEASURES).take(MEASURES) {
            text.push(',');
            if value.is_finite() {
                text.push_str(&digits(*value));
            }
        }
        text.push_str("\r\n");
    }
    text
}

/// One picture of examples for each group of each cut, `sheets/<k>_groups/group_<number>.png`.
fn sheets(
    sorted: &Sorted,
    described: &[Vec<Description>],
    folder: &Path,
    examples: usize,
) -> anyhow::Result<()> {
    for ((k, labels), described) in sorted.groups.iter().zip(described) {
        let sheets = folder.join("sheets").join(format!("{k}_groups"));
        std::fs::create_dir_all(&sheets)
            .with_context(|| format!("cannot make the folder {}", sheets.display()))?;
        for group in 1..=*k {
            let members: Vec<usize> = (0..labels.len())
                .filter(|row| labels.get(*row).is_some_and(|label| *label as usize == group))
                .collect();
            let count = examples.min(members.len());
            let mut random = ChaCha8Rng::seed_from_u64(group as u64);
            let mut places = index::sample(&mut random, members.len(), count).into_vec();
            places.sort_unstable();
            let panels: Vec<Panel<'_>> = places
                .into_iter()
                .filter_map(|place| {
                    let row = *members.get(place)?;
                    Some(Panel {
                        label: sorted.names.get(row)?.clone(),
                        pixels: sorted.images.get(row * PIXELS..(row + 1) * PIXELS)?,
                    })
                })
                .collect();
            let words = described
                .get(group - 1)
                .map_or_else(String::new, |described| described.words(&ENGLISH));
            let title = if members.len() > panels.len() {
                format!(
                    "Group {group} of {k}, {words}: {} of {}, chosen at random",
                    panels.len(),
                    galaxies(members.len())
                )
            } else {
                format!("Group {group} of {k}, {words}: {}", galaxies(members.len()))
            };
            figures::write(
                &group_sheet(&title, &panels),
                &[sheets.join(format!("group_{group}.png"))],
            )?;
        }
    }
    Ok(())
}

fn report(sorted: &Sorted, described: &[Vec<Description>], tally: &Tally, suggested: bool) -> String {
    let mut text = format!(
        "{} sorted with the recipe {}\n",
        galaxies(sorted.ids.len()),
        sorted.recipe.name()
    );
    if tally.refused > 0 || tally.left_out > 0 {
        let _ = writeln!(
            text,
            "not in it: {} that could not be read, {} with values that are not finite",
            counted(tally.refused, "file", "files"),
            galaxies(tally.left_out)
        );
        if let Some(first) = &tally.first_refusal {
            let _ = writeln!(text, "the first file: {first}");
        }
    }
    for ((k, labels), described) in sorted.groups.iter().zip(described) {
        let how = if suggested { " (as the tree suggests)" } else { "" };
        let _ = writeln!(text, "{}{how}", counted(*k, "group", "groups"));
        let sizes = descriptions::sizes(labels, *k);
        for (group, (description, size)) in described.iter().zip(sizes).enumerate().take(NAMED_GROUPS) {
            let _ = writeln!(
                text,
                "  {}: {}",
                group + 1,
                description.sentence(&ENGLISH, size, None)
            );
        }
        if *k > NAMED_GROUPS {
            let _ = writeln!(text, "  and {} more: descriptions.csv", k - NAMED_GROUPS);
        }
    }
    text.push_str(
        "Words compare a group with all other galaxies here, by structure measured on the cutouts that the model saw; `grove structure` measures the \
         files' own pixels.\n",
    );
    if sorted.recipe == RecipeName::Shape {
        let mut beyond: Vec<(f64, &String)> = sorted
            .unlike
            .iter()
            .copied()
            .zip(&sorted.names)
            .filter(|(unlike, _)| *unlike > UNUSUAL)
            .collect();
        beyond.sort_by(|a, b| b.0.total_cmp(&a.0));
        if !beyond.is_empty() {
            let share = 100.0 * beyond.len() as f64 / sorted.ids.len() as f64;
            let _ = writeln!(
                text,
                "{} ({share:.0} %) more unusual than 99 % of the galaxies that the model was trained on (SDSS colour pictures); of \
                 galaxies like those, 4 % are. Their groups may mean less:",
                counted(beyond.len(), "galaxy is", "galaxies are")
            );
            for (unlike, name) in beyond.iter().take(NAMED) {
                let _ = writeln!(
                    text,
                    "  {name}  ({unlike:.4}{})",
                    if *unlike > 1.0 { ", beyond all of them" } else { "" }
                );
            }
            if beyond.len() > NAMED {
                let _ = writeln!(
                    text,
                    "  and {} more: the column `unlike` of groups.csv",
                    beyond.len() - NAMED
                );
            }
        }
    }
    let _ = writeln!(
        text,
        "model {}",
        sorted.metadata.get("model_sha256").map_or("", String::as_str)
    );
    let _ = write!(
        text,
        "made by {}",
        sorted.metadata.get("made_by").map_or("", String::as_str)
    );
    text
}
