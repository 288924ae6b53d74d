//! Small pictures on canvases: a frame, a cutout, a reconstruction, a residual.

use crate::actions::context::context;
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A grey picture and what is drawn on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// Pixels across and down.
    pub size: (usize, usize),
    /// Grey values, row-major.
    pub grey: Vec<u8>,
    /// A square to outline: centre x, centre y, half side, in pixels.
    pub square: Option<(f32, f32, f32)>,
}

impl Picture {
    /// Values from 0 to 1.
    pub fn of(values: &[f32]) -> Self {
        Self::grey(
            values
                .iter()
                .map(|&value| galaxy_grove::page_model::collection::grey(value))
                .collect(),
        )
    }

    /// Differences: zero is middle grey, `gain` stretches them.
    pub fn of_difference(values: impl Iterator<Item = f32>, gain: f32) -> Self {
        Self::grey(
            values
                .map(|value| galaxy_grove::page_model::collection::grey(value * gain * 0.5 + 0.5))
                .collect(),
        )
    }

    /// Grey values of a square picture.
    pub fn grey(grey: Vec<u8>) -> Self {
        let side = grey.len().isqrt();
        Self {
            size: (side, side),
            grey,
            square: None,
        }
    }
}

/// A canvas that shows `picture`, with a caption.
#[component]
pub fn Figure(
    /// What to show; empty while it is computed.
    #[prop(into)]
    picture: Signal<Picture>,
    /// The caption.
    caption: &'static str,
    /// What to do with a click: gets the place, in pixels of the picture.
    #[prop(optional)]
    picked: Option<Callback<(f32, f32)>>,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let clicked = move |event: web_sys::MouseEvent| {
        if let (Some(picked), Some(canvas)) = (picked, canvas.get_untracked()) {
            picked.run(place(&canvas, &event));
        }
    };
    Effect::new(move || {
        if let Some(canvas) = canvas.get()
            && let Err(error) = picture.with(|picture| draw(&canvas, picture))
        {
            web_sys::console::error_1(&error);
        }
    });
    view! {
        <figure>
            <canvas node_ref=canvas role="img" aria-label=caption class:aim=picked.is_some() on:click=clicked></canvas>
            <figcaption>{caption}</figcaption>
        </figure>
    }
}

/// Where on a canvas a click was, in its own pixels.
pub fn place(canvas: &HtmlCanvasElement, event: &web_sys::MouseEvent) -> (f32, f32) {
    let shown = canvas.get_bounding_client_rect();
    let x = (f64::from(event.client_x()) - shown.left()) / shown.width().max(1.0);
    let y = (f64::from(event.client_y()) - shown.top()) / shown.height().max(1.0);
    (
        (x * f64::from(canvas.width())) as f32,
        (y * f64::from(canvas.height())) as f32,
    )
}

/// Paints grey values on the whole of a canvas, whose size they fit, and returns its context.
///
/// # Errors
/// When the browser will not paint.
pub fn put_grey(canvas: &HtmlCanvasElement, grey: &[u8]) -> Result<CanvasRenderingContext2d, JsValue> {
    let rgba: Vec<u8> = grey.iter().flat_map(|&v| [v, v, v, 255]).collect();
    let context = context(canvas)?;
    let data = ImageData::new_with_u8_clamped_array_and_sh(
        wasm_bindgen::Clamped(&rgba),
        canvas.width(),
        canvas.height(),
    )?;
    context.put_image_data(&data, 0.0, 0.0)?;
    Ok(context)
}

fn draw(canvas: &HtmlCanvasElement, picture: &Picture) -> Result<(), JsValue> {
    let (width, height) = picture.size;
    canvas.set_width(width.max(1) as u32);
    canvas.set_height(height.max(1) as u32);
    if picture.grey.is_empty() || picture.grey.len() != width * height {
        return Ok(());
    }
    let context = put_grey(canvas, &picture.grey)?;
    if let Some((x, y, half)) = picture.square {
        context.set_stroke_style_str("#ffb454");
        context.set_line_width(width.max(height) as f64 / 80.0);
        let (x, y, half) = (f64::from(x), f64::from(y), f64::from(half));
        context.stroke_rect(x - half, y - half, 2.0 * half, 2.0 * half);
    }
    Ok(())
}
