//! The weights of one VQ-VAE, complete, checked and free of any tensor library, and their way from and to TensorFlow.

use std::collections::BTreeMap;

use super::architecture::{Architecture, Mismatch};
use super::bundle::TensorBundle;
use super::bundle_writer::{NewTensor, write_bundle};
use super::error::CheckpointError;
use super::metadata::Metadata;

/// One tensor in our layout, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightTensor {
    /// Kernels `[out, in, height, width]` (transposed convolutions `[in, out, height, width]`), biases `[out]`, the
    /// codebook `[codes, dimensions]`.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<f32>,
}

/// Why tensors do not make a model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// Tensors are missing, unknown or of the wrong shape.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The checkpoint could not be read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A tensor's shape does not hold its number of values.
    #[error("tensor `{name}` has {found} values, but shape {shape:?}: write the model file again")]
    Length {
        /// The tensor.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
        /// How many values it has.
        found: usize,
    },
    /// A weight is not a finite number.
    #[error(
        "tensor `{name}` holds {value} at position {position}: its training diverged, take an earlier checkpoint"
    )]
    NotFinite {
        /// The tensor.
        name: String,
        /// The row-major position in our layout.
        position: usize,
        /// The value.
        value: f32,
    },
    /// A weight is too large for half precision.
    #[error(
        "tensor `{name}` holds {value}, which half precision (at most 65504) cannot: write the model in full precision"
    )]
    BeyondHalf {
        /// The tensor.
        name: String,
        /// The value.
        value: f32,
    },
    /// The bytes are no safetensors file.
    #[error(
        "this is not a model file ({reason}): give a .safetensors file that grove wrote, or import the checkpoint again"
    )]
    NotSafetensors {
        /// What the format's reader said.
        reason: String,
    },
    /// A safetensors file of another kind.
    #[error("this safetensors file holds a `{found}`, not a model of version 1: {remedy}")]
    OtherKind {
        /// What the file says of itself.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A tensor is neither f32 nor f16.
    #[error("tensor `{name}` holds {dtype}: only F32 and F16 are models; convert it")]
    WrongType {
        /// The tensor.
        name: String,
        /// Its type, as safetensors names it.
        dtype: String,
    },
}

/// The weights of one VQ-VAE: every tensor of its [`Architecture`] is there, of the right shape, and finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    architecture: Architecture,
    tensors: BTreeMap<String, WeightTensor>,
    metadata: Metadata,
}

impl Weights {
    /// Checks tensors and takes them. Names are those of the published checkpoint ([`Architecture::expected`]).
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] where a tensor is missing, unknown or of another shape; [`WeightsError::Length`];
    /// [`WeightsError::NotFinite`].
    pub fn new(tensors: BTreeMap<String, WeightTensor>) -> Result<Self, WeightsError> {
        Self::with_metadata(tensors, Metadata::new())
    }

    pub(crate) fn with_metadata(
        tensors: BTreeMap<String, WeightTensor>,
        metadata: Metadata,
    ) -> Result<Self, WeightsError> {
        let shapes = tensors
            .iter()
            .map(|(name, tensor)| (name.clone(), tensor.shape.clone()))
            .collect();
        let (architecture, unexpected) = Architecture::infer(&shapes)?;
        if !unexpected.is_empty() {
            return Err(Mismatch {
                unexpected,
                ..Mismatch::default()
            }
            .into());
        }
        for (name, tensor) in &tensors {
            // The shapes fit an architecture of sensible sizes, so the product does not overflow.
            if tensor.shape.iter().product::<usize>() != tensor.values.len() {
                return Err(WeightsError::Length {
                    name: name.clone(),
                    shape: tensor.shape.clone(),
                    found: tensor.values.len(),
                });
            }
            if let Some((position, &value)) = tensor
                .values
                .iter()
                .enumerate()
                .find(|(_, value)| !value.is_finite())
            {
                return Err(WeightsError::NotFinite {
                    name: name.clone(),
                    position,
                    value,
                });
            }
        }
        Ok(Self {
            architecture,
            tensors,
            metadata,
        })
    }

    /// The network's sizes.
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// The tensor called `name`; there for every name of [`Architecture::expected`].
    pub fn get(&self, name: &str) -> Option<&WeightTensor> {
        self.tensors.get(name)
    }

    /// All tensors, sorted by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &WeightTensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// All tensors, given away.
    pub fn into_tensors(self) -> BTreeMap<String, WeightTensor> {
        self.tensors
    }

    /// What the model file said of itself; empty for weights that come from elsewhere.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Takes the network's tensors out of a TensorFlow checkpoint; `shard` gives the bytes of each data file by number.
    /// The optimiser's slots are left out. See [`Plan`] for what will be taken and what not.
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] before any data is read; then whatever [`TensorBundle::read_f32_from`] finds, and
    /// [`WeightsError::NotFinite`].
    pub fn from_tf<'s>(
        bundle: &TensorBundle,
        mut shard: impl FnMut(u32) -> Option<&'s [u8]>,
    ) -> Result<Self, WeightsError> {
        let plan = Plan::new(bundle)?;
        let mut tensors = BTreeMap::new();
        for name in plan.taken {
            let shape = &bundle.entry(&name)?.shape;
            let values = bundle.read_f32_from(&name, &mut shard)?;
            tensors.insert(name, from_tf_layout(shape, &values));
        }
        Self::new(tensors)
    }

    /// The weights as a TensorFlow checkpoint: the bytes of `PREFIX.index` and of `PREFIX.data-00000-of-00001`, without
    /// optimiser slots.
    ///
    /// # Errors
    /// None in practice: the names and shapes of weights are writable.
    pub fn to_tf(&self) -> Result<(Vec<u8>, Vec<u8>), WeightsError> {
        let tensors: Vec<_> = self
            .iter()
            .map(|(name, tensor)| (name, to_tf_layout(tensor)))
            .collect();
        let views: Vec<_> = tensors
            .iter()
            .map(|(name, tensor)| NewTensor {
                name,
                shape: &tensor.shape,
                values: &tensor.values,
            })
            .collect();
        Ok(write_bundle(&views)?)
    }
}

/// What an import takes out of a checkpoint and what it leaves there, known from the index alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The network's sizes.
    pub architecture: Architecture,
    /// The tensors that will be taken.
    pub taken: Vec<String>,
    /// The optimiser's slots and counters, which are not needed.
    pub optimiser: Vec<String>,
    /// Other tensors that the network does not have; they are left out, as the reference code does.
    pub unknown: Vec<String>,
}

impl Plan {
    /// Looks through a checkpoint's index.
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] where a tensor of the network is missing or of another shape.
    pub fn new(bundle: &TensorBundle) -> Result<Self, WeightsError> {
        let mut optimiser = Vec::new();
        let mut shapes = BTreeMap::new();
        for entry in bundle.entries() {
            if is_optimiser_state(&entry.name) {
                optimiser.push(entry.name.clone());
            } else {
                shapes.insert(entry.name.clone(), our_shape(&entry.shape));
            }
        }
        let (architecture, unknown) = Architecture::infer(&shapes)?;
        let taken = architecture
            .expected()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        Ok(Self {
            architecture,
            taken,
            optimiser,
            unknown,
        })
    }
}

/// Whether a variable belongs to the training, not to the network.
fn is_optimiser_state(name: &str) -> bool {
    matches!(name, "beta1_power" | "beta2_power" | "global_step")
        || name.ends_with("/Adam")
        || name.ends_with("/Adam_1")
}

/// The shape in our layout of a tensor with this shape in TensorFlow's.
fn our_shape(shape: &[usize]) -> Vec<usize> {
    match *shape {
        // [kh, kw, in, out] to [out, in, kh, kw], and for transposed kernels [kh, kw, out, in] to [in, out, kh, kw].
        [height, width, third, last] => vec![last, third, height, width],
        [rows, columns] => vec![columns, rows],
        _ => shape.to_vec(),
    }
}

/// From TensorFlow's layout to ours: kernels permuted by (3, 2, 0, 1), the codebook transposed.
pub fn from_tf_layout(shape: &[usize], values: &[f32]) -> WeightTensor {
    // Both moves are the transposition of a matrix: of (kh kw) rows, then of the two channel axes.
    let values = match *shape {
        [height, width, third, last] => swap_axes(
            &transpose(values, height * width, third * last),
            third,
            last,
            height * width,
        ),
        [rows, columns] => transpose(values, rows, columns),
        _ => values.to_vec(),
    };
    WeightTensor {
        shape: our_shape(shape),
        values,
    }
}

/// From our layout to TensorFlow's: the inverse of [`from_tf_layout`].
pub fn to_tf_layout(tensor: &WeightTensor) -> WeightTensor {
    match *tensor.shape.as_slice() {
        [first, second, height, width] => WeightTensor {
            shape: vec![height, width, second, first],
            values: transpose(
                &swap_axes(&tensor.values, first, second, height * width),
                second * first,
                height * width,
            ),
        },
        [rows, columns] => WeightTensor {
            shape: vec![columns, rows],
            values: transpose(&tensor.values, rows, columns),
        },
        _ => tensor.clone(),
    }
}

/// The transposed matrix: `[rows, columns]` to `[columns, rows]`.
fn transpose(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    debug_assert_eq!(values.len(), rows * columns);
    (0..columns)
        .flat_map(|column| values.iter().skip(column).step_by(columns.max(1)).copied())
        .collect()
}

/// `[a, b, run]` to `[b, a, run]`, where the axes lie as `[.., run]` with runs of `run` values.
fn swap_axes(values: &[f32], a: usize, b: usize, run: usize) -> Vec<f32> {
    debug_assert_eq!(values.len(), a * b * run);
    let runs: Vec<&[f32]> = values.chunks_exact(run.max(1)).collect();
    (0..b)
        .flat_map(|second| {
            runs.iter()
                .skip(second)
                .step_by(b.max(1))
                .flat_map(|run| run.iter().copied())
        })
        .collect()
}

#[cfg(test)]
#[path = "weights_tests.rs"]
mod tests;
