//! Reading pictures and comparing their pixels.

use galaxy_grove::cutout::Frame;
use galaxy_grove::intake::Answers;

/// Answers by the keys of their questions.
pub fn answers(pairs: &[(&str, &str)]) -> Answers {
    let mut answers = Answers::default();
    pairs.iter().for_each(|(key, answer)| answers.set(*key, *answer));
    answers
}

/// A frame holds what it should, to a precision.
#[track_caller]
pub fn check_frame(name: &str, frame: &Frame, size: (usize, usize), wanted: &[f32], error: f32) {
    assert_eq!((frame.width, frame.height), size, "{name}");
    assert_eq!(frame.pixels.len(), wanted.len(), "{name}");
    let worst = largest_difference(&frame.pixels, wanted);
    assert!(worst <= error, "{name}: differs by {worst}, allowed {error}");
}

/// The largest difference of two arrays of one length.
pub fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
