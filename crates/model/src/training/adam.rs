//! Adam as TensorFlow's `AdamOptimizer` does it.

use super::parameters::Parameters;
use std::collections::BTreeMap;

/// The settings of the optimiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// The step length; the reference uses 3e-4.
    pub learning_rate: f32,
    /// Decay of the running mean of the gradient.
    pub beta1: f32,
    /// Decay of the running mean of the squared gradient.
    pub beta2: f32,
    /// Added to the root of the squared gradient.
    pub epsilon: f32,
}

impl Adam {
    /// Moves every variable that has a gradient (Kingma & Ba 2015, end of section 2, "epsilon hat"):
    ///
    /// `m += (g - m)(1 - b1)`, `v += (g^2 - v)(1 - b2)`, `w -= lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + eps)`.
    ///
    /// `epsilon` stands outside the bias correction, unlike in the algorithm that most libraries follow: a variable
    /// whose gradient is tiny moves less.
    pub fn step(&self, parameters: &mut Parameters, gradients: &BTreeMap<String, Vec<f32>>) {
        let rate =
            self.learning_rate * (1.0 - parameters.beta2_power).sqrt() / (1.0 - parameters.beta1_power);
        let (fresh1, fresh2) = (1.0 - self.beta1, 1.0 - self.beta2);
        for (name, gradient) in gradients {
            let Some(variable) = parameters.variables.get_mut(name) else {
                continue;
            };
            let slots = variable.mean.iter_mut().zip(&mut variable.square);
            for ((value, (mean, square)), &g) in variable.values.iter_mut().zip(slots).zip(gradient) {
                *mean += (g - *mean) * fresh1;
                *square += (g * g - *square) * fresh2;
                *value -= rate * *mean / (square.sqrt() + self.epsilon);
            }
        }
        parameters.beta1_power *= self.beta1;
        parameters.beta2_power *= self.beta2;
    }
}
