//! The values of one array in the bytes of its file.

use std::ops::Range;

use npyz::TimeUnits;

use super::dates;

/// Where the values of one array stand.
pub struct Member<'a> {
    /// All of its records.
    pub bytes: &'a [u8],
    /// True when the first axis runs fastest.
    pub fortran: bool,
    /// Bytes of one value.
    pub size: usize,
    /// How words are written.
    pub words: Words,
    /// Bytes of one record, and where the value begins in it. A plain value is its own record.
    pub record: usize,
    pub offset: usize,
    /// The first axes, this many, count records; the others lie inside one.
    pub outer: usize,
}

impl Default for Member<'_> {
    fn default() -> Self {
        Self {
            bytes: &[],
            fortran: false,
            size: 0,
            words: Words::Bytes,
            record: 0,
            offset: 0,
            outer: 0,
        }
    }
}

/// How words are written.
#[derive(Clone, Copy)]
pub enum Words {
    Bytes,
    /// 32 bits a letter.
    Wide {
        big: bool,
    },
    /// Moments of time since 1970.
    Dates {
        big: bool,
        unit: TimeUnits,
    },
}

impl Words {
    /// A word from its bytes, up to its first zero.
    pub fn text(self, word: &[u8]) -> String {
        match self {
            Self::Bytes => {
                let end = word.iter().position(|byte| *byte == 0).unwrap_or(word.len());
                String::from_utf8_lossy(word.get(..end).unwrap_or_default()).into_owned()
            }
            Self::Wide { big } => {
                let (letters, _) = word.as_chunks::<4>();
                let number = |n: &[u8; 4]| {
                    if big {
                        u32::from_be_bytes(*n)
                    } else {
                        u32::from_le_bytes(*n)
                    }
                };
                letters
                    .iter()
                    .map(number)
                    .take_while(|n| *n != 0)
                    .filter_map(char::from_u32)
                    .collect()
            }
            Self::Dates { big, unit } => word
                .first_chunk()
                .map(|bytes| {
                    if big {
                        i64::from_be_bytes(*bytes)
                    } else {
                        i64::from_le_bytes(*bytes)
                    }
                })
                .and_then(|count| dates::text(count, unit))
                .unwrap_or_default(),
        }
    }
}

impl Member<'_> {
    /// The bytes of some places along an axis, with all places of the others, in C order; `None` when they are not there.
    pub fn part(&self, shape: &[u64], axis: usize, places: Range<u64>) -> Option<Vec<u8>> {
        let mut lengths: Vec<usize> = shape
            .iter()
            .map(|n| usize::try_from(*n).ok())
            .collect::<Option<_>>()?;
        let length = *lengths.get(axis)?;
        let (start, end) = (
            usize::try_from(places.start).ok()?,
            usize::try_from(places.end).ok()?,
        );
        if start > end || end > length {
            return None;
        }
        // Bytes from one place of each axis to the next.
        let mut strides = vec![0usize; lengths.len()];
        let outer = self.outer.min(lengths.len());
        let inner: Vec<usize> = (outer..lengths.len()).rev().collect();
        let records: Vec<usize> = if self.fortran {
            (0..outer).collect()
        } else {
            (0..outer).rev().collect()
        };
        for (axes, mut stride) in [(inner, self.size), (records, self.record)] {
            for at in axes {
                *strides.get_mut(at)? = stride;
                stride = stride.checked_mul(*lengths.get(at)?)?;
            }
        }
        let begin = self.offset + start * strides.get(axis)?;
        *lengths.get_mut(axis)? = end - start;
        // What lies together is copied together.
        let mut run = self.size;
        while let (Some(length), Some(stride)) = (lengths.last(), strides.last()) {
            if *stride != run {
                break;
            }
            run = run.checked_mul(*length)?;
            lengths.pop();
            strides.pop();
        }
        let count = lengths
            .iter()
            .try_fold(1usize, |product, n| product.checked_mul(*n))?;
        let mut out = Vec::with_capacity(count.checked_mul(run)?);
        let mut place = vec![0usize; lengths.len()];
        for _ in 0..count {
            let at = place
                .iter()
                .zip(&strides)
                .map(|(index, stride)| index * stride)
                .sum::<usize>();
            out.extend_from_slice(self.bytes.get(begin + at..begin + at + run)?);
            // The next place, the last axis first.
            for (index, length) in place.iter_mut().zip(&lengths).rev() {
                *index += 1;
                if *index < *length {
                    break;
                }
                *index = 0;
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_along_every_axis() {
        // a[i, j, k] = 12 i + 4 j + k of the shape (2, 3, 4), in both orders.
        let c: Vec<u8> = (0..24).collect();
        let mut f = vec![0; 24];
        for i in 0..2 {
            for j in 0..3 {
                for k in 0..4 {
                    f[i + 2 * j + 6 * k] = (12 * i + 4 * j + k) as u8;
                }
            }
        }
        let shape = [2, 3, 4];
        for (bytes, fortran) in [(&c, false), (&f, true)] {
            let member = Member {
                bytes,
                fortran,
                size: 1,
                record: 1,
                outer: 3,
                ..Member::default()
            };
            assert_eq!(member.part(&shape, 0, 0..2).unwrap(), c);
            assert_eq!(member.part(&shape, 0, 1..2).unwrap(), c[12..]);
            assert_eq!(
                member.part(&shape, 2, 1..3).unwrap(),
                [1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22]
            );
            assert_eq!(
                member.part(&shape, 1, 2..3).unwrap(),
                [8, 9, 10, 11, 20, 21, 22, 23]
            );
            assert_eq!(member.part(&shape, 1, 2..4), None);
            assert_eq!(member.part(&shape, 3, 0..1), None);
        }
        // Two records of five bytes, each with a field of two values from its second byte on.
        let member = Member {
            bytes: &c[..10],
            size: 2,
            record: 5,
            offset: 1,
            outer: 1,
            ..Member::default()
        };
        assert_eq!(member.part(&[2, 2], 0, 0..2).unwrap(), [1, 2, 3, 4, 6, 7, 8, 9]);
        assert_eq!(member.part(&[2, 2], 1, 1..2).unwrap(), [3, 4, 8, 9]);
    }
}
