//! Cutting a tree into groups.
//!
//! A cut undoes the last merges. By rank it gives exactly the number of groups asked for, also where merges are tied
//! in height. A group's lasting identity is the node of its topmost merge: it stays the same while the cut moves,
//! until that merge itself is undone.

use super::{Tree, TreeOrder};

/// One group: a branch of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Group {
    /// The node on top of the branch: the group's lasting identity.
    pub node: usize,
    /// First place in leaf order.
    pub start: usize,
    /// One past the last place.
    pub end: usize,
}

impl Group {
    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Never: a group has at least one galaxy.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// A tree cut into groups, numbered from left to right. The group at index i is shown to people as number i + 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    groups: Vec<Group>,
    group_of: Vec<usize>,
}

impl Groups {
    /// The groups with these topmost nodes, which must share out the leaves.
    pub(super) fn of_nodes(tree: &Tree, order: &TreeOrder, tops: impl IntoIterator<Item = usize>) -> Self {
        let mut groups: Vec<Group> = tops
            .into_iter()
            .map(|node| {
                let (start, end) = order.span(node);
                Group { node, start, end }
            })
            .collect();
        groups.sort_unstable_by_key(|group| group.start);
        let mut group_of = vec![0; tree.leaves()];
        for (index, group) in groups.iter().enumerate() {
            for &leaf in order.members(group.node) {
                group_of[leaf] = index;
            }
        }
        Self { groups, group_of }
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// True when the tree has no leaf.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The groups from left to right.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The index of each leaf's group. `[n]`, by leaf id (row), not by place.
    pub fn group_of(&self) -> &[usize] {
        &self.group_of
    }

    /// The number of each leaf's group as people see it: 1, 2, ... from left to right. `[n]`
    pub fn numbers(&self) -> Vec<usize> {
        self.group_of.iter().map(|index| index + 1).collect()
    }

    /// The rows of group `index`, left to right; empty when there is no such group.
    pub fn members<'a>(&self, order: &'a TreeOrder, index: usize) -> &'a [usize] {
        self.groups
            .get(index)
            .map_or(&[], |group| order.members(group.node))
    }

    /// The index of the group at a place of the leaf order.
    pub fn at_place(&self, place: usize) -> Option<usize> {
        let index = self.groups.partition_point(|group| group.end <= place);
        (index < self.groups.len()).then_some(index)
    }

    /// The index of the group whose topmost node is `node`.
    pub fn of_node(&self, order: &TreeOrder, node: usize) -> Option<usize> {
        let index = self.at_place(order.span(node).0)?;
        (self.groups[index].node == node).then_some(index)
    }
}

/// Cuts into k groups by undoing the k - 1 last merges. k is brought into `1..=n` (0 leaves: no groups).
/// # Examples
/// ```
/// use galaxy_grove::grouping::{Method, TreeOrder, cut_into, linkage};
///
/// let codes = [1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 9];
/// let tree = linkage(&codes, 4, Method::default(), None)?;
/// let groups = cut_into(&tree, &TreeOrder::new(&tree), 2);
/// let numbers = groups.numbers();
/// assert_eq!(numbers[1], numbers[2]);
/// assert_ne!(numbers[0], numbers[1]);
/// # Ok::<(), galaxy_grove::grouping::GroupingError>(())
/// ```
pub fn cut_into(tree: &Tree, order: &TreeOrder, k: usize) -> Groups {
    let n = tree.leaves();
    if n == 0 {
        return Groups::default();
    }
    let k = k.clamp(1, n);
    // Nodes below this id stand; what they are joined into does not.
    let standing = tree.nodes() - (k - 1);
    let whole = tree.root().filter(|&root| root < standing);
    let parts = tree.merges()[standing - n..]
        .iter()
        .flat_map(|merge| [merge.a, merge.b]);
    let tops = whole.into_iter().chain(parts.filter(|&node| node < standing));
    Groups::of_nodes(tree, order, tops)
}

/// Cuts at a height: keeps the merges of at most this height, as SciPy's `fcluster(Z, height, 'distance')`. Numbered
/// left to right; see [`fcluster_labels`] for SciPy's own numbers.
pub fn cut_at_height(tree: &Tree, order: &TreeOrder, height: f64) -> Groups {
    let kept = tree.merges().partition_point(|merge| merge.height <= height);
    cut_into(tree, order, tree.leaves() - kept)
}

/// Where to draw the line of a cut into k groups: midway between the highest merge kept and the lowest undone. For one
/// group, 5 % above the top; for n groups, midway between 0 and the lowest merge.
pub fn cut_height(tree: &Tree, k: usize) -> f64 {
    let n = tree.leaves();
    let k = k.clamp(1, n.max(1));
    let at = |rank: usize| tree.merges().get(rank).map(|merge| merge.height);
    let below = (n - k.min(n)).checked_sub(1).and_then(at).unwrap_or(0.0);
    match at(n - k.min(n)) {
        Some(above) => (below + above) / 2.0,
        None => below * 1.05,
    }
}

/// The labels (1, 2, ...) that SciPy's `fcluster(Z, threshold, 'distance')` gives to each leaf. `[n]`
///
/// Groups are numbered depth first, left before right, except that at a node above the threshold leaves come after
/// the branch beside them.
pub fn fcluster_labels(tree: &Tree, threshold: f64) -> Vec<usize> {
    let mut labels = vec![0; tree.leaves()];
    let mut label = 0;
    // What is still to do, the next on top. The label of the group it belongs to, if that is decided.
    let mut todo: Vec<(usize, Option<usize>)> = tree.root().map(|root| (root, None)).into_iter().collect();
    while let Some((node, mut inherited)) = todo.pop() {
        let Some(merge) = tree.merge_of(node) else {
            labels[node] = inherited.unwrap_or_else(|| {
                label += 1;
                label
            });
            continue;
        };
        if inherited.is_none() && merge.height <= threshold {
            label += 1;
            inherited = Some(label);
        }
        // Last in, first out: branches (left on top) above leaves (left on top).
        let children = [merge.b, merge.a];
        let is_leaf = |child: &&usize| **child < tree.leaves();
        for &child in children.iter().filter(is_leaf) {
            todo.push((child, inherited));
        }
        for &child in children.iter().filter(|child| !is_leaf(child)) {
            todo.push((child, inherited));
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::any_tree;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn k_groups_are_k_whole_branches(tree in any_tree(50), k in 0_usize..60) {
            let order = TreeOrder::new(&tree);
            let groups = cut_into(&tree, &order, k);
            prop_assert_eq!(groups.len(), k.clamp(1, tree.leaves()));
            let mut place = 0;
            for (index, group) in groups.groups().iter().enumerate() {
                prop_assert_eq!(group.start, place);
                place = group.end;
                prop_assert!(!group.is_empty());
                prop_assert_eq!(group.len(), tree.size(group.node));
                prop_assert_eq!(groups.of_node(&order, group.node), Some(index));
                prop_assert_eq!(groups.at_place(group.end - 1), Some(index));
                for &leaf in groups.members(&order, index) {
                    prop_assert_eq!(groups.group_of()[leaf], index);
                }
            }
            prop_assert_eq!(place, tree.leaves());
        }

        #[test]
        fn the_line_separates_what_is_kept_from_what_is_undone(tree in any_tree(50), k in 1_usize..50) {
            let k = k.min(tree.leaves());
            let height = cut_height(&tree, k);
            let heights = tree.heights();
            let kept = tree.leaves() - k;
            prop_assert!(heights[..kept].iter().all(|&h| h <= height));
            prop_assert!(heights[kept..].iter().all(|&h| h >= height));
        }

        #[test]
        fn fcluster_finds_the_groups_of_the_height(tree in any_tree(50), steps in 0_u8..40) {
            let height = f64::from(steps) * 0.25;
            let order = TreeOrder::new(&tree);
            let groups = cut_at_height(&tree, &order, height);
            let labels = fcluster_labels(&tree, height);
            prop_assert_eq!(labels.iter().max().copied().unwrap_or(0), groups.len());
            for a in 0..tree.leaves() {
                for b in 0..a {
                    prop_assert_eq!(labels[a] == labels[b], groups.group_of()[a] == groups.group_of()[b]);
                }
            }
        }
    }

    #[test]
    fn nothing_to_cut() {
        let tree = Tree::from_merges(0, vec![]).unwrap();
        let order = TreeOrder::new(&tree);
        assert!(cut_into(&tree, &order, 3).is_empty());
        assert!(cut_at_height(&tree, &order, 1.0).is_empty());
        assert_eq!(cut_height(&tree, 1), 0.0);
        assert!(fcluster_labels(&tree, 1.0).is_empty());
    }
}
