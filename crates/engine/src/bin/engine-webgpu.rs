//! The worker that computes on WebGPU. For the browser only.

fn main() {
    #[cfg(target_arch = "wasm32")]
    grove_engine::start();
}
