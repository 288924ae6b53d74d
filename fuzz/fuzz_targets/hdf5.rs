//! HDF5 files of any layout. The signature is put in place, so that no input is wasted on another reader.
#![no_main]

use libfuzzer_sys::fuzz_target;

const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";

fuzz_target!(|data: &[u8]| {
    let mut bytes = data.to_vec();
    if let Some(head) = bytes.get_mut(..SIGNATURE.len()) {
        head.copy_from_slice(SIGNATURE);
    }
    galaxy_grove_fuzz::read("fuzz.hdf5", &bytes);
});
