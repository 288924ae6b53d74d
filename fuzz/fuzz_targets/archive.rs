//! Archives (ZIP, tar, compressed ones) and whatever else intake takes for a file.
#![no_main]

use std::ops::ControlFlow;

use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let limits = galaxy_grove_fuzz::limits();
    let mut verdicts = 0;
    let walked = intake::each_file("fuzz", data, &limits, &mut |name, content| {
        if let Ok(bytes) = content {
            let report = intake::read(name, bytes, &Recipe::default(), &limits, &Answers::default());
            galaxy_grove_fuzz::check(&report);
        }
        verdicts += 1;
        ControlFlow::Continue(())
    });
    assert!(verdicts > 0 || walked.is_err(), "no verdict");
});
