//! What any safetensors file holds, bundle or model.

use std::collections::BTreeMap;

use safetensors::{SafeTensors, tensor::Metadata};

use super::error::BundleError;

/// One tensor of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TensorEntry {
    /// Its name.
    pub name: String,
    /// Its type, in small letters: `f32`, `u8`, ...
    pub dtype: String,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// What a safetensors file holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Contents {
    /// Its tensors, in the order of their data.
    pub tensors: Vec<TensorEntry>,
    /// Its metadata.
    pub metadata: BTreeMap<String, String>,
}

/// Lists the tensors and metadata of a safetensors file.
///
/// # Errors
/// [`BundleError::Container`] when it is damaged.
pub fn inspect(bytes: &[u8]) -> Result<Contents, BundleError> {
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| BundleError::Container(error.to_string()))?;
    let tensors = header
        .offset_keys()
        .into_iter()
        .filter_map(|name| {
            let info = header.info(&name)?;
            Some(TensorEntry {
                dtype: format!("{:?}", info.dtype).to_lowercase(),
                shape: info.shape.clone(),
                name,
            })
        })
        .collect();
    Ok(Contents {
        tensors,
        metadata: metadata(&header),
    })
}

/// The metadata in a fixed order.
pub(super) fn metadata(header: &Metadata) -> BTreeMap<String, String> {
    header
        .metadata()
        .iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
