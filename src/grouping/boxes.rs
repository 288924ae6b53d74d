//! Clusters in boxes that are halved again and again (Bentley 1975, doi:10.1145/361002.361007), to find the nearest one without looking at all.

/// Clusters in a box that is not halved any more.
const LEAF: usize = 12;

/// The least share by which a box must be farther than the best so far: its distance is rounded in another order than a cost.
const ROUNDING: f64 = 1.0 - 1e-9;

/// A cluster: the slot that it is in, its mean and its size.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    pub slot: usize,
    pub mean: &'a [f64],
    pub size: f64,
}

/// The best partner so far, and its cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best {
    pub slot: usize,
    pub cost: f64,
}

/// Numbers that are added up before a sum is compared with the best one so far: few, as the first ones vary most.
const BLOCK: usize = 4;

/// Twice the growth of the squared error by merging two clusters; infinite as soon as it exceeds `limit`.
pub fn cost(x: Cluster<'_>, y: Cluster<'_>, limit: f64) -> f64 {
    let weight = 2.0 * x.size * y.size / (x.size + y.size);
    let mut sum = 0.0;
    for (x, y) in x.mean.chunks(BLOCK).zip(y.mean.chunks(BLOCK)) {
        // Squares do not depend on which of the two comes first.
        sum += x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
        if sum * weight > limit {
            return f64::INFINITY;
        }
    }
    sum * weight
}

impl Best {
    /// Takes a cluster that is nearer; of equally near ones the smaller slot, but none instead of `kept`.
    pub fn offer(&mut self, x: Cluster<'_>, other: Cluster<'_>, kept: Option<usize>) {
        let found = cost(x, other, self.cost);
        let is_first = found == self.cost && other.slot < self.slot && Some(self.slot) != kept;
        if found < self.cost || (is_first && found < f64::INFINITY) {
            (self.slot, self.cost) = (other.slot, found);
        }
    }
}

/// A box.
#[derive(Debug)]
struct Node {
    /// Its clusters, as places in the order of the boxes.
    start: usize,
    end: usize,
    /// Its second half; the first one follows it. 0 when it is not halved.
    second: usize,
    /// The size of its smallest cluster.
    least: f64,
}

/// Clusters in boxes.
#[derive(Debug)]
pub struct Boxes {
    dim: usize,
    nodes: Vec<Node>,
    /// The lowest and then the highest numbers of each box, `[nodes * 2 * dim]`.
    edges: Vec<f64>,
    slots: Vec<usize>,
    means: Vec<f64>,
    sizes: Vec<f64>,
}

impl Boxes {
    /// The clusters in some slots, given the means and sizes of all.
    pub fn new(dim: usize, slots: &[usize], means: &[f64], sizes: &[f64]) -> Self {
        let mut boxes = Self {
            dim,
            nodes: Vec::new(),
            edges: Vec::new(),
            slots: slots.to_vec(),
            means: Vec::new(),
            sizes: Vec::new(),
        };
        // Boxes that are to be made: where they begin and end, and of which box they are the second half.
        let mut open = vec![(0, slots.len(), None)];
        while let Some((start, end, parent)) = open.pop() {
            let node = boxes.nodes.len();
            if let Some(parent) = parent
                && let Some(parent) = boxes.nodes.get_mut::<usize>(parent)
            {
                parent.second = node;
            }
            let inside = boxes.slots.get_mut(start..end).unwrap_or_default();
            let mean = |slot: usize| means.get(slot * dim..(slot + 1) * dim).unwrap_or_default();
            let mut low = vec![f64::INFINITY; dim];
            let mut high = vec![f64::NEG_INFINITY; dim];
            let mut least = f64::INFINITY;
            for slot in inside.iter() {
                for ((low, high), value) in low.iter_mut().zip(&mut high).zip(mean(*slot)) {
                    (*low, *high) = (low.min(*value), high.max(*value));
                }
                least = least.min(sizes.get(*slot).copied().unwrap_or(1.0));
            }
            let widths = low.iter().zip(&high).map(|(low, high)| high - low).enumerate();
            let widest = widths
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map_or(0, |(axis, _)| axis);
            if inside.len() > LEAF {
                let half = inside.len() / 2;
                let along = |slot: &usize| mean(*slot).get(widest).copied().unwrap_or_default();
                inside.select_nth_unstable_by(half, |a, b| along(a).total_cmp(&along(b)).then(a.cmp(b)));
                // The first half is made next.
                open.push((start + half, end, Some(node)));
                open.push((start, start + half, None));
            }
            boxes.edges.extend(low);
            boxes.edges.extend(high);
            boxes.nodes.push(Node {
                start,
                end,
                second: 0,
                least,
            });
        }
        for slot in &boxes.slots {
            let mean = means.get(slot * dim..(slot + 1) * dim);
            boxes.means.extend(mean.unwrap_or_default());
            boxes.sizes.push(sizes.get(*slot).copied().unwrap_or(1.0));
        }
        boxes
    }

    /// A cost that none of a box's clusters is below.
    fn least_cost(&self, node: usize, x: Cluster<'_>) -> f64 {
        let edges = self.edges.get(node * 2 * self.dim..(node + 1) * 2 * self.dim);
        let (low, high) = edges
            .unwrap_or_default()
            .split_at_checked(self.dim)
            .unwrap_or_default();
        let beside = low.iter().zip(high).zip(x.mean).map(|((low, high), value)| {
            let outside = (low - value).max(value - high).max(0.0);
            outside * outside
        });
        let least = self.nodes.get(node).map_or(1.0, |node| node.least);
        beside.sum::<f64>() * (2.0 * x.size * least / (x.size + least)) * ROUNDING
    }

    /// Looks for a cluster nearer to `x` than the best so far. `is_gone` says which slots hold something else by now; `kept` as in
    /// [`Best::offer`]. `open` is work space.
    pub fn nearest(
        &self,
        x: Cluster<'_>,
        best: &mut Best,
        kept: Option<usize>,
        is_gone: impl Fn(usize) -> bool,
        open: &mut Vec<(usize, f64)>,
    ) {
        open.clear();
        if !self.slots.is_empty() {
            open.push((0, 0.0));
        }
        while let Some((node, beyond)) = open.pop() {
            let Some(inside) = self.nodes.get(node).filter(|_| beyond <= best.cost) else {
                continue;
            };
            if inside.second > 0 {
                let (first, second) = (node + 1, inside.second);
                let (a, b) = (self.least_cost(first, x), self.least_cost(second, x));
                // The nearer half is looked at first.
                let ordered = if a <= b {
                    [(second, b), (first, a)]
                } else {
                    [(first, a), (second, b)]
                };
                open.extend(ordered.into_iter().filter(|(_, cost)| *cost <= best.cost));
                continue;
            }
            let range = inside.start..inside.end;
            let means = self.means.get(inside.start * self.dim..inside.end * self.dim);
            let means = means.unwrap_or_default().chunks_exact(self.dim);
            let sizes = self.sizes.get(range.clone()).unwrap_or_default();
            let slots = self.slots.get(range).unwrap_or_default();
            for ((slot, mean), size) in slots.iter().zip(means).zip(sizes) {
                if *slot != x.slot && Some(*slot) != kept && !is_gone(*slot) {
                    let other = Cluster {
                        slot: *slot,
                        mean,
                        size: *size,
                    };
                    best.offer(x, other, kept);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_nearest_is_that_of_looking_at_all(
            grid in prop::collection::vec(-4_i32..4, 3 * 2..3 * 150),
            sizes in prop::collection::vec(1_u32..9, 150),
            gone in prop::collection::vec(any::<bool>(), 150),
            x in 0_usize..150,
            kept in prop::option::of(0_usize..150),
        ) {
            // Few different numbers, so that many are equally near.
            let dim = 3;
            let n = grid.len() / dim;
            let means: Vec<f64> = grid[..n * dim].iter().map(|value| f64::from(*value) * 0.3).collect();
            let sizes: Vec<f64> = sizes[..n].iter().map(|size| f64::from(*size)).collect();
            let (x, kept) = (x % n, kept.map(|kept| kept % n).filter(|kept| *kept != x % n));
            let cluster = |slot: usize| Cluster { slot, mean: &means[slot * dim..(slot + 1) * dim], size: sizes[slot] };
            let start = kept.map_or(Best { slot: x, cost: f64::INFINITY }, |kept| Best {
                slot: kept,
                cost: cost(cluster(x), cluster(kept), f64::INFINITY),
            });
            let mut slow = start;
            for other in (0..n).filter(|other| *other != x && Some(*other) != kept && !gone[*other]) {
                slow.offer(cluster(x), cluster(other), kept);
            }
            let slots: Vec<usize> = (0..n).collect();
            let boxes = Boxes::new(dim, &slots, &means, &sizes);
            let mut fast = start;
            boxes.nearest(cluster(x), &mut fast, kept, |slot| gone[slot], &mut Vec::new());
            prop_assert_eq!(fast, slow);
        }
    }

    #[test]
    fn no_clusters_have_no_nearest() {
        let mut best = Best {
            slot: 0,
            cost: f64::INFINITY,
        };
        let x = Cluster {
            slot: 0,
            mean: &[0.0],
            size: 1.0,
        };
        Boxes::new(1, &[], &[], &[]).nearest(x, &mut best, None, |_| false, &mut Vec::new());
        assert_eq!(best.slot, 0);
    }
}
