//! The device that this build of the worker computes on.

use galaxy_grove::checkpoint::Weights;
use galaxy_grove::page_model::protocol::Backend;
use grove_model::device::{self, Device};
use grove_model::{Extractor, LoadError};

/// A device and its name.
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
    let device = device::webgpu()
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
        device: device::processor(),
        backend: Backend::Cpu,
        name: format!(
            "processor, 128-bit {}",
            grove_model::processor::Path::best().name()
        ),
    })
}

/// The model on that device.
#[cfg(feature = "webgpu")]
pub fn extractor(weights: &Weights, device: Device) -> Result<Extractor, LoadError> {
    let (model, codebook) = grove_model::load(weights, &device)?;
    Ok(Extractor::new(model, codebook, device))
}

/// The model by our own kernels.
#[cfg(not(feature = "webgpu"))]
pub fn extractor(weights: &Weights, _processor: Device) -> Result<Extractor, LoadError> {
    Extractor::on_processor(weights)
}
