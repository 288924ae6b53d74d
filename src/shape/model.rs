//! The model file of the recipe for shape: a safetensors file with the network in whole numbers and the summary of its training galaxies.

use super::RingHistogram;
use super::network::{Ending, Layer, Network, NetworkError};
use super::space::{DIMENSIONS, Space};
use crate::tensors::{Tensor, bytes, metadata, numbers, write};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::BTreeMap;

/// The `format` of a model file.
pub const FORMAT: &str = "galaxy-grove shape model";

/// The `version` of a model file.
const VERSION: &str = "1";

/// A model of the recipe for shape.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeModel {
    /// The network.
    pub network: Network,
    /// The summary of the training galaxies.
    pub space: Space,
    /// What is known about it: `data`, `steps`, `seed`, `source`, ...
    pub metadata: BTreeMap<String, String>,
}

/// The SHA-256 of the model that is shipped, `www/model/shape.safetensors`: what the page says of the model that it used.
pub const SHIPPED_SHA256: &str = "b2e2ca9a73b825f36f6bf08e9a344a273fd4b979a66307c7bd7c3d19d861bca6";

/// Why a file is no model of the recipe for shape.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes are no safetensors file.
    #[error("this is not a model file ({0}): give one that `grove train --recipe shape` wrote")]
    NotSafetensors(String),
    /// A file of another kind.
    #[error(
        "this file holds a `{0}`, not a model of the recipe shape: give one that `grove train --recipe shape` wrote"
    )]
    OtherKind(String),
    /// A tensor is missing, or has another type or shape.
    #[error(
        "the model's tensor `{0}` is missing or has another type or shape: download or train the model again"
    )]
    Tensor(String),
    /// The network cannot be used.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The summary of the training galaxies does not fit the network.
    #[error(
        "the model's summary of its training galaxies does not fit its network: download or train the model again"
    )]
    Space,
}

const CODEBOOK: &str = "vq_layer/embedding";

impl ShapeModel {
    /// Histograms of this model's codes.
    #[must_use]
    pub fn histogram(&self) -> RingHistogram {
        RingHistogram::new(self.network.codes())
    }

    /// The bytes of a model file; equal models give equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
        let mut order = Vec::new();
        for layer in self.network.layers() {
            let outputs = layer.outputs();
            let name = |what: &str| format!("{}/{what}", layer.name);
            let weights = layer.weights.iter().map(|w| w.to_le_bytes()[0]).collect();
            let shape = vec![outputs, layer.inputs, layer.kernel, layer.kernel];
            tensors.insert(name("w"), (Dtype::I8, shape, weights));
            let bias = bytes(&layer.bias, i32::to_le_bytes);
            tensors.insert(name("b"), (Dtype::I32, vec![outputs], bias));
            tensors.insert(name("shift"), (Dtype::U8, vec![outputs], layer.shift.clone()));
            let ending = match layer.ending {
                Ending::Rectified => "rectified",
                Ending::Signed => "signed",
                Ending::Added => "added",
            };
            order.push(format!("{} {} {ending}", layer.name, layer.stride));
        }
        let codebook = bytes(self.network.codebook(), i16::to_le_bytes);
        let shape = vec![self.network.codes(), self.network.dim()];
        tensors.insert(CODEBOOK.to_owned(), (Dtype::I16, shape, codebook));
        let space = &self.space;
        let features = space.mean.len();
        let prototypes = space.prototypes.len() / DIMENSIONS;
        let doubles: [(&str, Vec<usize>, &[f64]); 7] = [
            ("space/mean", vec![features], &space.mean),
            ("space/directions", vec![DIMENSIONS, features], &space.directions),
            (
                "space/prototypes",
                vec![prototypes, DIMENSIONS],
                &space.prototypes,
            ),
            ("space/anchors", vec![prototypes, DIMENSIONS], &space.anchors),
            (
                "space/ranks/quantisation",
                vec![space.ranks[0].len()],
                &space.ranks[0],
            ),
            ("space/ranks/outside", vec![space.ranks[1].len()], &space.ranks[1]),
            (
                "space/ranks/distance",
                vec![space.ranks[2].len()],
                &space.ranks[2],
            ),
        ];
        for (name, shape, values) in doubles {
            let values = bytes(values, f64::to_le_bytes);
            tensors.insert(name.to_owned(), (Dtype::F64, shape, values));
        }
        let softness = space.softness.to_le_bytes().to_vec();
        tensors.insert("space/softness".to_owned(), (Dtype::F64, vec![1], softness));
        let mut metadata = self.metadata.clone();
        metadata.insert("format".to_owned(), FORMAT.to_owned());
        metadata.insert("version".to_owned(), VERSION.to_owned());
        metadata.insert("layers".to_owned(), order.join(", "));
        write(&metadata, &tensors)
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong with it.
    pub fn from_bytes(file: &[u8]) -> Result<Self, ModelError> {
        let failed = |error: safetensors::SafeTensorError| ModelError::NotSafetensors(error.to_string());
        let mut metadata = metadata(file).map_err(failed)?;
        let kind = metadata.remove("format").unwrap_or_default();
        let version = metadata.remove("version").unwrap_or_default();
        if kind != FORMAT || version != VERSION {
            return Err(ModelError::OtherKind(
                format!("{kind} {version}").trim().to_owned(),
            ));
        }
        let tensors = SafeTensors::deserialize(file).map_err(failed)?;
        let find = |name: &str, dtype: Dtype, rank: usize| -> Result<TensorView<'_>, ModelError> {
            tensors
                .tensor(name)
                .ok()
                .filter(|tensor| tensor.dtype() == dtype && tensor.shape().len() == rank)
                .ok_or_else(|| ModelError::Tensor(name.to_owned()))
        };
        let mut layers = Vec::new();
        for line in metadata.remove("layers").unwrap_or_default().split(", ") {
            let wrong = || ModelError::Tensor(line.to_owned());
            let [name, stride, ending] = line.split(' ').collect::<Vec<_>>()[..] else {
                return Err(wrong());
            };
            let weights = find(&format!("{name}/w"), Dtype::I8, 4)?;
            let bias = find(&format!("{name}/b"), Dtype::I32, 1)?;
            let shift = find(&format!("{name}/shift"), Dtype::U8, 1)?;
            let [_, inputs, kernel, _] = *weights.shape() else {
                return Err(wrong());
            };
            layers.push(Layer {
                name: name.to_owned(),
                kernel,
                stride: stride.parse().map_err(|_parse| wrong())?,
                inputs,
                weights: weights
                    .data()
                    .iter()
                    .map(|byte| i8::from_le_bytes([*byte]))
                    .collect(),
                bias: numbers(bias.data(), i32::from_le_bytes),
                shift: shift.data().to_vec(),
                ending: match ending {
                    "rectified" => Ending::Rectified,
                    "signed" => Ending::Signed,
                    "added" => Ending::Added,
                    _ => return Err(wrong()),
                },
            });
        }
        let codebook = find(CODEBOOK, Dtype::I16, 2)?;
        let network = Network::new(layers, numbers(codebook.data(), i16::from_le_bytes))?;
        let doubles = |name: &str, rank| -> Result<Vec<f64>, ModelError> {
            Ok(numbers(find(name, Dtype::F64, rank)?.data(), f64::from_le_bytes))
        };
        let space = Space {
            mean: doubles("space/mean", 1)?,
            directions: doubles("space/directions", 2)?,
            prototypes: doubles("space/prototypes", 2)?,
            anchors: doubles("space/anchors", 2)?,
            softness: doubles("space/softness", 1)?.first().copied().unwrap_or_default(),
            ranks: [
                doubles("space/ranks/quantisation", 1)?,
                doubles("space/ranks/outside", 1)?,
                doubles("space/ranks/distance", 1)?,
            ],
        };
        if !space.fits(RingHistogram::new(network.codes()).len()) {
            return Err(ModelError::Space);
        }
        Ok(Self {
            network,
            space,
            metadata,
        })
    }
}
