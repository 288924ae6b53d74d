//! Which device the page starts with, and what the address asks for.

use galaxy_grove::page_model::hosted::HostedPath;
use galaxy_grove::page_model::protocol::Backend;
use grove_browser::Adapter;
use leptos::prelude::window;

/// The device to start with, and a sentence where it is not the one that one would expect.
pub struct Choice {
    pub backend: Backend,
    /// A graphics processor is to be tried beside the processor.
    pub trial: bool,
    pub remark: Option<String>,
}

/// The value of a parameter in the address (`?name=value`).
pub fn parameter(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// The set that the address (`?data=PATH`) or else the page itself (`<html data-set="PATH">`) names.
///
/// # Errors
/// A sentence, when the address names what is not beside the page.
pub fn hosted() -> Result<Option<HostedPath>, String> {
    if let Some(path) = parameter("data") {
        let found = HostedPath::new(&path);
        return found.map(Some).ok_or_else(|| {
            format!("The address asks for the set “{path}”, which is not beside this page: give a path such as data/grove.safetensors.")
        });
    }
    let root = leptos::prelude::document().document_element();
    let named = root.and_then(|root| root.get_attribute("data-set"));
    Ok(named.and_then(|path| HostedPath::new(&path)))
}

/// The processor. Where there is a WebGPU adapter, it is tried beside it and takes over if it is faster; software adapters are not tried: they are
/// far slower than the processor's own SIMD. `?backend=webgpu` and `?backend=cpu` decide otherwise; `?backend=trial` tries a software adapter, too.
pub async fn backend() -> Choice {
    let wish = parameter("backend");
    let because = |reason: &str| Choice {
        backend: Backend::Cpu,
        trial: false,
        remark: Some(format!("The processor does the computing, because {reason}.")),
    };
    match wish.as_deref() {
        Some("cpu") => {
            return Choice {
                backend: Backend::Cpu,
                trial: false,
                remark: None,
            };
        }
        Some("webgpu" | "trial") | None => {}
        Some(_) => return because("the address asks for a backend that is neither webgpu, cpu nor trial"),
    }
    let forced = wish.as_deref() == Some("webgpu");
    let plain = |backend, trial| Choice {
        backend,
        trial,
        remark: None,
    };
    if !is_built("webgpu") {
        return if forced {
            because("the engine for WebGPU is not built yet")
        } else {
            plain(Backend::Cpu, false)
        };
    }
    match Adapter::request().await {
        Ok(Some(_)) if forced => plain(Backend::WebGpu, false),
        Ok(Some(adapter)) if wish.is_some() || !adapter.is_software() => plain(Backend::Cpu, true),
        Ok(None) | Err(_) if forced => because("this browser offers no WebGPU adapter"),
        // Not worth a sentence: the processor is the better choice and shows in the page's head.
        _ => plain(Backend::Cpu, false),
    }
}

/// True if the page comes with this engine. `cargo xtask` lists those that were built together with it; `serve` shows the
/// page before the engine for WebGPU is there.
fn is_built(engine: &str) -> bool {
    let listed = leptos::prelude::document()
        .document_element()
        .and_then(|root| root.get_attribute("data-engines"));
    listed.is_none_or(|listed| listed.split_whitespace().any(|name| name == engine))
}

/// Workers for the processor: one a core, within reason. Each holds its own copy of the model.
pub fn cpu_workers() -> usize {
    (window().navigator().hardware_concurrency() as usize).clamp(1, 4)
}

/// By what every deadline of the workers is multiplied: `?deadlines=0.1` makes them ten times as short, for tests.
pub fn deadline_factor() -> f64 {
    let wish = parameter("deadlines").and_then(|factor| factor.parse().ok());
    wish.unwrap_or(1.0)
}

/// The most bytes that the tree's distances may take here: a quarter of the device's memory where the browser gives it,
/// and never more than WebAssembly's 4 GB leave room for.
pub fn tree_budget() -> u64 {
    const MAX_COUNT: f64 = 1.6e9;
    let gigabytes = js_sys::Reflect::get(&window().navigator(), &"deviceMemory".into());
    let gigabytes = gigabytes.ok().and_then(|gigabytes| gigabytes.as_f64());
    gigabytes.map_or(MAX_COUNT, |gigabytes| (gigabytes * 0.25e9).min(MAX_COUNT)) as u64
}

/// Added to the address of every file that the page loads, so that a new build never meets old files from a cache.
pub fn version() -> String {
    let build = leptos::prelude::document()
        .document_element()
        .and_then(|root| root.get_attribute("data-build"));
    build.map_or_else(String::new, |build| format!("?v={build}"))
}
