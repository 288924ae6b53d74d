//! How good a grouping is, by the distances alone.

use super::Tree;

/// The mean silhouette (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7) of each of several groupings of the same n galaxies: 1 for tight
/// groups far apart, about 0 for groups that touch, below for galaxies in the wrong one. `None` where there are fewer than two groups.
///
/// `groupings` hold a group from 0 for each galaxy. A galaxy alone in its group counts 0. O(n²) distances, each taken once.
///
/// # Examples
/// ```
/// use galaxy_grove::grouping::silhouettes;
///
/// let places = [0.0_f64, 1.0, 10.0, 11.0];
/// let found = silhouettes(4, &[vec![0, 0, 1, 1]], |a, b| (places[a] - places[b]).abs());
/// assert!((found[0].unwrap() - 0.8997).abs() < 1e-4);
/// ```
pub fn silhouettes(
    n: usize,
    groupings: &[Vec<usize>],
    distance: impl Fn(usize, usize) -> f64,
) -> Vec<Option<f64>> {
    let counts: Vec<Vec<usize>> = groupings
        .iter()
        .map(|labels| {
            let groups = labels.iter().max().map_or(0, |most| most + 1);
            let mut counts = vec![0; groups];
            for label in labels {
                if let Some(count) = counts.get_mut(*label) {
                    *count += 1;
                }
            }
            counts
        })
        .collect();
    let mut totals = vec![0.0; groupings.len()];
    let mut sums: Vec<Vec<f64>> = counts.iter().map(|counts| vec![0.0; counts.len()]).collect();
    for galaxy in 0..n {
        sums.iter_mut().for_each(|sums| sums.fill(0.0));
        for other in (0..n).filter(|other| *other != galaxy) {
            let distance = distance(galaxy, other);
            for (labels, sums) in groupings.iter().zip(&mut sums) {
                if let Some(sum) = labels.get(other).and_then(|label| sums.get_mut(*label)) {
                    *sum += distance;
                }
            }
        }
        for (((labels, sums), counts), total) in groupings.iter().zip(&sums).zip(&counts).zip(&mut totals) {
            let own = labels.get(galaxy).copied().unwrap_or_default();
            let count = counts.get(own).copied().unwrap_or_default();
            if count < 2 {
                continue;
            }
            let inside = sums.get(own).copied().unwrap_or_default() / (count - 1) as f64;
            let others = sums.iter().zip(counts).enumerate();
            let outside = others
                .filter(|(group, (_, count))| *group != own && **count > 0)
                .map(|(_, (sum, count))| sum / *count as f64)
                .fold(f64::INFINITY, |a, b| if b < a { b } else { a });
            let larger = if outside > inside { outside } else { inside };
            if larger > 0.0 && outside.is_finite() {
                *total += (outside - inside) / larger;
            }
        }
    }
    let several = counts
        .iter()
        .map(|counts| counts.iter().filter(|count| **count > 0).count() > 1);
    totals
        .iter()
        .zip(several)
        .map(|(total, several)| several.then(|| total / n as f64))
        .collect()
}

/// The index of Davies & Bouldin 1979 (doi:10.1109/TPAMI.1979.4766909) of groups of vectors `[N * dim]`: the mean over the groups of the
/// worst ratio of scatter to distance; smaller is better. `None` for fewer than two groups, or for two with one mean.
pub fn davies_bouldin(vectors: &[f64], dim: usize, labels: &[usize]) -> Option<f64> {
    let groups = labels.iter().max().map_or(0, |most| most + 1);
    let mut means = vec![0.0; groups * dim];
    let mut counts = vec![0_usize; groups];
    let rows = || vectors.chunks_exact(dim.max(1)).zip(labels);
    for (row, label) in rows() {
        *counts.get_mut(*label)? += 1;
        for (sum, value) in means.get_mut(label * dim..(label + 1) * dim)?.iter_mut().zip(row) {
            *sum += value;
        }
    }
    for (mean, count) in means.chunks_exact_mut(dim.max(1)).zip(&counts) {
        mean.iter_mut().for_each(|value| *value /= (*count).max(1) as f64);
    }
    let apart = |a: &[f64], b: &[f64]| -> f64 {
        let squares: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
        squares.sqrt()
    };
    let mean = |group: usize| means.get(group * dim..(group + 1) * dim).unwrap_or_default();
    let mut scatter = vec![0.0; groups];
    for (row, label) in rows() {
        *scatter.get_mut(*label)? += apart(row, mean(*label)) / counts.get(*label).copied()?.max(1) as f64;
    }
    let used: Vec<usize> = (0..groups)
        .filter(|group| counts.get(*group).is_some_and(|n| *n > 0))
        .collect();
    if used.len() < 2 {
        return None;
    }
    let mut sum = 0.0;
    for &a in &used {
        let mut worst = 0.0;
        for &b in used.iter().filter(|b| **b != a) {
            let ratio = (scatter.get(a)? + scatter.get(b)?) / apart(mean(a), mean(b));
            worst = if ratio > worst { ratio } else { worst };
        }
        sum += worst;
    }
    Some(sum / used.len() as f64).filter(|index| index.is_finite())
}

/// The correlation between the distances of all pairs of galaxies and the heights at which the tree joins them (Sokal & Rohlf 1962): 1 when
/// the tree says all that the distances do. `None` when either are all the same.
pub fn cophenetic_correlation(tree: &Tree, distance: impl Fn(usize, usize) -> f64) -> Option<f64> {
    let n = tree.leaves();
    let mut members: Vec<Vec<usize>> = (0..n).map(|leaf| vec![leaf]).collect();
    let (mut count, mut x, mut y, mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for merge in tree.merges() {
        let take = |members: &mut Vec<Vec<usize>>, node: usize| {
            members.get_mut(node).map(std::mem::take).unwrap_or_default()
        };
        let (mut left, right) = (take(&mut members, merge.a), take(&mut members, merge.b));
        for a in &left {
            for b in &right {
                let distance = distance(*a, *b);
                count += 1.0;
                x += distance;
                xx += distance * distance;
                xy += distance * merge.height;
            }
        }
        let pairs = (left.len() * right.len()) as f64;
        y += pairs * merge.height;
        yy += pairs * merge.height * merge.height;
        left.extend(right);
        members.push(left);
    }
    let (vx, vy) = (xx - x * x / count, yy - y * y / count);
    (count > 1.0 && vx > 0.0 && vy > 0.0).then(|| (xy - x * y / count) / (vx * vy).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::{TreeOrder, cut_into, ward_vectors};

    /// 12 vectors of 3 numbers.
    fn vectors() -> Vec<f64> {
        (0..36)
            .map(|at| f64::from((at * at * 7 + at * 3) % 17) * 0.5)
            .collect()
    }

    fn distance(a: usize, b: usize) -> f64 {
        let all = vectors();
        let (a, b) = (&all[a * 3..a * 3 + 3], &all[b * 3..b * 3 + 3]);
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    /// SciPy 1.17 `cophenet`, scikit-learn 1.9 `silhouette_score` and `davies_bouldin_score`, on the same vectors (Ward's tree).
    #[test]
    fn the_numbers_are_those_of_scipy_and_scikit_learn() {
        let tree = ward_vectors(&vectors(), 3, None).unwrap();
        let order = TreeOrder::new(&tree);
        let groupings: Vec<Vec<usize>> = [2, 3, 5]
            .into_iter()
            .map(|k| cut_into(&tree, &order, k).group_of().to_vec())
            .collect();
        let found = silhouettes(12, &groupings, distance);
        for ((found, labels), (silhouette, index)) in found.iter().zip(&groupings).zip(EXPECTED) {
            assert!(
                (found.unwrap() - silhouette).abs() < 1e-9,
                "{found:?} {silhouette}"
            );
            let index_found = davies_bouldin(&vectors(), 3, labels).unwrap();
            assert!((index_found - index).abs() < 1e-9, "{index_found} {index}");
        }
        let correlation = cophenetic_correlation(&tree, distance).unwrap();
        assert!((correlation - CORRELATION).abs() < 1e-9, "{correlation}");
    }

    const EXPECTED: [(f64, f64); 3] = [
        (0.291867007910127, 1.0739997171390208),
        (0.29477628647128296, 1.0226151480488408),
        (0.3079861485006913, 0.6272739500463504),
    ];
    const CORRELATION: f64 = 0.7065958956285111;

    #[test]
    fn one_group_has_no_quality() {
        assert_eq!(silhouettes(4, &[vec![0; 4]], |_, _| 1.0), [None]);
        assert_eq!(davies_bouldin(&[1.0, 2.0, 3.0], 1, &[0, 0, 0]), None);
        let tree = ward_vectors(&[1.0, 1.0, 1.0], 1, None).unwrap();
        assert_eq!(cophenetic_correlation(&tree, |_, _| 0.0), None);
    }
}
