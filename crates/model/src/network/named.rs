//! The codebook among a model's weights.

use super::codebook::Codebook;
use super::error::LoadError;
use galaxy_grove::checkpoint::Weights;

/// Its name.
pub(super) const CODEBOOK: &str = "vq_layer/embedding";

/// The codebook of a model.
///
/// # Errors
/// [`LoadError`] when it is missing or cannot be used.
pub fn codebook(weights: &Weights) -> Result<Codebook, LoadError> {
    let tensor = weights
        .get(CODEBOOK)
        .ok_or_else(|| LoadError::Missing(CODEBOOK.to_owned()))?;
    let [codes, dim] = tensor.shape[..] else {
        return Err(LoadError::Rank {
            name: CODEBOOK.to_owned(),
            found: tensor.shape.clone(),
            rank: 2,
        });
    };
    Ok(Codebook::new(codes, dim, &tensor.values)?)
}
