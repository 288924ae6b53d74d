//! How much groups depend on the order of the rows.
//!
//! Hamming distances of 64 positions take 65 values, so ties abound, and which of two tied merges comes first decides
//! the tree. That is a property of the method. Repeating the tree over other row orders shows which groups do not care.

use std::collections::BTreeMap;

/// How the groups of one tree fare in the trees of other row orders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stability {
    /// For each group, the share of its pairs of members that stay together, meaned over the other trees. A group of one
    /// counts 1.
    pub together: Vec<f64>,
    /// For each of the other trees, the adjusted Rand index of its groups with these.
    pub rand: Vec<f64>,
}

impl Stability {
    /// The mean adjusted Rand index and its standard deviation; none without other trees.
    pub fn mean_rand(&self) -> Option<(f64, f64)> {
        let n = self.rand.len() as f64;
        (n > 0.0).then(|| {
            let mean = self.rand.iter().sum::<f64>() / n;
            let variance = self.rand.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
            (mean, variance.sqrt())
        })
    }
}

/// Holds the groups `labels` (numbers from 0, one a galaxy) against those of other trees.
pub fn stability<'a>(labels: &[usize], others: impl IntoIterator<Item = &'a [usize]>) -> Stability {
    let groups = labels.iter().max().map_or(0, |most| most + 1);
    let mut together = vec![0.0; groups];
    let mut rand = Vec::new();
    for other in others {
        let table = Contingency::new(labels, other);
        for (group, sum) in together.iter_mut().enumerate() {
            *sum += table.together(group);
        }
        rand.push(table.adjusted_rand());
    }
    let trees = rand.len().max(1) as f64;
    together.iter_mut().for_each(|sum| *sum /= trees);
    Stability { together, rand }
}

/// The adjusted Rand index of two groupings of the same galaxies (Hubert & Arabie 1985, doi:10.1007/BF01908075): 1 for
/// the same groups under any names, about 0 for chance.
pub fn adjusted_rand(a: &[usize], b: &[usize]) -> f64 {
    Contingency::new(a, b).adjusted_rand()
}

/// How many galaxies each pair of groups shares. Pairs of galaxies are counted from it, never one by one.
#[derive(Clone, Debug)]
pub struct Contingency {
    cells: BTreeMap<(usize, usize), u64>,
    rows: BTreeMap<usize, u64>,
    columns: BTreeMap<usize, u64>,
    galaxies: u64,
}

fn pairs(count: u64) -> f64 {
    count as f64 * (count as f64 - 1.0) / 2.0
}

impl Contingency {
    /// Of two groupings of the same galaxies, in the same order: rows are groups of `a`, columns those of `b`.
    pub fn new(a: &[usize], b: &[usize]) -> Self {
        let mut table = Self {
            cells: BTreeMap::new(),
            rows: BTreeMap::new(),
            columns: BTreeMap::new(),
            galaxies: a.len().min(b.len()) as u64,
        };
        for (&row, &column) in a.iter().zip(b) {
            *table.cells.entry((row, column)).or_default() += 1;
            *table.rows.entry(row).or_default() += 1;
            *table.columns.entry(column).or_default() += 1;
        }
        table
    }

    /// The galaxies that a group of `a` shares with a group of `b`.
    pub fn shared(&self, row: usize, column: usize) -> u64 {
        self.cells.get(&(row, column)).copied().unwrap_or_default()
    }

    /// The share of a row group's pairs that the columns keep together.
    fn together(&self, group: usize) -> f64 {
        let all = pairs(self.rows.get(&group).copied().unwrap_or_default());
        if all == 0.0 {
            return 1.0;
        }
        let range = (group, 0)..=(group, usize::MAX);
        self.cells
            .range(range)
            .map(|(_, &count)| pairs(count))
            .sum::<f64>()
            / all
    }

    /// The normalised mutual information, by the mean of the two entropies (Strehl & Ghosh 2002): 1 for the same groups, 0 for independent
    /// ones.
    pub fn mutual_information(&self) -> f64 {
        let all = self.galaxies as f64;
        let entropy = |counts: &BTreeMap<usize, u64>| -> f64 {
            let shares = counts.values().map(|count| *count as f64 / all);
            shares.map(|share| -share * share.ln()).sum()
        };
        let mean = f64::midpoint(entropy(&self.rows), entropy(&self.columns));
        if mean <= 0.0 {
            return 1.0;
        }
        let count = |counts: &BTreeMap<usize, u64>, of: usize| counts.get(&of).copied().unwrap_or(1) as f64;
        let shared: f64 = self
            .cells
            .iter()
            .map(|((row, column), both)| {
                let both = *both as f64;
                let expected = count(&self.rows, *row) * count(&self.columns, *column);
                both / all * (both * all / expected).ln()
            })
            .sum();
        shared / mean
    }

    /// The share of galaxies whose column group is the most frequent one of their row group.
    pub fn purity(&self) -> f64 {
        self.majority().accuracy
    }

    /// How right it is to call each row group by its most frequent column group; of equally frequent ones the first.
    pub fn majority(&self) -> Majority {
        let mut called: BTreeMap<usize, (usize, u64)> = BTreeMap::new();
        for ((row, column), count) in &self.cells {
            let best = called.entry(*row).or_insert((*column, 0));
            if *count > best.1 {
                *best = (*column, *count);
            }
        }
        let mut right: BTreeMap<usize, u64> = BTreeMap::new();
        for (column, count) in called.values() {
            *right.entry(*column).or_default() += count;
        }
        let all = self.galaxies.max(1) as f64;
        let shares = self.columns.iter().map(|(column, count)| {
            let right = right.get(column).copied().unwrap_or_default();
            right as f64 / *count as f64
        });
        Majority {
            accuracy: right.values().sum::<u64>() as f64 / all,
            balanced: shares.sum::<f64>() / self.columns.len().max(1) as f64,
            base: self.columns.values().max().copied().unwrap_or_default() as f64 / all,
        }
    }

    /// For every pair of groups that share galaxies: how many times as frequent the column group is in the row group as among all, and the
    /// chance that a random draw of as many galaxies holds at least as many of it (the hypergeometric tail, Fisher 1935).
    pub fn enrichments(&self) -> Vec<Enrichment> {
        let logs = LogFactorials::up_to(self.galaxies);
        let all = self.galaxies;
        let of = |counts: &BTreeMap<usize, u64>, group: usize| counts.get(&group).copied().unwrap_or(0);
        let one = |((row, column), both): (&(usize, usize), &u64)| {
            let (drawn, marked) = (of(&self.rows, *row), of(&self.columns, *column));
            let chance: f64 = (*both..=drawn.min(marked))
                .filter(|k| drawn - k <= all - marked)
                .map(|k| {
                    let ways = logs.choose(marked, k) + logs.choose(all - marked, drawn - k);
                    (ways - logs.choose(all, drawn)).exp()
                })
                .sum();
            Enrichment {
                row: *row,
                column: *column,
                galaxies: *both,
                factor: *both as f64 * all as f64 / (drawn as f64 * marked as f64),
                chance: if chance < 1.0 { chance } else { 1.0 },
            }
        };
        self.cells.iter().map(one).collect()
    }

    /// See [`adjusted_rand`].
    pub fn adjusted_rand(&self) -> f64 {
        let both: f64 = self.cells.values().copied().map(pairs).sum();
        let rows: f64 = self.rows.values().copied().map(pairs).sum();
        let columns: f64 = self.columns.values().copied().map(pairs).sum();
        let all = pairs(self.galaxies);
        let expected = if all > 0.0 { rows * columns / all } else { 0.0 };
        let most = f64::midpoint(rows, columns);
        // Both all in one group, or both all alone: the same.
        if most == expected {
            1.0
        } else {
            (both - expected) / (most - expected)
        }
    }
}

/// How right it is to call groups by what is most frequent in them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Majority {
    /// The share of galaxies that are called right.
    pub accuracy: f64,
    /// The mean of that over the names.
    pub balanced: f64,
    /// The share that is right when all are called alike.
    pub base: f64,
}

/// How much more of one group there is in another than among all galaxies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enrichment {
    /// The group of the first grouping.
    pub row: usize,
    /// The group of the second.
    pub column: usize,
    /// Galaxies in both.
    pub galaxies: u64,
    /// Times the number that chance would give.
    pub factor: f64,
    /// The chance of as many or more.
    pub chance: f64,
}

/// Logarithms of factorials.
struct LogFactorials(Vec<f64>);

impl LogFactorials {
    fn up_to(most: u64) -> Self {
        let mut sum = 0.0;
        let mut all = vec![0.0];
        all.extend((1..=most).map(|n| {
            sum += (n as f64).ln();
            sum
        }));
        Self(all)
    }

    fn of(&self, n: u64) -> f64 {
        self.0.get(n as usize).copied().unwrap_or(f64::INFINITY)
    }

    /// The logarithm of the number of ways to choose `k` of `n`.
    fn choose(&self, n: u64, k: u64) -> f64 {
        self.of(n) - self.of(k) - self.of(n.saturating_sub(k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pair by pair (Hubert & Arabie, equation 5, in the form of the four counts of pairs).
    fn slow(a: &[usize], b: &[usize]) -> f64 {
        let (mut both, mut first, mut second, mut neither) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..a.len() {
            for j in 0..i {
                match (a[i] == a[j], b[i] == b[j]) {
                    (true, true) => both += 1.0,
                    (true, false) => first += 1.0,
                    (false, true) => second += 1.0,
                    (false, false) => neither += 1.0,
                }
            }
        }
        if first == 0.0 && second == 0.0 {
            return 1.0;
        }
        2.0 * (both * neither - first * second)
            / ((both + first) * (first + neither) + (both + second) * (second + neither))
    }

    /// scikit-learn 1.9 and SciPy 1.17 on the same numbers.
    #[test]
    fn information_purity_and_enrichment_are_those_of_other_libraries() {
        let table = Contingency::new(&[0, 0, 1, 1, 2, 2, 2, 0], &[0, 0, 1, 2, 2, 2, 1, 0]);
        assert!((table.mutual_information() - 0.619_311_301_132_630_8).abs() < 1e-12);
        assert!((table.purity() - 6.0 / 8.0).abs() < 1e-12);
        // Rows are called 0, 1 and 2; of the columns 3 of 3, 1 of 2 and 2 of 3 are right.
        let majority = table.majority();
        assert!((majority.balanced - (1.0 + 0.5 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert!((majority.base - 3.0 / 8.0).abs() < 1e-12);
        // 100 galaxies, 30 marked; a group of 12 has 8 of them. And 20, 5, 6 and 3.
        for (all, marked, drawn, both, chance) in [
            (100, 30, 12, 8, 0.005_927_299_503_151_863),
            (20, 5, 6, 3, 0.131_320_949_432_404_55),
        ] {
            let a: Vec<usize> = (0..all).map(|at| usize::from(at >= drawn)).collect();
            let b: Vec<usize> = (0..all)
                .map(|at| usize::from(!(at < both || (drawn..drawn + marked - both).contains(&at))))
                .collect();
            let found = Contingency::new(&a, &b).enrichments()[0];
            let (factor, found) = (found.factor, found.chance);
            assert!((found - chance).abs() < 1e-9, "{found} {chance}");
            let expected = both as f64 * all as f64 / (marked * drawn) as f64;
            assert!((factor - expected).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn counting_tables_is_counting_pairs(pairs in prop::collection::vec((0usize..4, 0usize..5), 2..40)) {
            let (a, b): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let found = adjusted_rand(&a, &b);
            prop_assert!((found - slow(&a, &b)).abs() < 1e-9, "{found} {}", slow(&a, &b));
            prop_assert!((adjusted_rand(&a, &a) - 1.0).abs() < 1e-12);
            let result = stability(&a, [&b[..]]);
            for (group, &share) in result.together.iter().enumerate() {
                let members: Vec<usize> = (0..a.len()).filter(|&i| a[i] == group).collect();
                let (mut kept, mut all) = (0.0, 0.0);
                for (at, &i) in members.iter().enumerate() {
                    for &j in &members[..at] {
                        all += 1.0;
                        kept += f64::from(u8::from(b[i] == b[j]));
                    }
                }
                let expected = if all > 0.0 { kept / all } else { 1.0 };
                prop_assert!((share - expected).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn known_values() {
        // sklearn.metrics.adjusted_rand_score
        assert!((adjusted_rand(&[0, 0, 1, 1], &[0, 0, 1, 2]) - 0.571_428_571_428_571_4).abs() < 1e-15);
        assert_eq!(adjusted_rand(&[0, 0, 1, 1], &[1, 1, 0, 0]), 1.0);
        let stable = stability(&[0, 0, 1, 1], [&[0, 0, 1, 1][..], &[0, 1, 1, 1]]);
        assert_eq!(stable.together, [0.5, 1.0]);
        assert_eq!(stable.mean_rand().unwrap().0, f64::midpoint(1.0, stable.rand[1]));
        assert_eq!(stability(&[0, 1], []).mean_rand(), None);
    }
}
