//! Running a trained network on galaxies.

use super::error::ExtractError;
use super::values::finite;
#[cfg(feature = "burn")]
use super::values::read;
#[cfg(feature = "burn")]
use crate::network::VqVae;
use crate::network::{Assignment, Codebook};
#[cfg(feature = "processor")]
use crate::network::{LoadError, codebook};
#[cfg(feature = "processor")]
use crate::processor::{Path, ProcessorDecoder, ProcessorEncoder};
#[cfg(feature = "queue")]
use crate::queue::DeviceQueue;
#[cfg(feature = "burn")]
use burn::tensor::{Device, Tensor, TensorData};
#[cfg(feature = "processor")]
use galaxy_grove::checkpoint::Weights;
use galaxy_grove::cutout::{CODES, PIXELS};
#[cfg(feature = "burn")]
use galaxy_grove::cutout::{GRID, SIDE};
#[cfg(feature = "processor")]
use std::sync::Arc;

/// A trained network on a device, with the codebook on the host.
#[derive(Debug, Clone)]
pub struct Extractor {
    place: Place,
    codebook: Codebook,
}

/// Where the network runs.
#[derive(Debug, Clone)]
enum Place {
    /// Our kernels on the processor.
    #[cfg(feature = "processor")]
    Processor(Arc<(ProcessorEncoder, ProcessorDecoder)>),
    /// One of burn's devices.
    #[cfg(feature = "burn")]
    Device(Box<VqVae>, Device),
    /// A graphics processor, behind the queue that keeps it busy.
    #[cfg(feature = "queue")]
    Queue(Box<VqVae>, Device, DeviceQueue),
}

impl Extractor {
    /// Joins a network (see [`crate::network::load`]) and the device that it lives on.
    #[cfg(feature = "burn")]
    pub fn new(model: VqVae, codebook: Codebook, device: Device) -> Self {
        Self {
            place: Place::Device(Box::new(model), device),
            codebook,
        }
    }

    /// Joins a network, a graphics processor, and the queue that keeps it busy: several threads may then encode at once.
    #[cfg(feature = "queue")]
    pub fn queued(model: VqVae, codebook: Codebook, device: Device, queue: DeviceQueue) -> Self {
        Self {
            place: Place::Queue(Box::new(model), device, queue),
            codebook,
        }
    }

    /// On the processor, by kernels of our own.
    ///
    /// # Errors
    /// [`LoadError`] names the first tensor that is missing or has another rank.
    #[cfg(feature = "processor")]
    pub fn on_processor(weights: &Weights) -> Result<Self, LoadError> {
        Self::on_path(weights, Path::best())
    }

    /// On the processor by each kind of instructions that it has, with its name, the fastest first: to hold them to each other.
    ///
    /// # Errors
    /// As [`Self::on_processor`].
    #[cfg(feature = "processor")]
    pub fn on_each_path(weights: &Weights) -> Result<Vec<(&'static str, Self)>, LoadError> {
        let paths = Path::all().into_iter();
        paths
            .map(|path| Ok((path.name(), Self::on_path(weights, path)?)))
            .collect()
    }

    #[cfg(feature = "processor")]
    fn on_path(weights: &Weights, path: Path) -> Result<Self, LoadError> {
        let networks = (
            ProcessorEncoder::on(weights, path)?,
            ProcessorDecoder::on(weights, path)?,
        );
        Ok(Self {
            place: Place::Processor(Arc::new(networks)),
            codebook: codebook(weights)?,
        })
    }

    /// The device that the network lives on, if it is one of burn's.
    #[cfg(feature = "burn")]
    pub fn device(&self) -> Option<&Device> {
        match &self.place {
            #[cfg(feature = "processor")]
            Place::Processor(_) => None,
            Place::Device(_, device) => Some(device),
            #[cfg(feature = "queue")]
            Place::Queue(_, device, _) => Some(device),
        }
    }

    /// The codebook.
    pub fn codebook(&self) -> &Codebook {
        &self.codebook
    }

    /// The encoder's output for `images` (`[N * 4096]`): `[N, dim, 8, 8]`, row-major.
    ///
    /// # Errors
    /// [`ExtractError::Pixels`] for ragged input, [`ExtractError::NotFinite`] for values that are no numbers,
    /// [`ExtractError::Device`] when the device fails or gives such values.
    pub async fn encode(&self, images: &[f32]) -> Result<Vec<f32>, ExtractError> {
        if !images.len().is_multiple_of(PIXELS) {
            return Err(ExtractError::Pixels(images.len()));
        }
        let n = images.len() / PIXELS;
        if n == 0 {
            return Ok(Vec::new());
        }
        let is_broken = |image: &[f32]| image.iter().any(|value| !value.is_finite());
        if let Some(at) = images.chunks_exact(PIXELS).position(is_broken) {
            return Err(ExtractError::NotFinite(at + 1));
        }
        match &self.place {
            #[cfg(feature = "processor")]
            Place::Processor(networks) => finite(networks.0.encode(images)),
            #[cfg(feature = "burn")]
            Place::Device(model, device) => {
                let images = TensorData::new(images.to_vec(), [n, 1, SIDE, SIDE]);
                read(model.encoder.forward(Tensor::<4>::from_data(images, device))).await
            }
            #[cfg(feature = "queue")]
            Place::Queue(model, device, queue) => {
                let images = TensorData::new(images.to_vec(), [n, 1, SIDE, SIDE]);
                let (encoder, device) = (model.encoder.clone(), device.clone());
                queue.run(move || encoder.forward(Tensor::<4>::from_data(images, &device)))
            }
        }
    }

    /// The codes of `images` (`[N * 4096]`) and the margin of each.
    ///
    /// # Errors
    /// As [`Self::encode`].
    pub async fn extract(&self, images: &[f32]) -> Result<Assignment, ExtractError> {
        Ok(self.codebook.assign(&self.encode(images).await?))
    }

    /// The images (`[N * 4096]`) that the decoder makes from `codes` (`[N * 64]`).
    ///
    /// # Errors
    /// [`ExtractError::Codes`] or [`ExtractError::UnknownCode`] for codes that are not this model's,
    /// [`ExtractError::Device`] when the device fails.
    pub async fn reconstruct(&self, codes: &[u8]) -> Result<Vec<f32>, ExtractError> {
        if !codes.len().is_multiple_of(CODES) {
            return Err(ExtractError::Codes(codes.len()));
        }
        let size = self.codebook.len();
        if let Some(&code) = codes.iter().find(|&&code| usize::from(code) >= size) {
            return Err(ExtractError::UnknownCode { code, size });
        }
        let n = codes.len() / CODES;
        if n == 0 {
            return Ok(Vec::new());
        }
        let quantised = self.codebook.quantise(codes);
        match &self.place {
            #[cfg(feature = "processor")]
            Place::Processor(networks) => finite(networks.1.decode(&quantised)),
            #[cfg(feature = "burn")]
            Place::Device(model, device) => {
                let shape = [n, self.codebook.dim(), GRID, GRID];
                let quantised = Tensor::<4>::from_data(TensorData::new(quantised, shape), device);
                read(model.decoder.forward(quantised)).await
            }
            #[cfg(feature = "queue")]
            Place::Queue(model, device, queue) => {
                let quantised = TensorData::new(quantised, [n, self.codebook.dim(), GRID, GRID]);
                let (decoder, device) = (model.decoder.clone(), device.clone());
                queue.run(move || decoder.forward(Tensor::<4>::from_data(quantised, &device)))
            }
        }
    }
}
