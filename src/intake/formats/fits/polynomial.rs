//! Polynomials of two variables.

use std::collections::BTreeMap;

/// The powers of both variables and the factor, of each term.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Polynomial(pub Vec<((usize, usize), f64)>);

impl Polynomial {
    /// The factor of a term.
    pub(super) fn factor(&self, p: usize, q: usize) -> f64 {
        self.0
            .iter()
            .filter(|(powers, _)| *powers == (p, q))
            .map(|(_, factor)| factor)
            .sum()
    }

    fn times(&self, other: &Self) -> Self {
        let mut terms: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        for ((p, q), one) in &self.0 {
            for ((r, s), two) in &other.0 {
                *terms.entry((p + r, q + s)).or_default() += one * two;
            }
        }
        Self(terms.into_iter().collect())
    }
}

/// A polynomial of two variables that are themselves sums: `a u + b v` and `c u + d v`.
pub(super) fn composed(of: &Polynomial, [a, b]: [f64; 2], [c, d]: [f64; 2]) -> Polynomial {
    let (first, second) = (
        Polynomial(vec![((1, 0), a), ((0, 1), b)]),
        Polynomial(vec![((1, 0), c), ((0, 1), d)]),
    );
    let mut sum: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for ((p, q), factor) in &of.0 {
        let mut term = Polynomial(vec![((0, 0), *factor)]);
        for _ in 0..*p {
            term = term.times(&first);
        }
        for _ in 0..*q {
            term = term.times(&second);
        }
        for (powers, factor) in term.0 {
            *sum.entry(powers).or_default() += factor;
        }
    }
    Polynomial(sum.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_put_in() {
        // (u + 2 v)^2 + 3 (u - v) = u^2 + 4 u v + 4 v^2 + 3 u - 3 v
        let of = Polynomial(vec![((2, 0), 1.0), ((0, 1), 3.0)]);
        let found = composed(&of, [1.0, 2.0], [1.0, -1.0]);
        for ((p, q), factor) in [
            ((2, 0), 1.0),
            ((1, 1), 4.0),
            ((0, 2), 4.0),
            ((1, 0), 3.0),
            ((0, 1), -3.0),
        ] {
            assert_eq!(found.factor(p, q), factor, "{p} {q}");
        }
    }
}
