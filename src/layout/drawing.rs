//! What is to be drawn, in pixels, and what lies under the pointer.

use super::{Frame, Tick};

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub x0: f64,
    /// Upper edge.
    pub y0: f64,
    /// Right edge.
    pub x1: f64,
    /// Lower edge.
    pub y1: f64,
}

/// One merge: a leg up from the left child, a bar across, a leg down to the right child. Draw as
/// `(x0, y0) (x0, y) (x1, y) (x1, y1)`. Parts may lie outside the tree's rectangle: clip to [`Drawing::clip`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bracket {
    /// The node of the merge.
    pub node: usize,
    /// The child under the left leg.
    pub left: usize,
    /// The child under the right leg.
    pub right: usize,
    /// x of the left leg.
    pub x0: f64,
    /// x of the right leg.
    pub x1: f64,
    /// y of the bar.
    pub y: f64,
    /// y of the left leg's foot.
    pub y0: f64,
    /// y of the right leg's foot.
    pub y1: f64,
}

/// A branch too narrow for its merges to be told apart: a filled shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blob {
    /// The branch's topmost node.
    pub node: usize,
    /// The shape.
    pub area: Area,
}

/// Brackets and blobs of one colour: one group, or all that stands above the cut.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Palette slot; none above the cut.
    pub slot: Option<u8>,
    /// The group's index; none above the cut.
    pub group: Option<usize>,
    /// The merges.
    pub brackets: Vec<Bracket>,
    /// The narrow branches.
    pub blobs: Vec<Blob>,
}

/// A group's bar under the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupBar {
    /// The group's index; people see index + 1.
    pub group: usize,
    /// The group's node.
    pub node: usize,
    /// The group's palette slot.
    pub slot: u8,
    /// The bar, cut off at the window's edges.
    pub area: Area,
}

/// A place for the picture of a group's medoid, with its number below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thumbnail {
    /// The group's index; people see index + 1.
    pub group: usize,
    /// The group's node.
    pub node: usize,
    /// The group's palette slot.
    pub slot: u8,
    /// Galaxies in the group, for a badge.
    pub count: usize,
    /// The square.
    pub area: Area,
}

/// The line of the cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutLine {
    /// Where it runs. It may lie outside the tree's rectangle.
    pub y: f64,
    /// The height it stands for.
    pub height: f64,
    /// The number of groups.
    pub groups: usize,
}

/// All that is to be drawn, in drawing order within each list.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The mapping that made it, for pointers and overlays.
    pub frame: Frame,
    /// The tree's rectangle; brackets and blobs are clipped to it.
    pub clip: Area,
    /// The tree: first what is above the cut, then one run for each visible group, left to right.
    pub runs: Vec<Run>,
    /// The bars under the tree, left to right.
    pub bars: Vec<GroupBar>,
    /// Places for medoids, left to right, none overlapping.
    pub thumbnails: Vec<Thumbnail>,
    /// Visible groups for whose medoid there was no room.
    pub without_thumbnail: usize,
    /// Marks of the height axis: y and tick.
    pub ticks: Vec<(f64, Tick)>,
    /// The cut; none without leaves.
    pub cut: Option<CutLine>,
}

impl Area {
    /// Width.
    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    /// Height.
    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    /// The distance from a point; 0 inside.
    pub fn distance(&self, x: f64, y: f64) -> f64 {
        let dx = (self.x0 - x).max(x - self.x1).max(0.0);
        let dy = (self.y0 - y).max(y - self.y1).max(0.0);
        dx.hypot(dy)
    }
}

impl Bracket {
    /// The node nearest to a point and its distance: the merge for the bar, a child for its leg.
    fn nearest(&self, x: f64, y: f64) -> (usize, f64) {
        let line = |x0: f64, y0: f64, x1: f64, y1: f64| {
            let (y0, y1) = (y0.min(y1), y0.max(y1));
            Area { x0, y0, x1, y1 }.distance(x, y)
        };
        let bar = (self.node, line(self.x0, self.y, self.x1, self.y));
        let left = (self.left, line(self.x0, self.y, self.x0, self.y0));
        let right = (self.right, line(self.x1, self.y, self.x1, self.y1));
        // On the corner the bar wins.
        [left, right]
            .into_iter()
            .fold(bar, |best, next| if next.1 < best.1 { next } else { best })
    }
}

impl Drawing {
    /// The node under a point, if one is within `reach` pixels: a merge by its bar, a branch by the leg above it or by
    /// its blob, a group by its bar or thumbnail.
    pub fn hit(&self, x: f64, y: f64, reach: f64) -> Option<usize> {
        let squares = self
            .thumbnails
            .iter()
            .map(|thumbnail| (thumbnail.node, thumbnail.area));
        let bars = self.bars.iter().map(|bar| (bar.node, bar.area));
        let tree = (self.clip.distance(x, y) <= reach).then_some(&self.runs);
        let blobs = tree
            .into_iter()
            .flatten()
            .flat_map(|run| &run.blobs)
            .map(|blob| (blob.node, blob.area));
        let areas = squares
            .chain(bars)
            .chain(blobs)
            .map(|(node, area)| (node, area.distance(x, y)));
        let brackets = tree.into_iter().flatten().flat_map(|run| &run.brackets);
        areas
            .chain(brackets.map(|bracket| bracket.nearest(x, y)))
            .filter(|&(_, distance)| distance <= reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(node, _)| node)
    }

    /// The tree's brackets and blobs, counted: what a canvas has to draw.
    pub fn shapes(&self) -> usize {
        self.runs
            .iter()
            .map(|run| run.brackets.len() + run.blobs.len())
            .sum()
    }
}
