//! The similarity tree and the order of its leaves.

use super::GroupingError;

/// One merge, in SciPy's numbering: leaves are `0..n`, the merge of rank i makes node `n + i`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Merge {
    /// The child drawn left; in a newly built tree, the one of smaller id.
    pub a: usize,
    /// The child drawn right.
    pub b: usize,
    /// The linkage distance at which they join.
    pub height: f64,
    /// Leaves below.
    pub size: usize,
}

/// A similarity tree: n leaves and n - 1 merges in order of height. Its fields cannot be changed, so every `Tree` is sound:
/// children come before parents, each is joined once, heights do not fall.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Parts", into = "Parts"))]
pub struct Tree {
    leaves: usize,
    merges: Vec<Merge>,
}

/// What travels between worker and page; checked again on arrival.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Parts {
    leaves: usize,
    merges: Vec<Merge>,
}

#[cfg(feature = "serde")]
impl TryFrom<Parts> for Tree {
    type Error = GroupingError;
    fn try_from(parts: Parts) -> Result<Self, GroupingError> {
        Self::from_merges(parts.leaves, parts.merges)
    }
}

#[cfg(feature = "serde")]
impl From<Tree> for Parts {
    fn from(tree: Tree) -> Self {
        Self {
            leaves: tree.leaves,
            merges: tree.merges,
        }
    }
}

impl Tree {
    /// A tree from its merges, each checked. Of a merge's two children `a` stands left in the tree.
    ///
    /// # Errors
    /// [`GroupingError`] names the first merge that cannot be.
    pub fn from_merges(leaves: usize, merges: Vec<Merge>) -> Result<Self, GroupingError> {
        let needed = leaves.saturating_sub(1);
        if merges.len() != needed {
            return Err(GroupingError::MergeCount {
                leaves,
                found: merges.len(),
                needed,
            });
        }
        let mut joined = vec![false; leaves + needed];
        let mut sizes = vec![1; leaves];
        let mut last = f64::NEG_INFINITY;
        for (rank, merge) in merges.iter().enumerate() {
            for node in [merge.a, merge.b] {
                if node >= leaves + rank {
                    return Err(GroupingError::UnknownNode { merge: rank, node });
                }
                if std::mem::replace(&mut joined[node], true) {
                    return Err(GroupingError::JoinedTwice { merge: rank, node });
                }
            }
            let found = sizes[merge.a] + sizes[merge.b];
            if merge.size != found {
                return Err(GroupingError::WrongSize {
                    merge: rank,
                    claimed: merge.size,
                    found,
                });
            }
            sizes.push(found);
            if !merge.height.is_finite() || merge.height < last {
                return Err(GroupingError::BadHeight {
                    merge: rank,
                    height: merge.height,
                });
            }
            last = merge.height;
        }
        Ok(Self { leaves, merges })
    }

    /// A tree from columns: children and heights of the merges.
    ///
    /// # Errors
    /// As [`from_merges`](Self::from_merges).
    pub fn from_columns(leaves: usize, a: &[u32], b: &[u32], heights: &[f64]) -> Result<Self, GroupingError> {
        let mut sizes = vec![1_usize; leaves];
        let mut merges = Vec::with_capacity(heights.len());
        for ((&a, &b), &height) in a.iter().zip(b).zip(heights) {
            let (a, b) = (a as usize, b as usize);
            let size_of = |node: usize| sizes.get(node).copied().unwrap_or(0);
            let size = size_of(a) + size_of(b);
            sizes.push(size);
            merges.push(Merge { a, b, height, size });
        }
        Self::from_merges(leaves, merges)
    }

    /// The same tree with leaf i called `names[i]`, which must be a permutation of the leaves. Left stays left.
    ///
    /// # Errors
    /// [`GroupingError`] when the names are no permutation.
    pub fn relabelled(&self, names: &[usize]) -> Result<Self, GroupingError> {
        let name = |node: usize| match node < self.leaves {
            true => names.get(node).copied().unwrap_or(usize::MAX),
            false => node,
        };
        let merges = self.merges.iter().map(|merge| Merge {
            a: name(merge.a),
            b: name(merge.b),
            ..*merge
        });
        Self::from_merges(self.leaves, merges.collect())
    }

    /// The number of leaves (galaxies).
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// The number of nodes: leaves and merges. Node ids run below it.
    pub fn nodes(&self) -> usize {
        self.leaves + self.merges.len()
    }

    /// The merges in order of height. `[n - 1]`
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// The topmost node; none when there is no leaf.
    pub fn root(&self) -> Option<usize> {
        self.nodes().checked_sub(1)
    }

    /// The merge that made a node; none for leaves and for ids that do not exist.
    pub fn merge_of(&self, node: usize) -> Option<&Merge> {
        self.merges.get(node.checked_sub(self.leaves)?)
    }

    /// The height of a node: 0 for a leaf.
    pub fn height(&self, node: usize) -> f64 {
        self.merge_of(node).map_or(0.0, |merge| merge.height)
    }

    /// The number of leaves below a node: 1 for a leaf, 0 for an id that does not exist.
    pub fn size(&self, node: usize) -> usize {
        if node < self.leaves {
            1
        } else {
            self.merge_of(node).map_or(0, |merge| merge.size)
        }
    }

    /// The height of the topmost merge; 0 when there is none.
    pub fn max_height(&self) -> f64 {
        self.merges.last().map_or(0.0, |merge| merge.height)
    }

    /// All heights, rising. `[n - 1]`
    pub fn heights(&self) -> Vec<f64> {
        self.merges.iter().map(|merge| merge.height).collect()
    }
}

/// Where each node of a tree stands when the tree is drawn with the child of smaller id to the left: the order of
/// SciPy's `leaves_list` and `dendrogram`. Every branch is a run of neighbouring places.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeOrder {
    leaves: Vec<usize>,
    place: Vec<usize>,
    spans: Vec<(usize, usize)>,
    parents: Vec<Option<usize>>,
    centres: Vec<f64>,
}

impl TreeOrder {
    /// Lays out the leaves. Linear in the number of nodes, without recursion: parents have higher ids than their
    /// children, so one pass down the ids hands each child its run of places.
    pub fn new(tree: &Tree) -> Self {
        let (n, nodes) = (tree.leaves(), tree.nodes());
        let mut spans = vec![(0, 0); nodes];
        let mut parents = vec![None; nodes];
        if let Some(root) = tree.root() {
            spans[root] = (0, n);
        }
        for (rank, merge) in tree.merges().iter().enumerate().rev() {
            let node = n + rank;
            let (start, end) = spans[node];
            let middle = start + tree.size(merge.a);
            spans[merge.a] = (start, middle);
            spans[merge.b] = (middle, end);
            parents[merge.a] = Some(node);
            parents[merge.b] = Some(node);
        }
        let mut leaves = vec![0; n];
        let mut centres = vec![0.0; nodes];
        for leaf in 0..n {
            leaves[spans[leaf].0] = leaf;
            centres[leaf] = spans[leaf].0 as f64 + 0.5;
        }
        for (rank, merge) in tree.merges().iter().enumerate() {
            centres[n + rank] = (centres[merge.a] + centres[merge.b]) / 2.0;
        }
        let place = spans[..n].iter().map(|span| span.0).collect();
        Self {
            leaves,
            place,
            spans,
            parents,
            centres,
        }
    }

    /// The leaf at each place, left to right. `[n]`
    pub fn leaves(&self) -> &[usize] {
        &self.leaves
    }

    /// The place of each leaf. `[n]`
    pub fn places(&self) -> &[usize] {
        &self.place
    }

    /// The places `[start, end)` of the leaves below a node; `(0, 0)` for an id that does not exist.
    pub fn span(&self, node: usize) -> (usize, usize) {
        self.spans.get(node).copied().unwrap_or((0, 0))
    }

    /// The leaves below a node, left to right.
    pub fn members(&self, node: usize) -> &[usize] {
        let (start, end) = self.span(node);
        self.leaves.get(start..end).unwrap_or(&[])
    }

    /// The node above; none for the root.
    pub fn parent(&self, node: usize) -> Option<usize> {
        self.parents.get(node).copied().flatten()
    }

    /// The x of a node's stem, in places: a leaf in the middle of its place (0.5, 1.5, ...), a merge midway
    /// between its children.
    pub fn centre(&self, node: usize) -> f64 {
        self.centres.get(node).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A tree of any shape: merges of randomly drawn live nodes.
    pub(crate) fn any_tree(largest: usize) -> impl Strategy<Value = Tree> {
        prop::collection::vec((any::<u32>(), any::<u32>(), 0_u8..4), 0..largest).prop_map(|draws| {
            let leaves = draws.len() + 1;
            let mut live: Vec<(usize, usize)> = (0..leaves).map(|leaf| (leaf, 1)).collect();
            let mut height = 0.0;
            let merges = draws.iter().enumerate().map(|(rank, &(x, y, rise))| {
                let (a, size_a) = live.swap_remove(x as usize % live.len());
                let (b, size_b) = live.swap_remove(y as usize % live.len());
                live.push((leaves + rank, size_a + size_b));
                height += f64::from(rise) * 0.25;
                Merge {
                    a,
                    b,
                    height,
                    size: size_a + size_b,
                }
            });
            Tree::from_merges(leaves, merges.collect()).unwrap()
        })
    }

    fn recursive_leaves(tree: &Tree, node: usize, out: &mut Vec<usize>) {
        match tree.merge_of(node) {
            Some(merge) => {
                recursive_leaves(tree, merge.a, out);
                recursive_leaves(tree, merge.b, out);
            }
            None => out.push(node),
        }
    }

    proptest! {
        #[test]
        fn order_is_the_walk_from_left_to_right(tree in any_tree(60)) {
            let order = TreeOrder::new(&tree);
            for node in 0..tree.nodes() {
                let mut expected = Vec::new();
                recursive_leaves(&tree, node, &mut expected);
                prop_assert_eq!(order.members(node), &expected[..]);
                prop_assert_eq!(expected.len(), tree.size(node));
                if let Some(parent) = order.parent(node) {
                    let merge = tree.merge_of(parent).unwrap();
                    prop_assert!(merge.a == node || merge.b == node);
                } else {
                    prop_assert_eq!(Some(node), tree.root());
                }
            }
            for (place, &leaf) in order.leaves().iter().enumerate() {
                prop_assert_eq!(order.places()[leaf], place);
            }
        }

        #[test]
        fn a_tree_survives_the_journey_as_json(tree in any_tree(20)) {
            let text = serde_json::to_string(&tree).unwrap();
            prop_assert_eq!(serde_json::from_str::<Tree>(&text).unwrap(), tree);
        }
    }

    fn merge(a: usize, b: usize, height: f64, size: usize) -> Merge {
        Merge { a, b, height, size }
    }

    #[test]
    fn no_one_and_two_leaves() {
        let none = Tree::from_merges(0, vec![]).unwrap();
        assert_eq!((none.root(), none.nodes(), none.max_height()), (None, 0, 0.0));
        assert!(TreeOrder::new(&none).leaves().is_empty());
        let one = Tree::from_merges(1, vec![]).unwrap();
        assert_eq!(one.root(), Some(0));
        assert_eq!(TreeOrder::new(&one).leaves(), [0]);
        let two = Tree::from_merges(2, vec![merge(1, 0, 0.5, 2)]).unwrap();
        // The order of the two sides is the caller's: it decides which is drawn first.
        assert_eq!(TreeOrder::new(&two).leaves(), [1, 0]);
        assert_eq!(TreeOrder::new(&two).centre(2), 1.0);
    }

    #[test]
    fn damaged_merges_are_named() {
        use GroupingError as E;
        let fails = |leaves, merges: Vec<Merge>| Tree::from_merges(leaves, merges).unwrap_err();
        assert_eq!(
            fails(3, vec![merge(0, 1, 1.0, 2)]),
            E::MergeCount {
                leaves: 3,
                found: 1,
                needed: 2
            }
        );
        assert_eq!(
            fails(2, vec![merge(0, 2, 1.0, 2)]),
            E::UnknownNode { merge: 0, node: 2 }
        );
        assert_eq!(
            fails(2, vec![merge(1, 1, 1.0, 2)]),
            E::JoinedTwice { merge: 0, node: 1 }
        );
        assert_eq!(
            fails(2, vec![merge(0, 1, 1.0, 3)]),
            E::WrongSize {
                merge: 0,
                claimed: 3,
                found: 2
            }
        );
        assert!(matches!(
            fails(2, vec![merge(0, 1, f64::NAN, 2)]),
            E::BadHeight { merge: 0, .. }
        ));
        let falling = vec![merge(0, 1, 1.0, 2), merge(2, 3, 0.5, 3)];
        assert_eq!(
            fails(3, falling),
            E::BadHeight {
                merge: 1,
                height: 0.5
            }
        );
        assert!(serde_json::from_str::<Tree>(r#"{"leaves":2,"merges":[]}"#).is_err());
    }
}
