//! A picture of many galaxies with a box on each source: which became cutouts, and which should not.

use super::atlas::context;
use super::files_sheet::Questions;
use super::pictures::place;
use super::state::Page;
use crate::cutout::prepare::Override;
use crate::protocol::{FieldBox, FieldView};
use leptos::html::Canvas;
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use web_sys::{HtmlCanvasElement, ImageData};

/// The sheet over the page.
#[component]
pub fn FieldSheet() -> impl IntoView {
    let page = Page::current();
    let close = move |_| page.sheet.set(None);
    let shown = move || {
        let name = page.field.get()?;
        page.fields
            .with(|fields| fields.get(&name).cloned())
            .map(|(source, view)| (name, source, view))
    };
    view! {
        <div class="sheet" on:click=close>
            <section role="dialog" aria-modal="true" aria-label="Field" on:click=|event| event.stop_propagation()>
                {move || match shown() {
                    Some((name, source, view)) => view! { <Shown name source view/> }.into_any(),
                    None => view! { <p class="empty">"The picture is being read."</p> }.into_any(),
                }}
                <button class="corner" aria-label="Close" on:click=close>"✕"</button>
            </section>
        </div>
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
                && let Err(error) = marked.with(|marked| draw(&canvas, &view, marked))
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
    let click = {
        let under = under.clone();
        move |event: web_sys::MouseEvent| {
            if let Some(index) = under(&event) {
                marked.update(|marked| {
                    if !marked.remove(&index) {
                        marked.insert(index);
                    }
                });
            }
        }
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
            page.make_changes(source, changes);
        }
    };
    let file = move || {
        page.files.with(|files| {
            files
                .iter()
                .find(|row| row.source == source && !row.questions.is_empty())
                .cloned()
        })
    };
    view! {
        <header>
            <h2 title=name.clone()>{name.clone()}</h2>
            <span>{format!("{taken} of {} sources became cutouts", view.boxes.len())}</span>
            <span class="spacer"></span>
            {move || file().map(|file| view! { <Questions file/> })}
            <button class="primary" id="field-apply" disabled=move || marked.with(BTreeSet::is_empty) on:click=apply>
                {move || format!("Change the {} marked", marked.with(BTreeSet::len))}
            </button>
        </header>
        <p class="hint">
            "Boxes in orange became cutouts; those in blue did not: stars, sources at the edge, those too small to have a shape. \
             Click a box to mark it: marked cutouts are left out, and cutouts that you left out come back."
        </p>
        <canvas class="field" node_ref=canvas role="img" aria-label="The field with a box on each source"
            on:click=click on:mousemove=hover on:mouseleave=move |_| hovered.set(None)></canvas>
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

fn draw(canvas: &HtmlCanvasElement, view: &FieldView, marked: &BTreeSet<usize>) -> Result<(), JsValue> {
    let side = view.side as u32;
    canvas.set_width(side);
    canvas.set_height(side);
    let rgba: Vec<u8> = view.grey.iter().flat_map(|&v| [v, v, v, 255]).collect();
    let context = context(canvas)?;
    let data = ImageData::new_with_u8_clamped_array_and_sh(wasm_bindgen::Clamped(&rgba), side, side)?;
    context.put_image_data(&data, 0.0, 0.0)?;
    for (index, of) in view.boxes.iter().enumerate() {
        let is_marked = marked.contains(&index);
        context.set_stroke_style_str(match (of.is_taken, is_marked) {
            (_, true) => "#ff5a5a",
            (true, false) => "#ffb454",
            (false, false) => "#5aa9ff",
        });
        context.set_line_width(if is_marked { 2.5 } else { 1.2 });
        let (x, y, half) = of.square;
        let (x, y, half) = (f64::from(x), f64::from(y), f64::from(half));
        context.stroke_rect(x - half, y - half, 2.0 * half, 2.0 * half);
    }
    Ok(())
}
