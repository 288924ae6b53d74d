//! Groups on which many trees agree.

use super::linkage::{Linkage, kodama_linkage};
use super::steadiness::two_thirds;
use super::{GroupingError, Tree, TreeOrder, cut_into};

/// Above this many galaxies a consensus is refused: it counts all pairs.
pub const MAX_CONSENSUS: usize = 20_000;

/// The tree of how often galaxies are in one group (evidence accumulation, Fred & Jain 2005, doi:10.1109/TPAMI.2005.113): the distance of two galaxies is
/// the share of trees of random two thirds of the galaxies, of those that hold both, that have them in different ones of `k` groups; average
/// linkage. Pairs that are in no tree together are at distance 1.
///
/// The trees are those of [`steadiness`](super::steadiness()) with as many rounds. `tree_of` makes the tree of some rows: leaf i is row i of those it
/// is given. `each(done)` is called after every tree and may end the work early.
///
/// # Errors
/// What `tree_of` said; [`GroupingError::TooManyPairs`] above [`MAX_CONSENSUS`] galaxies.
pub fn consensus(
    n: usize,
    k: usize,
    rounds: u32,
    tree_of: impl Fn(&[usize]) -> Result<Tree, GroupingError>,
    mut each: impl FnMut(u32) -> bool,
) -> Result<Tree, GroupingError> {
    if n > MAX_CONSENSUS {
        return Err(GroupingError::TooManyPairs {
            galaxies: n,
            most: MAX_CONSENSUS,
        });
    }
    // Of each pair, in condensed order: trees that hold both, and those of them that have both in one group.
    let pairs = n * n.saturating_sub(1) / 2;
    let mut counts = vec![(0_u16, 0_u16); pairs];
    for round in 0..rounds.min(u32::from(u16::MAX)) {
        let rows = two_thirds(n, round);
        let tree = tree_of(&rows)?;
        let cut = cut_into(&tree, &TreeOrder::new(&tree), k.min(rows.len()));
        let groups = cut.group_of();
        for (at, (row, group)) in rows.iter().zip(groups).enumerate() {
            // The pairs of `row` with larger rows lie one after another.
            let first = row * n - row * (row + 1) / 2;
            let own = counts.get_mut(first..first + n - row - 1).unwrap_or_default();
            for (other, theirs) in rows.iter().zip(groups).skip(at + 1) {
                if let Some((seen, together)) = own.get_mut(other - row - 1) {
                    *seen += 1;
                    *together += u16::from(theirs == group);
                }
            }
        }
        if !each(round + 1) {
            break;
        }
    }
    let mut distances: Vec<f64> = counts
        .into_iter()
        .map(|(seen, together)| 1.0 - f64::from(together) / f64::from(seen.max(1)))
        .collect();
    Ok(kodama_linkage(&mut distances, n, Linkage::Average)?.tree)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::{RowOrder, adjusted_rand, steadiness, ward_vectors};

    fn places() -> Vec<f64> {
        let mut places: Vec<f64> = (0..30).map(|i| f64::from(i % 7) * 0.1).collect();
        places.extend((0..30).map(|i| 10.0 + f64::from(i % 5) * 0.1));
        places.push(5.25);
        places
    }

    fn tree_of(rows: &[usize]) -> Result<Tree, GroupingError> {
        let all = places();
        let some: Vec<f64> = rows.iter().map(|row| all[*row]).collect();
        ward_vectors(&some, 1, None)
    }

    #[test]
    fn clumps_agree_and_what_lies_between_joins_last() {
        let tree = consensus(61, 2, 60, tree_of, |_| true).unwrap();
        let order = TreeOrder::new(&tree);
        let groups = cut_into(&tree, &order, 3);
        let of = groups.group_of();
        assert!(of[..30].iter().all(|group| *group == of[0]));
        assert!(of[30..60].iter().all(|group| *group == of[30]));
        assert!(of[60] != of[0] && of[60] != of[30], "{of:?}");
        // Within a clump all trees agree; the clumps themselves are in one group in none.
        assert_eq!(tree.merges()[57].height, 0.0);
        assert!(tree.max_height() > 0.97, "{}", tree.max_height());
    }

    /// The slow obvious way: for each pair, over all trees.
    #[test]
    fn heights_are_the_shares_of_trees() {
        let (n, k, rounds) = (9, 3, 7);
        let few = |rows: &[usize]| {
            let some: Vec<f64> = rows.iter().map(|row| (row * row % 11) as f64).collect();
            ward_vectors(&some, 1, None)
        };
        let mut distances = Vec::new();
        for a in 0..n {
            for b in a + 1..n {
                let (mut seen, mut together) = (0.0, 0.0);
                for round in 0..rounds {
                    let mut rows = RowOrder::Seeded(round).rows(n);
                    rows.truncate(6);
                    rows.sort_unstable();
                    let place = |row: usize| rows.iter().position(|other| *other == row);
                    let (Some(a), Some(b)) = (place(a), place(b)) else {
                        continue;
                    };
                    let tree = few(&rows).unwrap();
                    let groups = cut_into(&tree, &TreeOrder::new(&tree), k);
                    seen += 1.0;
                    together += f64::from(u8::from(groups.group_of()[a] == groups.group_of()[b]));
                }
                distances.push(if seen > 0.0 { 1.0 - together / seen } else { 1.0 });
            }
        }
        let slow = kodama_linkage(&mut distances, n, Linkage::Average).unwrap().tree;
        assert_eq!(consensus(n, k, rounds, few, |_| true).unwrap(), slow);
    }

    #[test]
    fn too_many_are_refused_and_a_stop_is_heeded() {
        let error = consensus(MAX_CONSENSUS + 1, 2, 2, tree_of, |_| true).unwrap_err();
        assert!(error.to_string().contains("20000"), "{error}");
        let mut rounds = 0;
        consensus(61, 2, 60, tree_of, |done| {
            rounds = done;
            done < 3
        })
        .unwrap();
        assert_eq!(rounds, 3);
    }

    #[test]
    fn the_consensus_of_steady_groups_is_these_groups() {
        let labels: Vec<usize> = (0..61).map(|i| usize::from(i >= 30)).collect();
        let steady = steadiness(&labels, 2, 30, tree_of, |_| true).unwrap();
        assert!(steady.groups.iter().all(|share| *share > 0.95));
        let tree = consensus(61, 2, 30, tree_of, |_| true).unwrap();
        let groups = cut_into(&tree, &TreeOrder::new(&tree), 2);
        let (ours, theirs) = (&labels[..60], &groups.group_of()[..60]);
        assert_eq!(adjusted_rand(ours, theirs), 1.0);
    }
}
