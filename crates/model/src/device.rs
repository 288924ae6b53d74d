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

/// The graphics processor: of several the one that is likely the fastest.
///
/// # Errors
/// With burn's own words when there is none, or it cannot be opened.
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
pub async fn graphics() -> Result<Device, String> {
    Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| error.to_string())
}
