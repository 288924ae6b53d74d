//! From codes to a vector: how often each code occurs in each ring around the centre.

use crate::cutout::{CODES, GRID};

/// The number of rings. Each holds about as many places of the 8 x 8 grid as the others.
pub const RINGS: usize = 4;

/// Histograms of codes in rings around the centre of the grid.
///
/// Turning by 90 degrees and flipping move places within their rings, so that a vector does not change when the codes are
/// moved in this way. (The codes themselves change when the image is turned: the encoder is not invariant.)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingHistogram {
    codes: usize,
    ring_of: [usize; CODES],
    places: [usize; RINGS],
}

impl RingHistogram {
    /// For a codebook of this many codes, at most 256.
    #[must_use]
    pub fn new(codes: usize) -> Self {
        // Four times the squared distance of a place from the centre is a whole number: rings have no rounding.
        let distance = |place: usize| {
            let off = |at: usize| (2 * at).abs_diff(GRID - 1);
            off(place % GRID).pow(2) + off(place / GRID).pow(2)
        };
        let mut sorted: Vec<usize> = (0..CODES).map(distance).collect();
        sorted.sort_unstable();
        let mut ring_of = [0; CODES];
        let mut places = [0; RINGS];
        for (place, ring) in ring_of.iter_mut().enumerate() {
            // The ring is the quarter that the nearest place of this distance falls into: equal distances stay together.
            let rank = sorted.partition_point(|other| *other < distance(place));
            *ring = rank * RINGS / CODES;
            if let Some(count) = places.get_mut(*ring) {
                *count += 1;
            }
        }
        Self {
            codes,
            ring_of,
            places,
        }
    }

    /// For every place of the grid its ring, and the share of the ring that the place is.
    #[must_use]
    pub fn shares(&self) -> Vec<(usize, f64)> {
        let share = |ring: &usize| {
            let places = self.places.get(*ring).copied().unwrap_or(1);
            (*ring, 1.0 / places.max(1) as f64)
        };
        self.ring_of.iter().map(share).collect()
    }

    /// Numbers in a vector: rings times codes.
    #[must_use]
    pub fn len(&self) -> usize {
        RINGS * self.codes
    }

    /// True for a codebook without codes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes == 0
    }

    /// The vector of one galaxy from its codes (`[64]`): for each ring the square roots of the codes' shares, so that Euclidean
    /// distances are Hellinger's. `None` for another number of codes, or a code outside the codebook.
    #[must_use]
    pub fn vector(&self, codes: &[u8]) -> Option<Vec<f64>> {
        self.mean(&[codes])
    }

    /// The vector of one galaxy from its codes in several orientations: shares are averaged before the square root, so that
    /// the order of the orientations does not matter. `None` as above, or when there is none.
    #[must_use]
    pub fn mean(&self, orientations: &[&[u8]]) -> Option<Vec<f64>> {
        if orientations.is_empty() || orientations.iter().any(|codes| codes.len() != CODES) {
            return None;
        }
        let mut counts = vec![0_u32; self.len()];
        for codes in orientations {
            for (ring, code) in self.ring_of.iter().zip(*codes) {
                let code = usize::from(*code);
                if code >= self.codes {
                    return None;
                }
                *counts.get_mut(ring * self.codes + code)? += 1;
            }
        }
        let all = |ring: usize| {
            self.places
                .get(ring)
                .map_or(1, |places| places * orientations.len())
        };
        let shares = counts.iter().enumerate();
        Some(
            shares
                .map(|(at, count)| (f64::from(*count) / all(at / self.codes.max(1)) as f64).sqrt())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn turned(codes: &[u8]) -> Vec<u8> {
        (0..CODES)
            .map(|at| codes[(at % GRID) * GRID + GRID - 1 - at / GRID])
            .collect()
    }

    fn flipped(codes: &[u8]) -> Vec<u8> {
        codes
            .chunks_exact(GRID)
            .flat_map(|row| row.iter().rev().copied())
            .collect()
    }

    #[test]
    fn rings_hold_nearly_equal_numbers_of_places() {
        let rings = RingHistogram::new(64);
        assert_eq!(rings.places.iter().sum::<usize>(), CODES);
        assert!(
            rings.places.iter().all(|places| (12..=20).contains(places)),
            "{:?}",
            rings.places
        );
        assert_eq!(
            (rings.ring_of[0], rings.ring_of[27]),
            (RINGS - 1, 0),
            "corner and centre"
        );
    }

    proptest! {
        #[test]
        fn each_ring_is_a_unit_vector(codes in prop::collection::vec(0_u8..16, CODES)) {
            let vector = RingHistogram::new(16).vector(&codes).unwrap();
            for ring in vector.chunks_exact(16) {
                prop_assert!((ring.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }

        #[test]
        fn turns_and_flips_of_the_grid_change_no_bit(codes in prop::collection::vec(0_u8..16, CODES)) {
            let rings = RingHistogram::new(16);
            let vector = rings.vector(&codes).unwrap();
            prop_assert_eq!(&rings.vector(&turned(&codes)).unwrap(), &vector);
            prop_assert_eq!(&rings.vector(&flipped(&codes)).unwrap(), &vector);
            let (a, b) = (turned(&codes), flipped(&codes));
            prop_assert_eq!(rings.mean(&[&a, &b]), rings.mean(&[&b, &a]));
        }
    }

    #[test]
    fn codes_that_do_not_fit_give_nothing() {
        let rings = RingHistogram::new(16);
        assert!(rings.vector(&[0; 63]).is_none());
        assert!(rings.vector(&[16; CODES]).is_none());
        assert!(rings.mean(&[]).is_none());
    }
}
