//! What several tests need: fixtures, and the reference's files where they are at hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "test code stops at the first surprise"
)]

use assert_cmd::Command;
use galaxy_grove::bundle::{self, Dtype};
use galaxy_grove::cutout::{CutoutSet, Frame, PIXELS};
use galaxy_grove::intake::Answers;
use std::path::{Path, PathBuf};
use std::process::Output;

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A committed file or folder below `tests/fixtures`.
pub fn fixture_path(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// The real binary, in the folder that cargo builds into. Tests outside the command line's own package must see to it
/// that it is built.
pub fn grove_program() -> PathBuf {
    assert_cmd::cargo::cargo_bin("grove")
}

/// Runs the real binary.
pub fn grove(arguments: &[&str]) -> Output {
    grove_in(Path::new("."), arguments)
}

/// Runs the real binary in a folder.
pub fn grove_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::cargo_bin("grove")
        .unwrap()
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// A run that did what it should.
#[track_caller]
pub fn succeeded(run: &Output) {
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// A run that refused, with these words, and without a panic.
#[track_caller]
pub fn failed(run: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(!run.status.success() && !said.contains("panicked"), "{said}");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A bundle of the first `count` galaxies of the golden fixture, with ids that do not fit a double.
pub fn bundle_of(folder: &Path, count: usize) -> PathBuf {
    let image = golden16().images[..count * PIXELS].to_vec();
    let ids = (0..count as i64)
        .map(|row| 587_722_952_230_502_863 + row)
        .collect();
    let set = CutoutSet::new(ids, Vec::new(), image.clone(), image).unwrap();
    let path = folder.join("golden.safetensors");
    let bytes = bundle::write(&set, None, Dtype::F32, &Default::default()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A committed file below `tests/fixtures`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = fixture_path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

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

/// A folder of the reference's files. They are not part of the repository: without them the test says so and passes.
pub fn shared(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("GROVE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} is not here; set GROVE_SHARED to the folder of reference files",
        path.display()
    );
    None
}

/// One array of an NPZ file, flattened in C order.
pub fn read_npz<T: npyz::Deserialize>(path: &Path, name: &str) -> Vec<T> {
    let mut npz = npyz::npz::NpzArchive::open(path).unwrap();
    let array = npz
        .by_name(name)
        .unwrap()
        .unwrap_or_else(|| panic!("{} has no {name}", path.display()));
    array.into_vec().unwrap()
}

/// What the reference graph made of some simulated galaxies.
pub struct Golden {
    /// `[N * 4096]`
    pub images: Vec<f32>,
    /// The encoder's output in our order: `[N, 64, 8, 8]`.
    pub z: Vec<f32>,
    /// `[N * 64]`
    pub codes: Vec<u8>,
    /// `[N * 64]`
    pub margins: Vec<f32>,
    /// `[N * 4096]`
    pub recon: Vec<f32>,
}

/// The model that made the golden numbers.
pub fn golden_model() -> PathBuf {
    fixture_path("golden/golden_model.safetensors")
}

/// The 16 committed galaxies.
pub fn golden16() -> Golden {
    let bytes = fixture("golden/golden16.safetensors");
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        let (words, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
        words.iter().map(|word| f32::from_le_bytes(*word)).collect()
    };
    Golden {
        images: floats("images"),
        z: channels_first(&floats("z")),
        codes: file.tensor("indices").unwrap().data().to_vec(),
        margins: floats("margin"),
        recon: floats("recon"),
    }
}

/// All 64 galaxies of `golden.npz`, where it is at hand.
pub fn golden64() -> Option<Golden> {
    let npz = shared("reference/golden/golden.npz")?;
    let floats = |name: &str| read_npz::<f32>(&npz, name);
    let golden = Golden {
        images: floats("images"),
        z: channels_first(&floats("z")),
        codes: read_npz::<i64>(&npz, "indices")
            .into_iter()
            .map(|code| code as u8)
            .collect(),
        margins: floats("margin"),
        recon: floats("recon"),
    };
    assert_eq!(golden.codes.len(), 4096);
    Some(golden)
}

/// The largest difference of two arrays of one length.
pub fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// From the reference's `[N, 8, 8, 64]` to ours, `[N, 64, 8, 8]`.
fn channels_first(values: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    for (galaxy, from) in values.chunks_exact(64 * 64).enumerate() {
        for position in 0..64 {
            for channel in 0..64 {
                out[(galaxy * 64 + channel) * 64 + position] = from[position * 64 + channel];
            }
        }
    }
    out
}
