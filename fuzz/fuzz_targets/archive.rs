//! Archives (ZIP, tar, compressed ones) and whatever else intake takes for a file.
#![no_main]

use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = galaxy_grove_fuzz::limits();
    let mut reports = 0;
    intake::read_each("fuzz", data, &Recipe::default(), &limits, &Answers::default(), &mut |report| {
        galaxy_grove_fuzz::check(&report);
        reports += 1;
    });
    assert!(reports > 0, "no verdict");
});
