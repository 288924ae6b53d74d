//! The head, and InfoNCE between the two views of every galaxy.

use super::parameters::Tensors;
use grove_kernels::{Matrix, multiply, multiply_add};

/// The temperature of InfoNCE.
const TEMPERATURE: f32 = 0.1;

/// What the contrast gives.
#[derive(Clone, Debug)]
pub struct Contrast {
    /// The loss: the mean over both directions.
    pub loss: f64,
    /// The share of the views whose partner is the most similar of all.
    pub found: f64,
    /// The gradient of the features, `[2 n, features]`.
    pub features: Vec<f32>,
}

/// A fully connected layer.
fn layer(input: &[f32], (weights, bias): (&[f32], &[f32])) -> Vec<f32> {
    let (outputs, inputs) = (bias.len(), weights.len() / bias.len());
    let rows = input.len() / inputs;
    let mut out: Vec<f32> = (0..rows).flat_map(|_| bias.iter().copied()).collect();
    multiply_add(
        &mut out,
        Matrix::new(input, rows, inputs),
        Matrix::new(weights, inputs, outputs),
    );
    out
}

/// Its adjoint: sets the gradients of weights and bias, and gives that of the input.
fn layer_back(
    input: &[f32],
    weights: &[f32],
    gradient: &[f32],
    (w, b): (&mut [f32], &mut [f32]),
) -> Vec<f32> {
    let (outputs, inputs) = (b.len(), weights.len() / b.len());
    let rows = gradient.len() / outputs;
    for row in gradient.chunks_exact(outputs) {
        for (sum, value) in b.iter_mut().zip(row) {
            *sum += value;
        }
    }
    let gradient = Matrix::new(gradient, rows, outputs);
    multiply_add(w, Matrix::new(input, rows, inputs).transposed(), gradient);
    let mut back = vec![0.0; rows * inputs];
    multiply(
        &mut back,
        gradient,
        Matrix::new(weights, inputs, outputs).transposed(),
    );
    back
}

/// The loss between the first and the second half of `features` (`[2 n, features]`: all first views, then all second ones), and
/// its gradients; the head's are added to `sums`.
pub fn contrast(weights: &Tensors, features: &[f32], sums: &mut Tensors) -> Contrast {
    let mut hidden = layer(features, weights.head(0));
    hidden.iter_mut().for_each(|value| *value = value.max(0.0));
    let out = layer(&hidden, weights.head(1));
    let dim = weights.head(1).1.len();
    let views = out.len() / dim;
    let n = views / 2;
    let lengths: Vec<f32> = out
        .chunks_exact(dim)
        .map(|row| row.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-12))
        .collect();
    let units: Vec<f32> = out
        .chunks_exact(dim)
        .zip(&lengths)
        .flat_map(|(row, length)| row.iter().map(move |v| v / length))
        .collect();
    let (first, second) = units.split_at(n * dim);
    let mut similar = vec![0.0; n * n];
    multiply(
        &mut similar,
        Matrix::new(first, n, dim),
        Matrix::new(second, n, dim).transposed(),
    );
    similar.iter_mut().for_each(|value| *value /= TEMPERATURE);

    // Softmax along rows and columns; the gradient of both cross entropies.
    let mut slopes = vec![0.0_f32; n * n];
    let scale = 0.5 / n as f32;
    let (mut loss, mut found) = (0.0, 0_usize);
    for by_column in [false, true] {
        let place = |one: usize, other: usize| {
            if by_column {
                other * n + one
            } else {
                one * n + other
            }
        };
        for one in 0..n {
            let value = |other: usize| similar.get(place(one, other)).copied().unwrap_or_default();
            let most = (0..n).map(value).fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = (0..n).map(|other| (value(other) - most).exp()).sum();
            loss += f64::from(most + sum.ln() - value(one));
            found += usize::from(value(one) >= most);
            for other in 0..n {
                if let Some(slope) = slopes.get_mut(place(one, other)) {
                    let share = (value(other) - most).exp() / sum;
                    *slope += scale * (share - f32::from(u8::from(other == one)));
                }
            }
        }
    }
    slopes.iter_mut().for_each(|slope| *slope /= TEMPERATURE);
    let slopes = Matrix::new(&slopes, n, n);
    let mut back = vec![0.0; views * dim];
    let (first_back, second_back) = back.split_at_mut(n * dim);
    multiply(first_back, slopes, Matrix::new(second, n, dim));
    multiply(second_back, slopes.transposed(), Matrix::new(first, n, dim));
    // u = x / |x|: dx = (du - u (u . du)) / |x|.
    for ((back, unit), length) in back
        .chunks_exact_mut(dim)
        .zip(units.chunks_exact(dim))
        .zip(&lengths)
    {
        let along: f32 = back.iter().zip(unit).map(|(b, u)| b * u).sum();
        for (back, unit) in back.iter_mut().zip(unit) {
            *back = (*back - along * unit) / length;
        }
    }
    let mut back = layer_back(&hidden, weights.head(1).0, &back, sums.head_mut(1));
    for (back, hidden) in back.iter_mut().zip(&hidden) {
        if *hidden <= 0.0 {
            *back = 0.0;
        }
    }
    let features = layer_back(features, weights.head(0).0, &back, sums.head_mut(0));
    Contrast {
        loss: loss * 0.5 / n as f64,
        found: found as f64 / views as f64,
        features,
    }
}
