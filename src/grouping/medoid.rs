//! The most typical galaxies of a group, by Hamming distance on codes.
//!
//! The sum of a galaxy's distances to all of its group needs no pairs: at each position it differs from all members but
//! those with the same code. So counting codes at each position gives all sums in O(n * width).

use super::{Groups, TreeOrder};

/// A galaxy and how far it is from its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typical {
    /// The galaxy's row in the codes.
    pub row: usize,
    /// Differing positions, summed over all members of the group.
    pub sum: u64,
}

impl Typical {
    /// The mean share of positions (0 to 1) in which it differs from the other members; 0 for a group of one.
    pub fn mean_distance(&self, members: usize, width: usize) -> f64 {
        let all = (members.saturating_sub(1) * width) as f64;
        if all > 0.0 { self.sum as f64 / all } else { 0.0 }
    }
}

/// The most common code at one position of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModalCode {
    /// The code; of equally common ones, the lowest.
    pub code: u8,
    /// The share of members that have it, 0 to 1.
    pub share: f64,
}

/// How often each code occurs at each position among some rows.
struct Counts {
    alphabet: usize,
    /// `[width * alphabet]`
    counts: Vec<u32>,
    members: usize,
}

/// The codes of one row; empty when there is no such row.
fn row_codes(codes: &[u8], width: usize, row: usize) -> &[u8] {
    row.checked_mul(width)
        .and_then(|start| codes.get(start..)?.get(..width))
        .unwrap_or(&[])
}

impl Counts {
    fn new(codes: &[u8], width: usize, members: &[usize]) -> Self {
        let rows = || members.iter().map(|&row| row_codes(codes, width, row));
        let alphabet = rows().flatten().max().map_or(0, |&top| usize::from(top) + 1);
        let mut counts = vec![0; width * alphabet];
        for row in rows() {
            for (position, &code) in row.iter().enumerate() {
                counts[position * alphabet + usize::from(code)] += 1;
            }
        }
        Self {
            alphabet,
            counts,
            members: members.len(),
        }
    }

    /// Differing positions between one row and all members.
    fn sum(&self, row: &[u8]) -> u64 {
        let same: u64 = row
            .iter()
            .enumerate()
            .map(|(position, &code)| u64::from(self.counts[position * self.alphabet + usize::from(code)]))
            .sum();
        (row.len() * self.members) as u64 - same
    }
}

/// The member with the least sum of distances to all members; of equal ones, the lowest row. `codes` is
/// `[N * width]`, `members` are rows. None for an empty group.
pub fn medoid(codes: &[u8], width: usize, members: &[usize]) -> Option<Typical> {
    let counts = Counts::new(codes, width, members);
    members
        .iter()
        .map(|&row| Typical {
            row,
            sum: counts.sum(row_codes(codes, width, row)),
        })
        .min_by_key(|typical| (typical.sum, typical.row))
}

/// The medoid's row of every group, left to right. `[groups.len()]`
/// # Examples
/// ```
/// use galaxy_grove::grouping::{Method, TreeOrder, cut_into, linkage, medoids};
///
/// // Row 2 is between rows 1 and 3; row 0 is a group by itself.
/// let codes = [9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2];
/// let tree = linkage(&codes, 4, Method::default(), None)?;
/// let order = TreeOrder::new(&tree);
/// let groups = cut_into(&tree, &order, 2);
/// let mut rows = medoids(&codes, 4, &order, &groups);
/// rows.sort_unstable();
/// assert_eq!(rows, [0, 2]);
/// # Ok::<(), galaxy_grove::grouping::GroupingError>(())
/// ```
pub fn medoids(codes: &[u8], width: usize, order: &TreeOrder, groups: &Groups) -> Vec<usize> {
    let rows = groups
        .groups()
        .iter()
        .filter_map(|group| medoid(codes, width, order.members(group.node)));
    rows.map(|typical| typical.row).collect()
}

/// All members, the most typical first (least sum of distances, then lowest row).
pub fn typicality(codes: &[u8], width: usize, members: &[usize]) -> Vec<Typical> {
    let counts = Counts::new(codes, width, members);
    let mut all: Vec<Typical> = members
        .iter()
        .map(|&row| Typical {
            row,
            sum: counts.sum(row_codes(codes, width, row)),
        })
        .collect();
    all.sort_unstable_by_key(|typical| (typical.sum, typical.row));
    all
}

/// The most common code at each position and how many members share it: what the group agrees on. `[width]`, empty for
/// an empty group.
pub fn agreement(codes: &[u8], width: usize, members: &[usize]) -> Vec<ModalCode> {
    let counts = Counts::new(codes, width, members);
    let modal = |position: &[u32]| {
        let best = position
            .iter()
            .enumerate()
            .max_by_key(|&(code, &count)| (count, std::cmp::Reverse(code)));
        best.map(|(code, &count)| ModalCode {
            code: code as u8,
            share: f64::from(count) / counts.members as f64,
        })
    };
    counts
        .counts
        .chunks_exact(counts.alphabet.max(1))
        .filter_map(modal)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive_sum(codes: &[u8], width: usize, members: &[usize], row: usize) -> u64 {
        let own = &codes[row * width..(row + 1) * width];
        let differing = |&other: &usize| {
            own.iter()
                .zip(&codes[other * width..(other + 1) * width])
                .filter(|(a, b)| a != b)
                .count() as u64
        };
        members.iter().map(differing).sum()
    }

    proptest! {
        #[test]
        fn counting_codes_equals_comparing_pairs(
            width in 1_usize..20,
            codes in prop::collection::vec(0_u8..5, 400),
            picks in prop::collection::btree_set(0_usize..20, 0..15),
        ) {
            let members: Vec<usize> = picks.into_iter().rev().collect();
            let mut expected: Vec<Typical> = members
                .iter()
                .map(|&row| Typical { row, sum: naive_sum(&codes, width, &members, row) })
                .collect();
            expected.sort_by_key(|typical| (typical.sum, typical.row));
            prop_assert_eq!(medoid(&codes, width, &members), expected.first().copied());
            prop_assert_eq!(typicality(&codes, width, &members), expected);
            let modal = agreement(&codes, width, &members);
            prop_assert_eq!(modal.len(), if members.is_empty() { 0 } else { width });
            for (position, found) in modal.iter().enumerate() {
                let share = |code: u8| {
                    let same = members.iter().filter(|&&row| codes[row * width + position] == code).count();
                    same as f64 / members.len() as f64
                };
                prop_assert_eq!(found.share, share(found.code));
                for code in 0..5 {
                    prop_assert!(share(code) < found.share || (share(code) == found.share && code >= found.code));
                }
            }
        }
    }

    #[test]
    fn the_lowest_row_wins_ties() {
        let codes = [7, 7, 9, 9, 7, 7, 9, 9];
        assert_eq!(medoid(&codes, 2, &[3, 1, 2, 0]), Some(Typical { row: 0, sum: 4 }));
        assert_eq!(medoid(&codes, 2, &[]), None);
        assert_eq!(medoid(&codes, 2, &[1]).unwrap().mean_distance(1, 2), 0.0);
        assert_eq!(Typical { row: 0, sum: 4 }.mean_distance(3, 2), 1.0);
    }
}
