//! One galaxy: as dropped, prepared, its codes, the reconstruction from them, and the most similar galaxies.

use crate::actions::adjust;
use crate::actions::{apply, change, step};
use crate::canvas::pictures::{Figure, Picture};
use crate::store::Action;
use crate::store::Page;
use crate::text::many_galaxies;
use crate::view::widgets::adjust::Adjust;
use crate::view::widgets::thumb::Thumb;
use galaxy_grove::cutout::{CODES, DUPLICATE_OF};
use galaxy_grove::grouping::UNSURE;
use galaxy_grove::layout::palette;
use galaxy_grove::page_model::{Resemblance, TreeView};
use galaxy_grove::structure::{PREFIX, place};
use leptos::prelude::*;
use std::sync::Arc;

/// Differences are small: the residual is shown this much stronger.
const RESIDUAL_GAIN: f32 = 2.0;
/// Codes whose margin is below this share of the galaxy's median margin are marked as unsure.
const UNSURE_CODE: f32 = 0.1;

/// The panel of the selected galaxy, when there is one.
#[component]
pub fn GalaxyPanel() -> impl IntoView {
    let page = Page::current();
    let row = Memo::new(move |_| page.session.with(|session| session.galaxy));
    Effect::new(move || {
        if let (Some(row), true) = (row.get(), page.tree.with(Option::is_some)) {
            apply(page, Action::Reconstruct(row));
        }
    });
    view! {
        {move || match (row.get(), page.tree.get()) {
            (Some(row), Some(grove)) if row < grove.leaves() => view! { <Opened row grove/> }.into_any(),
            _ => ().into_any(),
        }}
    }
}

#[component]
fn Opened(row: usize, grove: Arc<TreeView>) -> impl IntoView {
    let page = Page::current();
    let painted = move || {
        page.reconstruction
            .get()
            .filter(|(of, _)| *of == row)
            .map(|(_, image)| image)
    };
    let (galaxy, raw) = page
        .collection
        .with_value(|c| (c.galaxy(row).cloned(), c.raw(row)));
    let Some(galaxy) = galaxy else {
        return ().into_any();
    };
    let before = match &galaxy.preview {
        Some(preview) => Picture {
            size: preview.size,
            grey: preview.pixels.to_vec(),
            square: preview.square,
        },
        None => Picture::grey(raw),
    };
    let prepared = page.collection.with_value(|c| Picture::of(&c.image(row)));
    let has_no_picture = prepared.grey.is_empty();
    let rebuilt = move || painted().map(|image| Picture::of(&image)).unwrap_or_default();
    let residual = move || {
        painted()
            .map(|image| {
                page.collection.with_value(|c| {
                    let differences = c.image(row).into_iter().zip(image.iter()).map(|(a, b)| a - b);
                    Picture::of_difference(differences, RESIDUAL_GAIN)
                })
            })
            .unwrap_or_default()
    };
    let error = move || {
        painted().map_or_else(String::new, |image| {
            let sum: f32 = page.collection.with_value(|c| {
                c.image(row)
                    .into_iter()
                    .zip(image.iter())
                    .map(|(a, b)| (a - b) * (a - b))
                    .sum()
            });
            format!("{:.5}", sum / image.len().max(1) as f32)
        })
    };
    let by_codes = matches!(grove.resemblance, Resemblance::Codes(..));
    let near = grove
        .nearest(row, 7)
        .into_iter()
        .map(|(row, distance)| {
            let agree = ((1.0 - distance) * CODES as f64).round();
            let (words, short) = if by_codes {
                (
                    format!("{agree} of {CODES} codes agree"),
                    format!("{agree} / {CODES}"),
                )
            } else {
                (format!("difference {distance:.3}"), format!("{distance:.2}"))
            };
            view! { <div><Thumb row note=words.clone()/><span title=words>{short}</span></div> }
        })
        .collect_view();
    let group = {
        let grove = Arc::clone(&grove);
        move || {
            page.cutting.get().and_then(|cutting| {
                let index = *cutting.groups.group_of().get(row)?;
                let group = *cutting.groups.groups().get(index)?;
                Some((index + 1, group.node, palette::group(grove.colour(group.node))))
            })
        }
    };
    let chip = move || {
        group().map(|(number, node, colour)| {
            view! {
                <button class="chip" style=format!("--c:{colour}")
                    on:click=move |_| change(page, |s| s.branch = Some(node))>{format!("group {number}")}</button>
            }
        })
    };
    let sky = galaxy.sky.map(|(level, sigma)| {
        view! {
            <dt>"sky, sigma"</dt><dd>{format!("{level:.4}, {sigma:.4} of the maximum")}</dd>
        }
    });
    let remarks =
        (!galaxy.remarks.is_empty()).then(|| view! { <dt>"remarks"</dt><dd>{galaxy.remarks.join(" ")}</dd> });
    let unusual = page.collection.with_value(|c| c.unlike(row)).map(|unlike| {
        let words = if unlike > 1.0 {
            format!("unlike anything that the model was trained on ({unlike:.1} times its most unusual galaxy): its group may mean little")
        } else {
            format!("more unusual than {:.0} % of the galaxies that the model was trained on", 100.0 * unlike)
        };
        view! { <dt>"how unusual"</dt><dd>{words}</dd> }
    });
    let original = page.collection.with_value(|c| {
        let first = c.original_of(row)?;
        Some((first, c.galaxy(first)?.name.clone()))
    });
    let original = original.map(|(first, name)| {
        let open = move |_| change(page, |session| session.galaxy = Some(first));
        view! { <dt>"shows the same as"</dt><dd><button class="link" on:click=open>{name}</button></dd> }
    });
    let facts = galaxy_grove::export::facts(&[&galaxy.about])
        .into_iter()
        .filter(|fact| fact.name != DUPLICATE_OF)
        .map(|fact| view! { <dt>{fact.name}</dt><dd>{fact.values.concat()}</dd> })
        .collect_view();
    let vector = (!galaxy.about.vector.is_empty()).then(|| {
        let words = format!("{} numbers came with it", galaxy.about.vector.len());
        view! { <dt>"vector"</dt><dd>{words}</dd> }
    });
    let numbers = galaxy.measures.map(|of| {
        view! {
            <dt>"light"</dt>
            <dd>{format!(
                "signal to noise {:.0}, half-light radius {:.1} of 64 pixels, ellipticity {:.2}, {:.0} % of the cutout",
                of.signal_to_noise, of.half_light_radius, of.ellipticity, 100.0 * of.fill_fraction
            )}</dd>
        }
    });
    // Facts then hold what was measured on the file's own pixels.
    let own = galaxy.about.columns.keys().any(|name| name.starts_with(PREFIX));
    let structure = move || {
        if own {
            return None;
        }
        // Measured galaxies are counted in the insight: it changes when they are.
        page.insight.track();
        let measures = page
            .collection
            .with_value(|c| c.structure_of(row).map(<[f64]>::to_vec))?;
        let number = |place: usize, name: &str, digits: usize| {
            let value = measures.get(place).copied().filter(|value| value.is_finite())?;
            Some(format!("{name} {value:.digits$}"))
        };
        let numbers: Vec<String> = [
            number(place::CONCENTRATION, "concentration", 2),
            number(place::ASYMMETRY, "asymmetry", 2),
            number(place::SMOOTHNESS, "clumpiness", 2),
            number(place::GINI, "Gini", 2),
            number(place::M20, "M20", 2),
            number(place::ELLIPTICITY, "ellipticity", 2),
        ]
        .into_iter()
        .flatten()
        .collect();
        let words = if numbers.is_empty() {
            "it could not be measured".to_owned()
        } else {
            numbers.join(", ")
        };
        Some(view! {
            <dt title="Measured on the cutout as the model sees it: numbers compare the galaxies here, not those of papers">"structure"</dt>
            <dd>{words}</dd>
        })
    };
    let steady = move || {
        let cutting = page.cutting.get()?;
        let share = page
            .insight
            .with(|insight| insight.steady_of(&cutting)?.galaxies.get(row).copied())?;
        let words = if share < UNSURE {
            format!(
                "unsure: it is with it in {:.0} % of 30 trees of two thirds of the galaxies",
                100.0 * share
            )
        } else {
            format!(
                "it is with it in {:.0} % of 30 trees of two thirds of the galaxies",
                100.0 * share
            )
        };
        Some(view! { <dt>"its group"</dt><dd>{words}</dd> })
    };
    let caption = if galaxy.preview.is_some() {
        "as dropped"
    } else {
        "raw cutout"
    };
    let adjustable = adjust::can(page, &galaxy);
    let first = if adjustable {
        let galaxy = galaxy.clone();
        let picked = Callback::new(move |at| adjust::centre(page, &galaxy, at));
        view! { <Figure picture=Signal::stored(before) caption picked/> }.into_any()
    } else {
        view! { <Figure picture=Signal::stored(before) caption/> }.into_any()
    };
    let stands_for = page.collection.with_value(|c| {
        let level = c.level()?;
        Some((
            *level.stands_for.get(row)?,
            level.parts.get(row).copied().flatten()?,
        ))
    });
    let opens = stands_for.map(|(count, part)| {
        view! {
            <p class="stands-for">
                {format!("It is the one nearest to the mean of {} and stands for them.", many_galaxies(count))}
                <button id="open-part" class="primary" on:click=move |_| apply(page, Action::OpenPart(part))>"Open them"</button>
            </p>
        }
    });
    let adjust = adjustable.then(|| view! { <Adjust galaxy=galaxy.clone()/> });
    view! {
        <section class="galaxy" role="dialog" aria-label=format!("Galaxy {}", galaxy.name)>
            <header>
                <h2 title=galaxy.name.clone()>{galaxy.name.clone()}</h2>
                {chip}
                <span class="spacer"></span>
                <button class="quiet" aria-label="Previous in the tree" title="Previous in the tree (←)" on:click=move |_| step(page, -1)>"←"</button>
                <button class="quiet" aria-label="Next in the tree" title="Next in the tree (→)" on:click=move |_| step(page, 1)>"→"</button>
                <button aria-label="Close" title="Close (Esc)" id="close-galaxy"
                    on:click=move |_| change(page, |s| s.galaxy = None)>"✕"</button>
            </header>
            {has_no_picture.then(|| view! { <p class="quiet">"No picture came with it: only its vector."</p> })}
            <div class="pictures" class:hidden=has_no_picture>
                {first}
                <Figure picture=Signal::stored(prepared) caption="prepared"/>
                {by_codes.then(|| view! {
                    <CodeMap row/>
                    <Figure picture=Signal::derive(rebuilt) caption="reconstruction"/>
                    <Figure picture=Signal::derive(residual) caption="residual ×2"/>
                })}
            </div>
            {adjust}
            {opens}
            <dl class="facts">
                <dt>"id"</dt><dd>{galaxy.id.to_string()}</dd>
                {by_codes.then(|| view! { <dt>"mean squared error"</dt><dd>{error}</dd> })}
                {unusual}
                {steady}
                {structure}
                {original}
                {vector}
                {facts}
                {sky}
                {numbers}
                {remarks}
            </dl>
            <h4>{if by_codes { "Most similar: how many of the 64 codes agree" } else { "Most similar: difference, as in the tree" }}</h4>
            <div class="near">{near}</div>
        </section>
    }
    .into_any()
}

/// The 8x8 codes. A code is marked where the second-best was nearly as near.
#[component]
fn CodeMap(row: usize) -> impl IntoView {
    let page = Page::current();
    let (codes, margins) = page
        .collection
        .with_value(|c| (c.codes(row).to_vec(), c.margins(row).to_vec()));
    let mut sorted = margins.clone();
    sorted.sort_by(f32::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let cells = codes
        .into_iter()
        .zip(margins)
        .map(|(code, margin)| {
            let unsure = margin < median * UNSURE_CODE;
            let note = if unsure { ", nearly another" } else { "" };
            view! {
                <span style=format!("background:{}", palette::code(code)) class:unsure=unsure
                    title=format!("code {code}, margin {margin:.3}{note}")>{code}</span>
            }
        })
        .collect_view();
    view! {
        <figure>
            <div class="codes" role="img" aria-label="8 by 8 codes">{cells}</div>
            <figcaption>"8 × 8 codes"</figcaption>
        </figure>
    }
}
