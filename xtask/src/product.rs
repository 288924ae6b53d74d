//! What there is to build.
//!
//! Four products, because each visitor should load only what he needs: the page, the engine that computes on the
//! CPU, what reads files, which that engine loads when the first file comes, and the large engine for WebGPU that only a browser with an adapter loads. For a product `engine-cpu` a build
//! leaves in `pkg/`:
//!
//! - `engine-cpu_bg.wasm`, the code;
//! - `engine-cpu.js`, an ES module that loads it;
//! - `engine-cpu-worker.js`, three lines that start it as a worker; the page is started by `www/boot.js`, so that
//!   `index.html` needs no script of its own and its content security policy can forbid them.

use clap::ValueEnum;

/// One wasm file and how it is made.
#[derive(Debug, PartialEq, Eq)]
pub struct Product {
    /// Its name in `pkg/`, and that of its program.
    pub name: &'static str,
    /// The script that starts it as a worker. The page has its own in `www/boot.js`, which says in words what fails.
    pub entry: Option<&'static str>,
    /// The product that this one's worker loads when it needs it; made before it.
    pub beside: Option<&'static Product>,
}

impl Product {
    /// The name of its code in `pkg/`.
    pub fn wasm(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// The name of its script in `pkg/`.
    pub fn script(&self) -> String {
        format!("{}.js", self.name)
    }
}

/// The page.
pub const APP: Product = Product {
    name: "app",
    entry: None,
    beside: None,
};
/// What reads files: loaded by the worker on the CPU when the first file comes.
pub const ENGINE_FILES: Product = Product {
    name: "engine-files",
    entry: None,
    beside: None,
};
/// The worker on the CPU: every visitor can run it.
pub const ENGINE_CPU: Product = Product {
    name: "engine-cpu",
    entry: Some("engine-cpu-worker.js"),
    beside: Some(&ENGINE_FILES),
};
/// The worker on WebGPU: large, loaded only where there is an adapter.
pub const ENGINE_WEBGPU: Product = Product {
    name: "engine-webgpu",
    entry: Some("engine-webgpu-worker.js"),
    beside: None,
};

/// Products that one run of cargo makes together, so that what they share is compiled once.
#[derive(Debug, PartialEq, Eq)]
pub struct Group {
    /// What to call it.
    pub name: &'static str,
    /// The products.
    pub products: &'static [&'static Product],
    /// The feature of the engine.
    ///
    /// The page alone has one too: with the same features everywhere, no dependency is compiled twice.
    pub feature: &'static str,
}

/// The page and the CPU's engine: all that a visitor needs.
pub const PAGE_AND_CPU: Group = Group {
    name: "page and CPU engine",
    products: &[&APP, &ENGINE_FILES, &ENGINE_CPU],
    feature: "grove-engine/cpu",
};
/// The page without an engine.
pub const PAGE: Group = Group {
    name: "page",
    products: &[&APP],
    feature: "grove-engine/cpu",
};
/// The engine for WebGPU. By itself, because burn's two backends in one program would be larger and slower.
pub const WEBGPU: Group = Group {
    name: "WebGPU engine",
    products: &[&ENGINE_WEBGPU],
    feature: "grove-engine/webgpu",
};

/// Which engines to build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// Both engines: the page as it is published.
    #[default]
    All,
    /// The CPU's engine only: the quickest page that works.
    Cpu,
    /// The WebGPU engine only.
    Webgpu,
    /// No engine: the page alone, for work on its looks.
    None,
}

impl Backend {
    /// The page, and the engines asked for, in the order in which they are made.
    pub fn groups(self) -> &'static [&'static Group] {
        match self {
            Self::All => &[&PAGE_AND_CPU, &WEBGPU],
            Self::Cpu => &[&PAGE_AND_CPU],
            Self::Webgpu => &[&PAGE, &WEBGPU],
            Self::None => &[&PAGE],
        }
    }

    /// The features of the engines asked for.
    pub fn engines(self) -> &'static [&'static str] {
        match self {
            Self::All => &[PAGE_AND_CPU.feature, WEBGPU.feature],
            Self::Cpu => &[PAGE_AND_CPU.feature],
            Self::Webgpu => &[WEBGPU.feature],
            Self::None => &[],
        }
    }
}
