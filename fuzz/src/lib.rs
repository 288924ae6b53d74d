//! What all fuzz targets share: small limits, so that anything which spends more than they allow is found.

use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, FileReport, Limits};

/// Limits far below those of the page. With them no input may take more than a few megabytes or a second.
pub fn limits() -> Limits {
    Limits {
        bytes: 1 << 20,
        expanded: 4 << 20,
        side: 512,
        pixels: 512 * 512,
        galaxies: 64,
        hdus: 16,
        preview: 32,
        ..Limits::default()
    }
}

/// Reads `bytes` as intake does for page and command line, and checks what it promises: galaxies exactly when the file
/// is not refused, and finite pixels.
pub fn read(name: &str, bytes: &[u8]) {
    let report = intake::read(name, bytes, &Recipe::default(), &limits(), &Answers::default());
    check(&report);
    // The other answers are other ways through the reader.
    for question in report.questions.iter().take(2) {
        for option in question.options.iter().take(3) {
            let mut answers = Answers::default();
            answers.set(&question.key, option);
            check(&intake::read(name, bytes, &Recipe::default(), &limits(), &answers));
        }
    }
}

/// What every report promises.
pub fn check(report: &FileReport) {
    for galaxy in report.galaxies() {
        assert_eq!((galaxy.raw.len(), galaxy.image.len()), (4096, 4096));
        assert!(galaxy.raw.iter().chain(&galaxy.image).all(|value| value.is_finite()));
    }
}
