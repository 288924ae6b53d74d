//! The known-answer test: does this device compute what it should?
//!
//! GPU drivers and kernels have given wrong answers without any error. So, before a device is trusted, it encodes 16
//! simulated cutouts whose codes were computed once on the CPU by the reference implementation.

use super::error::ExtractError;
use super::extract::Extractor;
use galaxy_grove::cutout::CODES;
use galaxy_grove::cutout::PIXELS;
use safetensors::{Dtype, SafeTensors};

/// Cutouts and the codes that the shipped model must give them.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAnswer {
    images: Vec<f32>,
    codes: Vec<u8>,
}

/// What a device made of the known cutouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownAnswerReport {
    /// Codes compared.
    pub compared: usize,
    /// Codes that were wrong.
    pub wrong: usize,
}

impl KnownAnswerReport {
    /// True when every code was right, and at least one was compared.
    pub fn passed(&self) -> bool {
        self.compared > 0 && self.wrong == 0
    }
}

/// Why the file of known answers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KnownAnswerError {
    /// Not a safetensors file.
    #[error("the known-answer file cannot be read: {0}")]
    File(#[from] safetensors::SafeTensorError),
    /// `images` or `codes` has another type or shape.
    #[error("the known-answer file needs `images` as f32 [N,64,64] and `codes` as u8 [N,64]")]
    Shape,
}

impl KnownAnswer {
    /// Reads `images` (f32 `[N, 64, 64]`) and `codes` (u8 `[N, 64]`) of a safetensors file.
    ///
    /// # Errors
    /// [`KnownAnswerError`] when the file is damaged or holds something else.
    pub fn read(bytes: &[u8]) -> Result<Self, KnownAnswerError> {
        let file = SafeTensors::deserialize(bytes)?;
        let (images, codes) = (file.tensor("images")?, file.tensor("codes")?);
        if images.dtype() != Dtype::F32 || codes.dtype() != Dtype::U8 {
            return Err(KnownAnswerError::Shape);
        }
        let images: Vec<f32> = images
            .data()
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let codes = codes.data().to_vec();
        if images.is_empty() || images.len() * CODES != codes.len() * PIXELS {
            return Err(KnownAnswerError::Shape);
        }
        Ok(Self { images, codes })
    }

    /// Runs the cutouts through `extractor` and compares every code.
    ///
    /// # Errors
    /// [`ExtractError`] when the device fails outright.
    pub async fn ask(&self, extractor: &Extractor) -> Result<KnownAnswerReport, ExtractError> {
        let found = extractor.extract(&self.images).await?;
        let right = found
            .codes
            .iter()
            .zip(&self.codes)
            .filter(|(a, b)| a == b)
            .count();
        Ok(KnownAnswerReport {
            compared: self.codes.len(),
            wrong: self.codes.len() - right,
        })
    }
}
