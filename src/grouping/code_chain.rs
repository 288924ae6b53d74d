//! Ward's linkage of codes without a matrix of distances: the nearest-neighbour chain of [`ward_chain`](super::ward_chain), with the same bits.
//!
//! Two single galaxies have as many distances as codes have positions, and counting again is faster than reading a matrix that is larger than
//! the caches. So distances are stored of merged clusters only ([`Rows`]), of which at most half as many live as there are galaxies, and of
//! the few single galaxies in the chain. What is done in which order, and with which tie rules, is the chain's own: see there.

use super::chain::{RawMerge, tree_of};
use super::code_rows::{Place, Rows};
use super::{GroupingError, Real, Tree};

/// Not in the chain.
const NO_POSITION: usize = usize::MAX;

/// Ward's tree of codes `[N * width]`, whole galaxies; `table` holds the distance for each number of differing positions, `[width + 1]`.
/// `progress(done, total)` is called about two hundred times.
///
/// # Errors
/// [`GroupingError`] when the merges make no tree.
pub(super) fn ward_of_codes<T: Real>(
    codes: &[u8],
    width: usize,
    table: Vec<T>,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Tree, GroupingError> {
    let n = codes.len().checked_div(width).unwrap_or(0);
    let mut chain = Chain::new(n);
    let mut rows = Rows::new(codes, width, table);
    tree_of(n, progress, || {
        let (x, y, height) = chain.next_pair(&mut rows)?;
        rows.merge(x, y, height);
        Some(RawMerge {
            x,
            y,
            height: height.double(),
        })
    })
}

/// The chain, of slots: the place of a cluster in the order of rows.
struct Chain {
    links: Vec<usize>,
    /// Where in the chain a slot stands first, or [`NO_POSITION`].
    position: Vec<usize>,
    /// No slot below this one is alive.
    lowest: usize,
}

impl Chain {
    fn new(n: usize) -> Self {
        Self {
            links: Vec::new(),
            position: vec![NO_POSITION; n],
            lowest: 0,
        }
    }

    fn push(&mut self, slot: usize) {
        if let Some(position) = self.position.get_mut(slot).filter(|at| **at == NO_POSITION) {
            *position = self.links.len();
        }
        self.links.push(slot);
    }

    /// Shortens the chain.
    fn truncate(&mut self, length: usize) {
        for slot in self.links.drain(length..) {
            if let Some(position) = self.position.get_mut(slot).filter(|at| **at >= length) {
                *position = NO_POSITION;
            }
        }
    }

    /// Follows the chain to two mutual neighbours `x < y` and takes them off it. `None` when fewer than two clusters live.
    fn next_pair<T: Real>(&mut self, rows: &mut Rows<T>) -> Option<(usize, usize, T)> {
        if self.links.is_empty() {
            while *rows.places.get(self.lowest)? == Place::Dead {
                self.lowest += 1;
            }
            self.push(self.lowest);
        }
        loop {
            let length = self.links.len();
            let x = *self.links.last()?;
            let previous = length.checked_sub(2).and_then(|at| self.links.get(at)).copied();
            let own = match previous {
                Some(previous) => {
                    let place = *rows.places.get(previous)?;
                    rows.row(x)?.to(place)
                }
                None => T::INFINITE,
            };
            if let Some(nearer) = rows.nearest(x, own) {
                self.push(nearer);
                continue;
            }
            let y = previous?;
            // As in `ward_chain`: rounding among ties could put a cluster into the chain twice.
            let first = |slot: usize| self.position.get(slot).copied().unwrap_or(NO_POSITION);
            self.truncate((length - 2).min(first(x)).min(first(y)));
            return Some((x.min(y), x.max(y), own));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PackedCodes, hamming::table, ward_chain};
    use super::*;
    use proptest::prelude::*;

    fn check<T: Real>(codes: &[u8], width: usize, root: bool) -> Result<(), TestCaseError> {
        let scale = |share: f64| if root { share.sqrt() } else { share };
        let packed = PackedCodes::new(codes, width).unwrap();
        let mut distances: Vec<T> = packed.condensed(scale).unwrap();
        let expected = ward_chain(&mut distances, packed.len(), None).unwrap();
        let tree = ward_of_codes::<T>(codes, width, table(width, scale), None).unwrap();
        prop_assert_eq!(tree.merges().len(), expected.merges().len());
        for (ours, theirs) in tree.merges().iter().zip(expected.merges()) {
            prop_assert_eq!((ours.a, ours.b, ours.size), (theirs.a, theirs.b, theirs.size));
            prop_assert_eq!(ours.height.to_bits(), theirs.height.to_bits());
        }
        Ok(())
    }

    proptest! {
        /// Few codes of few positions: nearly every distance is tied with many others.
        #[test]
        fn the_tree_is_that_of_the_matrix(
            n in 0_usize..200, width in 1_usize..9, kinds in 1_u8..5, draws in prop::collection::vec(any::<u8>(), 200 * 8),
        ) {
            let codes: Vec<u8> = draws[..n * width].iter().map(|draw| draw % kinds).collect();
            for root in [false, true] {
                check::<f64>(&codes, width, root)?;
                check::<f32>(&codes, width, root)?;
            }
        }
    }

    /// Enough galaxies that dead columns and singles are dropped many times.
    #[test]
    fn the_tree_of_many_is_that_of_the_matrix() {
        let mut state = 7_u64;
        let codes: Vec<u8> = (0..1500 * 64)
            .map(|at: usize| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                // Galaxies of a kind share three codes of four.
                let kind = (at / 64 % 40) as u64;
                let own = state >> 40;
                let code = if own.is_multiple_of(4) {
                    own >> 8
                } else {
                    kind * 31 + (at % 64) as u64
                };
                (code % 16) as u8
            })
            .collect();
        check::<f64>(&codes, 64, false).unwrap();
        check::<f32>(&codes, 64, true).unwrap();
    }
}
