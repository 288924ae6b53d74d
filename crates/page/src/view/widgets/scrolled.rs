//! A scrolled box of which only the lines in sight are in the document.

use leptos::html::Div;
use leptos::prelude::*;
use leptos_use_element_size::{UseElementSizeReturn, use_element_size};
use std::ops::Range;

/// The box: give it to `node_ref`, and [`Self::follow`] to `on:scroll`.
#[derive(Clone, Copy)]
pub struct Scrolled {
    /// The element.
    pub node: NodeRef<Div>,
    /// Its inner width, in pixels.
    pub width: Signal<f64>,
    /// Its inner height, in pixels.
    pub height: Signal<f64>,
    top: RwSignal<f64>,
}

impl Scrolled {
    /// A box at its top.
    pub fn new() -> Self {
        let node = NodeRef::new();
        let UseElementSizeReturn { width, height } = use_element_size(node);
        Self {
            node,
            width,
            height,
            top: RwSignal::new(0.0),
        }
    }

    /// Notes how far the box is scrolled.
    pub fn follow(&self) {
        self.top.set(
            self.node
                .get_untracked()
                .map_or(0.0, |element| f64::from(element.scroll_top())),
        );
    }

    /// The lines in sight, of `count` lines of `pitch` pixels each, and `spare` more on each side.
    pub fn lines(&self, pitch: f64, count: usize, spare: usize) -> Range<usize> {
        let first = ((self.top.get() / pitch).floor().max(0.0) as usize)
            .saturating_sub(spare)
            .min(count);
        let seen = (self.height.get() / pitch).ceil() as usize + 1 + 2 * spare;
        first..(first + seen).min(count)
    }
}
