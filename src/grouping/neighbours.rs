//! The galaxies most similar to one galaxy.

use super::PackedCodes;

/// A galaxy and how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Its row in the codes.
    pub row: usize,
    /// Positions at which its code differs.
    pub differing: usize,
}

/// The `count` galaxies nearest to `row` by Hamming distance, without itself; nearest first, equal ones by row. Empty
/// when there is no such row. One pass over the packed codes.
pub fn nearest(codes: &PackedCodes, row: usize, count: usize) -> Vec<Neighbour> {
    let others = (0..codes.len()).filter(|&other| other != row);
    let mut all: Vec<Neighbour> = others
        .filter_map(|other| {
            Some(Neighbour {
                row: other,
                differing: codes.differing(row, other)?,
            })
        })
        .collect();
    let key = |neighbour: &Neighbour| (neighbour.differing, neighbour.row);
    if count < all.len() {
        all.select_nth_unstable_by_key(count, key);
        all.truncate(count);
    }
    all.sort_unstable_by_key(key);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_nearest_are_the_head_of_the_sorted(
            codes in prop::collection::vec(0_u8..4, 8 * 25), row in 0_usize..25, count in 0_usize..30,
        ) {
            let packed = PackedCodes::new(&codes, 8).unwrap();
            let mut expected: Vec<Neighbour> = (0..25)
                .filter(|&other| other != row)
                .map(|other| Neighbour { row: other, differing: packed.differing(row, other).unwrap() })
                .collect();
            expected.sort_by_key(|neighbour| (neighbour.differing, neighbour.row));
            expected.truncate(count);
            prop_assert_eq!(nearest(&packed, row, count), expected);
        }
    }

    #[test]
    fn no_such_row() {
        assert!(nearest(&PackedCodes::new(&[1, 2, 3], 1).unwrap(), 7, 2).is_empty());
    }
}
