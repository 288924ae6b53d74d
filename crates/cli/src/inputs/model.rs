//! The model that a command runs.

use anyhow::Context as _;
use galaxy_grove::checkpoint::Weights;
use grove_model::Extractor;
use std::path::Path;

/// A model file, ready to run on the processor, and its weights' header.
///
/// # Errors
/// With the file's name and the remedy.
pub fn open(path: &Path) -> anyhow::Result<(Extractor, Weights)> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the model {}", path.display()))?;
    let weights = Weights::from_safetensors(&bytes).with_context(|| {
        format!(
            "{} is not a model of Galaxy Grove; `grove import-tf` and `grove train` make them",
            path.display()
        )
    })?;
    Ok((Extractor::on_processor(&weights)?, weights))
}
