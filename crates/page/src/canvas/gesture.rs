//! What pointers, wheel and keys do on the tree.

use crate::actions::tree_window::{look_into, pan, zoom};
use crate::actions::{apply, change, change_quietly, remember};
use crate::canvas::shown::Shown;
use crate::store::Action;
use crate::store::Page;
use galaxy_grove::page_model::session::Session;
use leptos::html::Canvas;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::{KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

/// Pixels within which the pointer has hold of the line or of a branch.
const REACH: f64 = 7.0;
/// A pointer that moved less than this has clicked.
const STILL: f64 = 4.0;

/// What the pressed pointers are doing.
#[derive(Debug, Clone, PartialEq)]
enum GestureState {
    /// Moving the line. The view before it, for undo.
    Cutting(Box<Session>),
    /// Moving the view, or about to click: where it began and where it was last.
    Moving {
        from: (f64, f64),
        last: f64,
        moved: bool,
        before: Box<Session>,
    },
    /// Two fingers: their distance, and the view before.
    Pinching { apart: f64, before: Box<Session> },
}

/// The state of the gestures on one canvas.
#[derive(Clone, Copy)]
pub struct Gesture {
    page: Page,
    canvas: NodeRef<Canvas>,
    shown: Memo<Option<Arc<Shown>>>,
    dragged: RwSignal<Option<f64>>,
    pointer: RwSignal<(f64, f64)>,
    doing: StoredValue<Option<GestureState>>,
    fingers: StoredValue<Vec<(i32, f64, f64)>>,
}

impl Gesture {
    /// Gestures on `canvas`. `dragged` becomes the line's y while it is moved, `pointer` the pointer's place.
    pub fn new(
        page: Page,
        canvas: NodeRef<Canvas>,
        shown: Memo<Option<Arc<Shown>>>,
        dragged: RwSignal<Option<f64>>,
        pointer: RwSignal<(f64, f64)>,
    ) -> Self {
        let (doing, fingers) = (StoredValue::new(None), StoredValue::new(Vec::new()));
        Self {
            page,
            canvas,
            shown,
            dragged,
            pointer,
            doing,
            fingers,
        }
    }

    fn at(event: &MouseEvent) -> (f64, f64) {
        (f64::from(event.offset_x()), f64::from(event.offset_y()))
    }

    fn line_y(&self) -> Option<f64> {
        let shown = self.shown.get_untracked()?;
        let cutting = self.page.cutting.get_untracked()?;
        Some(
            shown
                .scale
                .y(cutting.height)
                .clamp(shown.scale.area.top, shown.scale.area.bottom),
        )
    }

    fn hit(&self, x: f64, y: f64) -> Option<usize> {
        let shown = self.shown.get_untracked()?;
        let cutting = self.page.cutting.get_untracked()?;
        if y > shown.scale.area.bottom + 4.0 {
            // Below the tree: the groups' bars and thumbnails.
            let bar = shown
                .drawing
                .bars
                .iter()
                .find(|bar| bar.x.0 <= x && x < bar.x.1)?;
            return cutting.groups.groups().get(bar.group).map(|group| group.node);
        }
        shown.drawing.hit(x, y, REACH)
    }

    /// A pointer went down.
    pub fn down(&self, event: &PointerEvent) {
        if event.button() != 0 {
            return;
        }
        let (x, y) = Self::at(event);
        if let Some(canvas) = self.canvas.get_untracked() {
            // Without capture a drag ends at the canvas' edge: bearable.
            drop(canvas.set_pointer_capture(event.pointer_id()));
        }
        self.fingers.update_value(|fingers| {
            // A menu may have swallowed the end of the last press.
            fingers.retain(|finger| finger.0 != event.pointer_id());
            fingers.push((event.pointer_id(), x, y));
        });
        let before = match self.doing.get_value() {
            // A second finger: what the first has done is part of the same step.
            Some(GestureState::Cutting(before) | GestureState::Moving { before, .. }) => before,
            _ => Box::new(self.page.session.get_untracked()),
        };
        let doing = if let Some(apart) = self.apart() {
            GestureState::Pinching { apart, before }
        } else if self.line_y().is_some_and(|line| (line - y).abs() <= REACH + 2.0) {
            GestureState::Cutting(before)
        } else {
            GestureState::Moving {
                from: (x, y),
                last: x,
                moved: false,
                before,
            }
        };
        self.doing.set_value(Some(doing));
    }

    fn apart(&self) -> Option<f64> {
        self.fingers.with_value(|fingers| match fingers.as_slice() {
            [a, b] => Some((a.1 - b.1).hypot(a.2 - b.2).max(1.0)),
            _ => None,
        })
    }

    /// A pointer moved.
    pub fn moved(&self, event: &PointerEvent) {
        let (x, y) = Self::at(event);
        self.pointer.set((x, y));
        self.fingers.update_value(|fingers| {
            if let Some(finger) = fingers.iter_mut().find(|finger| finger.0 == event.pointer_id()) {
                (finger.1, finger.2) = (x, y);
            }
        });
        let Some(shown) = self.shown.get_untracked() else {
            return;
        };
        let across = shown.scale.area.right - shown.scale.area.left;
        match self.doing.get_value() {
            None => {
                let on_line = self.line_y().is_some_and(|line| (line - y).abs() <= REACH);
                let hit = if on_line { None } else { self.hit(x, y) };
                self.cursor(if on_line {
                    "ns-resize"
                } else if hit.is_some() {
                    "pointer"
                } else {
                    "default"
                });
                if self.page.hover.get_untracked() != hit {
                    apply(self.page, Action::Hover(hit));
                }
            }
            Some(GestureState::Cutting(_)) => {
                self.cursor("ns-resize");
                let y = y.clamp(shown.scale.area.top, shown.scale.area.bottom);
                self.dragged.set(Some(y));
                if let Some(grove) = self.page.tree.get_untracked() {
                    let wanted = grove.groups_at(shown.scale.height(y));
                    change_quietly(self.page, |session| session.groups = Some(wanted));
                }
            }
            Some(GestureState::Moving {
                from,
                last,
                moved,
                before,
            }) => {
                let moved = moved || (x - from.0).hypot(y - from.1) > STILL;
                if moved {
                    self.cursor("grabbing");
                    pan(self.page, (last - x) / across);
                }
                self.doing.set_value(Some(GestureState::Moving {
                    from,
                    last: x,
                    moved,
                    before,
                }));
            }
            Some(GestureState::Pinching { apart, before }) => {
                if let Some(now) = self.apart() {
                    zoom(self.page, apart / now, (x - shown.scale.area.left) / across);
                    self.doing
                        .set_value(Some(GestureState::Pinching { apart: now, before }));
                }
            }
        }
    }

    /// A pointer went up.
    pub fn up(&self, event: &PointerEvent) {
        self.fingers
            .update_value(|fingers| fingers.retain(|finger| finger.0 != event.pointer_id()));
        self.dragged.set(None);
        let doing = self.doing.get_value();
        self.doing.set_value(None);
        match doing {
            Some(GestureState::Cutting(before)) => remember(self.page, *before),
            Some(GestureState::Moving {
                moved: true, before, ..
            }) => remember(self.page, *before),
            Some(GestureState::Moving { from: (x, y), .. }) => {
                if let Some(node) = self.hit(x, y) {
                    change(self.page, |session| {
                        session.branch = if session.branch == Some(node) {
                            None
                        } else {
                            Some(node)
                        };
                    });
                }
            }
            Some(GestureState::Pinching { before, .. }) => remember(self.page, *before),
            None => {}
        }
    }

    /// A double click looks into the branch.
    pub fn double(&self, event: &MouseEvent) {
        let (x, y) = Self::at(event);
        look_into(self.page, self.hit(x, y));
    }

    /// The wheel zooms around the pointer.
    pub fn wheel(&self, event: &WheelEvent) {
        let Some(shown) = self.shown.get_untracked() else {
            return;
        };
        event.prevent_default();
        let across = shown.scale.area.right - shown.scale.area.left;
        if event.delta_x().abs() > event.delta_y().abs() {
            return pan(self.page, event.delta_x() / across);
        }
        let (x, _) = Self::at(event);
        // Lines and pages are turned into pixels.
        let unit = match event.delta_mode() {
            0 => 1.0,
            1 => 30.0,
            _ => 300.0,
        };
        let factor = (event.delta_y() * unit * 0.0016).exp();
        zoom(
            self.page,
            factor,
            ((x - shown.scale.area.left) / across).clamp(0.0, 1.0),
        );
    }

    /// Keys on the tree.
    pub fn key(&self, event: &KeyboardEvent) {
        let page = self.page;
        let Some((groups, most)) = page
            .cutting
            .get_untracked()
            .map(|cut| (cut.len(), cut.groups.group_of().len().max(1)))
        else {
            return;
        };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let set = |wanted: usize| change(page, |session| session.groups = Some(wanted.clamp(1, most)));
        match event.key().as_str() {
            // The line goes where the arrow points: up joins, down splits.
            "ArrowUp" => set(groups.saturating_sub(1)),
            "ArrowDown" => set(groups + 1),
            "PageUp" => set(groups.saturating_sub(10)),
            "PageDown" => set(groups + 10),
            "Home" => set(1),
            "End" => set(most.min(100)),
            "ArrowLeft" => pan(page, -0.15),
            "ArrowRight" => pan(page, 0.15),
            "+" | "=" => zoom(page, 1.0 / 1.6, 0.5),
            "-" => zoom(page, 1.6, 0.5),
            "0" => look_into(page, None),
            _ => return,
        }
        event.prevent_default();
    }

    fn cursor(&self, name: &str) {
        if let Some(canvas) = self.canvas.get_untracked() {
            let style: &web_sys::HtmlElement = &canvas;
            // A known cursor name is always accepted.
            drop(web_sys::HtmlElement::style(style).set_property("cursor", name));
        }
    }
}
