//! The model that a command runs.

use anyhow::Context as _;
use galaxy_grove::checkpoint::Weights;
use std::path::Path;

/// The weights of a model file.
///
/// # Errors
/// With the file's name and the remedy.
pub fn open(path: &Path) -> anyhow::Result<Weights> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the model {}", path.display()))?;
    Weights::from_safetensors(&bytes).with_context(|| {
        format!(
            "{} is not a model of Galaxy Grove; `grove import-tf` and `grove train` make them",
            path.display()
        )
    })
}
