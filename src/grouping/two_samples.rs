//! Whether two samples differ, and by how much.

/// How much two samples differ, and the chance of so much between samples of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Difference {
    /// 0 for the same, 1 for the farthest that is possible; of numbers it is above 0 where the second sample is larger.
    pub effect: f64,
    /// The chance, two-sided.
    pub chance: f64,
}

const NONE: Difference = Difference {
    effect: 0.0,
    chance: 1.0,
};

/// Places in the order of all values, from 1; equal values share the mean of theirs. Also the sum of `t³ - t` over runs of t equal ones.
fn ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let (mut ties, mut first) = (0.0, 0);
    while first < order.len() {
        let run = order[first..]
            .iter()
            .take_while(|at| values[**at] == values[order[first]])
            .count();
        let mean = first as f64 + (run as f64 + 1.0) / 2.0;
        for at in &order[first..first + run] {
            ranks[*at] = mean;
        }
        let t = run as f64;
        ties += t * t * t - t;
        first += run;
    }
    (ranks, ties)
}

/// Two samples of numbers by the test of Mann & Whitney 1947 (normal approximation with ties and continuity); the effect is Cliff's delta
/// (Cliff 1993): how much more often a value of `b` is the larger one than the smaller one. Values that are not finite do not count.
pub fn numbers(a: &[f64], b: &[f64]) -> Difference {
    let finite = |values: &[f64]| -> Vec<f64> { values.iter().copied().filter(|v| v.is_finite()).collect() };
    let (a, b) = (finite(a), finite(b));
    let (n, m) = (a.len() as f64, b.len() as f64);
    if a.is_empty() || b.is_empty() {
        return NONE;
    }
    let (ranks, ties) = ranks(&[&b[..], &a[..]].concat());
    by_ranks(ranks.iter().take(b.len()).sum(), (n, m), ties)
}

/// The test by the sum of the ranks of the second of two samples of `n` and `m` values.
fn by_ranks(sum: f64, (n, m): (f64, f64), ties: f64) -> Difference {
    if n == 0.0 || m == 0.0 {
        return NONE;
    }
    let larger = sum - m * (m + 1.0) / 2.0;
    let effect = 2.0 * larger / (n * m) - 1.0;
    let all = n + m;
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    let away = (larger - n * m / 2.0).abs() - 0.5;
    if variance <= 0.0 || away <= 0.0 {
        return Difference { effect, chance: 1.0 };
    }
    Difference {
        effect,
        chance: erfc(away / (2.0 * variance).sqrt()),
    }
}

/// A number of every galaxy in its place among all of them: made once, for any grouping.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// NaN where a galaxy has none.
    ranks: Vec<f64>,
    finite: usize,
    ties: f64,
}

impl Ranked {
    /// Of one number a galaxy; those that are not finite do not count.
    #[must_use]
    pub fn new(values: &[f64]) -> Self {
        let rows: Vec<usize> = (0..values.len()).filter(|at| values[*at].is_finite()).collect();
        let finite: Vec<f64> = rows.iter().map(|at| values[*at]).collect();
        let (found, ties) = ranks(&finite);
        let mut ranks = vec![f64::NAN; values.len()];
        for (at, rank) in rows.iter().zip(found) {
            ranks[*at] = rank;
        }
        Self {
            ranks,
            finite: finite.len(),
            ties,
        }
    }

    /// How the members of each of `k` groups differ from all other galaxies: the effect is above 0 where the members' values are larger.
    /// `labels` has a group from 0 for each galaxy.
    #[must_use]
    pub fn differences(&self, labels: &[usize], k: usize) -> Vec<Difference> {
        let mut sums = vec![(0.0, 0_usize); k];
        for (rank, label) in self.ranks.iter().zip(labels) {
            if let Some((sum, count)) = sums.get_mut(*label).filter(|_| rank.is_finite()) {
                *sum += rank;
                *count += 1;
            }
        }
        let of = |(sum, count): (f64, usize)| {
            let others = self.finite.saturating_sub(count);
            by_ranks(sum, (others as f64, count as f64), self.ties)
        };
        sums.into_iter().map(of).collect()
    }
}

/// Two samples of axes, in degrees from 0 to 180, by the uniform scores of Mardia, Watson & Wheeler (Mardia 1972, J. R. Stat. Soc. B 34, 102) on twice
/// the angles; the effect is half the distance between the mean directions of the doubled angles. Values that are not finite do not count.
pub fn axes(a: &[f64], b: &[f64]) -> Difference {
    let finite = |values: &[f64]| -> Vec<f64> {
        let finite = values.iter().copied().filter(|v| v.is_finite());
        finite.map(|v| v.rem_euclid(180.0)).collect()
    };
    let (a, b) = (finite(a), finite(b));
    if a.is_empty() || b.is_empty() {
        return NONE;
    }
    let mean = |values: &[f64]| {
        let (mut x, mut y) = (0.0, 0.0);
        for degrees in values {
            let (s, c) = (2.0 * degrees).to_radians().sin_cos();
            x += c;
            y += s;
        }
        let n = values.len() as f64;
        (x / n, y / n)
    };
    let ((ax, ay), (bx, by)) = (mean(&a), mean(&b));
    let effect = 0.5 * (ax - bx).hypot(ay - by);
    let (ranks, _) = ranks(&[&a[..], &b[..]].concat());
    let all = ranks.len() as f64;
    let (mut x, mut y) = (0.0, 0.0);
    for rank in ranks.iter().take(a.len()) {
        let (s, c) = (std::f64::consts::TAU * rank / all).sin_cos();
        x += c;
        y += s;
    }
    let score = 2.0 * (all - 1.0) * (x * x + y * y) / (a.len() as f64 * b.len() as f64);
    Difference {
        effect,
        // The upper tail of a chi-squared of two degrees of freedom.
        chance: (-score / 2.0).exp(),
    }
}

/// The complementary error function for x of 0 or more: a series below 2, a continued fraction above.
fn erfc(x: f64) -> f64 {
    let scale = std::f64::consts::FRAC_2_SQRT_PI;
    if x < 2.0 {
        let (mut term, mut sum) = (x, x);
        for n in 1..60 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return 1.0 - scale * sum;
    }
    let mut fraction = 0.0;
    for n in (1..60).rev() {
        fraction = f64::from(n) / 2.0 / (x + fraction);
    }
    (-x * x).exp() * scale / 2.0 / (x + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17: `mannwhitneyu(b, a, method='asymptotic')`, and `erfc`.
    #[test]
    fn numbers_are_tested_as_scipy_does() {
        let a: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 13)).collect();
        let b: Vec<f64> = (0..25).map(|i| f64::from(i * 5 % 11) + 2.0).collect();
        let found = numbers(&a, &b);
        assert!((found.chance - MANN_WHITNEY.0).abs() < 1e-10, "{found:?}");
        assert!((found.effect - MANN_WHITNEY.1).abs() < 1e-12, "{found:?}");
        for (x, expected) in ERFC {
            assert!((erfc(x) / expected - 1.0).abs() < 1e-10, "{x}: {}", erfc(x));
        }
        assert_eq!(numbers(&a, &[f64::NAN]), NONE);
        assert_eq!(numbers(&[1.0; 9], &[1.0; 5]).chance, 1.0);
    }

    const MANN_WHITNEY: (f64, f64) = (0.2393150949971633, 0.17500000000000004);
    const ERFC: [(f64, f64); 4] = [
        (0.3, 0.6713732405408726),
        (1.9, 0.007209570764742531),
        (2.5, 0.00040695201744495886),
        (8.0, 1.1224297172982928e-29),
    ];

    /// Each group against all others, one pair of samples after another.
    #[test]
    fn ranks_once_are_ranks_each_time() {
        let mut values: Vec<f64> = (0..90).map(|i| f64::from(i * 31 % 23)).collect();
        values[5] = f64::NAN;
        values[60] = f64::INFINITY;
        let labels: Vec<usize> = (0..90).map(|i| i * i % 7 % 4).collect();
        let found = Ranked::new(&values).differences(&labels, 5);
        for (group, found) in found.iter().enumerate() {
            let part = |inside: bool| -> Vec<f64> {
                let rows = values.iter().zip(&labels);
                let rows = rows.filter(|(_, label)| (**label == group) == inside);
                rows.map(|(value, _)| *value).collect()
            };
            let expected = numbers(&part(false), &part(true));
            assert!(
                (found.effect - expected.effect).abs() < 1e-12,
                "{group}: {found:?} {expected:?}"
            );
            assert!(
                (found.chance - expected.chance).abs() < 1e-12,
                "{group}: {found:?} {expected:?}"
            );
        }
    }

    #[test]
    fn axes_go_around() {
        // 178 and 2 degrees are neighbours: spread around 0 on both sides.
        let a: Vec<f64> = (0..50)
            .map(|i| f64::from(170 + i % 20).rem_euclid(180.0))
            .collect();
        let b: Vec<f64> = (0..50)
            .map(|i| f64::from(171 + (i * 3) % 20).rem_euclid(180.0))
            .collect();
        assert!(axes(&a, &b).chance > 0.05 && axes(&a, &b).effect < 0.1);
        // A right angle apart.
        let c: Vec<f64> = a.iter().map(|angle| angle + 90.0).collect();
        let found = axes(&a, &c);
        assert!(found.chance < 1e-15 && found.effect > 0.9, "{found:?}");
    }

    /// Under no difference, one in twenty is below .05 (1,000 pairs of samples by a linear congruential generator).
    #[test]
    fn chances_are_chances() {
        let mut state = 1_u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut by_numbers, mut by_axes) = (0, 0);
        for _ in 0..1000 {
            let a: Vec<f64> = (0..30).map(|_| 180.0 * draw()).collect();
            let b: Vec<f64> = (0..40).map(|_| 180.0 * draw()).collect();
            by_numbers += usize::from(numbers(&a, &b).chance < 0.05);
            by_axes += usize::from(axes(&a, &b).chance < 0.05);
        }
        assert!((30..=72).contains(&by_numbers), "{by_numbers}");
        assert!((30..=72).contains(&by_axes), "{by_axes}");
    }
}
