//! AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) in one pass over the weights.

use super::parameters::Tensors;

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;
const WEIGHT_DECAY: f32 = 1e-4;

/// The longest gradient; longer ones are shortened.
const LONGEST: f64 = 1.0;

/// Running means of the gradients and of their squares.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimiser {
    /// Of the gradients.
    pub mean: Tensors,
    /// Of their squares.
    pub square: Tensors,
    /// Steps done.
    pub steps: u64,
}

impl Optimiser {
    /// Before the first step.
    pub fn new(weights: &Tensors) -> Self {
        Self {
            mean: Tensors::zeros(weights.sizes),
            square: Tensors::zeros(weights.sizes),
            steps: 0,
        }
    }

    /// Moves the weights by one step of length `rate`. Gives the length that the gradient had.
    pub fn step(&mut self, weights: &mut Tensors, gradients: &Tensors, rate: f32) -> f64 {
        let squares = gradients.values.iter().flatten().map(|g| f64::from(*g).powi(2));
        let length = squares.sum::<f64>().sqrt();
        let shorten = if length > LONGEST {
            (LONGEST / length) as f32
        } else {
            1.0
        };
        self.steps += 1;
        let power = |beta: f32| 1.0 - beta.powi(i32::try_from(self.steps).unwrap_or(i32::MAX));
        let (first, second) = (power(BETA1), power(BETA2));
        let means = self.mean.values.iter_mut().zip(&mut self.square.values);
        for ((values, gradients), (means, squares)) in
            weights.values.iter_mut().zip(&gradients.values).zip(means)
        {
            let slots = means.iter_mut().zip(squares);
            for ((value, gradient), (mean, square)) in values.iter_mut().zip(gradients).zip(slots) {
                let g = gradient * shorten;
                *mean += (g - *mean) * (1.0 - BETA1);
                *square += (g * g - *square) * (1.0 - BETA2);
                let change = (*mean / first) / ((*square / second).sqrt() + EPSILON);
                *value -= rate * (change + WEIGHT_DECAY * *value);
            }
        }
        length
    }
}
