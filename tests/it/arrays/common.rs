//! The fixtures, and the pictures that they were made from.

use galaxy_grove::cutout::{Recipe, Tone};
use galaxy_grove::intake::{self, Answers, Content, FileReport, Limits, Picture, Question, Reading, Refusal};
use grove_test_support::answers;

pub const N: usize = 5;
pub const WIDTH: usize = 24;
pub const HEIGHT: usize = 20;
pub const AREA: usize = WIDTH * HEIGHT;

pub fn fixture(name: &str) -> Vec<u8> {
    grove_test_support::fixture(&format!("arrays/{name}"))
}

/// Pictures, remarks and questions.
pub type Decoded = (Vec<Picture>, Vec<String>, Vec<Question>);

pub fn decode_with(name: &str, pairs: &[(&str, &str)], limits: &Limits) -> Result<Decoded, Refusal> {
    let answers = answers(pairs);
    let mut reading = Reading::new(limits, &answers);
    match intake::decode(name, &fixture(name), &mut reading)? {
        Content::Pictures { pictures, remarks } => Ok((pictures, remarks, reading.questions)),
        Content::Set { .. } | Content::Codes(_) | Content::Vectors(_) => panic!("{name} was taken for a set"),
    }
}

pub fn decode(name: &str, pairs: &[(&str, &str)]) -> Decoded {
    decode_with(name, pairs, &Limits::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> FileReport {
    intake::read(name, bytes, &Recipe::default(), limits, &Answers::default())
}

/// The original picture `row`: grey bytes.
pub fn original(row: usize) -> Vec<u8> {
    fixture("bytes.u8")[row * AREA..(row + 1) * AREA].to_vec()
}

/// The original picture as intake gives it.
pub fn levels(row: usize) -> Vec<f32> {
    original(row).iter().map(|v| f32::from(*v) / 255.0).collect()
}

#[track_caller]
pub fn check_all(name: &str, pictures: &[Picture]) {
    assert_eq!(pictures.len(), N, "{name}");
    for (row, picture) in pictures.iter().enumerate() {
        assert_eq!(
            (picture.frame.width, picture.frame.height),
            (WIDTH, HEIGHT),
            "{name}"
        );
        assert_eq!(picture.frame.pixels, levels(row), "{name}: row {row}");
        assert_eq!(picture.frame.tone, Tone::Stretched, "{name}");
        assert_eq!(picture.label, Some(row.to_string()), "{name}");
    }
}

/// The colour picture `row`: red is the original, green its negative, blue its half.
pub fn colour(row: usize) -> [Vec<f32>; 3] {
    let of = |f: fn(u8) -> u8| {
        original(row)
            .into_iter()
            .map(|v| f32::from(f(v)) / 255.0)
            .collect()
    };
    [of(|v| v), of(|v| 255 - v), of(|v| v / 2)]
}

pub fn mixed(row: usize) -> Vec<f32> {
    let [r, g, b] = colour(row);
    r.iter()
        .zip(&g)
        .zip(&b)
        .map(|((r, g), b)| 0.25 * r + 0.5 * g + 0.25 * b)
        .collect()
}
