//! The model file: the weights as safetensors, with what is known about them.
//!
//! Tensor names are the published ones, shapes ours ([`Architecture`](super::Architecture)), values little-endian f32
//! or f16. Metadata are texts: `format` is `galaxy-grove model`, `version` is `1`, the rest says where the weights come
//! from (`name`, `source`, `data`, `steps`, `seed`, `data_variance`, `validation_nmse`, `licence`, ...). Equal weights
//! and metadata give equal bytes: tensors and metadata stand sorted by name.

use super::architecture::CODEBOOK;
pub(super) use super::metadata::Metadata;
use super::weights::{WeightTensor, Weights, WeightsError};
use half::f16;
use safetensors::{Dtype, SafeTensors};
use serde::Serialize;
use std::collections::BTreeMap;

/// The `format` of a model file.
pub const FORMAT: &str = "galaxy-grove model";

/// The `version` of a model file.
pub const VERSION: &str = "1";

/// How exactly a model file keeps the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32-bit floats, exact.
    #[default]
    Full,
    /// 16-bit floats: half the size, about three decimal digits. Codes whose margin is small may change.
    Half,
}

impl Precision {
    /// The name of the type in safetensors.
    pub fn dtype(self) -> &'static str {
        match self {
            Self::Full => "F32",
            Self::Half => "F16",
        }
    }
}

/// A member of the JSON at the head of a safetensors file.
#[derive(Serialize)]
#[serde(untagged)]
enum Head<'a> {
    Metadata(&'a Metadata),
    Tensor {
        dtype: &'static str,
        shape: &'a [usize],
        data_offsets: [usize; 2],
    },
}

impl Weights {
    /// The bytes of a model file. `format` and `version` are added to `metadata`.
    ///
    /// # Errors
    /// [`WeightsError::BeyondHalf`] where a weight is too large for half precision.
    pub fn to_safetensors(&self, metadata: &Metadata, precision: Precision) -> Result<Vec<u8>, WeightsError> {
        let mut head_metadata = metadata.clone();
        head_metadata.insert("format".into(), FORMAT.into());
        head_metadata.insert("version".into(), VERSION.into());

        // The safetensors crate keeps metadata in a hash map, so its bytes differ from run to run; a hash of a file
        // that cannot be made again proves little. The format is simple enough to write here.
        let mut head = BTreeMap::from([("__metadata__", Head::Metadata(&head_metadata))]);
        let mut data = Vec::new();
        for (name, tensor) in self.iter() {
            let start = data.len();
            match precision {
                Precision::Full => data.extend(tensor.values.iter().flat_map(|value| value.to_le_bytes())),
                Precision::Half => {
                    for &value in &tensor.values {
                        let half = f16::from_f32(value);
                        if !half.is_finite() {
                            return Err(WeightsError::BeyondHalf {
                                name: name.to_owned(),
                                value,
                            });
                        }
                        data.extend(half.to_le_bytes());
                    }
                }
            }
            let data_offsets = [start, data.len()];
            head.insert(
                name,
                Head::Tensor {
                    dtype: precision.dtype(),
                    shape: &tensor.shape,
                    data_offsets,
                },
            );
        }
        let mut head = serde_json::to_vec(&head).map_err(|error| WeightsError::NotSafetensors {
            reason: error.to_string(),
        })?;
        head.resize(head.len().next_multiple_of(8), b' ');
        let mut file = Vec::with_capacity(8 + head.len() + data.len());
        file.extend((head.len() as u64).to_le_bytes());
        file.extend(head);
        file.extend(data);
        Ok(file)
    }

    /// Reads a model file, of f32 or f16 values.
    ///
    /// A file without `format` in its metadata is taken if its tensors fit, so that other programs can write models.
    ///
    /// # Errors
    /// [`WeightsError::NotSafetensors`], [`WeightsError::OtherKind`], [`WeightsError::WrongType`], and those of
    /// [`Weights::new`].
    pub fn from_safetensors(file: &[u8]) -> Result<Self, WeightsError> {
        let foreign = |error: safetensors::SafeTensorError| WeightsError::NotSafetensors {
            reason: error.to_string(),
        };
        let (_, head) = SafeTensors::read_metadata(file).map_err(foreign)?;
        let metadata: Metadata = head
            .metadata()
            .iter()
            .flatten()
            .map(|(key, text)| (key.clone(), text.clone()))
            .collect();
        check_kind(&metadata)?;
        let file = SafeTensors::deserialize(file).map_err(foreign)?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.iter() {
            let values = match view.dtype() {
                Dtype::F32 => {
                    let (words, _) = view.data().as_chunks::<4>();
                    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
                }
                Dtype::F16 => {
                    let (words, _) = view.data().as_chunks::<2>();
                    words
                        .iter()
                        .map(|word| f16::from_le_bytes(*word).to_f32())
                        .collect()
                }
                other => {
                    return Err(WeightsError::WrongType {
                        name: name.to_owned(),
                        dtype: format!("{other:?}"),
                    });
                }
            };
            tensors.insert(
                name.to_owned(),
                WeightTensor {
                    shape: view.shape().to_vec(),
                    values,
                },
            );
        }
        Self::with_metadata(tensors, metadata)
    }

    /// The variance of the pixels that the network was trained on, by which reconstruction errors are divided; where
    /// the model file says it.
    pub fn data_variance(&self) -> Option<f32> {
        self.metadata()
            .get("data_variance")?
            .parse()
            .ok()
            .filter(|variance: &f32| variance.is_finite())
    }

    /// The codebook `[codes, dimensions]`, row-major: row k is the vector of code k.
    pub fn codebook(&self) -> &[f32] {
        self.get(CODEBOOK).map_or(&[], |tensor| &tensor.values)
    }
}

/// Refuses our other files, and models of a later version.
fn check_kind(metadata: &Metadata) -> Result<(), WeightsError> {
    let format = metadata.get("format").map_or("", String::as_str);
    let version = metadata.get("version").map_or("", String::as_str);
    let remedy = if format == FORMAT && version != VERSION {
        "update Galaxy Grove"
    } else if format != FORMAT && format.starts_with("galaxy-grove") {
        "give a model file, such as www/model/galaxies.safetensors"
    } else {
        return Ok(());
    };
    Err(WeightsError::OtherKind {
        found: format!("{format}, version {version}"),
        remedy,
    })
}
