//! Where a run stands, as one safetensors file.

use super::optimiser::Optimiser;
use super::parameters::{Sizes, Tensors};
use super::run::ShapeProgress;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

/// Why a file does not say where a run stood.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// The bytes are no such file.
    #[error("this is no save of a run ({0}): give the last.state.safetensors of a run")]
    File(String),
    /// A tensor is missing, or has another shape or type.
    #[error(
        "the save has no tensor `{0}` of the network's shape: give the settings of its run with --settings"
    )]
    Tensor(String),
}

const STEPS: &str = "steps";

impl ShapeProgress {
    /// The weights and the optimiser's memory.
    ///
    /// # Errors
    /// [`ProgressError::File`] when they cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProgressError> {
        let parts = [
            ("weights", &self.weights),
            ("mean", &self.optimiser.mean),
            ("square", &self.optimiser.square),
        ];
        let mut tensors = Vec::new();
        for (part, all) in parts {
            for ((name, shape), values) in all.sizes.tensors().into_iter().zip(&all.values) {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                tensors.push((format!("{part}/{name}"), shape, bytes));
            }
        }
        let views: Result<Vec<_>, _> = tensors
            .iter()
            .map(|(name, shape, bytes)| {
                TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name.clone(), view))
            })
            .collect();
        let steps = [(STEPS.to_owned(), self.optimiser.steps.to_string())];
        views
            .and_then(|views| safetensors::serialize(views, Some(steps.into_iter().collect())))
            .map_err(|error| ProgressError::File(error.to_string()))
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ProgressError`] for other files, and for networks of other sizes.
    pub fn from_bytes(bytes: &[u8], sizes: Sizes) -> Result<Self, ProgressError> {
        let failed = |error: safetensors::SafeTensorError| ProgressError::File(error.to_string());
        let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(failed)?;
        let steps = metadata
            .metadata()
            .as_ref()
            .and_then(|more| more.get(STEPS)?.parse().ok())
            .ok_or_else(|| ProgressError::File("it does not say how many steps were done".to_owned()))?;
        let file = SafeTensors::deserialize(bytes).map_err(failed)?;
        let part = |part: &str| -> Result<Tensors, ProgressError> {
            let mut all = Tensors::zeros(sizes);
            for ((name, shape), values) in sizes.tensors().into_iter().zip(&mut all.values) {
                let name = format!("{part}/{name}");
                let tensor = file
                    .tensor(&name)
                    .ok()
                    .filter(|tensor| tensor.shape() == shape && tensor.dtype() == Dtype::F32)
                    .ok_or(ProgressError::Tensor(name))?;
                let words = tensor.data().chunks_exact(4);
                *values = words
                    .map(|word| f32::from_le_bytes(word.try_into().unwrap_or_default()))
                    .collect();
            }
            Ok(all)
        };
        Ok(Self {
            weights: part("weights")?,
            optimiser: Optimiser {
                mean: part("mean")?,
                square: part("square")?,
                steps,
            },
        })
    }
}
