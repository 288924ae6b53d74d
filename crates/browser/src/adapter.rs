//! The WebGPU adapter that the browser offers.

use super::describe::describe;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the browser says of its adapter.
#[derive(Debug, Clone)]
pub struct Adapter {
    adapter: JsValue,
    info: JsValue,
}

fn get(from: &JsValue, key: &str) -> JsValue {
    Reflect::get(from, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

impl Adapter {
    /// Asks for it, in windows and in workers. `None` when there is none.
    ///
    /// # Errors
    /// The browser's message.
    pub async fn request() -> Result<Option<Self>, String> {
        let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
        let Ok(request) = get(&gpu, "requestAdapter").dyn_into::<Function>() else {
            return Ok(None);
        };
        let promise: Promise = request
            .call0(&gpu)
            .and_then(JsCast::dyn_into)
            .map_err(|error| describe(&error))?;
        let adapter = JsFuture::from(promise).await.map_err(|error| describe(&error))?;
        let info = get(&adapter, "info");
        Ok((!adapter.is_falsy()).then_some(Self { adapter, info }))
    }

    fn text(&self, key: &str) -> Option<String> {
        get(&self.info, key).as_string().filter(|text| !text.is_empty())
    }

    /// True when the processor only acts as one.
    pub fn is_software(&self) -> bool {
        get(&self.info, "isFallbackAdapter").is_truthy()
            || get(&self.adapter, "isFallbackAdapter").is_truthy()
            || self
                .text("architecture")
                .is_some_and(|name| name.contains("swiftshader"))
            || self
                .text("description")
                .is_some_and(|name| name.to_lowercase().contains("llvmpipe"))
    }

    /// Its name: a description, or vendor and architecture, as far as the browser gives them.
    pub fn name(&self) -> String {
        let parts: Vec<String> = match self.text("description") {
            Some(description) => vec![description],
            None => ["vendor", "architecture"]
                .iter()
                .filter_map(|key| self.text(key))
                .collect(),
        };
        if parts.is_empty() {
            "unnamed adapter".to_owned()
        } else {
            parts.join(" ")
        }
    }
}
