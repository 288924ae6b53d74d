//! The devices that the network runs on. Programs open them here and never name burn themselves.

pub use burn::tensor::Device;

/// The processor.
#[cfg(feature = "flex")]
#[must_use]
pub fn processor() -> Device {
    Device::flex()
}

/// The browser's WebGPU device.
///
/// # Errors
/// With burn's own words when the device cannot be opened.
#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
pub async fn webgpu() -> Result<Device, String> {
    Device::wgpu_options()
        .graphics_api(burn::tensor::wgpu::WgpuBackend::WebGpu)
        .init_async()
        .await
        .map_err(|error| error.to_string())
}

/// A graphics processor.
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
#[derive(Debug, Clone)]
pub struct Graphics {
    /// The device.
    pub device: Device,
    /// Its name and the way to it, such as `NVIDIA H100 (Vulkan)`.
    pub name: String,
    /// Whether it is a program on the processor that only behaves like one.
    pub is_software: bool,
}

/// The graphics processor: of several the one that is likely the fastest. It can be opened once in a program.
///
/// # Errors
/// With burn's own words when there is none, or it cannot be opened.
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
pub fn graphics() -> Result<Graphics, String> {
    let (device, setup) = Device::wgpu_options()
        .init_with_setup()
        .map_err(|error| error.to_string())?;
    let info = setup.adapter.get_info();
    Ok(Graphics {
        device,
        name: format!("{} ({:?})", info.name, info.backend),
        is_software: info.device_type == burn::tensor::wgpu::wgpu::DeviceType::Cpu,
    })
}
