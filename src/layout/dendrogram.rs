//! The dendrogram as elbows, fills and bars.

use super::Scale;
use crate::grouping::{Groups, Tree, TreeOrder};

/// One merge: two legs and the bar that joins them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elbow {
    /// The node.
    pub node: usize,
    /// x of the left and the right leg.
    pub x: (f64, f64),
    /// y of the bar.
    pub y: f64,
    /// y at which each leg ends: the bar of the child, or the bottom.
    pub feet: (f64, f64),
}

/// A branch too narrow to draw in full: a filled box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filled {
    /// The node on top.
    pub node: usize,
    /// Left edge and right edge.
    pub x: (f64, f64),
    /// Its top and its bottom.
    pub y: (f64, f64),
}

/// Where a group stands below the tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupBar {
    /// The group's index.
    pub group: usize,
    /// Left edge and right edge. They may lie outside the area.
    pub x: (f64, f64),
}

/// What there is to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Merges above the cut.
    pub trunk: Vec<Elbow>,
    /// Merges below the cut: group index and merges.
    pub branches: Vec<(usize, Vec<Elbow>)>,
    /// Collapsed branches: group index and boxes.
    pub filled: Vec<(usize, Vec<Filled>)>,
    /// The groups in sight, left to right.
    pub bars: Vec<GroupBar>,
}

/// A branch narrower than this many pixels is drawn as a box.
const NARROW: f64 = 1.6;

/// Lays out the part of the tree that is in sight. Without recursion; the work is proportional to what is drawn, not to
/// the size of the tree.
pub fn dendrogram(tree: &Tree, order: &TreeOrder, groups: &Groups, scale: &Scale) -> Drawing {
    let mut drawing = Drawing::default();
    let in_sight = |node: usize| {
        let (start, end) = order.span(node);
        scale.x(end as f64) >= scale.area.left && scale.x(start as f64) <= scale.area.right
    };
    for (index, group) in groups
        .groups()
        .iter()
        .enumerate()
        .filter(|(_, group)| in_sight(group.node))
    {
        drawing.bars.push(GroupBar {
            group: index,
            x: (scale.x(group.start as f64), scale.x(group.end as f64)),
        });
        let (mut elbows, mut boxes) = (Vec::new(), Vec::new());
        let mut stack = vec![group.node];
        while let Some(node) = stack.pop() {
            let Some(merge) = tree.merge_of(node) else {
                continue;
            };
            if !in_sight(node) {
                continue;
            }
            let (start, end) = order.span(node);
            let x = (scale.x(start as f64), scale.x(end as f64));
            if x.1 - x.0 < NARROW {
                boxes.push(Filled {
                    node,
                    x,
                    y: (scale.y(merge.height), scale.area.bottom),
                });
            } else {
                elbows.push(elbow(tree, order, scale, node));
                stack.extend([merge.b, merge.a]);
            }
        }
        drawing.branches.push((index, elbows));
        drawing.filled.push((index, boxes));
    }
    // Above the cut: from the root down to the groups.
    let mut stack: Vec<usize> = tree.root().into_iter().collect();
    while let Some(node) = stack.pop() {
        let Some(merge) = tree.merge_of(node) else {
            continue;
        };
        if groups.of_node(order, node).is_some() || !in_sight(node) {
            continue;
        }
        drawing.trunk.push(elbow(tree, order, scale, node));
        stack.extend([merge.b, merge.a]);
    }
    drawing
}

fn elbow(tree: &Tree, order: &TreeOrder, scale: &Scale, node: usize) -> Elbow {
    let (a, b) = tree
        .merge_of(node)
        .map_or((node, node), |merge| (merge.a, merge.b));
    // A leaf's height is 0: its leg reaches the bottom.
    let foot = |child: usize| scale.y(tree.height(child));
    Elbow {
        node,
        x: (scale.x(order.centre(a)), scale.x(order.centre(b))),
        y: scale.y(tree.height(node)),
        feet: (foot(a), foot(b)),
    }
}

impl Drawing {
    /// The node whose lines pass nearest to a point, within `reach` pixels; the upper one where several do.
    pub fn hit(&self, x: f64, y: f64, reach: f64) -> Option<usize> {
        let elbows = self
            .trunk
            .iter()
            .chain(self.branches.iter().flat_map(|(_, elbows)| elbows));
        let lines = elbows.map(|elbow| (elbow.distance(x, y), elbow.node));
        let boxes = self.filled.iter().flat_map(|(_, boxes)| boxes).map(|filled| {
            let outside = |value: f64, (from, to): (f64, f64)| (from - value).max(value - to).max(0.0);
            (outside(x, filled.x).hypot(outside(y, filled.y)), filled.node)
        });
        let near = lines.chain(boxes).filter(|(distance, _)| *distance <= reach);
        near.min_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            .map(|(_, node)| node)
    }
}

impl Elbow {
    fn distance(&self, x: f64, y: f64) -> f64 {
        let along = |value: f64, from: f64, to: f64| (from - value).max(value - to).max(0.0);
        let bar = along(x, self.x.0, self.x.1).hypot(y - self.y);
        let left = along(y, self.y, self.feet.0).hypot(x - self.x.0);
        let right = along(y, self.y, self.feet.1).hypot(x - self.x.1);
        bar.min(left).min(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::{Merge, cut_into};
    use crate::layout::Area;

    /// ((0 1) (2 3)) with heights 1, 2, 4.
    fn four() -> (Tree, TreeOrder) {
        let merge = |a, b, height, size| Merge { a, b, height, size };
        let merges = vec![merge(0, 1, 1.0, 2), merge(2, 3, 2.0, 2), merge(4, 5, 4.0, 4)];
        let tree = Tree::from_merges(4, merges).unwrap();
        let order = TreeOrder::new(&tree);
        (tree, order)
    }

    const AREA: Area = Area {
        left: 0.0,
        right: 400.0,
        top: 0.0,
        bottom: 420.0,
    };

    #[test]
    fn every_merge_is_drawn_once_on_its_side_of_the_cut() {
        let (tree, order) = four();
        let groups = cut_into(&tree, &order, 2);
        let drawing = dendrogram(&tree, &order, &groups, &Scale::new(AREA, 4, (0.0, 1.0), 4.0));
        assert_eq!(drawing.trunk.len(), 1);
        let top = drawing.trunk[0];
        assert_eq!((top.node, top.x, top.feet), (6, (100.0, 300.0), (320.0, 220.0)));
        assert!((top.y - 20.0).abs() < 1e-9);
        assert_eq!(
            drawing
                .branches
                .iter()
                .map(|(_, elbows)| elbows.len())
                .collect::<Vec<_>>(),
            [1, 1]
        );
        assert_eq!(
            drawing.bars[1],
            GroupBar {
                group: 1,
                x: (200.0, 400.0)
            }
        );
    }

    #[test]
    fn a_point_finds_its_branch() {
        let (tree, order) = four();
        let groups = cut_into(&tree, &order, 2);
        let drawing = dendrogram(&tree, &order, &groups, &Scale::new(AREA, 4, (0.0, 1.0), 4.0));
        assert_eq!(drawing.hit(200.0, 22.0, 5.0), Some(6));
        assert_eq!(drawing.hit(75.0, 321.0, 5.0), Some(4));
        assert_eq!(drawing.hit(200.0, 200.0, 5.0), None);
    }

    #[test]
    fn what_is_out_of_sight_is_not_drawn() {
        let (tree, order) = four();
        let groups = cut_into(&tree, &order, 4);
        let drawing = dendrogram(&tree, &order, &groups, &Scale::new(AREA, 4, (0.6, 1.0), 4.0));
        let nodes: Vec<usize> = drawing.trunk.iter().map(|elbow| elbow.node).collect();
        assert_eq!(nodes, [6, 5]);
    }

    #[test]
    fn a_large_tree_draws_no_more_than_its_pixels() {
        // A comb: leaf i + 1 joins everything to its left.
        let n = 20_000;
        let merges = (1..n)
            .map(|i| Merge {
                a: if i == 1 { 0 } else { i },
                b: if i == 1 { 1 } else { n + i - 2 },
                height: i as f64,
                size: i + 1,
            })
            .collect();
        let tree = Tree::from_merges(n, merges).unwrap();
        let order = TreeOrder::new(&tree);
        let groups = cut_into(&tree, &order, 1);
        let drawing = dendrogram(
            &tree,
            &order,
            &groups,
            &Scale::new(AREA, n, (0.0, 1.0), tree.max_height()),
        );
        let boxes: usize = drawing.filled.iter().map(|(_, boxes)| boxes.len()).sum();
        assert_eq!(boxes, 1);
        // All merges wider than a pixel and a half are in the drawing: this tree is the worst case.
        assert!(drawing.branches[0].1.len() > n - 100);
    }
}
