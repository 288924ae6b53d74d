//! Ward's linkage by the nearest-neighbour chain, with the tie rules of SciPy's `ward`.
//!
//! Hamming distances take few values, so many merges are tied, and which pair is merged first decides the tree. To
//! give the tree of the reference, this follows SciPy's `nn_chain` to the last bit (in double precision):
//! - a new chain starts at the live cluster of lowest index; the next link is the nearest live cluster, where the
//!   previous link wins ties and then the lowest index does;
//! - the merged cluster takes the higher of the two slots; distances follow Lance and Williams (1967) in the form
//!   `sqrt((ni+nx)*t*dxi*dxi + (ni+ny)*t*dyi*dyi - ni*t*dxy*dxy)`, `t = 1/(nx+ny+ni)`, from left to right;
//! - the merges are sorted by height with a stable sort and numbered by union-find.
//!
//! Algorithm: Murtagh 1983; Müllner 2011 (arXiv:1109.2378), algorithm 3. Two things are done for speed and change no
//! result: dead clusters have infinite distances, so that rows are scanned without asking who lives; and the vector is
//! compacted in place (in order) whenever a quarter of the clusters has died.

use super::hamming::pairs;
use super::{GroupingError, Merge, Real, Tree};

/// Not in the chain.
const NO_POSITION: usize = usize::MAX;

/// Ward's tree from a condensed vector of distances (`pdist` order, `[n * (n - 1) / 2]`), which serves as work space
/// and holds nothing of use afterwards. `progress(done, total)` is called about two hundred times.
///
/// # Errors
/// [`GroupingError::CondensedLength`] or [`GroupingError::BadDistance`] when the vector is not one of distances.
pub fn ward_chain<T: Real>(
    distances: &mut [T],
    n: usize,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Tree, GroupingError> {
    check(distances, n)?;
    let mut work = Work::new(distances, n);
    tree_of(n, progress, || {
        let (x, y, height) = work.next_pair();
        let merge = RawMerge {
            x: work.slots[x].original,
            y: work.slots[y].original,
            height: height.double(),
        };
        work.merge(x, y, height);
        Some(merge)
    })
}

/// The tree of `n` rows, out of its merges one after another; `progress(done, total)` is called about two hundred times.
pub(super) fn tree_of(
    n: usize,
    mut progress: Option<&mut dyn FnMut(usize, usize)>,
    mut next: impl FnMut() -> Option<RawMerge>,
) -> Result<Tree, GroupingError> {
    let total = n.saturating_sub(1);
    let stride = (total / 200).max(1);
    let mut raw = Vec::with_capacity(total);
    while raw.len() < total {
        let Some(merge) = next() else { break };
        raw.push(merge);
        let done = raw.len();
        if let Some(report) = progress.as_mut()
            && (done.is_multiple_of(stride) || done == total)
        {
            report(done, total);
        }
    }
    label(raw, n)
}

/// Refuses what is not a vector of distances.
pub(super) fn check<T: Real>(distances: &[T], n: usize) -> Result<(), GroupingError> {
    let needed = usize::try_from(pairs(n)).unwrap_or(usize::MAX);
    if distances.len() != needed {
        return Err(GroupingError::CondensedLength {
            found: distances.len(),
            galaxies: n,
            needed,
        });
    }
    let bad = |value: &T| !(*value >= T::ZERO && *value < T::INFINITE);
    match distances.iter().position(bad) {
        Some(index) => Err(GroupingError::BadDistance {
            index,
            value: distances[index].double(),
        }),
        None => Ok(()),
    }
}

/// A merge as the chain finds it: two original slots.
pub(super) struct RawMerge {
    pub x: usize,
    pub y: usize,
    pub height: f64,
}

/// One cluster's place.
#[derive(Clone, Copy)]
struct Slot {
    /// The slot's number before any compaction.
    original: usize,
    /// Where in the chain it stands first, or [`NO_POSITION`].
    link: usize,
}

struct Work<'a, T> {
    d: &'a mut [T],
    /// Present side of the triangle.
    n: usize,
    live: usize,
    slots: Vec<Slot>,
    /// Leaves of each cluster, 0 when it is dead. Whole numbers, held as T so that the update vectorises.
    sizes: Vec<T>,
    chain: Vec<usize>,
    /// No slot below this one is alive.
    lowest: usize,
}

impl<'a, T: Real> Work<'a, T> {
    fn new(d: &'a mut [T], n: usize) -> Self {
        let slots = (0..n)
            .map(|original| Slot {
                original,
                link: NO_POSITION,
            })
            .collect();
        Self {
            d,
            n,
            live: n,
            slots,
            sizes: vec![T::ONE; n],
            chain: Vec::with_capacity(n),
            lowest: 0,
        }
    }

    /// Place of the pair `i < j`.
    #[inline(always)]
    fn at(&self, i: usize, j: usize) -> usize {
        row_start(i, self.n) + (j - i - 1)
    }

    fn push(&mut self, slot: usize) {
        if self.slots[slot].link == NO_POSITION {
            self.slots[slot].link = self.chain.len();
        }
        self.chain.push(slot);
    }

    /// Shortens the chain.
    fn truncate(&mut self, length: usize) {
        for &slot in &self.chain[length..] {
            if self.slots[slot].link >= length {
                self.slots[slot].link = NO_POSITION;
            }
        }
        self.chain.truncate(length);
    }

    /// Follows the chain to two mutual neighbours `x < y` and takes them off it.
    fn next_pair(&mut self) -> (usize, usize, T) {
        if self.chain.is_empty() {
            while self.sizes[self.lowest] == T::ZERO {
                self.lowest += 1;
            }
            self.push(self.lowest);
        }
        loop {
            let length = self.chain.len();
            let x = self.chain[length - 1];
            let previous = if length > 1 {
                Some(self.chain[length - 2])
            } else {
                None
            };
            let (y, distance) = self.nearest(x, previous);
            if Some(y) != previous {
                self.push(y);
                continue;
            }
            // With exact arithmetic this is always `length - 2`. Rounding among ties could put a cluster into the
            // chain twice; then the chain is cut before its first appearance, so that no dead cluster stays in it.
            let keep = (length - 2).min(self.slots[x].link).min(self.slots[y].link);
            self.truncate(keep);
            return (x.min(y), x.max(y), distance);
        }
    }

    /// The nearest live cluster to `x`: the previous link wins ties, then the lowest index.
    fn nearest(&self, x: usize, previous: Option<usize>) -> (usize, T) {
        let (mut y, mut least) = match previous {
            Some(p) => (p, self.d[self.at(p.min(x), p.max(x))]),
            None => (NO_POSITION, T::INFINITE),
        };
        // The column above the diagonal: one value a row, and each row is one shorter than the last.
        let mut place = x.wrapping_sub(1);
        for i in 0..x {
            let distance = self.d[place];
            if distance < least {
                least = distance;
                y = i;
            }
            place = place.wrapping_add(self.n - i - 2);
        }
        let start = row_start(x, self.n);
        let row = &self.d[start..start + (self.n - x - 1)];
        let low = minimum(row);
        if low < least {
            least = low;
            y = x + 1 + row.iter().position(|&distance| distance == low).unwrap_or(0);
        }
        (y, least)
    }

    /// Merges `x < y` at distance `dxy`: x dies, y becomes the merged cluster.
    fn merge(&mut self, x: usize, y: usize, dxy: T) {
        let n = self.n;
        let formula = Ward {
            nx: self.sizes[x],
            ny: self.sizes[y],
            dxy,
        };
        let sizes = &self.sizes;
        // i < x < y: both distances stand in row i.
        let mut place = x.wrapping_sub(1);
        for (i, &size) in sizes[..x].iter().enumerate() {
            if size > T::ZERO {
                let other = place + (y - x);
                self.d[other] = formula.update(self.d[place], self.d[other], size);
                self.d[place] = T::INFINITE;
            }
            place = place.wrapping_add(n - i - 2);
        }
        // x < i < y: row x and column y.
        let start_x = row_start(x, n);
        let mut place = start_x + (n - x - 1) + (y - x) - 2;
        for (i, &size) in sizes.iter().enumerate().take(y).skip(x + 1) {
            if size > T::ZERO {
                let from_x = start_x + (i - x - 1);
                self.d[place] = formula.update(self.d[from_x], self.d[place], size);
            }
            place = place.wrapping_add(n - i - 2);
        }
        // x < y < i: two rows. Dead clusters are infinitely far in both and stay so.
        let tail = n - y - 1;
        let (head, rest) = self.d.split_at_mut(row_start(y, n));
        let row_x = &head[start_x + (y - x)..][..tail];
        for ((&size, &from_x), from_y) in sizes[y + 1..].iter().zip(row_x).zip(&mut rest[..tail]) {
            *from_y = formula.update(from_x, *from_y, size);
        }
        self.d[start_x..start_x + (n - x - 1)].fill(T::INFINITE);

        self.sizes[y] = self.sizes[y] + self.sizes[x];
        self.sizes[x] = T::ZERO;
        self.live -= 1;
        if self.live > 8 && self.live < n - n / 4 {
            self.compact();
        }
    }

    /// Moves the live clusters' distances to the front, in order.
    fn compact(&mut self) {
        let alive: Vec<usize> = (0..self.n).filter(|&slot| self.sizes[slot] > T::ZERO).collect();
        let mut moved_to = vec![NO_POSITION; self.n];
        let mut out = 0;
        for (new, &old) in alive.iter().enumerate() {
            moved_to[old] = new;
            let start = row_start(old, self.n);
            for &other in &alive[new + 1..] {
                // Never beyond the place that is read, since order is kept.
                self.d[out] = self.d[start + (other - old - 1)];
                out += 1;
            }
        }
        self.slots = alive.iter().map(|&old| self.slots[old]).collect();
        self.sizes = alive.iter().map(|&old| self.sizes[old]).collect();
        for link in &mut self.chain {
            *link = moved_to[*link];
        }
        self.n = alive.len();
        self.lowest = 0;
    }
}

/// Place of the pair `(i, i + 1)` in the condensed vector of n.
#[inline(always)]
fn row_start(i: usize, n: usize) -> usize {
    // i * n - i * (i + 1) / 2, where i * (i + 1) is even.
    i * n - i * (i + 1) / 2
}

/// The least value, in eight lanes so that it vectorises.
fn minimum<T: Real>(row: &[T]) -> T {
    let (blocks, rest) = row.as_chunks::<8>();
    let mut lanes = [T::INFINITE; 8];
    for block in blocks {
        for (lane, &value) in lanes.iter_mut().zip(block) {
            *lane = if value < *lane { value } else { *lane };
        }
    }
    let least = |least: T, &value: &T| if value < least { value } else { least };
    rest.iter().fold(lanes.iter().fold(T::INFINITE, least), least)
}

/// Lance and Williams' formula for Ward, with the parts that do not change during one merge.
pub(super) struct Ward<T> {
    pub nx: T,
    pub ny: T,
    pub dxy: T,
}

impl<T: Real> Ward<T> {
    /// The order of the operations is SciPy's and decides the last bit.
    #[inline(always)]
    pub fn update(&self, dxi: T, dyi: T, ni: T) -> T {
        let t = T::ONE / (self.nx + self.ny + ni);
        ((ni + self.nx) * t * dxi * dxi + (ni + self.ny) * t * dyi * dyi - ni * t * self.dxy * self.dxy)
            .root()
    }
}

/// Sorts the merges by height (stable) and numbers the nodes.
fn label(mut raw: Vec<RawMerge>, n: usize) -> Result<Tree, GroupingError> {
    raw.sort_by(|a, b| a.height.total_cmp(&b.height));
    let mut parent: Vec<usize> = (0..n + raw.len()).collect();
    let mut size = vec![1; n + raw.len()];
    let mut merges = Vec::with_capacity(raw.len());
    for (rank, merge) in raw.iter().enumerate() {
        let (x, y) = (root(&mut parent, merge.x), root(&mut parent, merge.y));
        let node = n + rank;
        parent[x] = node;
        parent[y] = node;
        size[node] = size[x] + size[y];
        merges.push(Merge {
            a: x.min(y),
            b: x.max(y),
            height: merge.height,
            size: size[node],
        });
    }
    Tree::from_merges(n, merges)
}

/// The topmost node above `leaf`, with the path shortened on the way.
fn root(parent: &mut [usize], leaf: usize) -> usize {
    let mut top = leaf;
    while parent[top] != top {
        top = parent[top];
    }
    let mut node = leaf;
    while parent[node] != top {
        let next = parent[node];
        parent[node] = top;
        node = next;
    }
    top
}

#[cfg(test)]
mod tests {
    use super::super::{PackedCodes, hamming::pairs};
    use super::*;
    use proptest::prelude::*;

    /// SciPy's nearest-neighbour chain, word for word: a square matrix, every cluster looked at in every scan, nothing
    /// moved and nothing skipped.
    fn slow(condensed: &[f64], n: usize) -> Tree {
        let mut d = ndarray::Array2::<f64>::zeros((n, n));
        let mut values = condensed.iter();
        for i in 0..n {
            for j in i + 1..n {
                d[[i, j]] = *values.next().unwrap();
                d[[j, i]] = d[[i, j]];
            }
        }
        let mut size = vec![1.0; n];
        let mut chain: Vec<usize> = Vec::new();
        let mut raw = Vec::new();
        for _ in 0..n.saturating_sub(1) {
            if chain.is_empty() {
                chain.push((0..n).find(|&i| size[i] > 0.0).unwrap());
            }
            let (x, y) = loop {
                let x = chain[chain.len() - 1];
                let previous = chain.len().checked_sub(2).map(|at| chain[at]);
                let (mut y, mut least) = previous.map_or((n, f64::INFINITY), |p| (p, d[[x, p]]));
                for i in 0..n {
                    if size[i] > 0.0 && i != x && d[[x, i]] < least {
                        (y, least) = (i, d[[x, i]]);
                    }
                }
                if Some(y) == previous {
                    break (x.min(y), x.max(y));
                }
                chain.push(y);
            };
            chain.truncate(chain.len() - 2);
            let (nx, ny, dxy) = (size[x], size[y], d[[x, y]]);
            raw.push(RawMerge { x, y, height: dxy });
            size[x] = 0.0;
            size[y] = nx + ny;
            for i in 0..n {
                if size[i] > 0.0 && i != y {
                    let ni = size[i];
                    let t = 1.0 / (nx + ny + ni);
                    let square = (ni + nx) * t * d[[x, i]] * d[[x, i]]
                        + (ni + ny) * t * d[[y, i]] * d[[y, i]]
                        - ni * t * dxy * dxy;
                    d[[y, i]] = square.sqrt();
                    d[[i, y]] = d[[y, i]];
                }
            }
        }
        label(raw, n).unwrap()
    }

    proptest! {
        /// Few codes of few positions: nearly every distance is tied with many others.
        #[test]
        fn ties_are_settled_as_the_slow_chain_settles_them(
            n in 0_usize..70, width in 1_usize..9, kinds in 1_u8..5, draws in prop::collection::vec(any::<u8>(), 70 * 8),
        ) {
            let codes: Vec<u8> = draws[..n * width].iter().map(|draw| draw % kinds).collect();
            let packed = PackedCodes::new(&codes, width).unwrap();
            for root in [false, true] {
                let distances: Vec<f64> = packed
                    .condensed(|share| if root { share.sqrt() } else { share })
                    .unwrap();
                prop_assert_eq!(distances.len() as u64, pairs(n));
                let tree = ward_chain(&mut distances.clone(), n, None).unwrap();
                let expected = slow(&distances, n);
                prop_assert_eq!(tree.merges().len(), expected.merges().len());
                for (ours, theirs) in tree.merges().iter().zip(expected.merges()) {
                    prop_assert_eq!((ours.a, ours.b, ours.size), (theirs.a, theirs.b, theirs.size));
                    prop_assert_eq!(ours.height.to_bits(), theirs.height.to_bits());
                }
            }
        }
    }
}
