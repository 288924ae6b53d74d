//! Parting sources that touch: thresholds from the faintest to the brightest pixel, and a tree of what hangs together.
//!
//! Bertin & Arnouts 1996, A&AS 117, 393, section 4: going down from the top, branches that meet are sources of their own
//! when at least two of them hold enough of the light. The tree is built by joining pixels in order of brightness, so
//! that all thresholds together cost hardly more than one. Pixels go to their sources by a watershed.

use crate::cutout::raster::plane::beside;
use crate::cutout::raster::watershed::watershed;

/// How touching sources are separated.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Deblending {
    /// The number of thresholds, evenly spaced in the logarithm of brightness. Under 2 nothing is separated.
    pub levels: usize,
    /// The share of the whole's light that a branch must hold above the place where it meets another.
    pub contrast: f64,
}

impl Default for Deblending {
    fn default() -> Self {
        Self {
            levels: 32,
            contrast: 0.005,
        }
    }
}

/// Pixels that hang together above a threshold.
#[derive(Clone, Default)]
struct Branch {
    flux: f64,
    count: f64,
    /// The brightest pixel.
    top: usize,
    /// It was separated further up.
    parted: bool,
}

/// The sources in one group of connected pixels (indices into `light`, all above `base`): a list of pixels for each,
/// `area` or more of them where there are several. No light is lost: a branch that would be smaller is none of its own,
/// and its pixels go to those around it.
///
/// `slots` is as long as `light`; what it holds does not matter.
pub(super) fn parts(
    light: &[f32],
    width: usize,
    list: &[usize],
    base: f32,
    slots: &mut [u32],
    how: Deblending,
    area: usize,
) -> Vec<Vec<usize>> {
    let mut seeds = seeds(light, width, list, base, slots, how);
    while seeds.len() > 1 {
        let parts = flood(light, width, list, &seeds);
        let before = seeds.len();
        seeds = seeds
            .into_iter()
            .zip(&parts)
            .filter_map(|(seed, part)| (part.len() >= area).then_some(seed))
            .collect();
        if seeds.len() == before {
            return parts;
        }
    }
    vec![list.to_vec()]
}

/// The brightest pixels of the sources.
fn seeds(
    light: &[f32],
    width: usize,
    list: &[usize],
    base: f32,
    slots: &mut [u32],
    how: Deblending,
) -> Vec<usize> {
    let value = |i: usize| light.get(i).copied().unwrap_or(0.0);
    // Brightest first; equals in the order of the frame.
    let mut order = list.to_vec();
    order.sort_unstable_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
    let peak = order.first().map_or(0.0, |&i| value(i));
    let base = if base > 0.0 { base } else { peak * 1e-3 };
    if how.levels < 2 || peak.is_nan() || peak <= base {
        return vec![];
    }
    for (slot, &i) in order.iter().enumerate() {
        if let (Some(s), Ok(slot)) = (slots.get_mut(i), u32::try_from(slot)) {
            *s = slot;
        }
    }
    let total: f64 = order.iter().map(|&i| f64::from(value(i))).sum();
    let least = how.contrast * total;
    let step = libm::log(f64::from(peak) / f64::from(base)) / how.levels as f64;
    let mut tree = Tree::new(order.len());
    let mut found = Vec::new();
    let mut taken = 0;
    let mut roots: Vec<usize> = Vec::new();
    let mut above = f64::from(peak);
    for level in (0..how.levels).rev() {
        let here = f64::from(base) * libm::exp(step * level as f64);
        // What each branch that is here already holds above the place where it was last looked at.
        let weights: Vec<(usize, f64)> = roots
            .iter()
            .map(|&r| (r, tree.branch(r).flux - above * tree.branch(r).count))
            .collect();
        let first_new = taken;
        while let Some(&i) = order.get(taken)
            && (f64::from(value(i)) > here || level == 0)
        {
            tree.add(taken, i, f64::from(value(i)));
            for j in beside(i, width) {
                let Some(&slot) = slots.get(j) else { continue };
                let slot = slot as usize;
                // A slot may be left over from another group: then the pixel in its place is another.
                if slot < taken && order.get(slot) == Some(&j) {
                    tree.join(taken, slot);
                }
            }
            taken += 1;
        }
        meet(&mut tree, weights, least, &mut found);
        roots = roots
            .into_iter()
            .chain(first_new..taken)
            .map(|r| tree.root(r))
            .collect();
        roots.sort_unstable();
        roots.dedup();
        above = here;
    }
    found
}

/// Looks at the branches that have met: where two or more hold enough light, each that was not separated yet is a source.
fn meet(tree: &mut Tree, weights: Vec<(usize, f64)>, least: f64, found: &mut Vec<usize>) {
    let mut groups: Vec<(usize, usize, f64, usize, bool)> = weights
        .into_iter()
        .map(|(child, weight)| {
            let (top, parted) = tree.before(child);
            (tree.root(child), child, weight, top, parted)
        })
        .collect();
    groups.sort_unstable_by_key(|g| (g.0, g.1));
    for group in groups.chunk_by(|a, b| a.0 == b.0) {
        let heavy = group.iter().filter(|g| g.2 > least).count();
        let mut parted = group.iter().any(|g| g.4);
        if heavy > 1 {
            found.extend(group.iter().filter(|g| g.2 > least && !g.4).map(|g| g.3));
            parted = true;
        }
        if let Some(g) = group.first() {
            tree.mark(g.0, parted);
        }
    }
}

/// Disjoint sets of pixels, by their place in the order of brightness.
struct Tree {
    parent: Vec<usize>,
    /// Of each set, at its root; the others' are as they were when they joined.
    branches: Vec<Branch>,
}

impl Tree {
    fn new(size: usize) -> Self {
        Self {
            parent: (0..size).collect(),
            branches: vec![Branch::default(); size],
        }
    }

    fn add(&mut self, slot: usize, top: usize, flux: f64) {
        if let Some(b) = self.branches.get_mut(slot) {
            *b = Branch {
                flux,
                count: 1.0,
                top,
                parted: false,
            };
        }
    }

    fn root(&mut self, mut slot: usize) -> usize {
        while let Some(&up) = self.parent.get(slot)
            && up != slot
        {
            // Halving the path on the way keeps it short.
            let over = self.parent.get(up).copied().unwrap_or(up);
            if let Some(p) = self.parent.get_mut(slot) {
                *p = over;
            }
            slot = over;
        }
        slot
    }

    /// Joins two sets; the root that comes first in the order, which holds the brighter top, stays.
    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return;
        }
        let (stays, goes) = (a.min(b), a.max(b));
        let (flux, count) = (self.branch(goes).flux, self.branch(goes).count);
        if let Some(p) = self.parent.get_mut(goes) {
            *p = stays;
        }
        if let Some(branch) = self.branches.get_mut(stays) {
            branch.flux += flux;
            branch.count += count;
        }
    }

    fn branch(&self, slot: usize) -> Branch {
        self.branches.get(slot).cloned().unwrap_or_default()
    }

    /// Top and mark of a set as they were before it joined another.
    fn before(&self, slot: usize) -> (usize, bool) {
        let branch = self.branch(slot);
        (branch.top, branch.parted)
    }

    fn mark(&mut self, root: usize, parted: bool) {
        if let Some(b) = self.branches.get_mut(root) {
            b.parted = parted;
        }
    }
}

/// Gives each pixel of the group to a source: floods from the brightest pixels downwards.
fn flood(light: &[f32], width: usize, list: &[usize], seeds: &[usize]) -> Vec<Vec<usize>> {
    let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
    for &i in list {
        let (x, y) = (i % width, i / width);
        left = left.min(x);
        right = right.max(x);
        top = top.min(y);
        bottom = bottom.max(y);
    }
    let (across, down) = (right + 1 - left, bottom + 1 - top);
    let local = |i: usize| (i / width - top) * across + i % width - left;
    let mut values = vec![0.0_f64; across * down];
    let mut mask = vec![false; across * down];
    for &i in list {
        if let (Some(v), Some(m)) = (values.get_mut(local(i)), mask.get_mut(local(i))) {
            *v = f64::from(light.get(i).copied().unwrap_or(0.0));
            *m = true;
        }
    }
    let starts: Vec<usize> = seeds.iter().map(|&i| local(i)).collect();
    let label = watershed(&values, across, &mask, &starts);
    let mut parts = vec![Vec::new(); seeds.len()];
    for &i in list {
        let number = label.get(local(i)).copied().unwrap_or(0) as usize;
        if let Some(part) = number.checked_sub(1).and_then(|n| parts.get_mut(n)) {
            part.push(i);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blobs(width: usize, height: usize, at: &[(f64, f64, f64, f64)]) -> Vec<f32> {
        (0..width * height)
            .map(|i| {
                let (x, y) = ((i % width) as f64, (i / width) as f64);
                at.iter()
                    .map(|(bx, by, s, a)| {
                        a * libm::exp(-((x - bx) * (x - bx) + (y - by) * (y - by)) / (2.0 * s * s))
                    })
                    .sum::<f64>() as f32
            })
            .collect()
    }

    fn part(light: &[f32], width: usize, how: Deblending) -> Vec<Vec<usize>> {
        let list: Vec<usize> = (0..light.len()).filter(|&i| light[i] > 1.0).collect();
        let mut slots = vec![7; light.len()];
        parts(light, width, &list, 1.0, &mut slots, how, 1)
    }

    #[test]
    fn two_that_touch_are_parted_and_one_is_not() {
        let pair = blobs(60, 40, &[(20.0, 20.0, 4.0, 100.0), (34.0, 20.0, 4.0, 60.0)]);
        let parts = part(&pair, 60, Deblending::default());
        assert_eq!(parts.len(), 2);
        let (left, right) = (&parts[0], &parts[1]);
        assert!(left.contains(&(20 * 60 + 20)) && right.contains(&(20 * 60 + 34)));
        assert!(left.iter().all(|i| i % 60 <= 29) && right.iter().all(|i| i % 60 >= 26));
        let one = blobs(60, 40, &[(20.0, 20.0, 6.0, 100.0)]);
        assert_eq!(part(&one, 60, Deblending::default()).len(), 1);
    }

    #[test]
    fn a_faint_bump_counts_only_with_enough_light() {
        let light = blobs(80, 80, &[(30.0, 40.0, 8.0, 1000.0), (66.0, 40.0, 2.0, 30.0)]);
        let with = |contrast| part(&light, 80, Deblending { levels: 32, contrast }).len();
        assert_eq!((with(0.0005), with(0.01)), (2, 1));
    }

    #[test]
    fn three_in_a_row_and_one_level() {
        let light = blobs(
            90,
            30,
            &[
                (16.0, 15.0, 4.0, 50.0),
                (36.0, 15.0, 4.0, 400.0),
                (56.0, 15.0, 4.0, 90.0),
            ],
        );
        assert_eq!(part(&light, 90, Deblending::default()).len(), 3);
        let never = Deblending {
            levels: 1,
            ..Deblending::default()
        };
        assert_eq!(part(&light, 90, never).len(), 1);
    }

    proptest! {
        #[test]
        fn no_pixel_is_given_twice_or_lost(
            values in prop::collection::vec(0.0_f32..9.0, 240),
            contrast in 0.0_f64..0.1,
            area in 1_usize..9,
        ) {
            // The group that hangs together with the middle, by a plain walk.
            let mut list = vec![126];
            let mut next = 0;
            while let Some(&i) = list.get(next) {
                next += 1;
                for j in beside(i, 20) {
                    if j < 240 && values[j] > 2.0 && !list.contains(&j) { list.push(j); }
                }
            }
            let mut slots: Vec<u32> = (0..240).collect();
            let parts = parts(&values, 20, &list, 2.0, &mut slots, Deblending { levels: 16, contrast }, area);
            prop_assert!(parts.len() == 1 || parts.iter().all(|part| part.len() >= area));
            let mut all: Vec<usize> = parts.into_iter().flatten().collect();
            let mut wanted = list.clone();
            all.sort_unstable();
            wanted.sort_unstable();
            prop_assert_eq!(all, wanted);
        }
    }
}
