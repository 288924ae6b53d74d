//! The fixtures, and what astropy makes of them.

use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{Content, FileReport, Limits, Picture, Question, Reading, Refusal, decode, read};
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

pub const WIDTH: usize = 40;
pub const HEIGHT: usize = 32;

pub fn path(name: &str) -> PathBuf {
    grove_test_support::fixture_path("fits").join(name)
}

pub fn packed(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn unpacked(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed(&format!("{name}.gz")).as_slice())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// What astropy makes of a file.
pub fn oracle(name: &str) -> Vec<f32> {
    let bytes = unpacked(&format!("{name}.f32"));
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

pub fn open(name: &str, answers: &[(&str, &str)]) -> (Result<Content, Refusal>, Vec<Question>) {
    let (limits, answers) = (Limits::default(), grove_test_support::answers(answers));
    let mut reading = Reading::new(&limits, &answers);
    let content = decode(name, &packed(&format!("{name}.fits.gz")), &mut reading);
    (content, reading.questions)
}

pub fn pictures(name: &str, answers: &[(&str, &str)]) -> (Vec<Picture>, Vec<String>, Vec<Question>) {
    match open(name, answers) {
        (Ok(Content::Pictures { pictures, remarks }), questions) => (pictures, remarks, questions),
        (other, _) => panic!("{name}: {other:?}"),
    }
}

#[track_caller]
pub fn same(name: &str, found: &[f32], wanted: &[f32], error: f32) {
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (at, (a, b)) in found.iter().zip(wanted).enumerate() {
        let near = a.is_nan() && b.is_nan() || (a - b).abs() <= error;
        assert!(near, "{name}: pixel {at} is {a}, astropy has {b}");
    }
}

pub fn reported(name: &str, answers: &[(&str, &str)]) -> FileReport {
    read(
        &format!("{name}.fits"),
        &packed(&format!("{name}.fits.gz")),
        &Recipe::default(),
        &Limits::default(),
        &grove_test_support::answers(answers),
    )
}
