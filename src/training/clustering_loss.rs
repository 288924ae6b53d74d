//! A clustering term that carries a gradient.
//!
//! The published penalty `0.1 (1 - s)` feeds the silhouette `s` in as a number: it shifts the printed loss and, by that,
//! the choice of saved models, but it has no gradient and cannot steer the weights. This term can. It is off unless
//! asked for.
//!
//! 1. Soft codes: `p_ik = softmax_k(-|z_i - w_k|^2 / (T m))` at each position i, where `m` is the mean squared distance
//!    of the batch (as a number), so that the temperature `T` has no unit.
//! 2. The expected Hamming distance of two galaxies, for which codes are drawn independently:
//!    `D_ab = 1 - mean_i sum_k p_aik p_bik`.
//! 3. Two soft clusters with the batch's two most distant galaxies as medoids: `u_a1 = sigmoid((D_a,m2 - D_a,m1) / t)`,
//!    with `t` the mean of `D`, again as a number.
//! 4. With these memberships the distances to the own and to the other cluster, `in_a` and `out_a`, are weighted means
//!    over the other galaxies, and the soft silhouette is `s = mean_a (out_a - in_a) / max(out_a, in_a)`.
//!
//! The term is `1 - s`. As `T` falls towards 0 the soft codes become the codes, and `D` the Hamming distance.

use crate::cutout::CODES;
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Tensor, TensorData};

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
    let scale = (values.iter().sum::<f64>() / values.len() as f64).max(1e-6);

    // [N, 1]: how much each galaxy belongs to the first cluster.
    let to = |medoid: usize| distances.clone().slice([0..n, medoid..medoid + 1]);
    let one = sigmoid((to(second) - to(first)).div_scalar(scale));
    let two = one.clone().neg().add_scalar(1.0);

    // No galaxy counts among its own neighbours.
    let others: Vec<f32> = (0..n * n).map(|at| if at / n == at % n { 0.0 } else { 1.0 }).collect();
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
fn expected_hamming(z: Tensor<2>, embedding: Tensor<2>, temperature: f64, n: usize, size: usize) -> Tensor<2> {
    let lengths = (z.clone() * z.clone()).sum_dim(1);
    let squares = (embedding.clone() * embedding.clone()).sum_dim(0);
    let distances = lengths - z.matmul(embedding).mul_scalar(2.0) + squares;
    let all = host(distances.clone());
    let mean = (all.iter().sum::<f64>() / all.len().max(1) as f64).max(1e-12);
    let soft = softmax(distances.div_scalar(-temperature * mean), 1).reshape([n, CODES * size]);
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
