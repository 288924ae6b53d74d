//! The device that this build of the worker computes on, and the models on it.

use galaxy_grove::checkpoint::Weights;
use galaxy_grove::page_model::protocol::Backend;
use galaxy_grove::shape::ShapeModel;
use grove_model::{Extractor, LoadError, ShapeExtractor};

#[cfg(feature = "webgpu")]
pub use grove_model::device::Device;

/// The processor needs nothing.
#[cfg(not(feature = "webgpu"))]
pub type Device = ();

/// A device and its name.
#[derive(Clone)]
pub struct Opened {
    pub device: Device,
    pub backend: Backend,
    pub name: String,
}

/// Opens the WebGPU device.
#[cfg(feature = "webgpu")]
pub async fn open() -> Result<Opened, String> {
    let missing = "this browser offers no WebGPU adapter";
    let adapter = grove_browser::Adapter::request()
        .await
        .map_err(|reason| format!("{missing}: {reason}"))?
        .ok_or(missing)?;
    let name = adapter.name();
    let device = grove_model::device::webgpu()
        .await
        .map_err(|error| format!("WebGPU could not be started: {error}"))?;
    Ok(Opened {
        device,
        backend: Backend::WebGpu,
        name,
    })
}

/// The processor needs no opening.
#[cfg(not(feature = "webgpu"))]
pub async fn open() -> Result<Opened, String> {
    Ok(Opened {
        device: (),
        backend: Backend::Cpu,
        name: format!("processor, 128-bit {}", grove_model::processor::instructions()),
    })
}

/// The model of the recipe `reference` on that device.
#[cfg(feature = "webgpu")]
pub fn extractor(weights: &Weights, device: Device) -> Result<Extractor, LoadError> {
    let (model, codebook) = grove_model::load(weights, &device)?;
    Ok(Extractor::new(model, codebook, device))
}

/// The model of the recipe `reference` by our own kernels.
#[cfg(not(feature = "webgpu"))]
pub fn extractor(weights: &Weights, (): Device) -> Result<Extractor, LoadError> {
    Extractor::on_processor(weights)
}

/// The model of the recipe `shape` on a device.
#[cfg(feature = "webgpu")]
pub fn shape(model: &ShapeModel, device: Device) -> ShapeExtractor {
    ShapeExtractor::new(model, device)
}

/// The model of the recipe `shape` by our own kernels.
#[cfg(not(feature = "webgpu"))]
pub fn shape(model: &ShapeModel, (): Device) -> ShapeExtractor {
    ShapeExtractor::on_processor(model)
}
