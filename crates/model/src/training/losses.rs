//! What a batch gives: losses, gradients, how many codes it uses.

use super::error::TrainingError;
use super::network::EMBEDDING;
use super::parameters::Parameters;
use crate::network::Codebook;
use std::collections::BTreeMap;

/// What a batch gives, before the weights are moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// Mean squared error of the reconstruction divided by the variance of the training pixels (the NMSE).
    pub reconstruction: f64,
    /// Codebook and commitment terms together.
    pub quantisation: f64,
    /// The differentiable clustering term, without its weight; 0 when it is off.
    pub clustering: f64,
    /// Their sum, with the clustering term's weight, and without the score penalty, which has no gradient.
    pub total: f64,
    /// How many codes the batch uses, as the exponential of their entropy: 1 to the size of the codebook.
    pub perplexity: f64,
    /// `[N * 64]`
    pub codes: Vec<u8>,
}

/// The weights of the loss's terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossWeights {
    /// The variance of the training pixels.
    pub data_variance: f64,
    /// Of the commitment term; the reference uses 0.25.
    pub commitment: f64,
    /// Of the differentiable clustering term, with its temperature; `None` when it is off.
    pub clustering: Option<(f64, f64)>,
    /// Whether the codebook follows running averages, not a gradient.
    pub ema: bool,
}

/// A gradient for each variable, by its published name.
pub type Gradients = BTreeMap<String, Vec<f32>>;

/// The codebook in double precision.
pub(super) fn codebook(parameters: &Parameters) -> Result<Codebook, TrainingError> {
    let sizes = parameters.architecture;
    let embedding = parameters
        .variables
        .get(EMBEDDING)
        .ok_or_else(|| TrainingError::Missing(EMBEDDING.to_owned()))?;
    // TensorFlow keeps a code in a column, the codebook wants it in a row.
    let rows: Vec<f32> = (0..sizes.codebook)
        .flat_map(|code| {
            embedding
                .values
                .iter()
                .skip(code)
                .step_by(sizes.codebook)
                .copied()
        })
        .collect();
    Ok(Codebook::new(sizes.codebook, sizes.embedding_dim, &rows)?)
}

/// `exp(-sum p log(p + 1e-10))` over the shares of the codes, as Sonnet has it.
pub fn perplexity(codes: &[u8], size: usize) -> f64 {
    let mut counts = vec![0_usize; size.max(256)];
    for &code in codes {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    }
    let entropy: f64 = counts
        .into_iter()
        .map(|count| count as f64 / codes.len().max(1) as f64)
        .map(|share| -share * (share + 1e-10).ln())
        .sum();
    entropy.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perplexity_counts_effective_codes() {
        assert!((perplexity(&[0, 1, 2, 3], 16) - 4.0).abs() < 1e-6);
        assert!((perplexity(&[5; 64], 16) - 1.0).abs() < 1e-6);
    }
}
