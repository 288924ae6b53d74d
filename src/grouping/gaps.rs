//! Which cuts suggest themselves: the gaps between the heights of successive merges.

use super::Tree;

/// The room in which the line of a cut can move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutGap {
    /// The number of groups.
    pub groups: usize,
    /// Height of the highest merge that the cut keeps.
    pub below: f64,
    /// Height of the lowest merge that it undoes.
    pub above: f64,
}

impl CutGap {
    /// The gap as a share of its upper end: 0 (tied merges) to 1.
    pub fn relative(&self) -> f64 {
        if self.above > 0.0 {
            (self.above - self.below) / self.above
        } else {
            0.0
        }
    }
}

/// The gaps of the cuts into 2, 3, ..., `most` groups (fewer when there are fewer galaxies).
pub fn cut_gaps(tree: &Tree, most: usize) -> Vec<CutGap> {
    let n = tree.leaves();
    let at = |rank: usize| tree.merges().get(rank).map_or(0.0, |merge| merge.height);
    (2..=most.min(n))
        .map(|groups| {
            let kept = n - groups;
            CutGap {
                groups,
                below: kept.checked_sub(1).map_or(0.0, at),
                above: at(kept),
            }
        })
        .collect()
}

/// Up to `count` numbers of groups in 2 to 30, those with the largest relative gaps first. Cuts without a gap are not
/// suggested, nor the cut that leaves every galaxy alone.
pub fn suggested_cuts(tree: &Tree, count: usize) -> Vec<usize> {
    let mut gaps = cut_gaps(tree, 30.min(tree.leaves().saturating_sub(1)));
    gaps.retain(|gap| gap.above > gap.below);
    gaps.sort_by(|a, b| b.relative().total_cmp(&a.relative()));
    gaps.truncate(count);
    gaps.iter().map(|gap| gap.groups).collect()
}

/// The most groups of a cut that parts no galaxies joined at height 0.
pub fn most_groups(tree: &Tree) -> usize {
    1 + tree.merges().iter().filter(|merge| merge.height > 0.0).count()
}

/// The number of groups that a tree suggests by itself: the cut with the largest relative gap among those into 5 to 15 groups, enough to tell
/// apart and few enough to take in; all groups there are when there are fewer. Never a cut that parts galaxies joined at height 0.
pub fn natural_cut(tree: &Tree) -> usize {
    let most = most_groups(tree);
    let gaps = cut_gaps(tree, 15.min(most));
    let largest = gaps.iter().filter(|gap| gap.groups >= 5).max_by(|a, b| {
        a.relative()
            .total_cmp(&b.relative())
            .then(b.groups.cmp(&a.groups))
    });
    largest.map_or(most.min(5), |gap| gap.groups)
}

#[cfg(test)]
mod tests {
    use super::super::Merge;
    use super::*;

    #[test]
    fn the_widest_gap_comes_first() {
        let merges = [
            (0, 1, 1.0, 2),
            (2, 3, 1.1, 2),
            (4, 5, 1.1, 2),
            (6, 7, 4.0, 4),
            (8, 9, 5.0, 6),
        ];
        let merges = merges.map(|(a, b, height, size)| Merge { a, b, height, size });
        let tree = Tree::from_merges(6, merges.to_vec()).unwrap();
        let gaps = cut_gaps(&tree, 30);
        assert_eq!(gaps.len(), 5);
        assert_eq!(
            gaps[0],
            CutGap {
                groups: 2,
                below: 4.0,
                above: 5.0
            }
        );
        assert_eq!(
            gaps[4],
            CutGap {
                groups: 6,
                below: 0.0,
                above: 1.0
            }
        );
        assert_eq!(suggested_cuts(&tree, 5), [3, 2, 5]);
        assert_eq!(suggested_cuts(&tree, 1), [3]);
        assert!(suggested_cuts(&Tree::from_merges(1, vec![]).unwrap(), 5).is_empty());
    }
}
