//! Answers of the name resolver Sesame, and lists of targets.
#![no_main]

use galaxy_grove::surveys;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Ok(resolved) = surveys::sesame::parse("M 51", &text) {
        let position = resolved.position;
        assert!((0.0..=360.0).contains(&position.ra) && (-90.0..=90.0).contains(&position.dec));
    }
    let _ = surveys::read_targets(&text);
});
