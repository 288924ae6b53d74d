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
    let name = adapter_name().await?;
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

/// The adapter's name as the browser gives it: vendor, architecture, and a description where there is one.
#[cfg(feature = "engine-webgpu")]
async fn adapter_name() -> Result<String, String> {
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};
    let missing = "this browser offers no WebGPU adapter";
    let get = |from: &JsValue, key: &str| Reflect::get(from, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
    let request: Function = get(&gpu, "requestAdapter")
        .dyn_into()
        .map_err(|_none| missing.to_owned())?;
    let promise: Promise = request
        .call0(&gpu)
        .and_then(JsCast::dyn_into)
        .map_err(|error| format!("{missing}: {}", crate::browser::describe(&error)))?;
    let adapter = wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .map_err(|error| format!("{missing}: {}", crate::browser::describe(&error)))?;
    if adapter.is_falsy() {
        return Err(missing.to_owned());
    }
    let info = get(&adapter, "info");
    let text = |key: &str| get(&info, key).as_string().filter(|text| !text.is_empty());
    let parts: Vec<String> = match text("description") {
        Some(description) => vec![description],
        None => ["vendor", "architecture"]
            .iter()
            .filter_map(|key| text(key))
            .collect(),
    };
    Ok(if parts.is_empty() {
        "unnamed adapter".to_owned()
    } else {
        parts.join(" ")
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
