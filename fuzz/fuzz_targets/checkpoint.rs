//! TensorFlow checkpoints: the input is an index, and the data file of every tensor in it.
#![no_main]

use galaxy_grove::checkpoint::TensorBundle;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first two bytes tell where the index ends and the data begin.
    let Some((head, rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let at = usize::from(u16::from_le_bytes(*head)).min(rest.len());
    let (index, shard) = rest.split_at(at);
    for index in [index, rest] {
        if let Ok(bundle) = TensorBundle::open(index) {
            for entry in bundle.entries() {
                let _ = bundle.read_f32(&entry.name, shard);
            }
        }
    }
});
