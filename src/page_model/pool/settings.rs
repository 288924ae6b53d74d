//! What a pool is started with.

use crate::page_model::protocol::Backend;

/// What a pool is started with.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// What the model is to run on. With [`Backend::WebGpu`] there is one worker for it beside the CPU workers.
    pub backend: Backend,
    /// With [`Backend::Cpu`]: a graphics processor is tried beside the CPU workers, and takes their work over if it is faster.
    pub trial: bool,
    /// CPU workers; at least one is started.
    pub cpu_workers: usize,
    /// Where the model's manifest stands, as a worker sees it.
    pub manifest_url: String,
    /// Added to the address of every file, so that a new build is not served old files.
    pub version: String,
    /// Every deadline is multiplied by this: less than 1 in tests.
    pub deadline_factor: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            backend: Backend::Cpu,
            trial: false,
            cpu_workers: 1,
            manifest_url: String::new(),
            version: String::new(),
            deadline_factor: 1.0,
        }
    }
}
