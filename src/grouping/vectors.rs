//! Ward's linkage of vectors by Euclidean distances, without a matrix of distances.
//!
//! A cluster is its mean and its size. The distance of two clusters a and b is SciPy's for `ward`,
//! `sqrt(2 |a| |b| / (|a| + |b|)) * |mean(a) - mean(b)|`, which is the plain distance for two single vectors (Ward 1963; Müllner
//! 2011, arXiv:1109.2378). The nearest-neighbour chain (Murtagh 1983) needs O(n) memory; as long as there are many clusters, nearest ones are looked for in
//! boxes, so that few of them are compared.
//!
//! Real-valued distances are hardly ever tied, so that the tree does not depend on the order of the rows: sums of two
//! numbers have the same bits in either order, and equal clusters are always merged from equal parts. Only equal vectors
//! are tied, at height 0; which of them are merged first does not change any group above.

use super::boxes::{Best, Boxes, Cluster, cost};
use super::chain::{RawMerge, tree_of};
use super::{GroupingError, Tree};

/// From this many clusters on, the nearest one is looked for in boxes.
const MANY: usize = 512;

/// Merges until the boxes are made again, for each square root of the number of clusters. Measured: 6 to 16 make no difference, 2 is slower.
const REMADE: usize = 8;

/// Ward's tree of vectors `[N * dim]`, row-major: leaf i is row i. Heights are distances in the unit of the vectors.
/// `progress(done, total)` is called about two hundred times.
///
/// # Errors
/// [`GroupingError::CodesShape`] when the values are not whole vectors, [`GroupingError::BadValue`] when one is not finite.
///
/// # Examples
/// ```
/// use galaxy_grove::grouping::ward_vectors;
///
/// let tree = ward_vectors(&[0.0, 0.0, 3.0, 4.0, 3.0, 4.5], 2, None)?;
/// assert_eq!(tree.heights()[0], 0.5);
/// # Ok::<(), galaxy_grove::grouping::GroupingError>(())
/// ```
pub fn ward_vectors(
    vectors: &[f64],
    dim: usize,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Tree, GroupingError> {
    tree(vectors, dim, MANY, progress)
}

fn tree(
    vectors: &[f64],
    dim: usize,
    many: usize,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Tree, GroupingError> {
    let n = super::hamming::whole_rows(vectors.len(), dim)?;
    if let Some(index) = vectors.iter().position(|value| !value.is_finite()) {
        return Err(GroupingError::BadValue {
            row: index / dim.max(1),
        });
    }
    let mut clusters = Clusters::new(vectors, dim, many);
    tree_of(n, progress, || {
        let (x, y, height) = clusters.next_pair();
        clusters.merge(x, y);
        Some(RawMerge { x, y, height })
    })
}

/// The clusters that are not merged yet.
struct Clusters {
    dim: usize,
    /// From this many clusters on there are boxes.
    many: usize,
    /// `[N * dim]`: the mean of the cluster in each slot.
    means: Vec<f64>,
    /// Leaves of the cluster in each slot, as a number to calculate with; 0 when there is none.
    sizes: Vec<f64>,
    /// The slots in use, ascending; empty ones stay until the boxes are made again.
    live: Vec<usize>,
    chain: Vec<usize>,
    /// Clusters as they were when the boxes were made.
    boxes: Option<Boxes>,
    /// The slot has changed since.
    changed: Vec<bool>,
    /// Slots that were merged into since, and are in use.
    fresh: Vec<usize>,
    /// So many merges may be done until the boxes are made again.
    left: usize,
    open: Vec<(usize, f64)>,
}

impl Clusters {
    fn new(vectors: &[f64], dim: usize, many: usize) -> Self {
        let n = vectors.len() / dim.max(1);
        let mut clusters = Self {
            dim,
            many,
            means: vectors.to_vec(),
            sizes: vec![1.0; n],
            live: (0..n).collect(),
            chain: Vec::new(),
            boxes: None,
            changed: vec![false; n],
            fresh: Vec::new(),
            left: 0,
            open: Vec::new(),
        };
        clusters.tidy();
        clusters
    }

    /// Forgets empty slots, and makes the boxes again as long as there are many clusters.
    fn tidy(&mut self) {
        let sizes = &self.sizes;
        self.live
            .retain(|slot| sizes.get(*slot).is_some_and(|size| *size > 0.0));
        let many = self.live.len() >= self.many.max(1) && self.dim > 0;
        self.boxes = many.then(|| Boxes::new(self.dim, &self.live, &self.means, &self.sizes));
        self.changed.fill(false);
        self.fresh.clear();
        // Clusters outside the boxes are all looked at each time, which must not cost more than the boxes save.
        self.left = if many { self.live.len().isqrt() * REMADE } else { 0 };
    }

    fn cluster(&self, slot: usize) -> Cluster<'_> {
        Cluster {
            slot,
            mean: &self.means[slot * self.dim..(slot + 1) * self.dim],
            size: self.sizes[slot],
        }
    }

    /// Follows the chain to two mutual neighbours, and takes them off it.
    fn next_pair(&mut self) -> (usize, usize, f64) {
        loop {
            let Some(&x) = self.chain.last() else {
                let first = self.live.iter().find(|slot| self.sizes[**slot] > 0.0);
                self.chain.extend(first);
                continue;
            };
            let previous = self.chain.len().checked_sub(2).map(|at| self.chain[at]);
            let best = self.nearest(x, previous);
            if Some(best.slot) == previous {
                self.chain.truncate(self.chain.len() - 2);
                return (x.min(best.slot), x.max(best.slot), best.cost.sqrt());
            }
            // Rounding could put a cluster into the chain a second time: the part from there on is begun again.
            if let Some(at) = self.chain.iter().position(|&slot| slot == best.slot) {
                self.chain.truncate(at);
            }
            self.chain.push(best.slot);
        }
    }

    /// The cluster nearest to x; of equally near ones `previous`, and otherwise the first.
    fn nearest(&mut self, x: usize, previous: Option<usize>) -> Best {
        let mut open = std::mem::take(&mut self.open);
        let own = self.cluster(x);
        let mut best = previous.map_or(
            Best {
                slot: usize::MAX,
                cost: f64::INFINITY,
            },
            |previous| Best {
                slot: previous,
                cost: cost(own, self.cluster(previous), f64::INFINITY),
            },
        );
        let some = if self.boxes.is_some() {
            &self.fresh
        } else {
            &self.live
        };
        for &other in some {
            if other != x && Some(other) != previous && self.sizes[other] > 0.0 {
                best.offer(own, self.cluster(other), previous);
            }
        }
        if let Some(boxes) = &self.boxes {
            boxes.nearest(own, &mut best, previous, |slot| self.changed[slot], &mut open);
        }
        if best.slot == usize::MAX {
            // All costs are too large for a number: any other cluster.
            let other = self
                .live
                .iter()
                .find(|slot| **slot != x && self.sizes[**slot] > 0.0);
            best.slot = other.copied().unwrap_or(x);
        }
        self.open = open;
        best
    }

    /// Merges `x < y` into y.
    fn merge(&mut self, x: usize, y: usize) {
        let (nx, ny) = (self.sizes[x], self.sizes[y]);
        for at in 0..self.dim {
            let (from, to) = (self.means[x * self.dim + at], self.means[y * self.dim + at]);
            self.means[y * self.dim + at] = (nx * from + ny * to) / (nx + ny);
        }
        self.sizes[y] = nx + ny;
        self.sizes[x] = 0.0;
        if self.boxes.is_none() {
            let place = self.live.binary_search(&x);
            if let Ok(place) = place {
                self.live.remove(place);
            }
            return;
        }
        self.changed[x] = true;
        self.fresh.retain(|slot| *slot != x && *slot != y);
        self.changed[y] = true;
        self.fresh.push(y);
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            self.tidy();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::{TreeOrder, cut_into, ward_kodama};
    use proptest::prelude::*;

    fn distances(vectors: &[f64], dim: usize) -> Vec<f64> {
        let rows: Vec<&[f64]> = vectors.chunks_exact(dim).collect();
        let mut out = Vec::new();
        for (i, a) in rows.iter().enumerate() {
            for b in &rows[i + 1..] {
                let square: f64 = a.iter().zip(*b).map(|(a, b)| (a - b) * (a - b)).sum();
                out.push(square.sqrt());
            }
        }
        out
    }

    /// The groups of a tree, as sets of rows that do not depend on numbers.
    fn sets(tree: &Tree, k: usize) -> Vec<Vec<usize>> {
        let order = TreeOrder::new(tree);
        let groups = cut_into(tree, &order, k);
        let mut sets: Vec<Vec<usize>> = (0..groups.len())
            .map(|index| {
                let mut members = groups.members(&order, index).to_vec();
                members.sort_unstable();
                members
            })
            .collect();
        sets.sort();
        sets
    }

    proptest! {
        #[test]
        fn the_tree_is_that_of_an_independent_crate(
            vectors in prop::collection::vec(-1.0..1.0_f64, 2 * 37..3 * 60),
        ) {
            let dim = 3;
            let vectors = &vectors[..vectors.len() / dim * dim];
            let n = vectors.len() / dim;
            let ours = ward_vectors(vectors, dim, None).unwrap();
            let theirs = ward_kodama(&mut distances(vectors, dim), n).unwrap();
            for (ours, theirs) in ours.heights().iter().zip(theirs.heights()) {
                prop_assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
            }
            for k in [2, 5, 9] {
                prop_assert_eq!(sets(&ours, k), sets(&theirs, k));
            }
        }

        #[test]
        fn the_order_of_the_rows_changes_no_bit_and_no_group(
            vectors in prop::collection::vec(-1.0..1.0_f64, 40 * 20),
            order in Just((0..40).collect::<Vec<usize>>()).prop_shuffle(),
        ) {
            let dim = 20;
            let mixed: Vec<f64> = order.iter().flat_map(|&row| &vectors[row * dim..(row + 1) * dim]).copied().collect();
            let (first, second) = (ward_vectors(&vectors, dim, None).unwrap(), ward_vectors(&mixed, dim, None).unwrap());
            prop_assert_eq!(first.heights(), second.heights());
            for k in [2, 5, 13] {
                let back = sets(&second, k).into_iter().map(|set| {
                    let mut set: Vec<usize> = set.into_iter().map(|row| order[row]).collect();
                    set.sort_unstable();
                    set
                });
                let mut back: Vec<Vec<usize>> = back.collect();
                back.sort();
                prop_assert_eq!(sets(&first, k), back);
            }
        }

        /// Few different numbers, so that many distances are tied.
        #[test]
        fn boxes_change_no_merge_and_no_bit(draws in prop::collection::vec(-9_i8..9, 2..2 * 300), many in 1_usize..40) {
            let vectors: Vec<f64> = draws[..draws.len() / 2 * 2].iter().map(|&draw| f64::from(draw) * 0.1).collect();
            let with = tree(&vectors, 2, many, None).unwrap();
            prop_assert_eq!(with, tree(&vectors, 2, usize::MAX, None).unwrap());
        }

        #[test]
        fn equal_vectors_never_break_a_tree(draws in prop::collection::vec(0_u8..3, 0..120)) {
            let vectors: Vec<f64> = draws[..draws.len() / 2 * 2].iter().map(|&draw| f64::from(draw)).collect();
            let tree = ward_vectors(&vectors, 2, None).unwrap();
            prop_assert_eq!(tree.leaves(), vectors.len() / 2);
            prop_assert!(tree.heights().is_sorted());
        }
    }

    #[test]
    fn what_is_no_vector_is_refused() {
        assert!(matches!(
            ward_vectors(&[0.0; 5], 2, None),
            Err(GroupingError::CodesShape { .. })
        ));
        let broken = ward_vectors(&[0.0, 0.0, 1.0, f64::NAN], 2, None);
        assert!(matches!(broken, Err(GroupingError::BadValue { row: 1 })));
        assert_eq!(ward_vectors(&[], 3, None).unwrap().leaves(), 0);
        assert_eq!(ward_vectors(&[1.0, 2.0], 2, None).unwrap().leaves(), 1);
    }
}
