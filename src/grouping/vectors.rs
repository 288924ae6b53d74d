//! Ward's linkage of vectors by Euclidean distances, without a matrix of distances.
//!
//! A cluster is its mean and its size. The distance of two clusters a and b is SciPy's for `ward`,
//! `sqrt(2 |a| |b| / (|a| + |b|)) * |mean(a) - mean(b)|`, which is the plain distance for two single vectors (Ward 1963; Müllner
//! 2011, arXiv:1109.2378). The nearest-neighbour chain (Murtagh 1983) needs O(n) memory and O(n² d) time.
//!
//! Real-valued distances are hardly ever tied, so that the tree does not depend on the order of the rows: sums of two
//! numbers have the same bits in either order, and equal clusters are always merged from equal parts. Only equal vectors
//! are tied, at height 0; which of them are merged first does not change any group above.

use super::chain::{RawMerge, label};
use super::{GroupingError, Tree};

/// Numbers that are added up before a sum is compared with the best one so far: few, as the first ones vary most.
const BLOCK: usize = 4;

/// From this many clusters on, the nearest one is looked for on all cores (feature `parallel`).
#[cfg(feature = "parallel")]
const MANY: usize = 4096;

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
    mut progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Tree, GroupingError> {
    let n = super::hamming::whole_rows(vectors.len(), dim)?;
    if let Some(index) = vectors.iter().position(|value| !value.is_finite()) {
        return Err(GroupingError::BadValue {
            row: index / dim.max(1),
        });
    }
    let total = n.saturating_sub(1);
    let stride = (total / 200).max(1);
    let mut clusters = Clusters::new(vectors, dim, n);
    let mut merges = Vec::with_capacity(total);
    for done in 0..total {
        let (x, y, height) = clusters.next_pair();
        merges.push(RawMerge { x, y, height });
        clusters.merge(x, y);
        if let Some(report) = progress.as_mut()
            && ((done + 1) % stride == 0 || done + 1 == total)
        {
            report(done + 1, total);
        }
    }
    label(merges, n)
}

/// The clusters that are not merged yet.
struct Clusters {
    dim: usize,
    /// `[N * dim]`: the mean of the cluster in each slot.
    means: Vec<f64>,
    /// Leaves of the cluster in each slot, as a number to calculate with.
    sizes: Vec<f64>,
    /// The slots in use, ascending.
    live: Vec<usize>,
    chain: Vec<usize>,
}

impl Clusters {
    fn new(vectors: &[f64], dim: usize, n: usize) -> Self {
        Self {
            dim,
            means: vectors.to_vec(),
            sizes: vec![1.0; n],
            live: (0..n).collect(),
            chain: Vec::new(),
        }
    }

    fn mean(&self, slot: usize) -> &[f64] {
        &self.means[slot * self.dim..(slot + 1) * self.dim]
    }

    /// Twice the growth of the squared error by merging two clusters; infinite as soon as it exceeds `limit`.
    fn cost(&self, x: usize, y: usize, limit: f64) -> f64 {
        let weight = 2.0 * self.sizes[x] * self.sizes[y] / (self.sizes[x] + self.sizes[y]);
        let (x, y) = (self.mean(x), self.mean(y));
        let mut sum = 0.0;
        for (x, y) in x.chunks(BLOCK).zip(y.chunks(BLOCK)) {
            // Squares do not depend on which of the two comes first.
            sum += x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
            if sum * weight > limit {
                return f64::INFINITY;
            }
        }
        sum * weight
    }

    /// Follows the chain to two mutual neighbours, and takes them off it.
    fn next_pair(&mut self) -> (usize, usize, f64) {
        loop {
            let Some(&x) = self.chain.last() else {
                self.chain.extend(self.live.first());
                continue;
            };
            let previous = self.chain.len().checked_sub(2).map(|at| self.chain[at]);
            let best = match previous {
                Some(previous) => (previous, self.cost(x, previous, f64::INFINITY)),
                None => (x, f64::INFINITY),
            };
            let (y, least) = self.nearest(x, previous, best);
            if Some(y) == previous {
                self.chain.truncate(self.chain.len() - 2);
                return (x.min(y), x.max(y), least.sqrt());
            }
            // Rounding could put a cluster into the chain a second time: the part from there on is begun again.
            if let Some(at) = self.chain.iter().position(|&slot| slot == y) {
                self.chain.truncate(at);
            }
            self.chain.push(y);
        }
    }

    /// The cluster nearest to x, other than x and `previous`, if it is nearer than the best so far; of equally near ones the first.
    fn nearest(&self, x: usize, previous: Option<usize>, best: (usize, f64)) -> (usize, f64) {
        #[cfg(feature = "parallel")]
        if self.live.len() >= MANY {
            use rayon::prelude::*;
            // The parts are compared in their order, so that the first of equals wins as it does without parts.
            return self
                .live
                .par_chunks(MANY / 4)
                .map(|part| self.nearest_of(part, x, previous, best))
                .collect::<Vec<_>>()
                .into_iter()
                .fold(best, |best, found| {
                    if found.1 < best.1 || (best.0 == x && found.1 <= best.1) {
                        found
                    } else {
                        best
                    }
                });
        }
        self.nearest_of(&self.live, x, previous, best)
    }

    fn nearest_of(
        &self,
        slots: &[usize],
        x: usize,
        previous: Option<usize>,
        (mut y, mut least): (usize, f64),
    ) -> (usize, f64) {
        for &other in slots {
            if other != x && Some(other) != previous {
                let cost = self.cost(x, other, least);
                if cost < least || (y == x && cost <= least) {
                    (y, least) = (other, cost);
                }
            }
        }
        (y, least)
    }

    /// Merges `x < y` into y.
    fn merge(&mut self, x: usize, y: usize) {
        let (nx, ny) = (self.sizes[x], self.sizes[y]);
        for at in 0..self.dim {
            let (from, to) = (self.means[x * self.dim + at], self.means[y * self.dim + at]);
            self.means[y * self.dim + at] = (nx * from + ny * to) / (nx + ny);
        }
        self.sizes[y] = nx + ny;
        self.live.retain(|&slot| slot != x);
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
