//! The window onto the tree and its mapping to pixels.

use crate::grouping::Tree;
use serde::{Deserialize, Serialize};

/// Width and height of the picture, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// How heights are spread over the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeightScale {
    /// As they are.
    #[default]
    Linear,
    /// Their square roots: more room for the many low merges.
    Root,
}

impl HeightScale {
    fn forth(self, height: f64) -> f64 {
        match self {
            Self::Linear => height,
            Self::Root => height.max(0.0).sqrt(),
        }
    }

    fn back(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Root => value.max(0.0).powi(2),
        }
    }
}

/// The part of the tree that is seen: places of the leaf order from left to right, heights from bottom to top.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The left edge, in places (0 is the left end of the first leaf).
    pub first: f64,
    /// The right edge, in places.
    pub last: f64,
    /// The height at the bottom.
    pub low: f64,
    /// The height at the top.
    pub high: f64,
    /// How heights are spread.
    pub scale: HeightScale,
}

/// The narrowest window, in places.
const NARROWEST: f64 = 4.0;

impl View {
    /// The whole tree, with a little air above it.
    pub fn whole(tree: &Tree) -> Self {
        let top = tree.top();
        Self {
            first: 0.0,
            last: tree.leaves().max(1) as f64,
            low: 0.0,
            high: if top > 0.0 { top * 1.06 } else { 1.0 },
            scale: HeightScale::Linear,
        }
    }

    /// The window onto one run of places (a branch), with a little air on both sides.
    pub fn onto(self, tree: &Tree, span: (usize, usize)) -> Self {
        let air = (span.1.saturating_sub(span.0)) as f64 * 0.02;
        Self {
            first: span.0 as f64 - air,
            last: span.1 as f64 + air,
            ..self
        }
        .within(tree)
    }

    /// Zooms by a factor (above 1: closer) so that `place` stays where it is.
    pub fn zoomed(self, tree: &Tree, factor: f64, place: f64) -> Self {
        let factor = if factor.is_finite() && factor > 0.0 {
            factor
        } else {
            1.0
        };
        let first = place - (place - self.first) / factor;
        let last = place + (self.last - place) / factor;
        Self { first, last, ..self }.within(tree)
    }

    /// Moves the window by a number of places, stopping at the ends.
    pub fn panned(self, tree: &Tree, places: f64) -> Self {
        Self {
            first: self.first + places,
            last: self.last + places,
            ..self
        }
        .within(tree)
    }

    /// The nearest sound window: not wider than the tree, not narrower than four places, not beyond the ends. A window
    /// that is not a number becomes the whole.
    pub fn within(self, tree: &Tree) -> Self {
        let whole = Self::whole(tree);
        let sound = [self.first, self.last, self.low, self.high]
            .iter()
            .all(|edge| edge.is_finite())
            && self.first < self.last
            && self.low < self.high;
        if !sound {
            return Self {
                scale: self.scale,
                ..whole
            };
        }
        let width = (self.last - self.first).max(NARROWEST).min(whole.last);
        let centre = f64::midpoint(self.first, self.last);
        let first = (centre - width / 2.0).clamp(0.0, whole.last - width);
        Self {
            first,
            last: first + width,
            low: self.low.max(0.0),
            ..self
        }
    }
}

/// Room for what surrounds the tree, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Left of the tree: the labels of the axis.
    pub left: f64,
    /// Right of the tree.
    pub right: f64,
    /// Above the tree.
    pub top: f64,
    /// Below the tree: bars and thumbnails.
    pub bottom: f64,
    /// From the foot of the tree to the bars of the groups.
    pub bar_gap: f64,
    /// The bars' thickness.
    pub bar: f64,
    /// From the bars to the thumbnails.
    pub thumb_gap: f64,
    /// The largest side of a thumbnail.
    pub thumb_most: f64,
    /// The smallest side; where there is less room, a thumbnail is left out.
    pub thumb_least: f64,
    /// Branches narrower than this become one filled shape.
    pub detail: f64,
}

impl Style {
    /// Sizes for a picture of this width: tighter on a phone.
    pub fn for_width(width: f64) -> Self {
        let small = width < 560.0;
        Self {
            left: if small { 30.0 } else { 46.0 },
            right: if small { 6.0 } else { 12.0 },
            top: 10.0,
            bottom: if small { 70.0 } else { 92.0 },
            bar_gap: 6.0,
            bar: 4.0,
            thumb_gap: 8.0,
            thumb_most: if small { 34.0 } else { 52.0 },
            thumb_least: 18.0,
            detail: 1.5,
        }
    }
}

/// A window onto the tree set into a picture: maps places to x and heights to y and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// What is seen.
    pub view: View,
    /// The picture's size.
    pub size: Size,
    /// Room around the tree.
    pub style: Style,
}

impl Frame {
    /// Left edge of the tree's rectangle.
    pub fn left(&self) -> f64 {
        self.style.left
    }

    /// Right edge of the tree's rectangle.
    pub fn right(&self) -> f64 {
        (self.size.width - self.style.right).max(self.style.left + 1.0)
    }

    /// Upper edge of the tree's rectangle.
    pub fn top(&self) -> f64 {
        self.style.top
    }

    /// Lower edge of the tree's rectangle: the foot of the tree.
    pub fn foot(&self) -> f64 {
        (self.size.height - self.style.bottom).max(self.style.top + 1.0)
    }

    /// Pixels for one place.
    pub fn place_width(&self) -> f64 {
        (self.right() - self.left()) / (self.view.last - self.view.first)
    }

    /// The x of a place (fractions allowed; the first leaf stands at 0.5).
    pub fn x(&self, place: f64) -> f64 {
        self.left() + (place - self.view.first) * self.place_width()
    }

    /// The place at an x, also outside the window.
    pub fn place(&self, x: f64) -> f64 {
        self.view.first + (x - self.left()) / self.place_width()
    }

    /// The y of a height.
    pub fn y(&self, height: f64) -> f64 {
        let View { low, high, scale, .. } = self.view;
        let share = (scale.forth(height) - scale.forth(low)) / (scale.forth(high) - scale.forth(low));
        self.foot() - share * (self.foot() - self.top())
    }

    /// The height at a y, also outside the window.
    pub fn height(&self, y: f64) -> f64 {
        let View { low, high, scale, .. } = self.view;
        let share = (self.foot() - y) / (self.foot() - self.top());
        scale.back(scale.forth(low) + share * (scale.forth(high) - scale.forth(low)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::tree::tests::any_tree;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back(
            tree in any_tree(40), root in any::<bool>(), width in 100.0..2000.0, height in 120.0..1000.0,
            place in 0.0..40.0, share in 0.0..1.0, factor in 0.1..20.0, shift in -50.0..50.0,
        ) {
            let scale = if root { HeightScale::Root } else { HeightScale::Linear };
            let view = View { scale, ..View::whole(&tree) }.zoomed(&tree, factor, place).panned(&tree, shift);
            prop_assert!(view.first >= 0.0 && view.last <= tree.leaves().max(1) as f64 + 1e-9 && view.first < view.last);
            let frame = Frame { view, size: Size { width, height }, style: Style::for_width(width) };
            prop_assert!((frame.place(frame.x(place)) - place).abs() < 1e-6);
            let at = view.high * share;
            prop_assert!((frame.height(frame.y(at)) - at).abs() < 1e-6);
            prop_assert!((frame.x(view.first) - frame.left()).abs() < 1e-9);
            prop_assert!((frame.y(view.high) - frame.top()).abs() < 1e-6);
        }

        #[test]
        fn zooming_keeps_the_place_under_the_pointer(factor in 1.0..8.0, share in 0.0..1.0) {
            let merges = (0..199).map(|i| crate::grouping::Merge {
                a: if i == 0 { 0 } else { i + 1 }, b: if i == 0 { 1 } else { 199 + i }, height: i as f64, size: i + 2,
            });
            let tree = Tree::from_merges(200, merges.collect()).unwrap();
            let frame = |view| Frame { view, size: Size { width: 900.0, height: 500.0 }, style: Style::for_width(900.0) };
            let whole = View::whole(&tree);
            let place = share * 200.0;
            let before = frame(whole).x(place);
            let after = frame(whole.zoomed(&tree, factor, place)).x(place);
            prop_assert!((before - after).abs() < 1e-6);
        }
    }

    #[test]
    fn a_broken_window_becomes_the_whole() {
        let tree = Tree::from_merges(1, vec![]).unwrap();
        let view = View {
            first: f64::NAN,
            ..View::whole(&tree)
        };
        assert_eq!(view.within(&tree), View::whole(&tree));
        assert_eq!(
            View::whole(&tree).zoomed(&tree, f64::NAN, 0.0),
            View::whole(&tree)
        );
    }
}
