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

/// A group that a galaxy may belong to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Its number.
    pub group: i32,
    /// How far the galaxy is from it.
    pub distance: f64,
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

    /// The two groups of the least scores; of equal ones the smaller numbers. With a single group there is no second.
    fn best_two(&self, score: impl Fn(&[f64]) -> f64) -> (Candidate, Option<Candidate>) {
        let none = Candidate {
            group: 0,
            distance: f64::INFINITY,
        };
        let (mut first, mut second) = (none, none);
        for (mean, label) in self.means.chunks_exact(self.width.max(1)).zip(&self.labels) {
            let here = Candidate {
                group: *label,
                distance: score(mean),
            };
            if here.distance < first.distance {
                (first, second) = (here, first);
            } else if here.distance < second.distance {
                second = here;
            }
        }
        (first, (second.distance < f64::INFINITY).then_some(second))
    }

    /// The nearest group and the runner-up, with the Euclidean distances to their means.
    #[must_use]
    pub fn two_nearest(&self, vector: &[f64]) -> (Candidate, Option<Candidate>) {
        self.best_two(|mean| {
            let squares: f64 = mean.iter().zip(vector).map(|(m, v)| (m - v) * (m - v)).sum();
            squares.sqrt()
        })
    }

    /// The same for codes, with mean Hamming distances to the members: shares of the places.
    #[must_use]
    pub fn two_nearest_codes(&self, codes: &[u8]) -> (Candidate, Option<Candidate>) {
        self.best_two(|mean| {
            let places = codes.iter().enumerate();
            let share = |(place, code): (usize, &u8)| mean.get(place * KINDS + usize::from(*code)).copied();
            1.0 - places.filter_map(share).sum::<f64>() / codes.len().max(1) as f64
        })
    }

    /// The group whose mean is nearest; the smallest number among equally near ones.
    #[must_use]
    pub fn nearest(&self, vector: &[f64]) -> i32 {
        self.two_nearest(vector).0.group
    }

    /// The group from whose members these codes differ least on average.
    #[must_use]
    pub fn nearest_codes(&self, codes: &[u8]) -> i32 {
        self.two_nearest_codes(codes).0.group
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
        let (first, second) = placement.two_nearest(&[1.0, 2.0]);
        let of = |group, distance| Candidate { group, distance };
        assert_eq!((first, second), (of(7, 2.0), Some(of(3, 113.0_f64.sqrt()))));
        assert_eq!(
            Placement::means(&[1.0, 2.0], &[4]).two_nearest(&[1.0, 2.0]),
            (of(4, 0.0), None)
        );
    }

    #[test]
    fn codes_go_where_they_differ_least_on_average() {
        let placement = hamming_placement(&[1, 2, 3, 1, 2, 4, 5, 5, 5], &[1, 1, 2]);
        assert_eq!(placement.nearest_codes(&[1, 2, 5]), 1);
        assert_eq!(placement.nearest_codes(&[5, 2, 5]), 2);
        let (first, second) = placement.two_nearest_codes(&[1, 2, 3]);
        assert!((first.distance - 0.5 / 3.0).abs() < 1e-12 && second.unwrap().distance == 1.0);
    }
}
