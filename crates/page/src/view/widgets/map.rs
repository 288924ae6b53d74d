//! The map: galaxies on a plane, those that are alike beside each other. Wheel and keys zoom, a drag moves, a click opens a galaxy.

use crate::actions::context::context;
use crate::actions::{apply, change};
use crate::canvas::map::{Grid, MapScene};
use crate::store::Action;
use crate::store::Page;
use galaxy_grove::cutout::CODES;
use galaxy_grove::map::{Cell, View, code_shares, principal};
use galaxy_grove::page_model::{Resemblance, Topic, TreeView};
use leptos::html::Canvas;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

/// A pointer that moved less than this has clicked.
const STILL: f64 = 4.0;

/// A map: x, y of each galaxy, and whether it is the final one.
#[derive(Clone)]
struct Places {
    map: Arc<Vec<f32>>,
    is_final: bool,
}

/// The first two principal components: there at once.
fn first_map(grove: &TreeView) -> Vec<f32> {
    let places = match &grove.resemblance {
        Resemblance::Vectors { values, width, .. } => principal(values, *width),
        Resemblance::Codes(codes, _) => {
            let (shares, width) = code_shares(codes, CODES);
            principal(&shares, width)
        }
    };
    places.into_iter().map(|v| v as f32).collect()
}

/// What is on the canvas now.
struct Shown {
    view: View,
    filled: Vec<Cell>,
}

/// The canvas and its note.
#[component]
pub fn Map(width: Signal<f64>, height: Signal<f64>) -> impl IntoView {
    let page = Page::current();
    let canvas = NodeRef::<Canvas>::new();
    let places = Memo::new_with_compare(
        move |_| {
            let grove = page.tree.get()?;
            let known = page
                .insight
                .with(|insight| insight.map.clone().filter(|_| insight.tree == grove.id));
            let is_final = known.is_some();
            let map = known.unwrap_or_else(|| Arc::new(first_map(&grove)));
            Some(Places { map, is_final })
        },
        |old: Option<&Option<Places>>, new| {
            // What comes back of an insight that changed elsewhere is the same map.
            let same = |a: &Places, b: &Places| a.is_final && b.is_final && Arc::ptr_eq(&a.map, &b.map);
            !matches!((old, new), (Some(Some(a)), Some(Some(b))) if same(a, b))
        },
    );
    // Where one looks; forgotten when the map changes.
    let looked = RwSignal::new(None::<View>);
    Effect::new(move || {
        places.track();
        looked.set(None);
    });
    let grid = Memo::new(move |_| Grid::new(width.get(), height.get(), page.count.get()));
    let shown = Memo::new_with_compare(
        move |_| {
            places.with(|places| {
                let map = &places.as_ref()?.map;
                let view = match looked.get() {
                    Some(view) => view.resized(grid.get().cells),
                    None => View::of_all(map, grid.get().cells),
                };
                Some(Arc::new(Shown {
                    filled: view.fill(map),
                    view,
                }))
            })
        },
        |_, _| true,
    );
    let branch = Memo::new(move |_| page.session.with(|session| session.branch));
    let galaxy = Memo::new(move |_| page.session.with(|session| session.galaxy));
    Effect::new(move || {
        let (Some(canvas), Some(shown)) = (canvas.get(), shown.get()) else {
            return;
        };
        let (Some(grove), Some(cutting)) = (page.tree.get(), page.cutting.get()) else {
            return;
        };
        page.pictures.track();
        let ratio = window().device_pixel_ratio();
        let (width, height) = (width.get(), height.get());
        let (across, down) = ((width * ratio) as u32, (height * ratio) as u32);
        if (canvas.width(), canvas.height()) != (across, down) {
            canvas.set_width(across);
            canvas.set_height(down);
        }
        let scene = MapScene {
            page,
            width,
            height,
            ratio,
            grid: grid.get(),
            filled: &shown.filled,
            grove: &grove,
            cutting: &cutting,
            hover: page.hover.get(),
            branch: branch.get(),
            galaxy: galaxy.get(),
        };
        if let Err(error) = context(&canvas).and_then(|context| scene.paint(&context)) {
            web_sys::console::error_1(&error);
        }
    });
    let place = move |(x, y): (f64, f64)| Some((grid.get_untracked().at((x, y)), shown.get_untracked()?));
    let under = move |at: (f64, f64)| {
        let ((column, row), shown) = place(at)?;
        let is_here = |cell: &&Cell| {
            cell.column as f64 <= column
                && column < cell.column as f64 + 1.0
                && cell.row as f64 <= row
                && row < cell.row as f64 + 1.0
        };
        shown.filled.iter().find(is_here).copied()
    };
    let look = move |edit: &dyn Fn(&View) -> View| {
        if let Some(shown) = shown.get_untracked() {
            looked.set(Some(edit(&shown.view)));
        }
    };
    let tip = RwSignal::new(None::<((f64, f64), Cell)>);
    let held = StoredValue::new(None::<((f64, f64), (f64, f64), bool)>);
    let at = |event: &MouseEvent| (f64::from(event.offset_x()), f64::from(event.offset_y()));
    let down = move |event: PointerEvent| {
        if event.button() == 0 {
            if let Some(canvas) = canvas.get_untracked() {
                // Without capture a drag ends at the canvas' edge: bearable.
                drop(canvas.set_pointer_capture(event.pointer_id()));
            }
            held.set_value(Some((at(&event), at(&event), false)));
        }
    };
    let moved = move |event: PointerEvent| {
        let now = at(&event);
        match held.get_value() {
            Some((from, last, was_moved)) => {
                let is_moved = was_moved || (now.0 - from.0).hypot(now.1 - from.1) > STILL;
                if is_moved {
                    tip.set(None);
                    let cell = grid.get_untracked().cell;
                    look(&|view| view.moved(((last.0 - now.0) / cell, (last.1 - now.1) / cell)));
                }
                held.set_value(Some((from, now, is_moved)));
            }
            None => {
                let cell = under(now);
                tip.set(cell.map(|cell| (now, cell)));
                let node = cell.and_then(|cell| node_of(page, cell.galaxy));
                if page.hover.get_untracked() != node {
                    apply(page, Action::Hover(node));
                }
            }
        }
    };
    let up = move |event: PointerEvent| {
        let was = held.get_value();
        held.set_value(None);
        if let (Some((.., false)), Some(cell)) = (was, under(at(&event))) {
            change(page, |session| session.galaxy = Some(cell.galaxy));
        }
    };
    let left = move |_| {
        tip.set(None);
        apply(page, Action::Hover(None));
    };
    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        // Lines and pages are turned into pixels.
        let unit = match event.delta_mode() {
            0 => 1.0,
            1 => 30.0,
            _ => 300.0,
        };
        let factor = (event.delta_y() * unit * 0.0016).exp();
        if let Some((cell, _)) = place(at(&event)) {
            look(&|view| view.zoomed(factor, cell));
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let zoom = |factor: f64| {
            look(&|view| view.zoomed(factor, (view.cells.0 as f64 / 2.0, view.cells.1 as f64 / 2.0)))
        };
        let pan = |by: (f64, f64)| look(&|view| view.moved(by));
        match event.key().as_str() {
            "+" | "=" => zoom(1.0 / 1.6),
            "-" => zoom(1.6),
            "0" => looked.set(None),
            "ArrowLeft" => pan((-2.0, 0.0)),
            "ArrowRight" => pan((2.0, 0.0)),
            "ArrowUp" => pan((0.0, -2.0)),
            "ArrowDown" => pan((0.0, 2.0)),
            _ => return,
        }
        event.prevent_default();
    };
    let note = move || {
        let progress = page
            .insight
            .with(|insight| insight.progress.filter(|(topic, ..)| *topic == Topic::Map));
        let failed = page.insight.with(|insight| insight.failed.contains(&Topic::Map));
        match places.with(|places| places.as_ref().map(|places| places.is_final)) {
            Some(true) => {
                "Neighbours on the map look alike (UMAP). Distances between groups mean little.".to_owned()
            }
            Some(false) if failed => "The first two principal components: UMAP failed.".to_owned(),
            Some(false) => {
                let share = progress.map_or(0, |(_, done, all)| 100 * done / all.max(1));
                format!("The first two principal components, until UMAP is done ({share} %).")
            }
            None => String::new(),
        }
    };
    view! {
        <canvas id="map" node_ref=canvas tabindex="0" role="img"
            aria-label="Map of the galaxies: those that are alike lie beside each other. Arrows move it, plus and minus zoom, 0 shows all."
            on:pointerdown=down on:pointermove=moved on:pointerup=up
            on:pointercancel=move |_| held.set_value(None)
            on:pointerleave=left on:wheel=wheel on:keydown=key
            on:dblclick=move |event| {
                if let Some((cell, _)) = place(at(&event)) {
                    look(&|view| view.zoomed(0.5, cell));
                }
            }></canvas>
        <p class="map-note" role="status">{note}</p>
        {move || tip.get().map(|((x, y), cell)| {
            let name = page.name_of(cell.galaxy);
            let group = group_of(page, cell.galaxy).map_or_else(String::new, |group| format!(" · group {}", group + 1));
            let more = if cell.count > 1 { format!(" · and {} more", cell.count - 1) } else { String::new() };
            let side = if x > width.get_untracked() - 250.0 {
                format!("right:{:.0}px;top:{:.0}px", width.get_untracked() - x + 14.0, y + 14.0)
            } else {
                format!("left:{:.0}px;top:{:.0}px", x + 14.0, y + 14.0)
            };
            view! { <div class="tip" style=side><span><b>{name}</b>{group}{more}</span></div> }
        })}
    }
}

fn group_of(page: Page, galaxy: usize) -> Option<usize> {
    let cutting = page.cutting.get_untracked()?;
    cutting.groups.group_of().get(galaxy).copied()
}

fn node_of(page: Page, galaxy: usize) -> Option<usize> {
    let cutting = page.cutting.get_untracked()?;
    let group = *cutting.groups.group_of().get(galaxy)?;
    cutting.groups.groups().get(group).map(|group| group.node)
}
