//! Hamming distances of a small batch, and the silhouette of its clusters.

use std::collections::BTreeMap;

/// Distances between the galaxies of a batch: a full square.
#[derive(Clone, Debug, PartialEq)]
pub struct Distances {
    n: usize,
    values: Vec<f64>,
}

impl Distances {
    /// Hamming distances, the share of positions that differ, of codes `[n * width]`. A ragged end is left out.
    pub fn hamming(codes: &[u8], width: usize) -> Self {
        let rows: Vec<&[u8]> = codes.chunks_exact(width.max(1)).collect();
        let share =
            |a: &[u8], b: &[u8]| a.iter().zip(b).filter(|(x, y)| x != y).count() as f64 / width as f64;
        let values = rows
            .iter()
            .flat_map(|a| rows.iter().map(move |b| share(a, b)))
            .collect();
        Self {
            n: rows.len(),
            values,
        }
    }

    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there is no galaxy.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The distances from a galaxy to all, itself included; empty for one that is not there.
    pub fn from(&self, galaxy: usize) -> &[f64] {
        self.values
            .get(galaxy * self.n..(galaxy + 1) * self.n)
            .unwrap_or(&[])
    }

    /// The distance of two galaxies; 0 for one that is not there.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        self.from(a).get(b).copied().unwrap_or_default()
    }
}

/// The mean silhouette (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7) of galaxies with these cluster labels:
/// the mean over i of `(b - a) / max(a, b)`, with `a` the mean distance to the others of its cluster and `b` the least
/// mean distance to another cluster. A galaxy alone in its cluster counts 0, and so does 0/0.
///
/// `None` when there are fewer than two clusters, where it is not defined (the reference's run stops there).
pub fn silhouette(distances: &Distances, labels: &[usize]) -> Option<f64> {
    let mut sizes = BTreeMap::new();
    for &label in labels {
        *sizes.entry(label).or_insert(0_usize) += 1;
    }
    if sizes.len() < 2 {
        return None;
    }
    let score = |galaxy: usize, own: usize| {
        let mut sums: BTreeMap<usize, f64> = sizes.keys().map(|&label| (label, 0.0)).collect();
        for (&distance, &label) in distances.from(galaxy).iter().zip(labels) {
            *sums.entry(label).or_default() += distance;
        }
        let size = |label: &usize| sizes.get(label).copied().unwrap_or(1);
        if size(&own) == 1 {
            return 0.0;
        }
        // The galaxy itself adds 0 to its cluster's sum.
        let inside = sums.get(&own).copied().unwrap_or_default() / (size(&own) - 1) as f64;
        let outside = sums
            .iter()
            .filter(|(label, _)| **label != own)
            .map(|(label, sum)| sum / size(label) as f64)
            .fold(f64::INFINITY, f64::min);
        let larger = inside.max(outside);
        if larger > 0.0 {
            (outside - inside) / larger
        } else {
            0.0
        }
    };
    let total: f64 = labels
        .iter()
        .enumerate()
        .map(|(galaxy, &own)| score(galaxy, own))
        .sum();
    Some(total / labels.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tight_pairs_score_by_the_definition() {
        // Codes of four positions: 0 and 1 differ in one, 2 and 3 in one, the pairs in three or four.
        let codes = [0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 1];
        let d = Distances::hamming(&codes, 4);
        assert_eq!(d.from(1), [0.25, 0.0, 1.0, 0.75]);
        // a = 0.25 for all; b = 1, 0.875, 1, 0.875.
        let expected = (0.75 + 0.625 / 0.875) / 2.0;
        assert!((silhouette(&d, &[0, 0, 1, 1]).unwrap() - expected).abs() < 1e-15);
        // Alone in a cluster: 0.
        let alone = silhouette(&d, &[0, 1, 1, 1]).unwrap();
        let others: f64 = [(0.25, (1.0 + 0.75) / 2.0), (1.0, 0.625), (1.0, 0.5)]
            .iter()
            .map(|(b, a): &(f64, f64)| (b - a) / a.max(*b))
            .sum();
        assert!((alone - others / 4.0).abs() < 1e-15, "{alone}");
    }

    #[test]
    fn one_cluster_has_no_silhouette_and_equal_galaxies_score_zero() {
        let d = Distances::hamming(&[3; 16], 4);
        assert_eq!(silhouette(&d, &[0; 4]), None);
        assert_eq!(silhouette(&d, &[0, 0, 1, 1]), Some(0.0));
        assert_eq!(silhouette(&Distances::hamming(&[], 4), &[]), None);
    }
}
