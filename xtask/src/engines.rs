//! Which engines the page can use: `data-engines` of the assembled `index.html` lists them.
//!
//! The engine for WebGPU is built after the page, while the page is served already, so `pkg/` may hold none, or one of
//! an earlier day that does not understand this page. Page and engine understand each other when they were built from
//! the same sources. The CPU's engine is made of the same sources as the one for WebGPU: if it has not changed since,
//! that one is as good as new.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::product::{ENGINE_CPU, ENGINE_WEBGPU, Group, Product};
use crate::version::version;

/// Says which CPU engine the WebGPU engine goes with.
const STAMP: &str = ".engine-webgpu.with";

/// The engines in `pkg` that a page built last can use, by the names that the page knows.
pub fn listed(pkg: &Path) -> Vec<&'static str> {
    let is_there = |product: &Product| product.entry.is_some_and(|entry| pkg.join(entry).is_file());
    let mut found = Vec::new();
    if is_there(&ENGINE_CPU) {
        found.push("cpu");
    }
    if is_there(&ENGINE_WEBGPU)
        && fs::read_to_string(pkg.join(STAMP)).is_ok_and(|with| with == companion(pkg))
    {
        found.push("webgpu");
    }
    found
}

/// Notes, when the WebGPU engine was just built, that it goes with what is there.
pub fn confirm(pkg: &Path, group: &Group) -> Result<()> {
    if group.products.contains(&&ENGINE_WEBGPU) {
        fs::write(pkg.join(STAMP), companion(pkg))?;
    }
    Ok(())
}

/// The CPU engine that is there.
fn companion(pkg: &Path) -> String {
    fs::read(pkg.join(ENGINE_CPU.wasm())).map_or_else(|_none| "none".to_owned(), |bytes| version(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::{PAGE_AND_CPU, WEBGPU};

    #[test]
    fn an_engine_of_another_day_is_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        let pkg = folder.path();
        let write = |name: &str, text: &str| fs::write(pkg.join(name), text).unwrap();
        assert!(listed(pkg).is_empty());

        write("engine-cpu_bg.wasm", "one");
        write("engine-cpu-worker.js", "");
        confirm(pkg, &PAGE_AND_CPU).unwrap();
        assert_eq!(listed(pkg), ["cpu"]);

        write("engine-webgpu-worker.js", "");
        assert_eq!(listed(pkg), ["cpu"], "nothing confirmed it");
        confirm(pkg, &WEBGPU).unwrap();
        assert_eq!(listed(pkg), ["cpu", "webgpu"]);

        write("engine-cpu_bg.wasm", "two");
        assert_eq!(listed(pkg), ["cpu"], "the sources have changed since");
        confirm(pkg, &WEBGPU).unwrap();
        assert_eq!(listed(pkg), ["cpu", "webgpu"]);
    }
}
