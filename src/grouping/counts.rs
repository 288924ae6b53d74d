//! In how many positions one galaxy's codes differ from those of all others, a position at a time.

/// Galaxies that are counted at once: their counts stay in the fastest cache.
const BLOCK: usize = 2048;

/// Positions after which counts of one byte are added up: they hold 255 at most.
const POSITIONS: usize = 252;

/// Positions that are looked at together.
const TOGETHER: usize = 4;

/// Codes with those of one position side by side, `[width * galaxies]`, so that counting is the same small step for many galaxies.
#[derive(Clone, Debug)]
pub(super) struct Positions {
    width: usize,
    galaxies: usize,
    codes: Vec<u8>,
}

impl Positions {
    /// From whole galaxies, `[galaxies * width]`.
    pub fn new(codes: &[u8], width: usize) -> Self {
        let galaxies = codes.len().checked_div(width).unwrap_or(0);
        let mut turned = Vec::with_capacity(codes.len());
        for position in 0..width {
            turned.extend(codes.iter().skip(position).step_by(width));
        }
        Self {
            width,
            galaxies,
            codes: turned,
        }
    }

    pub fn len(&self) -> usize {
        self.galaxies
    }

    /// Keeps only some galaxies, by their numbers in rising order.
    pub fn keep(&mut self, kept: &[usize]) {
        let mut to = 0;
        for position in 0..self.width {
            let from = position * self.galaxies;
            for galaxy in kept {
                self.codes[to] = self.codes[from + galaxy];
                to += 1;
            }
        }
        self.codes.truncate(to);
        self.galaxies = kept.len();
    }

    fn position(&self, position: usize, first: usize, count: usize) -> &[u8] {
        &self.codes[position * self.galaxies + first..][..count]
    }

    /// Positions at which a galaxy differs from each, itself included.
    pub fn differing(&self, galaxy: usize, counts: &mut Vec<u32>) {
        counts.clear();
        counts.resize(self.galaxies, 0);
        let own: Vec<u8> = self
            .codes
            .iter()
            .skip(galaxy)
            .step_by(self.galaxies.max(1))
            .copied()
            .collect();
        let mut few = [0_u8; BLOCK];
        for (block, counts) in counts.chunks_mut(BLOCK).enumerate() {
            let (first, few) = (block * BLOCK, &mut few[..counts.len()]);
            for from in (0..self.width).step_by(POSITIONS) {
                few.fill(0);
                let own = own.iter().enumerate().skip(from).take(POSITIONS);
                let own: Vec<(usize, u8)> = own.map(|(position, code)| (position, *code)).collect();
                let (groups, rest) = own.as_chunks::<TOGETHER>();
                for group in groups {
                    let [a, b, c, d] = group.map(|(position, _)| self.position(position, first, few.len()));
                    let [e, f, g, h] = group.map(|(_, code)| code);
                    for ((((sum, a), b), c), d) in few.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                        *sum += u8::from(*a != e) + u8::from(*b != f) + u8::from(*c != g) + u8::from(*d != h);
                    }
                }
                for (position, code) in rest {
                    let line = self.position(*position, first, few.len());
                    for (sum, other) in few.iter_mut().zip(line) {
                        *sum += u8::from(other != code);
                    }
                }
                for (count, sum) in counts.iter_mut().zip(&*few) {
                    *count += u32::from(*sum);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_are_those_of_counting_one_by_one(
            width in 1_usize..600, galaxies in 1_usize..8, draws in prop::collection::vec(0_u8..3, 600 * 8), kept in any::<u8>(),
        ) {
            let codes = &draws[..width * galaxies];
            let rows: Vec<&[u8]> = codes.chunks_exact(width).collect();
            let mut positions = Positions::new(codes, width);
            let kept: Vec<usize> = (0..galaxies).filter(|at| kept >> at & 1 == 1).collect();
            let mut counts = Vec::new();
            for shown in [(0..galaxies).collect(), kept] {
                positions.keep(&shown);
                prop_assert_eq!(positions.len(), shown.len());
                for (at, own) in shown.iter().enumerate() {
                    positions.differing(at, &mut counts);
                    let expected: Vec<u32> = shown
                        .iter()
                        .map(|other| rows[*own].iter().zip(rows[*other]).filter(|(a, b)| a != b).count() as u32)
                        .collect();
                    prop_assert_eq!(&counts, &expected);
                }
            }
        }
    }
}
