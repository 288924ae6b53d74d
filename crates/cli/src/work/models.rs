//! The models of the two recipes: those that are built in, or a file.

use super::device::{self, DeviceFlag, Reference};
use anyhow::Context as _;
use galaxy_grove::checkpoint::{Weights, sha256_hex};
use galaxy_grove::shape::ShapeModel;
use galaxy_grove::sorted::RecipeName;
use grove_model::ShapeExtractor;
use std::borrow::Cow;
use std::path::Path;

/// The shipped models.
const SHAPE: &[u8] = include_bytes!("../../../../www/model/shape.safetensors");
const REFERENCE: &[u8] = include_bytes!("../../../../www/model/galaxies.safetensors");

/// A model, ready to run.
pub enum Model {
    /// Of the recipe `shape`, and how many galaxies one task should encode.
    Shape(Box<ShapeExtractor>, usize),
    /// Of the recipe `reference`.
    Reference(Box<Reference>),
}

impl Model {
    /// How many galaxies one task should encode.
    pub fn together(&self) -> usize {
        match self {
            Self::Shape(_, together) => *together,
            Self::Reference(model) => model.together,
        }
    }
}

/// The model of a recipe, from a file where one is given, with its SHA-256.
///
/// # Errors
/// With the file's name and the remedy.
pub fn open(recipe: RecipeName, path: Option<&Path>, flag: DeviceFlag) -> anyhow::Result<(Model, String)> {
    let bytes = match path {
        Some(path) => {
            let bytes = std::fs::read(path);
            Cow::Owned(bytes.with_context(|| format!("cannot read the model {}", path.display()))?)
        }
        None if recipe == RecipeName::Shape => Cow::Borrowed(SHAPE),
        None => Cow::Borrowed(REFERENCE),
    };
    let name = || {
        path.map_or_else(
            || "the built-in model".to_owned(),
            |path| path.display().to_string(),
        )
    };
    let model = match recipe {
        RecipeName::Shape => {
            let model = ShapeModel::from_bytes(&bytes).with_context(name)?;
            let (extractor, together) = device::shape(&model, flag)?;
            Model::Shape(Box::new(extractor), together)
        }
        RecipeName::Reference => {
            let weights = Weights::from_safetensors(&bytes).with_context(name)?;
            Model::Reference(Box::new(Reference::open(&weights, flag)?))
        }
    };
    Ok((model, sha256_hex(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page says this hash of the model that it fetches.
    #[test]
    fn the_hash_of_the_shipped_model_is_known() {
        assert_eq!(sha256_hex(SHAPE), galaxy_grove::shape::SHIPPED_SHA256);
    }
}
