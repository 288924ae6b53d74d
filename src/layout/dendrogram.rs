//! The tree as brackets, with as much detail as the pixels can show.

use super::{
    Area, Blob, Bracket, CutLine, Drawing, Frame, GroupBar, Run, Size, Style, View, thumbnails, ticks,
};
use crate::grouping::{Groups, Tree, TreeOrder, cut_height};

/// What is drawn. All four belong to one tree.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// Its leaf order.
    pub order: &'a TreeOrder,
    /// The groups that the cut makes.
    pub groups: &'a Groups,
    /// A palette slot for each node, from [`colour_slots`](crate::grouping::colour_slots).
    pub slots: &'a [u8],
}

/// Lays out a tree: brackets, group bars, places for medoids, axis and cut, in pixels.
///
/// Branches outside the window are left out, and branches narrower than [`Style::detail`] become one filled shape from
/// their top down to the foot. So the work depends on the pixels and hardly on the number of leaves. No recursion.
/// `view` is brought into sound limits first (see [`View::within`]); `Drawing::frame` holds the one used.
pub fn dendrogram(scene: Scene<'_>, view: View, size: Size, style: Style) -> Drawing {
    let frame = Frame {
        view: view.within(scene.tree),
        size,
        style,
    };
    let clip = Area {
        x0: frame.left(),
        y0: frame.top(),
        x1: frame.right(),
        y1: frame.foot(),
    };
    let bars = group_bars(scene, &frame);
    let counts: Vec<usize> = scene.groups.groups().iter().map(|group| group.len()).collect();
    let (thumbnails, without_thumbnail) = thumbnails::place(&frame, &bars, &counts);
    let most = ((clip.height() / 48.0) as usize).clamp(2, 10);
    let ticks = ticks(frame.view.low, frame.view.high, most)
        .into_iter()
        .map(|tick| (frame.y(tick.value), tick))
        .collect();
    let cut = (!scene.groups.is_empty()).then(|| {
        let height = cut_height(scene.tree, scene.groups.len());
        CutLine {
            y: frame.y(height),
            height,
            groups: scene.groups.len(),
        }
    });
    Drawing {
        frame,
        clip,
        runs: runs(scene, &frame),
        bars,
        thumbnails,
        without_thumbnail,
        ticks,
        cut,
    }
}

/// The bars of the visible groups.
fn group_bars(scene: Scene<'_>, frame: &Frame) -> Vec<GroupBar> {
    let all = scene.groups.groups();
    let from = all.partition_point(|group| group.end as f64 <= frame.view.first);
    let y0 = frame.foot() + frame.style.bar_gap;
    let mut bars = Vec::new();
    for (index, group) in all.iter().enumerate().skip(from) {
        if group.start as f64 >= frame.view.last {
            break;
        }
        let (x0, x1) = (frame.x(group.start as f64), frame.x(group.end as f64));
        // A line of ground between neighbours, where there is room for one.
        let gap = if x1 - x0 > 4.0 { 0.75 } else { 0.0 };
        let (x0, x1) = ((x0 + gap).max(frame.left()), (x1 - gap).min(frame.right()));
        let area = Area {
            x0,
            y0,
            x1: x1.max(x0),
            y1: y0 + frame.style.bar,
        };
        bars.push(GroupBar {
            group: index,
            node: group.node,
            slot: slot_of(scene, group.node),
            area,
        });
    }
    bars
}

fn slot_of(scene: Scene<'_>, node: usize) -> u8 {
    scene.slots.get(node).copied().unwrap_or(0)
}

/// The tree itself.
fn runs(scene: Scene<'_>, frame: &Frame) -> Vec<Run> {
    let Scene {
        tree, order, groups, ..
    } = scene;
    // Nodes from this one on are above the cut: the last merges, one fewer than there are groups.
    let above = tree.nodes() - groups.len().saturating_sub(1);
    let mut neutral = Run::default();
    let mut coloured: Vec<Run> = Vec::new();
    let place_width = frame.place_width();
    let foot = frame.y(0.0).max(frame.foot());
    let mut todo: Vec<usize> = tree.root().into_iter().collect();
    while let Some(node) = todo.pop() {
        let Some(merge) = tree.merge_of(node) else {
            continue;
        };
        let (start, end) = order.span(node);
        let outside = end as f64 <= frame.view.first || start as f64 >= frame.view.last;
        if outside || merge.height < frame.view.low {
            continue;
        }
        let run = if node >= above {
            &mut neutral
        } else {
            // The walk goes from left to right, so a group's nodes come in one go.
            let group = groups.at_place(start);
            if coloured.last().is_none_or(|run| run.group != group) {
                let slot = group
                    .and_then(|index| groups.groups().get(index))
                    .map(|group| slot_of(scene, group.node));
                coloured.push(Run {
                    slot,
                    group,
                    ..Run::default()
                });
            }
            match coloured.last_mut() {
                Some(run) => run,
                None => &mut neutral,
            }
        };
        let y = frame.y(merge.height);
        let width = (end - start) as f64 * place_width;
        if width < frame.style.detail {
            let middle = frame.x(f64::midpoint(start as f64, end as f64));
            let half = width.max(1.0) / 2.0;
            let area = Area {
                x0: middle - half,
                y0: y,
                x1: middle + half,
                y1: foot,
            };
            run.blobs.push(Blob { node, area });
            continue;
        }
        let (y0, y1) = (frame.y(tree.height(merge.a)), frame.y(tree.height(merge.b)));
        // Above the window with both legs: nothing of it is seen.
        if y.max(y0).max(y1) >= frame.top() {
            let (x0, x1) = (frame.x(order.centre(merge.a)), frame.x(order.centre(merge.b)));
            run.brackets.push(Bracket {
                node,
                left: merge.a,
                right: merge.b,
                x0,
                x1,
                y,
                y0,
                y1,
            });
        }
        // Last in, first out: left before right.
        todo.push(merge.b);
        todo.push(merge.a);
    }
    let mut runs = vec![neutral];
    runs.append(&mut coloured);
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::tree::tests::any_tree;
    use crate::grouping::{Merge, colour_slots, cut_into};
    use proptest::prelude::*;

    const SIZE: Size = Size {
        width: 800.0,
        height: 500.0,
    };

    fn drawn(tree: &Tree, k: usize, view: View, size: Size) -> Drawing {
        let order = TreeOrder::new(tree);
        let groups = cut_into(tree, &order, k);
        let slots = colour_slots(tree, &order);
        let scene = Scene {
            tree,
            order: &order,
            groups: &groups,
            slots: &slots,
        };
        dendrogram(scene, view, size, Style::for_width(size.width))
    }

    proptest! {
        #[test]
        fn with_room_every_merge_is_drawn_in_its_groups_colour(tree in any_tree(60), k in 1_usize..20) {
            let drawing = drawn(&tree, k, View::whole(&tree), SIZE);
            let order = TreeOrder::new(&tree);
            let groups = cut_into(&tree, &order, k);
            prop_assert_eq!(drawing.shapes(), tree.merges().len());
            prop_assert_eq!(drawing.runs[0].brackets.len(), groups.len().saturating_sub(1));
            prop_assert_eq!(drawing.bars.len(), groups.len());
            let slots = colour_slots(&tree, &order);
            for run in &drawing.runs[1..] {
                let group = &groups.groups()[run.group.unwrap()];
                prop_assert_eq!(run.slot, Some(slots[group.node]));
                for bracket in &run.brackets {
                    let (start, end) = order.span(bracket.node);
                    prop_assert!(start >= group.start && end <= group.end);
                    prop_assert!(bracket.x0 < bracket.x1 && bracket.y <= bracket.y0 && bracket.y <= bracket.y1);
                }
            }
        }

        #[test]
        fn thumbnails_never_overlap(tree in any_tree(120), k in 1_usize..120, width in 60.0..900.0) {
            let drawing = drawn(&tree, k, View::whole(&tree), Size { width, height: 400.0 });
            prop_assert_eq!(drawing.thumbnails.len() + drawing.without_thumbnail, drawing.bars.len());
            for pair in drawing.thumbnails.windows(2) {
                prop_assert!(pair[0].area.x1 < pair[1].area.x0);
                prop_assert!(pair[0].group < pair[1].group);
            }
            for thumbnail in &drawing.thumbnails {
                prop_assert!((thumbnail.area.width() - thumbnail.area.height()).abs() < 1e-9);
                prop_assert!(thumbnail.area.width() >= 18.0 - 1e-6 && thumbnail.area.y1 < 400.0);
                prop_assert!(thumbnail.area.x0 >= 0.0 && thumbnail.area.x1 <= width.max(48.0));
            }
        }

        #[test]
        fn a_narrow_picture_hides_no_leaf(tree in any_tree(200), k in 1_usize..9) {
            // What is not a bracket's own is under a blob: together they cover every leaf below the root.
            let size = Size { width: 90.0, height: 300.0 };
            let drawing = drawn(&tree, k, View::whole(&tree), size);
            let order = TreeOrder::new(&tree);
            let mut covered = vec![0; tree.leaves()];
            for run in &drawing.runs {
                for blob in &run.blobs {
                    order.members(blob.node).iter().for_each(|&leaf| covered[leaf] += 1);
                }
                for child in run.brackets.iter().flat_map(|bracket| [bracket.left, bracket.right]) {
                    if child < tree.leaves() {
                        covered[child] += 1;
                    }
                }
            }
            prop_assert!(tree.leaves() < 2 || covered.iter().all(|&times| times == 1));
        }

        #[test]
        fn a_bar_is_hit_where_it_is_drawn(tree in any_tree(50), pick in any::<prop::sample::Index>()) {
            let drawing = drawn(&tree, 3, View::whole(&tree), SIZE);
            let brackets: Vec<&Bracket> = drawing.runs.iter().flat_map(|run| &run.brackets).collect();
            if brackets.is_empty() {
                return Ok(());
            }
            let bracket = brackets[pick.index(brackets.len())];
            let (x, y) = (f64::midpoint(bracket.x0, bracket.x1), bracket.y);
            // Another merge may lie at the same spot when heights are tied.
            let hit = drawing.hit(x, y, 3.0).unwrap();
            let distance = brackets.iter().find(|other| other.node == hit).map(|other| (other.y - y).abs());
            prop_assert!(hit == bracket.node || tree.height(hit) == tree.height(bracket.node)
                || distance.is_none_or(|distance| distance <= 3.0));
            prop_assert_eq!(drawing.hit(-100.0, -100.0, 3.0), None);
        }
    }

    /// A balanced tree of 2^power leaves.
    fn balanced(power: u32) -> Tree {
        let n = 1_usize << power;
        let mut level: Vec<usize> = (0..n).collect();
        let (mut merges, mut height, mut size) = (Vec::new(), 1.0, 2);
        while level.len() > 1 {
            let mut next = Vec::new();
            for pair in level.chunks(2) {
                next.push(n + merges.len());
                merges.push(Merge {
                    a: pair[0],
                    b: pair[1],
                    height,
                    size,
                });
            }
            (level, height, size) = (next, height + 1.0, size * 2);
        }
        Tree::from_merges(n, merges).unwrap()
    }

    #[test]
    fn many_leaves_become_few_shapes() {
        let tree = balanced(14);
        let drawing = drawn(&tree, 9, View::whole(&tree), SIZE);
        assert!(drawing.shapes() < 2500, "{}", drawing.shapes());
        assert!(
            drawing
                .runs
                .iter()
                .all(|run| run.blobs.iter().all(|blob| blob.area.width() >= 1.0))
        );
        let close = View::whole(&tree).zoomed(&tree, 1000.0, 100.0);
        let drawing = drawn(&tree, 9, close, SIZE);
        assert!(drawing.shapes() < 60, "{}", drawing.shapes());
        assert!(drawing.runs.iter().all(|run| run.blobs.is_empty()));
    }

    #[test]
    fn legs_blobs_bars_and_thumbnails_are_hit() {
        let tree = balanced(3);
        let drawing = drawn(&tree, 2, View::whole(&tree), SIZE);
        let root = drawing.runs[0].brackets[0];
        assert_eq!(
            drawing.hit(root.x0 + 1.0, f64::midpoint(root.y, root.y0), 4.0),
            Some(root.left)
        );
        assert_eq!(drawing.hit(root.x1, root.y1 - 5.0, 4.0), Some(root.right));
        let bar = drawing.bars[1];
        assert_eq!(drawing.hit(bar.area.x1 - 3.0, bar.area.y1, 2.0), Some(bar.node));
        let thumbnail = drawing.thumbnails[0];
        assert_eq!(
            drawing.hit(thumbnail.area.x0 + 5.0, thumbnail.area.y1 - 2.0, 2.0),
            Some(thumbnail.node)
        );
        assert_eq!(thumbnail.count, 4);
    }

    #[test]
    fn trees_without_merges_draw() {
        let none = Tree::from_merges(0, vec![]).unwrap();
        let drawing = drawn(&none, 1, View::whole(&none), SIZE);
        assert_eq!((drawing.shapes(), drawing.bars.len(), drawing.cut), (0, 0, None));
        let one = Tree::from_merges(1, vec![]).unwrap();
        let drawing = drawn(
            &one,
            1,
            View::whole(&one),
            Size {
                width: 0.0,
                height: 0.0,
            },
        );
        assert_eq!(drawing.bars.len(), 1);
        assert!(!drawing.ticks.is_empty());
    }
}
