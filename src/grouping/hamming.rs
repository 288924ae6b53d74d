//! Hamming distances between galaxies: the share of code positions at which two galaxies differ.
//!
//! Codes are packed sixteen to a 64-bit word (or eight, when a code is above 15), so that two galaxies of 64 codes are
//! compared in four exclusive-ors and one count of bits.

use super::{GroupingError, Real};

/// The codes of N galaxies, packed for comparison.
#[derive(Clone, Debug)]
pub struct PackedCodes {
    galaxies: usize,
    width: usize,
    lane: Lane,
    /// Words of one galaxy.
    words: usize,
    /// `[galaxies * words]`
    data: Vec<u64>,
}

/// How many bits a code takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    /// Four bits: codes 0 to 15, as in the reference's codebook of 16.
    Nibble,
    /// Eight bits.
    Byte,
}

impl Lane {
    const fn bits(self) -> usize {
        match self {
            Self::Nibble => 4,
            Self::Byte => 8,
        }
    }

    /// One bit, the lowest, in each lane that is not zero.
    #[inline(always)]
    const fn marks(self, word: u64) -> u64 {
        match self {
            Self::Nibble => {
                let folded = word | (word >> 2);
                (folded | (folded >> 1)) & 0x1111_1111_1111_1111
            }
            Self::Byte => {
                let folded = word | (word >> 4);
                let folded = folded | (folded >> 2);
                (folded | (folded >> 1)) & 0x0101_0101_0101_0101
            }
        }
    }

    /// The number of lanes in which two galaxies differ. As many words as a lane has bits share one count.
    #[inline(always)]
    fn differing(self, a: &[u64], b: &[u64]) -> u32 {
        let mut total = 0;
        for (chunk_a, chunk_b) in a.chunks(self.bits()).zip(b.chunks(self.bits())) {
            let mut marks = 0;
            for (shift, (x, y)) in chunk_a.iter().zip(chunk_b).enumerate() {
                marks |= self.marks(x ^ y) << shift;
            }
            total += marks.count_ones();
        }
        total
    }
}

impl PackedCodes {
    /// Packs codes `[N * width]`, row-major. `width` is 64 for the published model.
    ///
    /// # Errors
    /// [`GroupingError::CodesShape`] when the codes are not whole galaxies.
    pub fn new(codes: &[u8], width: usize) -> Result<Self, GroupingError> {
        let galaxies = rows(codes, width)?;
        let lane = if codes.iter().all(|&code| code < 16) {
            Lane::Nibble
        } else {
            Lane::Byte
        };
        let lanes = 64 / lane.bits();
        let words = width.div_ceil(lanes);
        let mut data = Vec::with_capacity(galaxies * words);
        for galaxy in codes.chunks_exact(width.max(1)) {
            // The last word is padded with zeros, which are equal in all galaxies and so count nothing.
            data.extend(galaxy.chunks(lanes).map(|chunk| {
                chunk.iter().enumerate().fold(0, |word, (place, &code)| {
                    word | u64::from(code) << (place * lane.bits())
                })
            }));
        }
        Ok(Self {
            galaxies,
            width,
            lane,
            words,
            data,
        })
    }

    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.galaxies
    }

    /// True when there is no galaxy.
    pub fn is_empty(&self) -> bool {
        self.galaxies == 0
    }

    /// Codes of one galaxy.
    pub fn width(&self) -> usize {
        self.width
    }

    fn row(&self, index: usize) -> &[u64] {
        &self.data[index * self.words..(index + 1) * self.words]
    }

    /// The number of positions at which galaxies `a` and `b` differ: 0 to [`Self::width`]. None when there is no such
    /// galaxy.
    pub fn differing(&self, a: usize, b: usize) -> Option<usize> {
        (a < self.galaxies && b < self.galaxies)
            .then(|| self.lane.differing(self.row(a), self.row(b)) as usize)
    }

    /// All distances between pairs `i < j`, in the order of SciPy's `pdist`: `[n * (n - 1) / 2]`, allocated once.
    /// `scale` maps the share of differing positions (0 to 1) to the distance.
    ///
    /// # Errors
    /// [`GroupingError::OutOfMemory`] when the system has not the memory.
    /// # Examples
    /// ```
    /// use galaxy_grove::grouping::PackedCodes;
    ///
    /// // Three galaxies of four codes; the last two differ in one.
    /// let codes = PackedCodes::new(&[1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 9], 4)?;
    /// let distances: Vec<f64> = codes.condensed(|share| share)?;
    /// assert_eq!(distances, [1.0, 1.0, 0.25]);
    /// # Ok::<(), galaxy_grove::grouping::GroupingError>(())
    /// ```
    pub fn condensed<T: Real>(&self, scale: impl Fn(f64) -> f64) -> Result<Vec<T>, GroupingError> {
        let mut out = Vec::new();
        let needed = pairs(self.galaxies) * T::BYTES as u64;
        let refused = GroupingError::OutOfMemory {
            galaxies: self.galaxies,
            needed,
        };
        let Ok(length) = usize::try_from(pairs(self.galaxies)) else {
            return Err(refused);
        };
        if out.try_reserve_exact(length).is_err() {
            return Err(refused);
        }
        let table = table(self.width, scale);
        #[cfg(feature = "parallel")]
        self.fill_on_all_cores(&table, &mut out, length);
        #[cfg(not(feature = "parallel"))]
        self.fill(&table, &mut out);
        Ok(out)
    }

    /// Looks up all distances, one row after another.
    #[cfg(any(test, not(feature = "parallel")))]
    fn fill<T: Real>(&self, table: &[T], out: &mut Vec<T>) {
        let rows = 0..self.galaxies.saturating_sub(1);
        match (self.lane, self.words) {
            (Lane::Nibble, 4) => rows.for_each(|i| out.extend(self.row_of_four(table, i))),
            _ => rows.for_each(|i| out.extend(self.row_of_any(table, i))),
        }
    }

    /// The same, the rows shared out among all cores. `length` is that of the condensed vector, whose memory is reserved.
    #[cfg(feature = "parallel")]
    fn fill_on_all_cores<T: Real>(&self, table: &[T], out: &mut Vec<T>, length: usize) {
        use rayon::prelude::*;

        out.resize(length, T::ZERO);
        let mut rest = out.as_mut_slice();
        let mut rows = Vec::with_capacity(self.galaxies);
        for i in 0..self.galaxies.saturating_sub(1) {
            let (row, behind) = std::mem::take(&mut rest).split_at_mut(self.galaxies - 1 - i);
            rows.push((i, row));
            rest = behind;
        }
        let four = (self.lane, self.words) == (Lane::Nibble, 4);
        rows.into_par_iter().for_each(|(i, row)| {
            if four {
                row.iter_mut()
                    .zip(self.row_of_four(table, i))
                    .for_each(|(place, distance)| *place = distance);
            } else {
                row.iter_mut()
                    .zip(self.row_of_any(table, i))
                    .for_each(|(place, distance)| *place = distance);
            }
        });
    }

    /// The distances of galaxy `i` to those behind it.
    fn row_of_any<T: Real>(&self, table: &[T], i: usize) -> impl Iterator<Item = T> {
        // Galaxies without codes have no words.
        let words = self.words.max(1);
        let (head, tail) = self.data.split_at((i + 1) * words);
        let own = &head[i * words..];
        tail.chunks_exact(words)
            .map(move |other| table[self.lane.differing(own, other) as usize])
    }

    /// The same in the usual case, 64 codes below 16, with the loop over four words unrolled.
    fn row_of_four<T: Real>(&self, table: &[T], i: usize) -> impl Iterator<Item = T> {
        let (rows, _) = self.data.as_chunks::<4>();
        let own = &rows[i];
        rows[i + 1..].iter().map(move |other| {
            let mut marks = 0;
            for word in 0..4 {
                marks |= Lane::Nibble.marks(own[word] ^ other[word]) << word;
            }
            table[marks.count_ones() as usize]
        })
    }
}

/// The distance for each number of differing positions, `[width + 1]`: there are no others.
pub(super) fn table<T: Real>(width: usize, scale: impl Fn(f64) -> f64) -> Vec<T> {
    (0..=width)
        .map(|count| T::of(scale(count as f64 / width as f64)))
        .collect()
}

/// The number of galaxies that `codes` hold.
pub(super) fn rows(codes: &[u8], width: usize) -> Result<usize, GroupingError> {
    whole_rows(codes.len(), width)
}

/// The number of rows of `width` values that make up `found` values.
pub(super) fn whole_rows(found: usize, width: usize) -> Result<usize, GroupingError> {
    match found.checked_rem(width) {
        Some(0) => Ok(found / width),
        None if found == 0 => Ok(0),
        _ => Err(GroupingError::CodesShape { found, width }),
    }
}

/// The number of pairs among n galaxies: the length of a condensed vector.
pub fn pairs(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(a: &[u8], b: &[u8]) -> usize {
        a.iter().zip(b).filter(|(x, y)| x != y).count()
    }

    proptest! {
        #[test]
        fn packed_counts_equal_counting_one_by_one(
            width in 1_usize..150,
            galaxies in 0_usize..12,
            top in prop::sample::select(vec![1_u8, 3, 15, 16, 255]),
            seed in prop::collection::vec(any::<u8>(), 1800),
        ) {
            let codes: Vec<u8> =
                seed.iter().take(width * galaxies).map(|&c| if top == 255 { c } else { c % (top + 1) }).collect();
            let packed = PackedCodes::new(&codes, width).unwrap();
            prop_assert_eq!(packed.len(), galaxies);
            let condensed: Vec<f64> = packed.condensed(|share| share).unwrap();
            let mut place = 0;
            for i in 0..galaxies {
                for j in i + 1..galaxies {
                    let count = naive(&codes[i * width..(i + 1) * width], &codes[j * width..(j + 1) * width]);
                    prop_assert_eq!(packed.differing(i, j), Some(count));
                    prop_assert_eq!(condensed[place], count as f64 / width as f64);
                    place += 1;
                }
            }
            prop_assert_eq!(place, condensed.len());
        }
    }

    #[cfg(feature = "parallel")]
    proptest! {
        #[test]
        fn on_all_cores_the_bits_are_the_same(
            (width, most, codes) in (prop_oneof![1_usize..=20, Just(64)], prop_oneof![Just(15_u8), Just(255)])
                .prop_flat_map(|(width, most)| {
                    let codes = prop::collection::vec(0..=most, 0..40 * width);
                    (Just(width), Just(most), codes)
                })
        ) {
            let whole = codes.len() / width * width;
            let packed = PackedCodes::new(&codes[..whole], width).unwrap();
            let table: Vec<f64> = (0..=width).map(|count| (count as f64 / width as f64).sqrt()).collect();
            let (mut serial, mut parallel) = (Vec::new(), Vec::new());
            packed.fill(&table, &mut serial);
            packed.fill_on_all_cores(&table, &mut parallel, pairs(packed.len()) as usize);
            let bits = |distances: &[f64]| distances.iter().map(|d| d.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&serial), bits(&parallel), "{} codes up to {}", width, most);
        }
    }

    #[test]
    fn sixty_four_codes_take_the_unrolled_way() {
        let codes: Vec<u8> = (0..64 * 9).map(|i| ((i * 7 + i / 64 * 3) % 16) as u8).collect();
        let condensed: Vec<f32> = PackedCodes::new(&codes, 64)
            .unwrap()
            .condensed(f64::sqrt)
            .unwrap();
        assert_eq!(condensed.len(), 36);
        let expected = (naive(&codes[..64], &codes[64..128]) as f64 / 64.0).sqrt() as f32;
        assert_eq!(condensed[0], expected);
    }

    #[test]
    fn half_a_galaxy_is_refused() {
        let error = PackedCodes::new(&[0; 100], 64).unwrap_err();
        assert_eq!(
            error,
            GroupingError::CodesShape {
                found: 100,
                width: 64
            }
        );
        assert!(PackedCodes::new(&[1], 0).is_err());
        assert!(PackedCodes::new(&[], 0).unwrap().is_empty());
        assert!(
            PackedCodes::new(&[], 64)
                .unwrap()
                .condensed::<f32>(|share| share)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_galaxy_that_is_not_there_has_no_distance() {
        assert_eq!(PackedCodes::new(&[1, 2], 1).unwrap().differing(0, 2), None);
    }
}
