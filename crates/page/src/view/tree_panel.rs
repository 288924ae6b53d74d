//! The similarity tree: drawn on a canvas, cut by dragging, zoomed by the wheel, walked by keys.

use crate::actions::context::context;
use crate::actions::show::{show, simulated};
use crate::actions::tree_window::{look_into, zoom};
use crate::actions::{apply, change, say};
use crate::canvas::gesture::Gesture;
use crate::canvas::paint::{self, Scene, THUMBS};
use crate::canvas::shown::Shown;
use crate::store::Action;
use crate::store::Page;
use crate::text::{galaxies, groups};
use crate::view::widgets::gaps::Gaps;
use crate::view::widgets::map::Map;
use galaxy_grove::count::counted;
use galaxy_grove::layout::{Scale, dendrogram, places};
use galaxy_grove::page_model::Stage;
use galaxy_grove::page_model::session::SetOrigin;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use leptos_use_element_size::{UseElementSizeReturn, use_element_size};
use std::sync::Arc;
use wasm_bindgen::JsCast as _;

/// The panel on the left.
#[component]
pub fn TreePanel() -> impl IntoView {
    let page = Page::current();
    let canvas = NodeRef::<Canvas>::new();
    let holder = NodeRef::<Div>::new();
    let UseElementSizeReturn { width, height } = use_element_size(holder);
    let dragged = RwSignal::new(None::<f64>);
    let pointer = RwSignal::new((0.0, 0.0));
    let window = Memo::new(move |_| page.session.with(|session| session.window));
    let shown = Memo::new_with_compare(
        move |_| {
            let (grove, cutting) = (page.tree.get()?, page.cutting.get()?);
            let area = paint::area(width.get(), height.get());
            let scale = Scale::new(area, grove.leaves(), window.get(), grove.tree.max_height());
            let drawing = dendrogram(&grove.tree, &grove.order, &cutting.groups, &scale);
            let places = places(&drawing.bars, area.left, area.right, THUMBS.0, THUMBS.1);
            Some(Arc::new(Shown {
                drawing,
                scale,
                places,
            }))
        },
        |_, _| true,
    );
    let on_map =
        Memo::new(move |_| page.session.with(|session| session.map) && page.tree.with(Option::is_some));
    let branch = Memo::new(move |_| page.session.with(|session| session.branch));
    let galaxy = Memo::new(move |_| page.session.with(|session| session.galaxy));
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        let Some(shown) = shown.get() else {
            // Nothing of the last tree stays: a canvas whose width is set is cleared.
            canvas.set_width(canvas.width());
            return;
        };
        let (Some(grove), Some(cutting)) = (page.tree.get(), page.cutting.get()) else {
            return;
        };
        let (width, height, ratio) = (
            width.get(),
            height.get(),
            leptos::prelude::window().device_pixel_ratio(),
        );
        let (across, down) = ((width * ratio) as u32, (height * ratio) as u32);
        if (canvas.width(), canvas.height()) != (across, down) {
            canvas.set_width(across);
            canvas.set_height(down);
        }
        page.pictures.track();
        let scene = Scene {
            page,
            width,
            height,
            ratio,
            grove: &grove,
            cutting: &cutting,
            drawing: &shown.drawing,
            scale: &shown.scale,
            places: &shown.places,
            hover: page.hover.get(),
            branch: branch.get(),
            galaxy: galaxy.get(),
            dragged: dragged.get(),
        };
        if let Err(error) = context(&canvas).and_then(|context| scene.paint(&context)) {
            web_sys::console::error_1(&error);
        }
    });
    let gesture = Gesture::new(page, canvas, shown, dragged, pointer);
    let cut = move || page.cutting.get();
    let words = move || {
        cut().map_or_else(String::new, |cut| {
            format!("{}, height {:.2}", groups(cut.len()), cut.height)
        })
    };
    let top = move || page.tree.get().map_or(1.0, |grove| grove.tree.max_height());
    view! {
        <section class="panel tree-panel" aria-label="Similarity tree">
            <Head/>
            <div class="tree-box" node_ref=holder>
                <Show when=move || on_map.get()><Map width height/></Show>
                <canvas
                    id="tree"
                    class:hidden=move || on_map.get()
                    node_ref=canvas
                    tabindex="0"
                    role="slider"
                    aria-orientation="vertical"
                    aria-label="Height of the cut through the similarity tree"
                    aria-valuemin="0"
                    aria-valuemax=move || format!("{:.4}", top())
                    aria-valuenow=move || cut().map_or_else(|| "0".to_owned(), |cut| format!("{:.4}", cut.height))
                    aria-valuetext=words
                    on:pointerdown=move |event| gesture.down(&event)
                    on:pointermove=move |event| gesture.moved(&event)
                    on:pointerup=move |event| gesture.up(&event)
                    on:pointercancel=move |event| gesture.up(&event)
                    on:pointerleave=move |_| apply(page, Action::Hover(None))
                    on:dblclick=move |event| gesture.double(&event)
                    on:wheel=move |event| gesture.wheel(&event)
                    on:keydown=move |event| gesture.key(&event)
                ></canvas>
                <Tip pointer width/>
                <Show when=move || page.tree.with(Option::is_none)>
                    <div class="empty">{move || match page.stage.get() {
                        Stage::Idle => view! {
                            <p>"Drop galaxy images here, or open a demo."</p>
                            <p>
                                <button on:click=move |_| show(page, simulated())>"Simulated galaxies"</button> " "
                                <button on:click=move |_| show(page, SetOrigin::HubbleDeepField)>"Hubble Deep Field"</button>
                            </p>
                        }.into_any(),
                        _ => view! { <p>"The tree appears here in a moment."</p> }.into_any(),
                    }}</div>
                </Show>
            </div>
            <p class="hint">{move || if on_map.get() {
                "Scroll to zoom, drag to move, click a galaxy to look at it. Frames have the colours of the groups."
            } else {
                "Drag the line, or press ↓ ↑ to split or join one branch at a time. Click a branch to look inside it; scroll to zoom."
            }}</p>
            <Gaps/>
        </section>
    }
}

/// Title, number of groups, height, zoom.
#[component]
fn Head() -> impl IntoView {
    let page = Page::current();
    let groups = move || page.cutting.get().map_or(0, |cutting| cutting.len());
    let none = move || page.tree.with(Option::is_none);
    let set = move |wanted: usize| {
        let most = page
            .tree
            .with_untracked(|grove| grove.as_ref().map_or(1, |grove| grove.leaves()));
        change(page, |session| session.groups = Some(wanted.clamp(1, most)));
    };
    let typed = move |event: web_sys::Event| {
        match event_target_value(&event).trim().parse::<usize>() {
            Ok(wanted) => set(wanted),
            Err(_) => say(page, "The number of groups is a whole number, 1 or more."),
        }
        // What was typed may be out of range, and then nothing else would write the field.
        write_back(&event, groups().to_string());
    };
    let typed_height = move |event: web_sys::Event| {
        let height = event_target_value(&event).trim().replace(',', ".").parse::<f64>();
        match (height, page.tree.get_untracked()) {
            (Ok(height), Some(grove)) if height >= 0.0 => set(grove.groups_at(height)),
            _ => say(page, "The height of the cut is a number, 0 or more."),
        }
        write_back(&event, height_text(page));
    };
    let on_map = Memo::new(move |_| page.session.with(|session| session.map));
    let zoomed = Memo::new(move |_| {
        page.session
            .with(|session| session.window != (0.0, 1.0) && !session.map)
    });
    view! {
        <header>
            <h2>{move || if on_map.get() { "Map" } else { "Similarity tree" }}</h2>
            <span class="seg" role="group" aria-label="What is shown">
                <button id="show-tree" aria-pressed=move || (!on_map.get()).to_string()
                    on:click=move |_| change(page, |s| s.map = false)>"Tree"</button>
                <button id="show-map" aria-pressed=move || on_map.get().to_string()
                    title="Galaxies on a plane: those that are alike lie beside each other"
                    on:click=move |_| change(page, |s| s.map = true)>"Map"</button>
            </span>
            <span class="field">
                <label for="groups">"groups"</label>
                <span class="step">
                    <button aria-label="One group fewer" disabled=move || none() || groups() <= 1 on:click=move |_| set(groups().saturating_sub(1))>"−"</button>
                    <input id="groups" type="text" inputmode="numeric" autocomplete="off" prop:value=move || groups().to_string() on:change=typed disabled=none/>
                    <button aria-label="One group more" disabled=none on:click=move |_| set(groups() + 1)>"+"</button>
                </span>
            </span>
            <span class="field">
                <label for="cut-height">"height"</label>
                <input id="cut-height" type="text" inputmode="decimal" autocomplete="off" disabled=none
                    prop:value=move || height_text(page)
                    on:change=typed_height/>
            </span>
            <button class="quiet" id="by-orientation" disabled=none
                title="Let orientation decide the number of groups: no split that is only a matter of the galaxies' angles is made"
                on:click=move |_| apply(page, Action::CutByOrientation)>"By orientation"</button>
            {move || {
                let changes = page.session.with(|session| session.edits.len());
                (changes > 0).then(|| view! {
                    <button class="quiet" id="clear-edits" title="Take back what was done to single branches"
                        on:click=move |_| change(page, |s| s.edits.clear())>
                        {counted(changes, "branch changed ✕", "branches changed ✕")}
                    </button>
                })
            }}
            <span class="spacer"></span>
            <Show when=move || zoomed.get()>
                <button class="quiet" id="whole-tree" on:click=move |_| look_into(page, None)>"Whole tree"</button>
            </Show>
            <span class="step" class:hidden=move || on_map.get()>
                <button aria-label="Zoom out" title="Zoom out (−)" disabled=none on:click=move |_| zoom(page, 1.6, 0.5)>"⊖"</button>
                <button aria-label="Zoom in" title="Zoom in (+)" disabled=none on:click=move |_| zoom(page, 1.0 / 1.6, 0.5)>"⊕"</button>
            </span>
        </header>
    }
}

/// The height of the cut as its field shows it.
fn height_text(page: Page) -> String {
    page.cutting
        .get()
        .map_or_else(String::new, |cutting| format!("{:.3}", cutting.height))
}

fn write_back(event: &web_sys::Event, text: String) {
    if let Some(field) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
    {
        field.set_value(&text);
    }
}

/// What is under the pointer, in words.
#[component]
fn Tip(pointer: RwSignal<(f64, f64)>, width: Signal<f64>) -> impl IntoView {
    let page = Page::current();
    let tip = move || {
        let (node, grove, cutting) = (page.hover.get()?, page.tree.get()?, page.cutting.get()?);
        let (x, y) = pointer.get();
        // Cards light branches too; only the pointer over the tree gets a tip.
        if (x, y) == (0.0, 0.0) {
            return None;
        }
        let name = cutting
            .groups
            .of_node(&grove.order, node)
            .map_or_else(|| "Branch".to_owned(), |index| format!("Group {}", index + 1));
        let size = grove.tree.size(node);
        let height = grove.tree.height(node);
        let place = if x > width.get() - 250.0 {
            format!("right:{:.0}px;top:{:.0}px", width.get() - x + 14.0, y + 14.0)
        } else {
            format!("left:{:.0}px;top:{:.0}px", x + 14.0, y + 14.0)
        };
        Some(view! {
            <div class="tip" style=place><span><b>{name}</b> {format!(" · {}, joined at {height:.2}", galaxies(size))}</span></div>
        })
    };
    view! { {tip} }
}
