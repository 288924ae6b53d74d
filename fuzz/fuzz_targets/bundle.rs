//! Safetensors: bundles of galaxies, and models.
#![no_main]

use galaxy_grove::checkpoint::Weights;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    galaxy_grove_fuzz::read("fuzz.safetensors", data);
    let _ = Weights::from_safetensors(data);
});
