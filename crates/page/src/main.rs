//! The page. For the browser only.

fn main() {
    #[cfg(target_arch = "wasm32")]
    grove_page::start();
}
