//! The manifest of a model: which bytes it is, how it was trained, whose data it saw.
//!
//! The page and the command line check a model file against its manifest before they use it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::architecture::Architecture;
use super::metadata::Metadata;
use super::model_file::Precision;
use super::weights::{WeightTensor, Weights, WeightsError};

/// The manifest version that this code writes and reads.
const VERSION: u32 = 1;

/// Why a model file is not the one of its manifest.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The manifest is no such JSON.
    #[error("the manifest cannot be read ({reason}): fetch it again together with its model")]
    Unreadable {
        /// What the JSON reader said.
        reason: String,
    },
    /// The manifest is of a later version.
    #[error(
        "the manifest is of version {found}, and this program knows version {VERSION}: update Galaxy Grove"
    )]
    TooNew {
        /// Its version.
        found: u32,
    },
    /// The model file has another length.
    #[error(
        "the model {file} has {found} bytes, and its manifest says {expected}: the download was cut off or the files do not belong together, fetch both again"
    )]
    Length {
        /// The model file.
        file: String,
        /// Its length by the manifest.
        expected: u64,
        /// Its length.
        found: u64,
    },
    /// The model file has another hash.
    #[error(
        "the model {file} has SHA-256 {found}, and its manifest says {expected}: it is damaged or another model, fetch both again"
    )]
    Hash {
        /// The model file.
        file: String,
        /// Its hash by the manifest.
        expected: String,
        /// Its hash.
        found: String,
    },
    /// The model file does not hold the tensors of the manifest.
    #[error(
        "the model {file} is whole, but does not hold the tensors that its manifest lists ({first}): make the manifest again"
    )]
    Tensors {
        /// The model file.
        file: String,
        /// The first tensor that differs.
        first: String,
    },
    /// The model file cannot be read as weights.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

/// One tensor of the model file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorSummary {
    /// The published name.
    pub name: String,
    /// The shape in our layout.
    pub shape: Vec<usize>,
    /// `F32` or `F16`.
    pub dtype: String,
}

/// How a model was trained, as far as is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// Where the weights come from: the program, or the checkpoint that was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The galaxies that it was trained on, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Optimiser steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// The seed of the random numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The variance of all pixels of the training images, by which reconstruction errors are divided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_variance: Option<f64>,
    /// Mean squared error of the reconstruction divided by `data_variance`, on images not trained on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_nmse: Option<f64>,
}

impl Training {
    /// The same as texts for the head of a model file; unknown things are left out.
    pub fn to_metadata(&self) -> Metadata {
        let mut metadata = Metadata::new();
        for (key, text) in [
            ("source", self.source.clone()),
            ("data", self.data.clone()),
            ("steps", self.steps.map(|value| value.to_string())),
            ("seed", self.seed.map(|value| value.to_string())),
            ("data_variance", self.data_variance.map(|value| value.to_string())),
            (
                "validation_nmse",
                self.validation_nmse.map(|value| value.to_string()),
            ),
        ] {
            metadata.extend(text.map(|text| (key.to_owned(), text)));
        }
        metadata
    }
}

/// The content of `manifest.json` next to a model file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the manifest's format.
    pub version: u32,
    /// The model's name, for people.
    pub name: String,
    /// The model file's name, beside the manifest.
    pub file: String,
    /// The model file's SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// The model file's length.
    pub bytes: u64,
    /// The network's sizes.
    pub architecture: Architecture,
    /// How many numbers the network has.
    pub parameters: usize,
    /// The tensors, sorted by name.
    pub tensors: Vec<TensorSummary>,
    /// How it was trained.
    pub trained: Training,
    /// Whom to credit for the training data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_credit: Option<String>,
    /// The licence of the weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

impl Manifest {
    /// How it was trained, whom to credit and its licence, in sentences: what is not known is left out.
    pub fn summary(&self) -> String {
        let trained = &self.trained;
        let mut parts = Vec::new();
        parts.extend(trained.data.as_ref().map(|data| format!("Trained on {data}.")));
        parts.extend(trained.steps.map(|steps| format!("{steps} steps.")));
        parts.extend(
            trained
                .validation_nmse
                .map(|error| format!("Normalised error on galaxies not trained on: {error}.")),
        );
        parts.extend(self.data_credit.as_ref().map(|credit| format!("Data: {credit}.")));
        parts.extend(
            self.licence
                .as_ref()
                .map(|licence| format!("Licence: {licence}.")),
        );
        parts.join(" ")
    }

    /// Describes the model file `bytes`, which holds `weights` at `precision`. Credit and licence are left empty.
    pub fn new(
        name: &str,
        file: &str,
        bytes: &[u8],
        weights: &Weights,
        precision: Precision,
        trained: Training,
    ) -> Self {
        Self {
            version: VERSION,
            name: name.to_owned(),
            file: file.to_owned(),
            sha256: sha256_hex(bytes),
            bytes: bytes.len() as u64,
            architecture: weights.architecture(),
            parameters: weights.architecture().parameters(),
            tensors: weights
                .iter()
                .map(|(name, tensor)| TensorSummary {
                    name: name.to_owned(),
                    shape: tensor.shape.clone(),
                    dtype: precision.dtype().to_owned(),
                })
                .collect(),
            trained,
            data_credit: None,
            licence: None,
        }
    }

    /// Reads `manifest.json`.
    ///
    /// # Errors
    /// [`ManifestError::Unreadable`] and [`ManifestError::TooNew`].
    pub fn from_json(json: &[u8]) -> Result<Self, ManifestError> {
        /// Read first, so that a later format is called that and not unreadable.
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let unreadable = |error: serde_json::Error| ManifestError::Unreadable {
            reason: error.to_string(),
        };
        let Version { version: found } = serde_json::from_slice(json).map_err(unreadable)?;
        if found > VERSION {
            return Err(ManifestError::TooNew { found });
        }
        serde_json::from_slice(json).map_err(unreadable)
    }

    /// The text of `manifest.json`.
    ///
    /// # Errors
    /// [`ManifestError::Unreadable`] where a number is none.
    pub fn to_json(&self) -> Result<String, ManifestError> {
        let unreadable = |error: serde_json::Error| ManifestError::Unreadable {
            reason: error.to_string(),
        };
        Ok(serde_json::to_string_pretty(self).map_err(unreadable)? + "\n")
    }

    /// Checks that `bytes` are the model file of this manifest.
    ///
    /// # Errors
    /// [`ManifestError::Length`] and [`ManifestError::Hash`].
    pub fn verify(&self, bytes: &[u8]) -> Result<(), ManifestError> {
        let found = bytes.len() as u64;
        if found != self.bytes {
            return Err(ManifestError::Length {
                file: self.file.clone(),
                expected: self.bytes,
                found,
            });
        }
        let found = sha256_hex(bytes);
        if !found.eq_ignore_ascii_case(&self.sha256) {
            return Err(ManifestError::Hash {
                file: self.file.clone(),
                expected: self.sha256.clone(),
                found,
            });
        }
        Ok(())
    }

    /// Checks that `bytes` are the model file of this manifest and reads its weights.
    ///
    /// # Errors
    /// Those of [`Manifest::verify`] and [`Weights::from_safetensors`], and [`ManifestError::Tensors`].
    pub fn open(&self, bytes: &[u8]) -> Result<Weights, ManifestError> {
        self.verify(bytes)?;
        let weights = Weights::from_safetensors(bytes)?;
        let differs = |(listed, (name, tensor)): (&TensorSummary, (&str, &WeightTensor))| {
            (listed.name != name || listed.shape != tensor.shape).then(|| name.to_owned())
        };
        let mut first = self.tensors.iter().zip(weights.iter()).find_map(differs);
        if self.tensors.len() != weights.iter().len() || self.architecture != weights.architecture() {
            first.get_or_insert_with(|| "their number or the architecture".to_owned());
        }
        if let Some(first) = first {
            return Err(ManifestError::Tensors {
                file: self.file.clone(),
                first,
            });
        }
        Ok(weights)
    }
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> (Weights, Vec<u8>, Manifest) {
        let sizes = Architecture {
            hidden: 4,
            residual_hidden: 1,
            residual_layers: 1,
            embedding_dim: 2,
            codebook: 3,
        };
        let tensors = sizes.expected().into_iter().map(|(name, shape)| {
            let values = vec![0.25; shape.iter().product()];
            (name, WeightTensor { shape, values })
        });
        let weights = Weights::new(tensors.collect()).unwrap();
        let trained = Training {
            steps: Some(8000),
            data_variance: Some(0.037_473_805),
            ..Training::default()
        };
        let bytes = weights
            .to_safetensors(&trained.to_metadata(), Precision::Full)
            .unwrap();
        let manifest = Manifest::new(
            "Test",
            "t.safetensors",
            &bytes,
            &weights,
            Precision::Full,
            trained,
        );
        (weights, bytes, manifest)
    }

    #[test]
    fn sha256_of_abc_is_the_standard_one() {
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_manifest_comes_back_and_opens_its_model() {
        let (weights, bytes, manifest) = model();
        let json = manifest.to_json().unwrap();
        assert!(
            json.contains("\"data_variance\": 0.037473805") && !json.contains("null"),
            "{json}"
        );
        let read = Manifest::from_json(json.as_bytes()).unwrap();
        assert_eq!(read, manifest);
        let opened = read.open(&bytes).unwrap();
        assert!(opened.iter().eq(weights.iter()));
        assert_eq!(opened.metadata()["steps"], "8000");
    }

    #[test]
    fn another_file_is_refused_with_length_or_hash() {
        let (_, mut bytes, manifest) = model();
        let message = manifest.verify(&bytes[1..]).unwrap_err().to_string();
        assert!(
            message.contains("t.safetensors") && message.contains("cut off"),
            "{message}"
        );
        *bytes.last_mut().unwrap() ^= 1;
        assert!(matches!(manifest.open(&bytes), Err(ManifestError::Hash { .. })));
    }

    #[test]
    fn a_manifest_that_lists_other_tensors_is_refused() {
        let (_, bytes, manifest) = model();
        let mut other = manifest.clone();
        other.tensors[3].shape.push(1);
        let name = other.tensors[3].name.clone();
        assert_eq!(
            other.open(&bytes),
            Err(ManifestError::Tensors {
                file: "t.safetensors".into(),
                first: name
            })
        );
        let mut shorter = manifest;
        shorter.tensors.pop();
        assert!(matches!(shorter.open(&bytes), Err(ManifestError::Tensors { .. })));
    }

    #[test]
    fn later_and_foreign_manifests_are_refused() {
        assert_eq!(
            Manifest::from_json(b"{\"version\": 2, \"new\": 1}"),
            Err(ManifestError::TooNew { found: 2 })
        );
        let message = Manifest::from_json(b"{}").unwrap_err().to_string();
        assert!(message.contains("fetch it again"), "{message}");
    }
}
