//! From cutouts to their places in the space of shapes.

use super::encoder::ShapeEncoder;
use crate::extraction::ExtractError;
#[cfg(feature = "queue")]
use crate::queue::DeviceQueue;
#[cfg(feature = "burn")]
use burn::tensor::Device;
use galaxy_grove::checkpoint::sha256_hex;
use galaxy_grove::cutout::simulate::galaxy;
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::shape::{COPIES, Placed, RingHistogram, ShapeModel, Space, inputs};

/// The metadata of a model file that holds the answer of [`known_answer`].
pub const KNOWN_ANSWER: &str = "known_answer";

/// One galaxy, encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeCodes {
    /// The codes of the cutout as it is, `[64]`.
    pub codes: Vec<u8>,
    /// The ring histogram of all copies.
    pub histogram: Vec<f64>,
    /// The mean squared distance of the network's vectors to their codes, over all copies.
    pub quantisation: f64,
}

/// A model of the recipe for shape on a device.
#[derive(Clone, Debug)]
pub struct ShapeExtractor {
    encoder: ShapeEncoder,
    rings: RingHistogram,
    space: Space,
}

impl ShapeExtractor {
    /// Copies the model to a device.
    #[cfg(feature = "burn")]
    #[must_use]
    pub fn new(model: &ShapeModel, device: Device) -> Self {
        Self {
            encoder: ShapeEncoder::new(model.network.clone(), device),
            rings: model.histogram(),
            space: model.space.clone(),
        }
    }

    /// On a graphics processor, behind the queue that keeps it busy: several threads may then encode at once.
    #[cfg(feature = "queue")]
    #[must_use]
    pub fn queued(model: &ShapeModel, device: Device, queue: DeviceQueue) -> Self {
        Self {
            encoder: ShapeEncoder::queued(model.network.clone(), device, queue),
            rings: model.histogram(),
            space: model.space.clone(),
        }
    }

    /// On the processor.
    #[cfg(feature = "processor")]
    #[must_use]
    pub fn on_processor(model: &ShapeModel) -> Self {
        Self {
            encoder: ShapeEncoder::on_processor(model.network.clone()),
            rings: model.histogram(),
            space: model.space.clone(),
        }
    }

    /// The model's summary of its training galaxies.
    #[must_use]
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// The network.
    #[must_use]
    pub fn encoder(&self) -> &ShapeEncoder {
        &self.encoder
    }

    /// Puts the device to the known-answer test.
    ///
    /// # Errors
    /// [`ExtractError::Device`] when its answer is not the one that the model file names.
    pub async fn test(&self, model: &ShapeModel) -> Result<(), ExtractError> {
        let found = known_answer(&self.encoder, &self.rings).await?;
        match model.metadata.get(KNOWN_ANSWER) {
            Some(known) if *known != found => Err(ExtractError::Device(
                "the known-answer test of the recipe shape failed: its codes are wrong".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// Places `images` (`[N * 4096]`): their codes, and where each stands.
    ///
    /// # Errors
    /// [`ExtractError::Pixels`] for ragged input, [`ExtractError::NotFinite`] for values that are no numbers, [`ExtractError::Device`] when the
    /// device fails.
    pub async fn place(&self, images: &[f32]) -> Result<Vec<(ShapeCodes, Placed)>, ExtractError> {
        let encoded = encode(&self.encoder, &self.rings, images).await?;
        Ok(encoded
            .into_iter()
            .map(|galaxy| {
                let placed = self.space.place(&galaxy.histogram, galaxy.quantisation);
                (galaxy, placed)
            })
            .collect())
    }
}

/// What the network makes of two simulated galaxies, as one SHA-256: the model file says what it must be, so that a device is tested before
/// it is trusted.
///
/// # Errors
/// As [`ShapeExtractor::place`].
pub async fn known_answer(encoder: &ShapeEncoder, rings: &RingHistogram) -> Result<String, ExtractError> {
    let images = [galaxy(1, 0).image, galaxy(1, 1).image].concat();
    let mut bytes = Vec::new();
    for found in encode(encoder, rings, &images).await? {
        bytes.extend(found.codes);
        bytes.extend(found.histogram.iter().flat_map(|share| share.to_le_bytes()));
    }
    Ok(sha256_hex(&bytes))
}

/// Codes and histograms of `images` (`[N * 4096]`).
///
/// # Errors
/// As [`ShapeExtractor::place`].
pub async fn encode(
    encoder: &ShapeEncoder,
    rings: &RingHistogram,
    images: &[f32],
) -> Result<Vec<ShapeCodes>, ExtractError> {
    if !images.len().is_multiple_of(PIXELS) {
        return Err(ExtractError::Pixels(images.len()));
    }
    let together = encoder.together();
    let mut all = Vec::new();
    for (part, images) in images.chunks(together * PIXELS).enumerate() {
        let mut batch = Vec::new();
        for (at, image) in images.chunks_exact(PIXELS).enumerate() {
            let copies = inputs(image).ok_or(ExtractError::NotFinite(part * together + at + 1))?;
            batch.extend(copies);
        }
        let (codes, distances) = encoder.codes(&batch).await?;
        let numbers = (COPIES * CODES * encoder.network().dim()) as f64;
        for (codes, distances) in codes
            .chunks_exact(COPIES * CODES)
            .zip(distances.chunks_exact(COPIES))
        {
            let copies: Vec<&[u8]> = codes.chunks_exact(CODES).collect();
            let histogram = rings.mean(&copies).ok_or(ExtractError::Codes(codes.len()))?;
            let sum: u64 = distances.iter().map(|distance| u64::from(*distance)).sum();
            all.push(ShapeCodes {
                codes: codes.iter().take(CODES).copied().collect(),
                histogram,
                quantisation: sum as f64 / numbers,
            });
        }
    }
    Ok(all)
}
