//! The groups: a card each, or one branch with all its galaxies.

use crate::actions::tree_window::look_into;
use crate::actions::{apply, change};
use crate::store::Action;
use crate::store::Page;
use crate::text::{galaxies, many_galaxies};
use crate::view::widgets::members::Members;
use crate::view::widgets::scrolled::Scrolled;
use crate::view::widgets::thumb::Thumb;
use galaxy_grove::describe::ENGLISH;
use galaxy_grove::grouping::{Edit, Linkage, Thresholds, UNSURE};
use galaxy_grove::layout::palette;
use galaxy_grove::page_model::GroupedBy;
use galaxy_grove::page_model::collection::Collection;
use galaxy_grove::page_model::session::GroupOrder;
use galaxy_grove::page_model::{Cutting, Resemblance, TreeView};
use galaxy_grove::splits::sentence;
use leptos::prelude::*;
use std::sync::Arc;

/// Height of a card and the gap below it, in pixels.
const CARD: f64 = 144.0;
/// Thumbnails that a card shows at most.
const SHOWN: usize = 40;

/// Linkages of codes, as the list names them.
const LINKAGES: [(Linkage, &str); 8] = [
    (Linkage::Reference, "Ward, as the paper"),
    (Linkage::WardEuclidean, "Ward of square roots"),
    (Linkage::Average, "average"),
    (Linkage::Complete, "complete"),
    (Linkage::Weighted, "weighted"),
    (Linkage::Single, "single"),
    (Linkage::Centroid, "centroid"),
    (Linkage::Median, "median"),
];

/// The panel on the right.
#[component]
pub fn GroupsPanel() -> impl IntoView {
    let page = Page::current();
    let branch = Memo::new(move |_| page.session.with(|session| session.branch));
    let order = Memo::new(move |_| page.session.with(|session| session.order));
    let by = move |wanted| {
        page.session
            .with(|session| session.grouped_by == wanted)
            .to_string()
    };
    let pressed = move |wanted| (order.get() == wanted).to_string();
    let by_codes = Memo::new(move |_| {
        page.session
            .with(|session| session.grouped_by == GroupedBy::Reference)
    });
    let linked = Memo::new(move |_| page.session.with(|session| session.linkage));
    let choose = move |event: web_sys::Event| {
        if let Some(linkage) = Linkage::from_name(&event_target_value(&event)) {
            apply(page, Action::LinkBy(linkage));
        }
    };
    let linkage = move || {
        by_codes.get().then(|| {
            let options = LINKAGES.into_iter().map(|(linkage, label)| {
                view! { <option value=linkage.name() selected=move || linked.get() == linkage>{label}</option> }
            });
            view! {
                <select id="linkage" aria-label="Linkage" title="How the tree is built from the distances of codes"
                    prop:value=move || linked.get().name() on:change=choose>{options.collect_view()}</select>
            }
        })
    };
    let by_vectors = move || {
        page.count.track();
        let width = page.collection.with_value(Collection::vector_width)?;
        Some(view! {
            <button id="by-vectors" aria-pressed=move || by(GroupedBy::Vectors)
                title=format!("By the vectors that came with the galaxies: {width} numbers each, Euclidean distances, Ward's linkage")
                on:click=move |_| apply(page, Action::GroupBy(GroupedBy::Vectors))>"Vectors"</button>
        })
    };
    view! {
        <section class="panel groups-panel" aria-label="Groups">
            {move || match (branch.get(), page.tree.get()) {
                (Some(node), Some(grove)) => view! { <Branch node grove/> }.into_any(),
                _ => view! {
                    <header>
                        <h2>"Groups"</h2>
                        <span class="seg" role="group" aria-label="Order of the groups">
                            <button aria-pressed=move || pressed(GroupOrder::Size)
                                on:click=move |_| change(page, |s| s.order = GroupOrder::Size)>"Largest first"</button>
                            <button aria-pressed=move || pressed(GroupOrder::Tree)
                                on:click=move |_| change(page, |s| s.order = GroupOrder::Tree)>"Tree order"</button>
                        </span>
                        <span class="seg" role="group" aria-label="How galaxies are grouped">
                            <button id="by-shape" aria-pressed=move || by(GroupedBy::Shape)
                                title="By what a galaxy looks like, whatever its angle and brightness"
                                on:click=move |_| apply(page, Action::GroupBy(GroupedBy::Shape))>"Shape"</button>
                            <button id="by-reference" aria-pressed=move || by(GroupedBy::Reference)
                                title="As Cheng et al. 2021 do, to the last bit"
                                on:click=move |_| apply(page, Action::GroupBy(GroupedBy::Reference))>"Reference"</button>
                            {by_vectors}
                        </span>
                        {linkage}
                    </header>
                    <Cards order/>
                }.into_any(),
            }}
        </section>
    }
}

/// All cards; only those in sight are in the document.
#[component]
fn Cards(order: Memo<GroupOrder>) -> impl IntoView {
    let page = Page::current();
    let scrolled = Scrolled::new();
    let listed = Memo::new(move |_| {
        page.cutting
            .get()
            .map(|cutting| cutting.listed(order.get()))
            .unwrap_or_default()
    });
    let window = Memo::new(move |_| scrolled.lines(CARD, listed.with(Vec::len), 0));
    let visible = move || {
        let places = window.get();
        let Some(cutting) = page.cutting.get() else {
            return Vec::new();
        };
        listed.with(|listed| {
            places
                .filter_map(|place| Some((place, *listed.get(place)?, Arc::clone(&cutting))))
                .collect()
        })
    };
    // A card is drawn again when the tree, its place, its branch or its number changes.
    let key = |(place, index, cutting): &(usize, usize, Arc<Cutting>)| {
        (
            cutting.tree,
            *place,
            *index,
            cutting.groups.groups().get(*index).map(|group| group.node),
        )
    };
    view! {
        <div class="cards" node_ref=scrolled.node on:scroll=move |_| scrolled.follow()>
            <div class="tall" role="list" style=move || format!("height:{}px", listed.with(Vec::len) as f64 * CARD)>
                <For each=visible key=key children=move |(place, index, cutting)| {
                    page.tree.get_untracked().map(|grove| view! { <Card place index cutting grove/> })
                }/>
            </div>
            <Show when=move || listed.with(Vec::is_empty)>
                <p class="empty">"The groups appear here as soon as there is a tree."</p>
            </Show>
        </div>
    }
}

#[component]
fn Card(place: usize, index: usize, cutting: Arc<Cutting>, grove: Arc<TreeView>) -> impl IntoView {
    let page = Page::current();
    let Some(group) = cutting.groups.groups().get(index).copied() else {
        return ().into_any();
    };
    let (node, size) = (group.node, group.len());
    let medoid = cutting.medoids.get(index).copied().unwrap_or(0);
    let rows: Vec<usize> = grove
        .typical(node)
        .into_iter()
        .map(|typical| typical.row)
        .filter(|&row| row != medoid)
        .take(SHOWN)
        .collect();
    let held = grove.galaxies(node);
    let whole = grove.tree.root().map_or(0, |root| grove.galaxies(root));
    let share = held as f64 / whole.max(1) as f64 * 100.0;
    let colour = palette::group(grove.colour(node));
    let number = index + 1;
    let words = move || {
        let described = page.described.get()?;
        Some(described.get(index)?.words(&ENGLISH))
    };
    let steady = move || steadiness(page, index);
    let sentence = move || {
        let described = page.described.get()?;
        let share = steady().map(|(share, _)| share);
        Some(described.get(index)?.sentence(&ENGLISH, size, share))
    };
    let lit = move || page.hover.get() == Some(node);
    view! {
        <article class="card" role="listitem" class:lit=lit data-group=number.to_string()
            style=format!("--c:{colour};top:{}px", place as f64 * CARD)
            on:pointerenter=move |_| apply(page, Action::Hover(Some(node)))
            on:pointerleave=move |_| apply(page, Action::Hover(None))>
            <header>
                <span class="badge">{number}</span>
                <h3><button title="Show all of them" on:click=move |_| change(page, |s| s.branch = Some(node))>
                    {format!("Group {number}")}
                </button></h3>
                <span class="words" title=sentence>{words}</span>
                {move || steady().map(|(share, unsure)| view! {
                    <span class="steady" class:unsure=move || share < UNSURE
                        title=format!("On average its galaxies stay together in {:.0} % of 30 trees of two thirds of the galaxies; {unsure} of them are unsure: they stay in fewer than three of four", 100.0 * share)>
                        {format!("{:.0} % steady", 100.0 * share)}
                    </span>
                })}
                <span class="size">{sized(held, size)}</span>
            </header>
            <div class="row">
                <Thumb row=medoid class="medoid" note=format!("most typical of group {number}")/>
                <div class="thumbs">{rows.into_iter().map(|row| view! { <Thumb row/> }).collect_view()}</div>
            </div>
            <div class="share"><i style=format!("width:{share:.1}%")></i></div>
        </article>
    }
    .into_any()
}

/// How many galaxies, and in how many pictures where these stand for more.
fn sized(held: u64, pictures: usize) -> String {
    if held == pictures as u64 {
        return galaxies(pictures);
    }
    format!(
        "{} in {pictures} {}",
        many_galaxies(held),
        if pictures == 1 { "picture" } else { "pictures" }
    )
}

/// The share of trees in which a group's galaxies stay together, and how many of them are unsure; `None` before it was tested.
fn steadiness(page: Page, index: usize) -> Option<(f64, usize)> {
    let cutting = page.cutting.get()?;
    page.insight.with(|insight| {
        let steady = insight.steady_of(&cutting)?;
        let members = cutting.groups.group_of().iter().zip(&steady.galaxies);
        let unsure = members
            .filter(|(group, share)| **group == index && **share < UNSURE)
            .count();
        Some((*steady.groups.get(index)?, unsure))
    })
}

/// One branch of the tree with all its galaxies.
#[component]
fn Branch(node: usize, grove: Arc<TreeView>) -> impl IntoView {
    let page = Page::current();
    let typical = grove.typical(node);
    let size = typical.len();
    let medoid = typical.first().map_or(0, |typical| typical.row);
    let mean = typical.iter().map(|typical| typical.distance).sum::<f64>() / size.max(1) as f64;
    let alike = match &grove.resemblance {
        Resemblance::Codes(..) => view! {
            <div title="The mean share of the 64 codes that a galaxy of this branch has in common with its most typical one">
                <dt>"alike"</dt><dd>{format!("on average {:.0} % of codes agree", 100.0 * (1.0 - mean))}</dd>
            </div>
        },
        Resemblance::Vectors { .. } => view! {
            <div title="The mean distance of a galaxy of this branch from the branch's mean, in the unit of the tree's heights">
                <dt>"spread"</dt><dd>{format!("{mean:.2} on average")}</dd>
            </div>
        },
    };
    let height = grove.tree.height(node);
    let colour = palette::group(grove.colour(node));
    let parent = grove.order.parent(node);
    let rows = Arc::new(typical.iter().map(|typical| typical.row).collect::<Vec<_>>());
    let title = {
        let grove = Arc::clone(&grove);
        move || {
            let number = page
                .cutting
                .get()
                .and_then(|cutting| cutting.groups.of_node(&grove.order, node));
            number.map_or_else(
                || "A branch of the tree".to_owned(),
                |index| format!("Group {}", index + 1),
            )
        }
    };
    // What can be done to this branch: a group is split, several are joined, a part of one becomes one.
    let edit = {
        let grove = Arc::clone(&grove);
        move || {
            let cutting = page.cutting.get()?;
            let (label, title, edits) = match grove.edits_for(&cutting.groups, node) {
                None => (
                    "Join",
                    "Make one group of the groups of this branch",
                    vec![Edit::Join(node)],
                ),
                Some(edits) if !edits.is_empty() => {
                    ("Make a group", "Make this branch a group of its own", edits)
                }
                // A single galaxy cannot be split.
                Some(_) => {
                    grove.tree.merge_of(node)?;
                    (
                        "Split",
                        "Split this group in two, whatever the line says",
                        vec![Edit::Split(node)],
                    )
                }
            };
            Some(view! {
                <button class="quiet" id="edit-branch" title=title
                    on:click=move |_| change(page, |s| s.edits.extend(edits.iter().copied()))>{label}</button>
            })
        }
    };
    let in_words = {
        let grove = Arc::clone(&grove);
        move || {
            let index = page.cutting.get()?.groups.of_node(&grove.order, node)?;
            let words = page.described.get()?.get(index)?.words(&ENGLISH);
            Some(view! {
                <div title="Structure beside that of all other galaxies here: only clear differences have a word"><dt>"looks"</dt><dd>{words}</dd></div>
            })
        }
    };
    let about = {
        let grove = Arc::clone(&grove);
        // Looked at once the structure is known, not at every report of progress.
        let is_known = Memo::new(move |_| page.insight.with(|insight| insight.sides.is_some()));
        move || {
            let sides = is_known
                .get()
                .then(|| page.insight.with_untracked(|insight| insight.sides.clone()))??;
            let thresholds = Thresholds::default();
            let split = sides.splits(&grove.tree, &grove.order, &thresholds).of(node)?;
            Some(view! {
                <div title="Why the two sides of this branch differ: by the structure of their galaxies, or only by the angles"><dt>"its split"</dt><dd>{sentence(&split)}</dd></div>
            })
        }
    };
    let unusual_title = match &grove.resemblance {
        Resemblance::Codes(..) => "Galaxies farthest from the branch's most typical look first",
        Resemblance::Vectors {
            by: GroupedBy::Vectors,
            ..
        } => "Galaxies farthest from the branch's mean first",
        Resemblance::Vectors { .. } => {
            "Galaxies that are least like those that the model was trained on first"
        }
    };
    let by_given = grove.recipe() == GroupedBy::Vectors;
    let unusual_first = RwSignal::new(false);
    let unlike = {
        let rows = Arc::clone(&rows);
        move || {
            let unlike = page
                .collection
                .with_value(|c| rows.iter().map(|row| c.unlike(*row)).collect::<Option<Vec<_>>>());
            let mut sorted: Vec<usize> = rows.iter().rev().copied().collect();
            if let Some(unlike) = unlike.filter(|_| !by_given) {
                let mut pairs: Vec<(f64, usize)> = unlike.into_iter().zip(rows.iter().copied()).collect();
                pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                sorted = pairs.into_iter().map(|(_, row)| row).collect();
            }
            Arc::new(sorted)
        }
    };
    view! {
        <header>
            <h2>"Branch"</h2>
            <button id="back" on:click=move |_| change(page, |s| s.branch = None)>"← All groups"</button>
            <button class="quiet" disabled=parent.is_none() on:click=move |_| change(page, |s| s.branch = parent)
                title="The branch that this one joins">"One up"</button>
            {edit}
            <button class="quiet" title="Show only this branch in the tree"
                on:click=move |_| look_into(page, Some(node))>"Zoom to it"</button>
        </header>
        <div class="branch-head" style=format!("--c:{colour}")>
            <Thumb row=medoid note="most typical of this branch"/>
            <div>
                <h3>{title}</h3>
                <dl>
                    <div><dt>"size"</dt><dd>{sized(grove.galaxies(node), size)}</dd></div>
                    <div><dt>"joined at height"</dt><dd>{format!("{height:.2}")}</dd></div>
                    {alike}
                    {in_words}
                    {about}
                </dl>
            </div>
            <span class="seg" role="group" aria-label="Order of the galaxies">
                <button aria-pressed=move || (!unusual_first.get()).to_string()
                    on:click=move |_| unusual_first.set(false)>"Typical first"</button>
                <button id="unusual-first" aria-pressed=move || unusual_first.get().to_string()
                    title=unusual_title on:click=move |_| unusual_first.set(true)>"Unusual first"</button>
            </span>
        </div>
        {move || {
            let rows = if unusual_first.get() { unlike() } else { Arc::clone(&rows) };
            view! { <Members rows/> }
        }}
    }
}
