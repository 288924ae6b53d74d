//! The device that this build of the worker computes on.

use galaxy_grove::page_model::protocol::Backend;
use grove_model::device::{self, Device};

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
        name: "processor, 128-bit SIMD".to_owned(),
    })
}
