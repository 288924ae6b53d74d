//! A picture of many galaxies with a box on each source: which became cutouts, and which should not.

use crate::actions::change_galaxies;
use crate::canvas::pictures::{place, put_grey};
use crate::store::Page;
use crate::view::widgets::questions::Questions;
use crate::view::widgets::sheet::SheetFrame;
use galaxy_grove::cutout::prepare::Override;
use galaxy_grove::page_model::protocol::{FieldBox, FieldView};
use leptos::html::Canvas;
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use web_sys::HtmlCanvasElement;

/// The sheet over the page.
#[component]
pub fn FieldSheet() -> impl IntoView {
    let page = Page::current();
    let shown = move || {
        let key = page.field.get()?;
        let view = page.fields.with(|fields| fields.get(&key).cloned())?;
        Some((key, view))
    };
    view! {
        <SheetFrame label="Field" close_id="close-field">
                {move || match shown() {
                    Some(((source, name), view)) => view! { <Shown name source view/> }.into_any(),
                    None => view! { <p class="empty">"The picture is being read."</p> }.into_any(),
                }}
        </SheetFrame>
    }
}

#[component]
fn Shown(name: String, source: u32, view: Arc<FieldView>) -> impl IntoView {
    let page = Page::current();
    let canvas = NodeRef::<Canvas>::new();
    // Sources whose boxes were clicked: to be left out, or taken in again.
    let marked = RwSignal::new(BTreeSet::<usize>::new());
    let hovered = RwSignal::new(None::<usize>);
    let taken = view.boxes.iter().filter(|of| of.is_taken).count();
    {
        let view = Arc::clone(&view);
        Effect::new(move || {
            if let Some(canvas) = canvas.get()
                && let Err(error) = marked.with(|marked| draw(&canvas, &view, marked, hovered.get()))
            {
                web_sys::console::error_1(&error);
            }
        });
    }
    let under = {
        let view = Arc::clone(&view);
        move |event: &web_sys::MouseEvent| {
            let canvas = canvas.get_untracked()?;
            at(&view.boxes, place(&canvas, event))
        }
    };
    let mark = move |index: usize| {
        marked.update(|marked| {
            if !marked.remove(&index) {
                marked.insert(index);
            }
        });
    };
    let click = {
        let under = under.clone();
        move |event: web_sys::MouseEvent| {
            under(&event).into_iter().for_each(mark);
        }
    };
    let boxes = view.boxes.len();
    let key = move |event: web_sys::KeyboardEvent| {
        let at = hovered.get_untracked();
        match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => hovered.set(Some(at.map_or(0, |at| (at + 1) % boxes.max(1)))),
            "ArrowLeft" | "ArrowUp" => hovered.set(Some(at.map_or(0, |at| (at + boxes - 1) % boxes.max(1)))),
            " " | "Enter" => at.into_iter().for_each(mark),
            _ => return,
        }
        event.prevent_default();
    };
    let hover = move |event: web_sys::MouseEvent| hovered.set(under(&event));
    let words = {
        let view = Arc::clone(&view);
        move || {
            let of = hovered.get().and_then(|index| view.boxes.get(index))?;
            let fate = if of.is_taken { "a cutout" } else { "no cutout" };
            Some(format!("{}: {fate}; {}", of.name, of.words))
        }
    };
    let apply = {
        let view = Arc::clone(&view);
        move |_| {
            let changes: Vec<(String, Override)> = marked
                .get_untracked()
                .into_iter()
                .filter_map(|index| view.boxes.get(index))
                .map(|of| {
                    let change = Override {
                        exclude: of.is_taken,
                        ..page.change_of(source, &of.name)
                    };
                    (of.name.clone(), change)
                })
                .collect();
            change_galaxies(page, source, changes);
        }
    };
    let file = {
        let name = name.clone();
        move || {
            page.files.with(|files| {
                let mut rows = files.iter();
                rows.find(|row| row.source == source && row.name == name).cloned()
            })
        }
    };
    view! {
        <div class="field-head">
            <b title=name.clone()>{name.clone()}</b>
            <span>{format!("{taken} of {} sources became cutouts", view.boxes.len())}</span>
            <span class="spacer"></span>
            {move || file().map(|file| view! { <Questions file boxes=false/> })}
            <button class="primary" id="field-apply" disabled=move || marked.with(BTreeSet::is_empty) on:click=apply>
                {move || format!("Change the {} marked", marked.with(BTreeSet::len))}
            </button>
        </div>
        <p class="hint">
            "Boxes in orange became cutouts; those in blue did not: stars, sources at the edge, those too small to have a shape. \
             Click a box to mark it, or go from box to box with ← → and mark with the space bar: marked cutouts are left out, and \
             cutouts that you left out come back."
        </p>
        <canvas class="field" node_ref=canvas tabindex="0" role="application" aria-label="The field with a box on each source"
            on:keydown=key on:click=click on:mousemove=hover on:mouseleave=move |_| hovered.set(None)></canvas>
        <p class="hint" aria-live="polite">{move || words().unwrap_or_else(|| "Point at a box to see what it is.".to_owned())}</p>
    }
}

/// The smallest box around a place.
fn at(boxes: &[FieldBox], (x, y): (f32, f32)) -> Option<usize> {
    boxes
        .iter()
        .enumerate()
        .filter(|(_, of)| {
            let (cx, cy, half) = of.square;
            (x - cx).abs() <= half && (y - cy).abs() <= half
        })
        .min_by(|(_, a), (_, b)| a.square.2.total_cmp(&b.square.2))
        .map(|(index, _)| index)
}

fn draw(
    canvas: &HtmlCanvasElement,
    view: &FieldView,
    marked: &BTreeSet<usize>,
    pointed: Option<usize>,
) -> Result<(), JsValue> {
    let side = view.side as u32;
    canvas.set_width(side);
    canvas.set_height(side);
    let context = put_grey(canvas, &view.grey)?;
    for (index, of) in view.boxes.iter().enumerate() {
        let is_marked = marked.contains(&index);
        context.set_stroke_style_str(match (of.is_taken, is_marked) {
            (_, true) => "#ff5a5a",
            (true, false) => "#ffb454",
            (false, false) => "#5aa9ff",
        });
        let strong = is_marked || pointed == Some(index);
        context.set_line_width(if strong { 2.5 } else { 1.2 });
        let (x, y, half) = of.square;
        let (x, y, half) = (f64::from(x), f64::from(y), f64::from(half));
        context.stroke_rect(x - half, y - half, 2.0 * half, 2.0 * half);
    }
    Ok(())
}
