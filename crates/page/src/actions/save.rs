//! Taking results away: files made in the browser.

use super::{apply, complain, say};
use crate::actions::download::{download, picture};
use crate::store::{Action, Page};
use crate::text::{self, galaxies, in_words, known_answers};
use crate::work::choose::tree_budget;
use galaxy_grove::cutout::prepare::Turned;
use galaxy_grove::describe::ENGLISH;
use galaxy_grove::export::{self, FactColumn, FeatureFormat, MethodsNote};
use galaxy_grove::figure::{TreeFigure, tree_figure};
use galaxy_grove::grouping::Method;
use galaxy_grove::page_model::DeviceState;
use galaxy_grove::page_model::GroupedBy;
use galaxy_grove::page_model::collection::{Collection, Galaxy};
use galaxy_grove::page_model::precision;
use galaxy_grove::page_model::session::SetOrigin;
use galaxy_grove::page_model::{Cutting, Resemblance, TreeView};
use galaxy_grove::shape::{DIMENSIONS, SHIPPED_SHA256};
use galaxy_grove::structure::{MEASURES, NUMBERS, PREFIX, digits};
use galaxy_grove::surveys::Survey;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What can be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Save {
    /// Group assignments and codes.
    Csv,
    /// The tree.
    Newick,
    /// The tree as it is shown.
    Png,
    /// The whole tree as a figure for paper.
    Svg,
    /// The tree as SciPy's linkage matrix.
    Linkage,
    /// Codes as the reference writes them.
    Fits,
    /// The group of each galaxy and what is known of it, as a FITS table.
    Groups,
    /// What was done.
    Methods,
}

/// A name for a file. Not every format has room for a word on it: the name tells when the galaxies were turned.
fn named(page: Page, stem: &str, end: &str) -> String {
    let word = turned(page).map_or("", Turned::in_names);
    format!("{stem}{word}.{end}")
}

/// What was done about the galaxies' orientation, when that was asked for.
fn turned(page: Page) -> Option<Turned> {
    let oriented = page
        .session
        .with_untracked(|session| session.recipe.orient && session.source == SetOrigin::Files);
    let count = || {
        page.collection
            .with_value(|c| Turned::count(c.galaxies().map(|galaxy| &galaxy.about)))
    };
    oriented.then(count)
}

/// Saves, and says what went wrong if something did.
pub fn save(page: Page, what: Save) {
    let (Some(grove), Some(cutting)) = (page.tree.get_untracked(), page.cutting.get_untracked()) else {
        return;
    };
    let done = match what {
        Save::Png => picture(named(page, "grove-tree", "png")),
        _ => made(page, what, &grove, &cutting).and_then(|(stem, end, kind, bytes)| {
            let name = named(page, stem, end);
            download(&name, kind, &bytes)
        }),
    };
    match done {
        // Pictures and the note on methods do not hold the groups.
        Ok(()) if matches!(what, Save::Csv | Save::Groups) => {
            apply(page, Action::Saved);
            if page.insight.with_untracked(|insight| insight.progress.is_some()) {
                say(
                    page,
                    "Saved without what is still being found out (structure, words, steadiness): save again in a moment for those columns.",
                );
            }
        }
        Ok(()) => {}
        Err(reason) => complain(page, format!("Nothing was saved: {reason}.")),
    }
}

/// The file of each galaxy. One whose name is but its id, as those of HDF5 files are, gets its file's name too.
fn files(page: Page) -> Vec<String> {
    let own = page
        .session
        .with_untracked(|session| session.source == SetOrigin::Files);
    let files: BTreeMap<u32, String> = page.files.with_untracked(|files| {
        let whole = files.iter().filter(|file| own && !file.is_member);
        whole.map(|file| (file.source, file.name.clone())).collect()
    });
    page.collection.with_value(|c| {
        let name = |galaxy: &Galaxy| match files.get(&galaxy.source) {
            Some(file) if galaxy.name == galaxy.id.to_string() => format!("{file}[{}]", galaxy.name),
            _ => galaxy.name.clone(),
        };
        c.galaxies().map(name).collect()
    })
}

/// What files and tables say of all galaxies; with the recipe `shape` also how unusual each is, and its vector; and what was found out of them.
fn facts(page: Page) -> Vec<FactColumn> {
    let by_shape = page
        .session
        .with_untracked(|session| session.grouped_by == GroupedBy::Shape);
    page.collection.with_value(|c| {
        let abouts: Vec<_> = c.galaxies().map(|galaxy| &galaxy.about).collect();
        let mut columns = export::facts(&abouts);
        if let Some(level) = c.level() {
            // Whoever reads the table must know which rows stand for many galaxies.
            let mut add = |name: &str, values: Vec<String>| {
                columns.push(FactColumn {
                    name: name.to_owned(),
                    values,
                });
            };
            add(
                "stands_for",
                level.stands_for.iter().map(ToString::to_string).collect(),
            );
            let part = |part: &Option<u32>| part.map_or_else(String::new, |part| part.to_string());
            add("part", level.parts.iter().map(part).collect());
        }
        if let (true, Some(vectors)) = (by_shape, c.vectors()) {
            let unlike = (0..c.len()).map(|row| {
                c.unlike(row)
                    .map_or_else(String::new, |value| format!("{value:.4}"))
            });
            columns.push(FactColumn {
                name: "unlike".to_owned(),
                values: unlike.collect(),
            });
            for number in 0..DIMENSIONS {
                let values = vectors.iter().skip(number).step_by(DIMENSIONS);
                columns.push(FactColumn {
                    name: format!("shape_{number}"),
                    values: values.map(ToString::to_string).collect(),
                });
            }
        }
        let known: BTreeSet<String> = columns.iter().map(|column| column.name.clone()).collect();
        // What was measured on the files' own pixels is not mixed with what was measured on cutouts.
        let measured = known.iter().any(|name| name.starts_with(PREFIX));
        columns.extend(found_out(page, c).into_iter().filter(|column| {
            let is_own = measured && column.name.starts_with(PREFIX);
            !known.contains(&column.name) && !is_own
        }));
        columns
    })
}

/// What was found out after the tree was shown, as far as it is there: structure, words of the groups, steadiness, the map.
fn found_out(page: Page, c: &Collection) -> Vec<FactColumn> {
    let mut columns = Vec::new();
    let mut add = |name: String, value: &dyn Fn(usize) -> Option<String>| {
        let values: Vec<String> = (0..c.len()).map(|row| value(row).unwrap_or_default()).collect();
        if values.iter().any(|value| !value.is_empty()) {
            columns.push(FactColumn { name, values });
        }
    };
    for (place, name) in NUMBERS.iter().enumerate().take(MEASURES) {
        add(format!("{PREFIX}{name}"), &|row| {
            let value = *c.structure_of(row)?.get(place)?;
            value.is_finite().then(|| digits(value))
        });
    }
    add(format!("{PREFIX}flags"), &|row| c.structure_flags(row));
    let (insight, described) = (page.insight.get_untracked(), page.described.get_untracked());
    if let Some(cutting) = page.cutting.get_untracked() {
        add("described_as".to_owned(), &|row| {
            let group = *cutting.groups.group_of().get(row)?;
            Some(described.as_ref()?.get(group)?.words(&ENGLISH))
        });
        add("stays_with_group".to_owned(), &|row| {
            let share = insight.steady_of(&cutting)?.galaxies.get(row)?;
            Some(format!("{share:.3}"))
        });
    }
    for (axis, name) in ["map_x", "map_y"].into_iter().enumerate() {
        add(name.to_owned(), &|row| {
            insight.map.as_ref()?.get(2 * row + axis).map(ToString::to_string)
        });
    }
    columns
}

/// Stem and end of a file's name, its media type, and what is in it.
type Made = (&'static str, &'static str, &'static str, Vec<u8>);

fn made(page: Page, what: Save, grove: &TreeView, cutting: &Cutting) -> Result<Made, String> {
    let ids: Vec<i64> = page
        .collection
        .with_value(|c| c.galaxies().map(|galaxy| galaxy.id).collect());
    let groups = || cutting.groups.numbers();
    Ok(match what {
        Save::Csv => {
            let names = files(page);
            let text = export::groups_csv(&ids, &names, &groups(), grove.resemblance.codes(), &facts(page));
            let text = text.map_err(|error| error.to_string())?;
            ("grove-groups", "csv", "text/csv", text.into_bytes())
        }
        Save::Newick => {
            let text = export::newick(&grove.tree, &ids).map_err(|error| error.to_string())?;
            ("grove-tree", "nwk", "text/plain", text.into_bytes())
        }
        Save::Fits => {
            let table = match &grove.resemblance {
                Resemblance::Codes(codes, _) => export::features_fits(&ids, codes, FeatureFormat::Reference),
                Resemblance::Vectors { .. } => {
                    return Err(
                        "the table of codes belongs to the recipe “reference”: choose it above the groups"
                            .to_owned(),
                    );
                }
            };
            let table = table.map_err(|error| error.to_string())?;
            ("grove-features", "fits", "application/fits", table)
        }
        Save::Groups => {
            let table = export::groups_fits(&ids, &groups(), &facts(page));
            let table = table.map_err(|error| error.to_string())?;
            ("grove-groups", "fits", "application/fits", table)
        }
        Save::Methods => ("grove-methods", "txt", "text/plain", methods(page).into_bytes()),
        Save::Svg => {
            let options = TreeFigure {
                title: format!(
                    "Similarity tree of {}, {}",
                    galaxies(ids.len()),
                    text::groups(cutting.len())
                ),
                colour_threshold: Some(cutting.height),
                ..TreeFigure::default()
            };
            let figure = tree_figure(&grove.tree, &grove.order, &options);
            (
                "grove-tree",
                "svg",
                "image/svg+xml",
                figure
                    .svg_by(concat!("Galaxy Grove ", env!("GROVE_VERSION")))
                    .into_bytes(),
            )
        }
        Save::Linkage => {
            let matrix = export::linkage_npy(&grove.tree);
            ("grove-linkage", "npy", "application/octet-stream", matrix)
        }
        Save::Png => return Err("a picture is made of the canvas".to_owned()),
    })
}

/// Saves the list of files with their verdicts.
pub fn verdicts(page: Page) {
    let mut text = "file,verdict,galaxies,words\r\n".to_owned();
    page.files.with_untracked(|files| {
        for file in files {
            let (class, _, words) = in_words(file.verdict.as_ref(), file.galaxies);
            let (name, words) = (export::csv_field(&file.name), export::csv_field(&words));
            text.push_str(&format!("{name},{class},{},{words}\r\n", file.galaxies));
        }
    });
    if let Err(reason) = download("grove-files.csv", "text/csv", text.as_bytes()) {
        complain(page, format!("Nothing was saved: {reason}."));
    }
}

/// What was done, in sentences that fit into a paper.
fn methods(page: Page) -> String {
    let source = match page.session.with_untracked(|session| session.source.clone()) {
        SetOrigin::Simulated { seed, count } => {
            format!("{count} galaxies of the built-in simulator, seed {seed}")
        }
        SetOrigin::HubbleDeepField => "galaxies of the Hubble Deep Field (NASA / STScI)".to_owned(),
        SetOrigin::Hosted(path) => format!("the set {} of the page's host", path.as_str()),
        SetOrigin::Files => "the user's own files".to_owned(),
        SetOrigin::Nothing => "nothing".to_owned(),
    };
    let sky = match credits(page) {
        Some(credits) => format!(" (from the sky, through hips2fits of the CDS, Strasbourg: {credits})"),
        None => String::new(),
    };
    let (model, device) = match page.device.get_untracked() {
        DeviceState::Ready(ready) => (
            format!("{}, SHA-256 {}", ready.model, ready.model_sha256),
            format!(
                "{}, {}{}; {}",
                ready.backend.label(),
                ready.device,
                text::choice(&ready),
                known_answers(&ready)
            ),
        ),
        _ => ("unknown".to_owned(), "unknown".to_owned()),
    };
    let session = page.session.get_untracked();
    // The demos are prepared already.
    let own = session.source == SetOrigin::Files;
    let (recipe, unique) = (session.recipe, session.unique);
    let once = if unique {
        "Duplicates (galaxies whose image equals that of another one) were removed.\n"
    } else {
        ""
    };
    let switch = |on: bool| if on { "on" } else { "off" };
    let (groups, cut_height) = page
        .cutting
        .get_untracked()
        .map_or((0, 0.0), |cutting| (cutting.len(), cutting.height));
    let galaxies = page.count.get_untracked();
    let method = Method {
        precision: precision(galaxies, tree_budget()),
        linkage: session.linkage,
        ..Method::default()
    };
    let by_shape = session.grouped_by == GroupedBy::Shape;
    let model = if by_shape {
        format!("shape.safetensors, SHA-256 {SHIPPED_SHA256}")
    } else {
        model
    };
    let edited = page
        .cutting
        .get_untracked()
        .filter(|cutting| !cutting.rule.edits.is_empty());
    let rule = edited.map_or_else(String::new, |cutting| {
        format!(
            "Single branches were changed after the cut: the rule is `{}` (nodes as in SciPy's linkage).\n",
            cutting.rule
        )
    });
    let note = MethodsNote {
        galaxies,
        groups,
        cut_height,
        method,
        model: &model,
        device: &device,
        version: env!("GROVE_VERSION"),
    };
    let preparation = if own {
        format!(
            "Preparation: {}; stretch of linear data: {}.\n{}",
            switch(recipe.prepare),
            switch(recipe.stretch),
            recipe
                .words()
                .into_iter()
                .chain(turned(page).map(Turned::sentence))
                .map(|words| words + "\n")
                .collect::<String>()
        )
    } else {
        "They came prepared.\n".to_owned()
    };
    format!(
        "{}Data: {source}{sky}, in the order of the files. {preparation}{once}{rule}",
        if let GroupedBy::Vectors = session.grouped_by {
            let width = page.collection.with_value(Collection::vector_width);
            export::vector_methods_text(&note, width.unwrap_or_default())
        } else if by_shape {
            export::shape_methods_text(&note)
        } else {
            export::methods_text(&note)
        },
    )
}

/// The credits of the surveys that the galaxies on the page came from, when some did.
fn credits(page: Page) -> Option<String> {
    let files = page
        .session
        .with_untracked(|session| session.source == SetOrigin::Files);
    let surveys = page.surveys();
    let credits: BTreeSet<&str> = surveys
        .iter()
        .filter_map(|key| Some(Survey::by_key(key)?.credit))
        .collect();
    let credits = credits.into_iter().collect::<Vec<_>>().join("; ");
    (files && !credits.is_empty()).then_some(credits)
}
