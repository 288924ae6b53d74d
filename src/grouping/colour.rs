//! A colour for every node of a tree, so that groups keep theirs while the cut moves.

use super::{Tree, TreeOrder};

/// Colours in the palette.
pub const PALETTE_SIZE: usize = 12;

/// A palette slot (below [`PALETTE_SIZE`]) for each node. `[tree.nodes()]`
///
/// The tree is taken apart from the top, one merge at a time, as the cut does when it moves down. The larger part
/// keeps the colour of the whole (the left one where both are equal); the smaller gets the colour that the fewest
/// groups have at that moment, other than those of its neighbours. So up to twelve groups all differ, neighbours always
/// differ, and a group's colour depends on nothing but the tree.
pub fn colour_slots(tree: &Tree, order: &TreeOrder) -> Vec<u8> {
    let n = tree.leaves();
    let mut slots = vec![0_u8; tree.nodes()];
    let mut in_use = [0_usize; PALETTE_SIZE];
    in_use[0] = 1;
    // The present group that starts, or ends, at a place: neighbours are found by their ends.
    let mut starting: Vec<u8> = vec![0; n];
    let mut ending: Vec<u8> = vec![0; n];
    for (rank, merge) in tree.merges().iter().enumerate().rev() {
        let whole = slots[n + rank];
        let (large, small) = if tree.size(merge.a) >= tree.size(merge.b) {
            (merge.a, merge.b)
        } else {
            (merge.b, merge.a)
        };
        let (start, end) = order.span(small);
        // The larger part is on one side of the smaller, an older group (or nothing) on the other.
        let large_is_left = order.span(large).1 == start;
        let left = start
            .checked_sub(1)
            .map(|place| if large_is_left { whole } else { ending[place] });
        let right = (end < n).then(|| if large_is_left { starting[end] } else { whole });
        let free = (0..PALETTE_SIZE as u8)
            .filter(|&slot| Some(slot) != left && Some(slot) != right)
            .min_by_key(|&slot| in_use[usize::from(slot)])
            .unwrap_or(0);
        in_use[usize::from(free)] += 1;
        for (node, slot) in [(large, whole), (small, free)] {
            slots[node] = slot;
            let (start, end) = order.span(node);
            starting[start] = slot;
            ending[end - 1] = slot;
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::super::cut::cut_into;
    use super::super::tree::tests::any_tree;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn neighbours_differ_and_colours_stay(tree in any_tree(60)) {
            let order = TreeOrder::new(&tree);
            let slots = colour_slots(&tree, &order);
            prop_assert_eq!(slots.len(), tree.nodes());
            prop_assert!(slots.iter().all(|&slot| usize::from(slot) < PALETTE_SIZE));
            for k in 1..=tree.leaves() {
                let groups = cut_into(&tree, &order, k);
                let colours: Vec<u8> = groups.groups().iter().map(|group| slots[group.node]).collect();
                prop_assert!(colours.windows(2).all(|pair| pair[0] != pair[1]));
                if k <= PALETTE_SIZE {
                    let mut distinct = colours.clone();
                    distinct.sort_unstable();
                    distinct.dedup();
                    prop_assert_eq!(distinct.len(), k);
                }
            }
            for (rank, merge) in tree.merges().iter().enumerate() {
                let large = if tree.size(merge.a) >= tree.size(merge.b) { merge.a } else { merge.b };
                prop_assert_eq!(slots[large], slots[tree.leaves() + rank]);
            }
        }
    }
}
