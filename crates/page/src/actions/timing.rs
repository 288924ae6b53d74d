//! Marks that styles, tests and benchmarks read from the page: `data-stage`, `data-study`, `data-first-groups`.

use crate::store::Page;
use crate::work::clock::now;
use leptos::prelude::*;

/// Keeps `<html data-stage="...">` true.
pub fn mark_stage(page: Page) {
    Effect::new(move || {
        let stage = page.stage.get();
        mark("data-stage", stage.name());
    });
    Effect::new(move || {
        let busy = page.insight.with(|insight| insight.progress.is_some());
        mark("data-study", if busy { "busy" } else { "rest" });
    });
    Effect::new(move || {
        let name = match page.device.get() {
            galaxy_grove::page_model::DeviceState::Loading(..) => "loading",
            galaxy_grove::page_model::DeviceState::Ready(ready) => match ready.backend {
                galaxy_grove::page_model::protocol::Backend::WebGpu => "webgpu",
                galaxy_grove::page_model::protocol::Backend::Cpu => "cpu",
            },
            galaxy_grove::page_model::DeviceState::Unusable(_) => "unusable",
        };
        mark("data-device", name);
    });
}

/// Notes the milliseconds from opening the page to the first groups (once), and of the last set.
pub fn first_groups(begun: f64) {
    if let Some(root) = document().document_element() {
        if !root.has_attribute("data-first-groups") {
            mark("data-first-groups", &format!("{:.0}", now()));
        }
        mark("data-last-set", &format!("{:.0}", now() - begun));
    }
}

fn mark(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // Setting an attribute with a valid name cannot fail.
        drop(root.set_attribute(name, value));
    }
}
