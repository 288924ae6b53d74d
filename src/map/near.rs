//! The nearest neighbours of every galaxy.

use crate::grouping::{GroupingError, PackedCodes, nearest};

/// The nearest others of each of N galaxies, the nearest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// How many each has.
    pub count: usize,
    /// `[N * count]` rows.
    pub rows: Vec<u32>,
    /// `[N * count]` distances.
    pub distances: Vec<f64>,
}

impl Near {
    /// The number of galaxies.
    #[must_use]
    pub fn galaxies(&self) -> usize {
        self.rows.len() / self.count.max(1)
    }

    /// Rows and distances of the neighbours of one galaxy.
    pub(super) fn of(&self, galaxy: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let at = galaxy * self.count..(galaxy + 1) * self.count;
        let rows = self.rows.get(at.clone()).unwrap_or_default();
        let distances = self.distances.get(at).unwrap_or_default();
        rows.iter()
            .map(|row| *row as usize)
            .zip(distances.iter().copied())
    }

    fn collect(count: usize, all: Vec<Vec<(f64, u32)>>) -> Self {
        let both = all.into_iter().flatten();
        let (distances, rows) = both.unzip();
        Self {
            count,
            rows,
            distances,
        }
    }
}

/// One list for each galaxy, on all cores where there are several. `each` receives how many are done, now and then, where there is one core.
fn for_each(
    n: usize,
    each: &mut dyn FnMut(usize, usize),
    of: impl Fn(usize) -> Vec<(f64, u32)> + Send + Sync,
) -> Vec<Vec<(f64, u32)>> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        each(0, n);
        (0..n).into_par_iter().map(of).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        let one = |galaxy: usize| {
            if galaxy.is_multiple_of(64) {
                each(galaxy, n);
            }
            of(galaxy)
        };
        (0..n).map(one).collect()
    }
}

/// By Euclidean distance of vectors, `[N * width]`. At most `N - 1` neighbours each; of equally far ones the first. `each(done, all)` receives the progress.
#[must_use]
pub fn near_vectors(vectors: &[f64], width: usize, count: usize, each: &mut dyn FnMut(usize, usize)) -> Near {
    let width = width.max(1);
    let n = vectors.len() / width;
    let count = count.min(n.saturating_sub(1));
    let all = for_each(n, each, |galaxy| {
        let own = vectors
            .get(galaxy * width..(galaxy + 1) * width)
            .unwrap_or_default();
        let mut best: Vec<(f64, u32)> = Vec::with_capacity(count + 1);
        for (other, vector) in vectors.chunks_exact(width).enumerate() {
            let square: f64 = own.iter().zip(vector).map(|(a, b)| (a - b) * (a - b)).sum();
            let is_near = best.len() < count || best.last().is_some_and(|(last, _)| square < *last);
            if other != galaxy && count > 0 && is_near {
                let place = best.partition_point(|(near, _)| *near <= square);
                best.insert(place, (square, other as u32));
                best.truncate(count);
            }
        }
        best.into_iter()
            .map(|(square, row)| (square.sqrt(), row))
            .collect()
    });
    Near::collect(count, all)
}

/// By Hamming distance of codes, `[N * length]`: the share that differs.
///
/// # Errors
/// When they are not whole rows.
pub fn near_codes(
    codes: &[u8],
    length: usize,
    count: usize,
    each: &mut dyn FnMut(usize, usize),
) -> Result<Near, GroupingError> {
    let packed = PackedCodes::new(codes, length)?;
    let n = packed.len();
    let count = count.min(n.saturating_sub(1));
    let all = for_each(n, each, |galaxy| {
        let near = nearest(&packed, galaxy, count).into_iter();
        near.map(|near| (near.differing as f64 / length as f64, near.row as u32))
            .collect()
    });
    Ok(Near::collect(count, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All distances, sorted.
    fn slow(vectors: &[f64], width: usize, count: usize) -> Vec<(f64, u32)> {
        let n = vectors.len() / width;
        let row = |at: usize| &vectors[at * width..(at + 1) * width];
        let distance = |a: usize, b: usize| -> f64 {
            let pairs = row(a).iter().zip(row(b));
            pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
        };
        (0..n)
            .flat_map(|a| {
                let mut all: Vec<(f64, u32)> = (0..n)
                    .filter(|b| *b != a)
                    .map(|b| (distance(a, b), b as u32))
                    .collect();
                all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                all.truncate(count);
                all
            })
            .collect()
    }

    #[test]
    fn neighbours_are_those_of_all_distances() {
        let vectors: Vec<f64> = (0..150).map(|i| f64::from(i * i % 37)).collect();
        for count in [0, 1, 7, 100] {
            let near = near_vectors(&vectors, 3, count, &mut |_, _| {});
            let (distances, rows): (Vec<f64>, Vec<u32>) = slow(&vectors, 3, count).into_iter().unzip();
            assert_eq!(
                (near.rows, near.distances, near.count),
                (rows, distances, count.min(49))
            );
        }
        let codes: Vec<u8> = (0..80).map(|i| (i * i % 5) as u8).collect();
        let near = near_codes(&codes, 8, 3, &mut |_, _| {}).unwrap();
        for galaxy in 0..10 {
            for (other, distance) in near.of(galaxy) {
                let differing = (0..8)
                    .filter(|i| codes[galaxy * 8 + i] != codes[other * 8 + i])
                    .count();
                assert_eq!(distance, differing as f64 / 8.0);
            }
        }
        assert_eq!(near_vectors(&[], 3, 5, &mut |_, _| {}).galaxies(), 0);
    }
}
