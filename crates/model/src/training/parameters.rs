//! The numbers that training moves, with what Adam remembers of each.
//!
//! They live on the host in TensorFlow's layout: there a kernel `[height, width, in, out]` is the very matrix that
//! unfolded patches are multiplied with, and a save is a copy.

use galaxy_grove::checkpoint::{
    Architecture, CheckpointError, NewTensor, TensorBundle, WeightTensor, Weights, WeightsError,
};
use galaxy_grove::checkpoint::{from_tf_layout, to_tf_layout, write_bundle};
use std::collections::BTreeMap;

/// One variable of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The shape in TensorFlow's layout.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: Vec<f32>,
    /// Adam's running mean of the gradient (`<name>/Adam` in a checkpoint).
    pub mean: Vec<f32>,
    /// Adam's running mean of the squared gradient (`<name>/Adam_1`).
    pub square: Vec<f32>,
}

impl Parameter {
    /// A variable that Adam has not seen yet.
    pub fn new(shape: Vec<usize>, values: Vec<f32>) -> Self {
        let zeros = vec![0.0; values.len()];
        Self {
            shape,
            values,
            mean: zeros.clone(),
            square: zeros,
        }
    }
}

/// All variables by their published names, and the powers of Adam's decay rates.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// The sizes of the network.
    pub architecture: Architecture,
    /// The variables, sorted by name.
    pub variables: BTreeMap<String, Parameter>,
    /// `beta1^(t+1)` after t steps, a running product in single precision as TensorFlow keeps it.
    pub beta1_power: f32,
    /// `beta2^(t+1)` after t steps.
    pub beta2_power: f32,
}

impl Parameters {
    /// Fresh variables, not yet trained, for Adam with these decay rates.
    pub fn new(weights: &Weights, beta1: f32, beta2: f32) -> Self {
        let variables = weights
            .iter()
            .map(|(name, tensor)| {
                let theirs = to_tf_layout(tensor);
                (name.to_owned(), Parameter::new(theirs.shape, theirs.values))
            })
            .collect();
        Self {
            architecture: weights.architecture(),
            variables,
            beta1_power: beta1,
            beta2_power: beta2,
        }
    }

    /// The variables as a model.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`] when training has run away.
    pub fn weights(&self) -> Result<Weights, WeightsError> {
        let tensors = self
            .variables
            .iter()
            .map(|(name, variable)| (name.clone(), from_tf_layout(&variable.shape, &variable.values)))
            .collect::<BTreeMap<String, WeightTensor>>();
        Weights::new(tensors)
    }

    /// A TensorFlow checkpoint with Adam's slots, as the reference's saver writes it: the bytes of `PREFIX.index` and
    /// of `PREFIX.data-00000-of-00001`. `more` are further variables.
    ///
    /// # Errors
    /// None in practice: names and shapes are writable.
    pub fn to_tf(&self, more: &BTreeMap<String, Parameter>) -> Result<(Vec<u8>, Vec<u8>), CheckpointError> {
        let mut named: Vec<(String, &[usize], &[f32])> = vec![
            (
                "beta1_power".to_owned(),
                &[],
                std::slice::from_ref(&self.beta1_power),
            ),
            (
                "beta2_power".to_owned(),
                &[],
                std::slice::from_ref(&self.beta2_power),
            ),
        ];
        for (name, variable) in &self.variables {
            named.push((name.clone(), &variable.shape, &variable.values));
            named.push((format!("{name}/Adam"), &variable.shape, &variable.mean));
            named.push((format!("{name}/Adam_1"), &variable.shape, &variable.square));
        }
        for (name, variable) in more {
            named.push((name.clone(), &variable.shape, &variable.values));
        }
        let tensors: Vec<NewTensor<'_>> = named
            .iter()
            .map(|(name, shape, values)| NewTensor { name, shape, values })
            .collect();
        write_bundle(&tensors)
    }

    /// The variables and slots of a TensorFlow checkpoint. Slots that it lacks start at zero, the powers at the given
    /// decay rates: then Adam starts again.
    ///
    /// # Errors
    /// [`WeightsError`] as [`Weights::from_tf`].
    pub fn from_tf(
        bundle: &TensorBundle,
        shard: &[u8],
        beta1: f32,
        beta2: f32,
    ) -> Result<Self, WeightsError> {
        let weights = Weights::from_tf(bundle, |number| (number == 0).then_some(shard))?;
        let mut parameters = Self::new(&weights, beta1, beta2);
        let read = |name: &str| -> Result<Option<Vec<f32>>, WeightsError> {
            match bundle.entries().iter().any(|entry| entry.name == name) {
                true => Ok(Some(bundle.read_f32(name, shard)?)),
                false => Ok(None),
            }
        };
        for (name, variable) in &mut parameters.variables {
            for (slot, values) in [("Adam", &mut variable.mean), ("Adam_1", &mut variable.square)] {
                if let Some(found) =
                    read(&format!("{name}/{slot}"))?.filter(|found| found.len() == values.len())
                {
                    *values = found;
                }
            }
        }
        for (name, power) in [
            ("beta1_power", &mut parameters.beta1_power),
            ("beta2_power", &mut parameters.beta2_power),
        ] {
            if let Some(&[found]) = read(name)?.as_deref() {
                *power = found;
            }
        }
        Ok(parameters)
    }
}
