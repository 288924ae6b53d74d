//! The device that this build of the worker computes on.

use crate::protocol::Backend;
use burn::tensor::Device;

/// A device and its name.
pub struct Opened {
    pub device: Device,
    pub backend: Backend,
    pub name: String,
}

/// Opens the WebGPU device.
#[cfg(feature = "engine-webgpu")]
pub async fn open() -> Result<Opened, String> {
    use burn::tensor::wgpu::WgpuBackend;
    let missing = "this browser offers no WebGPU adapter";
    let adapter = crate::browser::Adapter::request()
        .await
        .map_err(|reason| format!("{missing}: {reason}"))?
        .ok_or(missing)?;
    let name = adapter.name();
    let device = Device::wgpu_options()
        .graphics_api(WgpuBackend::WebGpu)
        .init_async()
        .await
        .map_err(|error| format!("WebGPU could not be started: {error}"))?;
    Ok(Opened {
        device,
        backend: Backend::WebGpu,
        name,
    })
}

/// The processor needs no opening.
#[cfg(not(feature = "engine-webgpu"))]
pub async fn open() -> Result<Opened, String> {
    Ok(Opened {
        device: Device::flex(),
        backend: Backend::Cpu,
        name: "processor, 128-bit SIMD".to_owned(),
    })
}
