//! The plane of the first two principal components.

/// Rounds in which a direction is turned towards the largest variance.
const ROUNDS: usize = 500;

/// The first two principal components of vectors, `[N * width]`: x, y of each, around 0. A component's largest loading is positive.
#[must_use]
pub fn principal(vectors: &[f64], width: usize) -> Vec<f64> {
    let width = width.max(1);
    let n = vectors.len() / width;
    let mut mean = vec![0.0; width];
    for vector in vectors.chunks_exact(width) {
        for (sum, value) in mean.iter_mut().zip(vector) {
            *sum += value / n as f64;
        }
    }
    let mut covariance = vec![0.0; width * width];
    for vector in vectors.chunks_exact(width) {
        let away: Vec<f64> = vector
            .iter()
            .zip(&mean)
            .map(|(value, mean)| value - mean)
            .collect();
        for (row, a) in covariance.chunks_exact_mut(width).zip(&away) {
            for (sum, b) in row.iter_mut().zip(&away) {
                *sum += a * b;
            }
        }
    }
    let first = direction(&covariance, width, None);
    let second = direction(&covariance, width, Some(&first));
    let along = |vector: &[f64], axis: &[f64]| -> f64 {
        let away = vector.iter().zip(&mean).map(|(value, mean)| value - mean);
        away.zip(axis).map(|(a, b)| a * b).sum()
    };
    vectors
        .chunks_exact(width)
        .flat_map(|vector| [along(vector, &first), along(vector, &second)])
        .collect()
}

/// The direction of the largest variance that is at right angles to another one; 0 where there is none.
fn direction(covariance: &[f64], width: usize, without: Option<&[f64]>) -> Vec<f64> {
    // Any start that is not at right angles to the direction.
    let mut axis: Vec<f64> = (0..width).map(|i| 1.0 + 0.1 * (i % 7) as f64).collect();
    for _ in 0..ROUNDS {
        if let Some(other) = without {
            let shared: f64 = axis.iter().zip(other).map(|(a, b)| a * b).sum();
            axis.iter_mut().zip(other).for_each(|(a, b)| *a -= shared * b);
        }
        let turned: Vec<f64> = covariance
            .chunks_exact(width)
            .map(|row| row.iter().zip(&axis).map(|(a, b)| a * b).sum())
            .collect();
        let length = turned.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length <= 0.0 || !length.is_finite() {
            return vec![0.0; width];
        }
        axis = turned.into_iter().map(|v| v / length).collect();
    }
    let largest = axis
        .iter()
        .copied()
        .fold(0.0_f64, |most, v| if v.abs() > most.abs() { v } else { most });
    if largest < 0.0 {
        axis.iter_mut().for_each(|v| *v = -*v);
    }
    axis
}

/// How often each code occurs in each galaxy's `length` codes, as square roots of shares (so that their distances are Hellinger's), and how many
/// numbers that is for one galaxy.
#[must_use]
pub fn code_shares(codes: &[u8], length: usize) -> (Vec<f64>, usize) {
    let kinds = codes.iter().max().map_or(0, |most| usize::from(*most) + 1);
    let shares = codes.chunks_exact(length.max(1)).flat_map(|own| {
        let mut counts = vec![0_usize; kinds];
        for code in own {
            if let Some(count) = counts.get_mut(usize::from(*code)) {
                *count += 1;
            }
        }
        counts
            .into_iter()
            .map(move |count| (count as f64 / length as f64).sqrt())
    });
    (shares.collect(), kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_cloud_lies_in_its_plane() {
        // On the plane of (1, 1, 0) and (0, 0, 1), three times as far along the first.
        let places: Vec<(f64, f64)> = (0..50)
            .map(|i| (f64::from(i * 7 % 50) - 24.5, f64::from(i * 11 % 50) - 24.5))
            .collect();
        let vectors: Vec<f64> = places
            .iter()
            .flat_map(|(a, b)| [3.0 * a + 5.0, 3.0 * a - 1.0, b + 2.0])
            .collect();
        let found = principal(&vectors, 3);
        // No two places are nearer or farther than they were.
        for i in 1..50 {
            let before: f64 = (0..3).map(|d| (vectors[3 * i + d] - vectors[d]).powi(2)).sum();
            let after = (found[2 * i] - found[0]).powi(2) + (found[2 * i + 1] - found[1]).powi(2);
            assert!((before - after).abs() < 1e-6 * before, "{before} {after}");
        }
        let variance = |at: usize| found.iter().skip(at).step_by(2).map(|v| v * v).sum::<f64>();
        assert!(variance(0) > 10.0 * variance(1));
    }

    #[test]
    fn galaxies_that_are_the_same_are_at_one_place() {
        assert_eq!(principal(&[2.0; 12], 3), [0.0; 8]);
        assert!(principal(&[], 3).is_empty());
    }

    #[test]
    fn shares_of_codes_are_counted() {
        let (shares, kinds) = code_shares(&[0, 0, 2, 0, 1, 1, 1, 1], 4);
        assert_eq!(kinds, 3);
        assert_eq!(shares, [0.75_f64.sqrt(), 0.0, 0.5, 0.0, 1.0, 0.0]);
    }
}
