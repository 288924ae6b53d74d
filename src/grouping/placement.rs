//! Placing galaxies into groups that are there already.

/// Groups by the means of their members.
///
/// Vectors are compared by Euclidean distances to the means. Codes, as one vector of zeros and ones for each code of each place, are compared by the
/// mean Hamming distance to the members.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    width: usize,
    means: Vec<f64>,
    labels: Vec<i32>,
}

/// Codes that a place may have.
const KINDS: usize = 256;

impl Placement {
    /// The means of groups of vectors, `[N * width]`; `labels` are the groups of the N rows, by any numbers.
    #[must_use]
    pub fn means(vectors: &[f64], labels: &[i32]) -> Self {
        let width = vectors.len() / labels.len().max(1);
        let rows = vectors
            .chunks_exact(width.max(1))
            .map(|row| row.iter().copied().enumerate());
        Self::sums(width, rows, labels)
    }

    fn sums(
        width: usize,
        rows: impl Iterator<Item = impl Iterator<Item = (usize, f64)>>,
        labels: &[i32],
    ) -> Self {
        let mut names = labels.to_vec();
        names.sort_unstable();
        names.dedup();
        let mut means = vec![0.0; names.len() * width];
        let mut counts = vec![0_usize; names.len()];
        for (row, label) in rows.zip(labels) {
            let group = names.partition_point(|name| name < label);
            if let Some(count) = counts.get_mut(group) {
                *count += 1;
            }
            for (at, value) in row {
                if let Some(sum) = means.get_mut(group * width + at) {
                    *sum += value;
                }
            }
        }
        for (mean, count) in means.chunks_exact_mut(width.max(1)).zip(counts) {
            mean.iter_mut().for_each(|value| *value /= count.max(1) as f64);
        }
        Self {
            width,
            means,
            labels: names,
        }
    }

    fn best(&self, score: impl Fn(&[f64]) -> f64) -> i32 {
        let mut best = (f64::INFINITY, 0);
        for (mean, label) in self.means.chunks_exact(self.width.max(1)).zip(&self.labels) {
            let value = score(mean);
            if value < best.0 {
                best = (value, *label);
            }
        }
        best.1
    }

    /// The group whose mean is nearest; the smallest number among equally near ones.
    #[must_use]
    pub fn nearest(&self, vector: &[f64]) -> i32 {
        self.best(|mean| mean.iter().zip(vector).map(|(m, v)| (m - v) * (m - v)).sum())
    }

    /// The group from whose members these codes differ least on average.
    #[must_use]
    pub fn nearest_codes(&self, codes: &[u8]) -> i32 {
        self.best(|mean| {
            let places = codes.iter().enumerate();
            let share = |(place, code): (usize, &u8)| mean.get(place * KINDS + usize::from(*code)).copied();
            -places.filter_map(share).sum::<f64>()
        })
    }
}

/// Groups of codes, `[N * width]`, by how often each code is at each place.
#[must_use]
pub fn hamming_placement(codes: &[u8], labels: &[i32]) -> Placement {
    let width = codes.len() / labels.len().max(1);
    let rows = codes.chunks_exact(width.max(1)).map(|row| {
        let places = row.iter().enumerate();
        places.map(|(place, code)| (place * KINDS + usize::from(*code), 1.0))
    });
    Placement::sums(width * KINDS, rows, labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_go_to_the_nearest_mean() {
        let placement = Placement::means(&[0.0, 0.0, 2.0, 0.0, 9.0, 9.0], &[7, 7, 3]);
        assert_eq!(placement.nearest(&[1.0, 1.0]), 7);
        assert_eq!(placement.nearest(&[8.0, 6.0]), 3);
    }

    #[test]
    fn codes_go_where_they_differ_least_on_average() {
        let placement = hamming_placement(&[1, 2, 3, 1, 2, 4, 5, 5, 5], &[1, 1, 2]);
        assert_eq!(placement.nearest_codes(&[1, 2, 5]), 1);
        assert_eq!(placement.nearest_codes(&[5, 2, 5]), 2);
    }
}
