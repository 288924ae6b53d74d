//! How much groups depend on which galaxies there are.

use super::{Contingency, GroupingError, RowOrder, Tree, TreeOrder, cut_into};

/// Below this share of the trees a galaxy's group is called unsure.
pub const UNSURE: f64 = 0.75;

/// How steady groups are when a third of the galaxies is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Steadiness {
    /// For each galaxy, of the trees that it was in, the share where it is with its group: in the group that shares most galaxies with
    /// its own.
    pub galaxies: Vec<f64>,
    /// The mean of that over each group's members.
    pub groups: Vec<f64>,
    /// The adjusted Rand index of each tree's groups with these, on the galaxies in it.
    pub rand: Vec<f64>,
}

/// The rows of one round: a random two thirds of n, ascending.
pub(super) fn two_thirds(n: usize, round: u32) -> Vec<usize> {
    let mut rows = RowOrder::Seeded(round).rows(n);
    rows.truncate((2 * n).div_ceil(3));
    rows.sort_unstable();
    rows
}

/// Holds a grouping (a group from 0 for each galaxy, `k` groups) against those of trees of random two thirds of the galaxies. `tree_of` makes the
/// tree of some rows: leaf i is row i of those it is given. `each(done)` is called after every tree and may end the work early.
///
/// # Errors
/// What `tree_of` said.
pub fn steadiness(
    labels: &[usize],
    k: usize,
    rounds: u32,
    tree_of: impl Fn(&[usize]) -> Result<Tree, GroupingError>,
    mut each: impl FnMut(u32) -> bool,
) -> Result<Steadiness, GroupingError> {
    let n = labels.len();
    let (mut with, mut seen, mut rand) = (vec![0_usize; n], vec![0_usize; n], Vec::new());
    for round in 0..rounds {
        let rows = two_thirds(n, round);
        let tree = tree_of(&rows)?;
        let order = TreeOrder::new(&tree);
        let cut = cut_into(&tree, &order, k.min(rows.len()));
        let theirs = cut.group_of();
        let ours: Vec<usize> = rows.iter().filter_map(|row| labels.get(*row).copied()).collect();
        let table = Contingency::new(&ours, theirs);
        rand.push(table.adjusted_rand());
        // Of equally large overlaps the first group.
        let matched: Vec<usize> = (0..cut.len())
            .map(|theirs| {
                (0..k)
                    .rev()
                    .max_by_key(|ours| table.shared(*ours, theirs))
                    .unwrap_or_default()
            })
            .collect();
        for ((row, own), group) in rows.iter().zip(&ours).zip(theirs) {
            if let (Some(seen), Some(with)) = (seen.get_mut(*row), with.get_mut(*row)) {
                *seen += 1;
                *with += usize::from(matched.get(*group) == Some(own));
            }
        }
        if !each(round + 1) {
            break;
        }
    }
    let galaxies: Vec<f64> = with
        .iter()
        .zip(&seen)
        .map(|(with, seen)| {
            if *seen > 0 {
                *with as f64 / *seen as f64
            } else {
                1.0
            }
        })
        .collect();
    let groups = (0..k).map(|group| {
        let members = galaxies.iter().zip(labels).filter(|(_, label)| **label == group);
        let (sum, count) = members.fold((0.0, 0_usize), |(sum, count), (share, _)| {
            (sum + share, count + 1)
        });
        sum / count.max(1) as f64
    });
    Ok(Steadiness {
        groups: groups.collect(),
        galaxies,
        rand,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::ward_vectors;

    /// Two clumps far apart, and one galaxy half-way.
    #[test]
    fn clumps_are_steady_and_what_lies_between_is_not() {
        let mut places: Vec<f64> = (0..30).map(|i| f64::from(i % 7) * 0.1).collect();
        places.extend((0..30).map(|i| 10.0 + f64::from(i % 5) * 0.1));
        places.push(5.25);
        let labels: Vec<usize> = (0..61).map(|i| usize::from(i >= 30)).collect();
        let tree_of = |rows: &[usize]| {
            let some: Vec<f64> = rows.iter().map(|row| places[*row]).collect();
            ward_vectors(&some, 1, None)
        };
        let found = steadiness(&labels, 2, 60, tree_of, |_| true).unwrap();
        assert!(
            found.galaxies[..60].iter().all(|share| *share == 1.0),
            "{found:?}"
        );
        assert!((0.1..0.9).contains(&found.galaxies[60]), "{}", found.galaxies[60]);
        assert_eq!(found.groups[0], 1.0);
        assert!(found.groups[1] < 1.0 && found.groups[1] > 0.97);
        assert_eq!(found.rand.len(), 60);
        let early = steadiness(&labels, 2, 60, tree_of, |done| done < 3).unwrap();
        assert_eq!(early.rand.len(), 3);
    }
}
