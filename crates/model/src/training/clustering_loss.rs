//! A clustering term that carries a gradient.
//!
//! The published penalty `0.1 (1 - s)` feeds the silhouette `s` in as a number: it shifts the printed loss and, by that,
//! the choice of saved models, but it has no gradient and cannot steer the weights. This term can. It is off unless
//! asked for.
//!
//! 1. Soft codes: `p_ik = softmax_k(-|z_i - w_k|^2 / (T m))` at each position i, where `m` is the mean squared distance
//!    of the batch, so that the temperature `T` has no unit.
//! 2. The expected Hamming distance of two galaxies, for which codes are drawn independently:
//!    `D_ab = 1 - mean_i sum_k p_aik p_bik`.
//! 3. Two soft clusters with the batch's two most distant galaxies as medoids: `u_a1 = sigmoid((D_a,m2 - D_a,m1) / t)`,
//!    with `t` a quarter of the mean of `|D_a,m2 - D_a,m1|`, so that a typical galaxy is 98 % in one of them however
//!    narrow the range of `D`.
//! 4. With these memberships the distances to the own and to the other cluster, `in_a` and `out_a`, are weighted means
//!    over the other galaxies, and the soft silhouette is `s = mean_a (out_a - in_a) / max(out_a, in_a)`.
//!
//! The term is `1 - s`. As `T` falls towards 0 the soft codes become the codes, and `D` the Hamming distance.

use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Tensor, TensorData};
use galaxy_grove::cutout::CODES;

/// `1 - s` with `s` the soft silhouette of a batch: `z` is `[N * 64, D]`, `embedding` `[D, K]`. 0 for fewer than three
/// galaxies.
pub fn soft_silhouette(z: Tensor<2>, embedding: Tensor<2>, temperature: f64) -> Tensor<1> {
    let [rows, _] = z.dims();
    let (n, size) = (rows / CODES, embedding.dims()[1]);
    let device = z.device();
    if n < 3 {
        return Tensor::zeros([1], &device);
    }
    let distances = expected_hamming(z, embedding, temperature, n, size);
    let values = host(distances.clone());
    let (first, second) = most_distant(&values, n);

    // [N, 1]: how much each galaxy belongs to the first cluster.
    let to = |medoid: usize| distances.clone().slice([0..n, medoid..medoid + 1]);
    let difference = to(second) - to(first);
    let scale = difference.clone().abs().mean().div_scalar(4.0);
    let one = sigmoid(difference / scale.add_scalar(1e-6).reshape([1, 1]));
    let two = one.clone().neg().add_scalar(1.0);

    // No galaxy counts among its own neighbours.
    let others: Vec<f32> = (0..n * n)
        .map(|at| if at / n == at % n { 0.0 } else { 1.0 })
        .collect();
    let others = Tensor::<2>::from_data(TensorData::new(others, [n, n]), &device);
    let mean_to = |membership: &Tensor<2>| {
        let weight = others.clone().matmul(membership.clone()).add_scalar(1e-6);
        (distances.clone() * others.clone()).matmul(membership.clone()) / weight
    };
    let (to_one, to_two) = (mean_to(&one), mean_to(&two));
    let inside = one.clone() * to_one.clone() + two.clone() * to_two.clone();
    let outside = one * to_two + two * to_one;
    let larger = inside.clone().max_pair(outside.clone()).add_scalar(1e-6);
    ((outside - inside) / larger).mean().neg().add_scalar(1.0)
}

/// Expected Hamming distances, `[N, N]`.
fn expected_hamming(
    z: Tensor<2>,
    embedding: Tensor<2>,
    temperature: f64,
    n: usize,
    size: usize,
) -> Tensor<2> {
    let lengths = (z.clone() * z.clone()).sum_dim(1);
    let squares = (embedding.clone() * embedding.clone()).sum_dim(0);
    let distances = lengths - z.matmul(embedding).mul_scalar(2.0) + squares;
    let mean = distances.clone().mean().add_scalar(1e-12).reshape([1, 1]);
    let soft = softmax(distances.div_scalar(-temperature) / mean, 1).reshape([n, CODES * size]);
    let shared = soft.clone().matmul(soft.transpose());
    shared.div_scalar(-(CODES as f64)).add_scalar(1.0)
}

/// The pair of galaxies with the largest distance; the first of equals.
fn most_distant(distances: &[f64], n: usize) -> (usize, usize) {
    let mut best = (0, 1, f64::NEG_INFINITY);
    for (a, row) in distances.chunks_exact(n).enumerate() {
        for (b, &distance) in row.iter().enumerate().skip(a + 1) {
            if distance > best.2 {
                best = (a, b, distance);
            }
        }
    }
    (best.0, best.1)
}

fn host(tensor: Tensor<2>) -> Vec<f64> {
    tensor
        .detach()
        .into_data()
        .convert::<f64>()
        .try_into_vec_as::<f64>()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const N: usize = 6;
    const DEPTH: usize = 4;
    const SIZE: usize = 5;

    fn spread(seed: u64, count: usize) -> Vec<f32> {
        let mut draw = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| draw.random_range(-1.5..1.5)).collect()
    }

    fn term(z: &[f32], embedding: &[f32], temperature: f64) -> f64 {
        let device = Device::flex();
        let z = Tensor::from_data(TensorData::new(z.to_vec(), [z.len() / DEPTH, DEPTH]), &device);
        let embedding = Tensor::from_data(TensorData::new(embedding.to_vec(), [DEPTH, SIZE]), &device);
        let found = soft_silhouette(z, embedding, temperature).into_data();
        f64::from(found.try_into_vec_as::<f32>().unwrap()[0])
    }

    /// Steps of a float32 function are coarse, so the slope is compared along the gradient itself, where it is largest.
    #[test]
    fn the_gradient_is_the_slope() {
        // Two groups under much noise: one cloud alone has no slope worth the name.
        let mut z = spread(1, N * CODES * DEPTH);
        for (at, value) in z.iter_mut().enumerate() {
            let (galaxy, depth) = (at / (CODES * DEPTH), at % DEPTH);
            if galaxy % 2 == depth {
                *value += 1.5;
            }
        }
        let embedding = spread(2, DEPTH * SIZE);
        let device = Device::flex().autodiff();
        let tensor = |values: &[f32]| {
            Tensor::<2>::from_data(
                TensorData::new(values.to_vec(), [values.len() / DEPTH, DEPTH]),
                &device,
            )
        };
        let features = tensor(&z).require_grad();
        let codes = Tensor::<2>::from_data(TensorData::new(embedding.clone(), [DEPTH, SIZE]), &device);
        let gradients = soft_silhouette(features.clone(), codes, 0.5).backward();
        let gradient = features.grad(&gradients).unwrap().into_data();
        let gradient: Vec<f32> = gradient.try_into_vec_as().unwrap();
        let length = gradient
            .iter()
            .map(|&g| f64::from(g) * f64::from(g))
            .sum::<f64>()
            .sqrt();
        assert!(length > 1e-3, "no gradient: {length}");
        let step = 0.05;
        let moved = |by: f64| -> Vec<f32> {
            z.iter()
                .zip(&gradient)
                .map(|(&z, &g)| (f64::from(z) + by * f64::from(g) / length) as f32)
                .collect()
        };
        let slope =
            (term(&moved(step), &embedding, 0.5) - term(&moved(-step), &embedding, 0.5)) / (2.0 * step);
        assert!(
            (slope - length).abs() < 0.02 * length,
            "slope {slope}, gradient {length}"
        );
    }

    #[test]
    fn two_separate_groups_score_well_and_one_cloud_badly() {
        // Every position of a galaxy on code 0 or on code 1: distances within a group are 0.
        let mut embedding = vec![0.0; DEPTH * SIZE];
        for code in 0..SIZE.min(DEPTH) {
            embedding[code * SIZE + code] = 4.0;
        }
        let galaxy = |code: usize| {
            (0..CODES).flat_map(move |_| (0..DEPTH).map(move |at| if at == code { 4.0 } else { 0.0 }))
        };
        let apart: Vec<f32> = (0..N).flat_map(|a| galaxy(a % 2)).collect();
        assert!(term(&apart, &embedding, 0.05) < 0.5);
        let cloud = spread(3, N * CODES * DEPTH);
        assert!(term(&cloud, &embedding, 0.05) > 0.7);
        assert_eq!(term(&apart[..2 * CODES * DEPTH], &embedding, 0.05), 0.0);
    }
}
