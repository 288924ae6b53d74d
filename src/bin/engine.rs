//! The worker: decodes files, runs the network, builds the tree. Built once for WebGPU and once for the CPU.

fn main() {
    #[cfg(target_arch = "wasm32")]
    galaxy_grove::engine::start();
}
