//! How well a map keeps neighbours together.

/// Trustworthiness (Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods"): 1 when the `count` nearest on the map are
/// among the nearest in the vectors, `[N * width]`, too; less, the farther away they are there. NaN when there are too few galaxies.
#[must_use]
pub fn trustworthiness(vectors: &[f64], width: usize, map: &[f32], count: usize) -> f64 {
    let width = width.max(1);
    let n = vectors.len() / width;
    if count == 0 || 2 * n <= 3 * count + 1 || map.len() != 2 * n {
        return f64::NAN;
    }
    let order = |own: usize, distance: &dyn Fn(usize, usize) -> f64| {
        let mut others: Vec<(f64, usize)> = (0..n)
            .filter(|other| *other != own)
            .map(|other| (distance(own, other), other))
            .collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        others.into_iter().map(|(_, other)| other)
    };
    let row = |at: usize| vectors.get(at * width..(at + 1) * width).unwrap_or_default();
    let before =
        |a: usize, b: usize| -> f64 { row(a).iter().zip(row(b)).map(|(a, b)| (a - b) * (a - b)).sum() };
    let place = |at: usize| map.get(at).map_or(0.0, |v| f64::from(*v));
    let on_map = |a: usize, b: usize| {
        let (dx, dy) = (place(2 * a) - place(2 * b), place(2 * a + 1) - place(2 * b + 1));
        dx * dx + dy * dy
    };
    let mut intruders = 0.0;
    for own in 0..n {
        let mut rank = vec![0; n];
        for (at, other) in order(own, &before).enumerate() {
            if let Some(rank) = rank.get_mut(other) {
                *rank = at + 1;
            }
        }
        for other in order(own, &on_map).take(count) {
            let rank = rank.get(other).copied().unwrap_or(0);
            intruders += rank.saturating_sub(count) as f64;
        }
    }
    let (n, k) = (n as f64, count as f64);
    1.0 - 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)) * intruders
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.9: `trustworthiness(x, y, n_neighbors=5)`.
    #[test]
    fn it_is_that_of_scikit_learn() {
        let vectors: Vec<f64> = (0..120)
            .map(|i| f64::from(i * i % 41) + 0.01 * f64::from(i))
            .collect();
        let map: Vec<f32> = vectors
            .chunks_exact(3)
            .flat_map(|v| [v[0] as f32, (v[1] + v[2]) as f32])
            .collect();
        let found = trustworthiness(&vectors, 3, &map, 5);
        assert!((found - SCIKIT_LEARN).abs() < 1e-9, "{found}");
        assert!(trustworthiness(&vectors, 3, &map, 30).is_nan());
    }

    const SCIKIT_LEARN: f64 = 0.894_843_749_999_999_9;
}
