//! Cutting a tree by the reference's rule.

use super::{Tree, fcluster_labels};

/// A tree cut as the reference's script cuts it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceCut {
    /// The height of the cut.
    pub threshold: f64,
    /// SciPy's label of each leaf: 1, 2, ... `[n]`
    pub labels: Vec<usize>,
    /// The number of groups that came out: more than asked for where merges are tied.
    pub groups: usize,
}

/// Cuts at 1e-5 below the height of the (k - 1)-th highest merge, rounded to 8 decimals, and labels the groups as
/// SciPy's `fcluster` does. One group is the whole tree, which the reference gets wrong. `None` unless `1 <= k <= n`.
pub fn reference_cut(tree: &Tree, k: usize) -> Option<ReferenceCut> {
    if k == 0 || k > tree.leaves() {
        return None;
    }
    let highest_undone = (k - 1).checked_sub(1);
    let threshold = match highest_undone.and_then(|rank| tree.merges().iter().rev().nth(rank)) {
        // As numpy.around: halves to even.
        Some(merge) => (merge.height * 1e8).round_ties_even() / 1e8 - 0.00001,
        None => tree.max_height(),
    };
    Some(cut(tree, threshold))
}

/// Cuts at a height: SciPy's `fcluster(Z, threshold, 'distance')`.
pub fn cut(tree: &Tree, threshold: f64) -> ReferenceCut {
    let labels = fcluster_labels(tree, threshold);
    let groups = labels.iter().copied().max().unwrap_or(0);
    ReferenceCut {
        threshold,
        labels,
        groups,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::any_tree;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn at_least_as_many_groups_as_asked_for(tree in any_tree(40), k in 0_usize..50) {
            match reference_cut(&tree, k) {
                None => prop_assert!(k == 0 || k > tree.leaves()),
                Some(cut) => {
                    prop_assert!(cut.groups >= k, "{} of {k}", cut.groups);
                    // Heights of these trees are multiples of 1/4, so more come only of ties.
                    let heights = tree.heights();
                    let undone = heights.iter().filter(|&&height| height > cut.threshold).count();
                    prop_assert_eq!(undone + 1, cut.groups);
                }
            }
        }
    }

    #[test]
    fn one_group_is_everything() {
        let codes: Vec<u8> = (0..30).collect();
        let tree = super::super::linkage(&codes, 3, super::super::Method::default(), None).unwrap();
        let one = reference_cut(&tree, 1).unwrap();
        assert_eq!((one.groups, &one.labels[..]), (1, &[1; 10][..]));
        assert_eq!(reference_cut(&tree, 11), None);
    }
}
