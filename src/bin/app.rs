//! The page.

fn main() {
    #[cfg(target_arch = "wasm32")]
    galaxy_grove::app::start();
}
