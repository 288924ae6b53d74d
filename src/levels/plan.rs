//! How a tree is cut into parts.

use crate::grouping::{Merge, Tree, TreeOrder};
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// A leaf of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The node of the whole tree that it stands for.
    pub node: usize,
    /// The part that holds the galaxies of this node; `None` for a galaxy.
    pub part: Option<usize>,
}

/// The top of a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The branch, as a node of the whole tree.
    pub node: usize,
    /// The part that it is a leaf of; `None` for the first.
    pub up: Option<usize>,
    /// From left to right.
    pub leaves: Vec<Leaf>,
    /// The merges between the leaves, with the heights of the whole tree; sizes count leaves of this part.
    pub merges: Vec<Merge>,
}

/// Of a branch that is too large for one part, leaves stand for this share of a full part on average: fewer would make thousands of tiny parts.
const SHARE: usize = 16;

/// A part that shows branches shows as many at least.
const MIN_SHOWN: usize = 24;

/// Cuts a tree into parts, the whole tree's top first, then level by level. A branch of at most `most` galaxies is one part with all of them.
/// Of a larger one the part shows the branches that its highest merges leave: of the whole tree `first`, below it so many that they hold a
/// sixteenth of `most` on average.
#[must_use]
pub fn plan(tree: &Tree, order: &TreeOrder, first: usize, most: usize) -> Vec<Part> {
    let (first, most) = (first.max(2), most.max(2));
    let mut parts: Vec<Part> = Vec::new();
    let mut waiting: VecDeque<(usize, Option<usize>)> =
        tree.root().map(|root| (root, None)).into_iter().collect();
    // Numbers are given when parts begin to wait, so that leaves can name them.
    let mut given = waiting.len();
    while let Some((node, up)) = waiting.pop_front() {
        let this = parts.len();
        let (mut nodes, split) = if tree.size(node) <= most {
            every(tree, node)
        } else {
            let below = (SHARE * tree.size(node))
                .div_ceil(most)
                .clamp(MIN_SHOWN.min(first), first);
            top(tree, node, if up.is_none() { first } else { below })
        };
        nodes.sort_by_key(|node| order.span(*node));
        let mut leaves = Vec::with_capacity(nodes.len());
        for node in nodes {
            let part = (tree.size(node) > 1).then(|| {
                waiting.push_back((node, Some(this)));
                given += 1;
                given - 1
            });
            leaves.push(Leaf { node, part });
        }
        let merges = between(tree, &leaves, split);
        parts.push(Part {
            node,
            up,
            leaves,
            merges,
        });
    }
    parts
}

/// All galaxies of a branch, and its merges.
fn every(tree: &Tree, node: usize) -> (Vec<usize>, Vec<usize>) {
    let (mut leaves, mut split, mut open) = (Vec::new(), Vec::new(), vec![node]);
    while let Some(node) = open.pop() {
        match tree.merge_of(node) {
            Some(merge) => {
                split.push(node);
                open.extend([merge.a, merge.b]);
            }
            None => leaves.push(node),
        }
    }
    (leaves, split)
}

/// The branches that the highest merges of a branch leave, and these merges.
fn top(tree: &Tree, node: usize, count: usize) -> (Vec<usize>, Vec<usize>) {
    // Nodes are numbered by rank, so that the largest number is the highest merge.
    let (mut open, mut singles, mut split) = (BinaryHeap::from([node]), Vec::new(), Vec::new());
    while open.len() + singles.len() < count {
        let Some(node) = open.pop() else { break };
        match tree.merge_of(node) {
            Some(merge) => {
                split.push(node);
                open.extend([merge.a, merge.b]);
            }
            None => singles.push(node),
        }
    }
    singles.extend(open);
    (singles, split)
}

/// The merges `split` in terms of leaves.
fn between(tree: &Tree, leaves: &[Leaf], mut split: Vec<usize>) -> Vec<Merge> {
    let n = leaves.len();
    let mut known: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (at, leaf) in leaves.iter().enumerate() {
        known.insert(leaf.node, (at, 1));
    }
    split.sort_unstable();
    let mut merges = Vec::with_capacity(split.len());
    for node in split {
        let Some(merge) = tree.merge_of(node) else {
            continue;
        };
        // Children come before: they have smaller numbers.
        let (Some(&(a, of_a)), Some(&(b, of_b))) = (known.get(&merge.a), known.get(&merge.b)) else {
            continue;
        };
        known.insert(node, (n + merges.len(), of_a + of_b));
        merges.push(Merge {
            a,
            b,
            height: merge.height,
            size: of_a + of_b,
        });
    }
    merges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::ward_vectors;
    use rand::{RngExt as _, SeedableRng as _};

    fn tree(n: usize) -> Tree {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(n as u64);
        let vectors: Vec<f64> = (0..3 * n).map(|_| rng.random_range(0.0..1.0)).collect();
        ward_vectors(&vectors, 3, None).unwrap()
    }

    #[test]
    fn parts_hold_every_galaxy_once_and_every_merge_once() {
        for (n, first, most) in [
            (1, 5, 5),
            (2, 5, 5),
            (40, 5, 7),
            (40, 2, 2),
            (300, 20, 30),
            (300, 400, 10),
            (50, 5, 50),
        ] {
            let tree = tree(n);
            let order = TreeOrder::new(&tree);
            let parts = plan(&tree, &order, first, most);
            let mut galaxies: Vec<usize> = Vec::new();
            let mut heights: Vec<f64> = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                // A valid tree of its own.
                let own = Tree::from_merges(part.leaves.len(), part.merges.clone()).unwrap();
                assert_eq!(own.max_height(), tree.height(part.node));
                heights.extend(own.heights());
                let below: usize = part.leaves.iter().map(|leaf| tree.size(leaf.node)).sum();
                assert_eq!(below, tree.size(part.node));
                assert!(part.leaves.len() <= first.max(most).max(2), "{n} {first} {most}");
                for leaf in &part.leaves {
                    match leaf.part {
                        None => galaxies.push(leaf.node),
                        Some(other) => {
                            assert_eq!((parts[other].node, parts[other].up), (leaf.node, Some(at)));
                        }
                    }
                }
                // From left to right, as the whole tree is drawn.
                let drawn: Vec<usize> = TreeOrder::new(&own)
                    .leaves()
                    .iter()
                    .flat_map(|leaf| order.members(part.leaves[*leaf].node).to_vec())
                    .collect();
                assert_eq!(drawn, order.members(part.node));
            }
            galaxies.sort_unstable();
            assert_eq!(galaxies, (0..n).collect::<Vec<_>>());
            heights.sort_by(f64::total_cmp);
            assert_eq!(heights, tree.heights());
        }
    }
}
