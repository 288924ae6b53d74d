//! NumPy's arrays, alone and in archives.
#![no_main]

use libfuzzer_sys::fuzz_target;

const SIGNATURE: &[u8] = b"\x93NUMPY";

fuzz_target!(|data: &[u8]| {
    let mut bytes = data.to_vec();
    if bytes.starts_with(b"PK") {
        return galaxy_grove_fuzz::read("fuzz.npz", &bytes);
    }
    if let Some(head) = bytes.get_mut(..SIGNATURE.len()) {
        head.copy_from_slice(SIGNATURE);
    }
    galaxy_grove_fuzz::read("fuzz.npy", &bytes);
});
