//! TIFF files. The signature is put in place; the first bit chooses the order of bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut bytes = data.to_vec();
    let signature = if data.first().is_some_and(|first| first % 2 == 0) {
        b"II*\0"
    } else {
        b"MM\0*"
    };
    if let Some(head) = bytes.get_mut(..signature.len()) {
        head.copy_from_slice(signature);
    }
    galaxy_grove_fuzz::read("fuzz.tif", &bytes);
});
