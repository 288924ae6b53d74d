//! `grove extract`, run as a user runs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod common;

use common::{golden_model, golden16, shared};
use galaxy_grove::bundle::{self, Dtype};
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use galaxy_grove::export::read_features;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn grove(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grove"))
        .args(arguments)
        .output()
        .unwrap()
}

fn extract(input: &Path, model: &Path, output: &Path, more: &[&str]) -> Output {
    grove(
        &[
            &["extract", text(input), "--model", text(model), "-o", text(output)],
            more,
        ]
        .concat(),
    )
}

fn succeeded(run: &Output) {
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A bundle of the first `count` galaxies of the golden fixture, with ids that do not fit a double.
fn golden_bundle(folder: &Path, count: usize) -> PathBuf {
    let image = golden16().images[..count * PIXELS].to_vec();
    let ids = (0..count as i64)
        .map(|row| 587_722_952_230_502_863 + row)
        .collect();
    let set = CutoutSet::new(ids, Vec::new(), image.clone(), image).unwrap();
    let path = folder.join("golden.safetensors");
    std::fs::write(
        &path,
        bundle::write(&set, None, Dtype::F32, &Default::default()).unwrap(),
    )
    .unwrap();
    path
}

#[test]
fn codes_of_a_bundle_are_the_reference_codes() {
    let folder = tempfile::tempdir().unwrap();
    let input = golden_bundle(folder.path(), 16);
    let output = folder.path().join("features.fits");
    let run = extract(&input, &golden_model(), &output, &[]);
    succeeded(&run);
    let features = read_features(&std::fs::read(&output).unwrap()).unwrap();
    assert_eq!(features.codes, golden16().codes);
    assert_eq!(features.ids[15], 587_722_952_230_502_878);

    let again = extract(&input, &golden_model(), &output, &[]);
    assert!(!again.status.success());
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"));
}

#[test]
fn no_galaxies_and_one_galaxy_are_fine() {
    for count in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let input = golden_bundle(folder.path(), count);
        let output = folder.path().join("features.fits");
        let run = extract(&input, &golden_model(), &output, &["--compact"]);
        succeeded(&run);
        assert_eq!(
            read_features(&std::fs::read(&output).unwrap()).unwrap().ids.len(),
            count
        );
    }
}

#[test]
fn wrong_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let input = golden_bundle(folder.path(), 2);
    let output = folder.path().join("features.fits");
    // A bundle in place of the model.
    let run = extract(&input, &input, &output, &[]);
    let words = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(
        !run.status.success() && words.contains("golden.safetensors is not a model"),
        "{words}"
    );
    // The model in place of the bundle.
    let run = grove(&[
        "extract",
        text(&golden_model()),
        "--model",
        text(&golden_model()),
        "-o",
        text(&output),
    ]);
    let words = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(
        !run.status.success() && words.contains("golden_model.safetensors"),
        "{words}"
    );
    assert!(!output.exists());
}

#[test]
fn the_reference_features_are_reproduced() {
    let Some(folder) = shared("reference/golden") else {
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let model = scratch.path().join("model.safetensors");
    let prefix = folder.join("ckpt/model.ckpt");
    let run = grove(&["import-tf", text(&prefix), "-o", text(&model)]);
    succeeded(&run);
    let bundle = scratch.path().join("galaxies.safetensors");
    let run = grove(&[
        "convert",
        text(&folder.join("data_gzip.hdf5")),
        "-o",
        text(&bundle),
    ]);
    succeeded(&run);
    let output = scratch.path().join("features.fits");
    let run = extract(&bundle, &model, &output, &[]);
    succeeded(&run);
    let ours = std::fs::read(&output).unwrap();
    let theirs = std::fs::read(folder.join("features.fits")).unwrap();
    let (found, expected) = (read_features(&ours).unwrap(), read_features(&theirs).unwrap());
    assert_eq!(found.ids, expected.ids);
    let wrong = found
        .codes
        .iter()
        .zip(&expected.codes)
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!(wrong, 0, "{wrong} of {} codes differ", expected.codes.len());
    assert!(
        ours == theirs,
        "the values are equal, but the bytes of the file are not"
    );
}
