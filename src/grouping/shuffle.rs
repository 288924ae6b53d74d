//! The reference's shuffle: scikit-learn's `shuffle(..., random_state=seed)`, draw for draw.
//!
//! It decides two things: which galaxies train and which validate, and, because Hamming distances are full of ties, the
//! tree itself. So it is reproduced to the last bit.

use rand_mt::Mt;

/// The order in which rows enter the tree. Among tied distances the first row wins, so the order decides the tree
/// wherever Hamming distances tie, and they do so often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum RowOrder {
    /// The reference's seed-0 shuffle.
    #[default]
    Reference,
    /// As they come.
    AsGiven,
    /// The same shuffle by another seed.
    Seeded(u32),
}

impl RowOrder {
    /// The rows of a set of `n` in this order: place `i` holds row `rows[i]`.
    pub fn rows(self, n: usize) -> Vec<usize> {
        match self {
            Self::Reference => reference_order(n, 0),
            Self::AsGiven => (0..n).collect(),
            Self::Seeded(seed) => reference_order(n, seed),
        }
    }
}

/// The rows in the order in which NumPy's `RandomState(seed).shuffle(arange(n))` leaves them: place `i` holds row
/// `order[i]`. The reference uses seed 0 throughout.
///
/// MT19937 seeded by `init_genrand`; Fisher-Yates from the top; each bounded number by masked rejection of 32-bit words.
/// Beyond 2^32 rows NumPy would draw 64-bit words; no set of galaxies comes near.
pub fn reference_order(n: usize, seed: u32) -> Vec<usize> {
    let mut words = Mt::new(seed);
    let mut order: Vec<usize> = (0..n).collect();
    for last in (1..n).rev() {
        order.swap(last, bounded(&mut words, last));
    }
    order
}

/// A number from 0 to `most`, both included: words under the smallest mask that covers `most`, until one fits.
fn bounded(words: &mut Mt, most: usize) -> usize {
    let mask = (most + 1).next_power_of_two() - 1;
    loop {
        let value = words.next_u32() as usize & mask;
        if value <= most {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `sklearn.utils.shuffle(arange(10), random_state=0)`, and the same with `random_state=7`.
    #[test]
    fn ten_rows_come_as_numpy_shuffles_them() {
        assert_eq!(reference_order(10, 0), [2, 8, 4, 9, 1, 6, 7, 3, 0, 5]);
        assert_eq!(reference_order(10, 7), [8, 5, 0, 2, 1, 9, 7, 3, 6, 4]);
    }

    proptest! {
        #[test]
        fn every_row_comes_once(n in 0usize..300, seed: u32) {
            let mut order = reference_order(n, seed);
            order.sort_unstable();
            prop_assert_eq!(order, (0..n).collect::<Vec<_>>());
        }
    }
}
