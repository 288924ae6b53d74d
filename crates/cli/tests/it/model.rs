//! The network against the reference's own numbers: codes, encoder output, margins, reconstructions.

use galaxy_grove::checkpoint::{Manifest, TensorBundle, Weights};
use galaxy_grove::cutout::PIXELS;
use grove_model::device::processor;
use grove_model::queue::DeviceQueue;
use grove_model::{Extractor, KnownAnswer, load};
use grove_test_support::{
    Golden, golden_model, golden16, golden64, grove, largest_difference, read_npz, shared, succeeded, text,
};
use pollster::block_on;

fn golden_weights() -> Weights {
    Weights::from_safetensors(&std::fs::read(golden_model()).unwrap()).unwrap()
}

/// burn's network, and our kernels by each kind of instructions that this processor has.
fn extractors(weights: &Weights) -> Vec<(&'static str, Extractor)> {
    let (model, codebook) = load(weights, &processor()).unwrap();
    let mut all = Extractor::on_each_path(weights).unwrap();
    all.push((
        "burn",
        Extractor::new(model.clone(), codebook.clone(), processor()),
    ));
    let queue = DeviceQueue::start().unwrap();
    all.push((
        "burn, queued",
        Extractor::queued(model, codebook, processor(), queue),
    ));
    all
}

/// Codes equal, z and reconstruction within the tolerances that the reference's own kernels keep among themselves.
fn compare(weights: &Weights, golden: &Golden) {
    for (name, extractor) in extractors(weights) {
        println!("{name}:");
        compare_one(&extractor, golden);
    }
}

fn compare_one(extractor: &Extractor, golden: &Golden) {
    let Golden {
        images,
        z,
        codes,
        recon,
        ..
    } = golden;
    let ours = block_on(extractor.encode(images)).unwrap();
    let z_off = largest_difference(&ours, z);
    assert!(z_off <= 1e-5, "z differs by {z_off}");
    let found = extractor.codebook().assign(&ours);
    assert_eq!(found.codes, *codes);
    let painted = block_on(extractor.reconstruct(&found.codes)).unwrap();
    let off = largest_difference(&painted, recon);
    assert!(off <= 1e-5, "the reconstruction differs by {off}");
    println!(
        "{} codes equal, z within {z_off:.1e}, reconstruction within {off:.1e}",
        codes.len()
    );
}

#[test]
fn sixteen_galaxies_give_the_reference_codes() {
    compare(&golden_weights(), &golden16());
}

#[test]
fn margins_are_those_of_the_reference() {
    let golden = golden16();
    for (name, extractor) in extractors(&golden_weights()) {
        let found = block_on(extractor.extract(&golden.images)).unwrap();
        // The reference works in single precision: its distances carry errors of up to 1.6e-4.
        let off = largest_difference(&found.margins, &golden.margins);
        assert!(off < 1e-3, "{name}: margins differ by {off}");
    }
}

#[test]
fn the_shipped_model_passes_its_known_answer_test() {
    let root = grove_test_support::root().join("www/model");
    let read = |name: &str| std::fs::read(root.join(name)).unwrap();
    let manifest = Manifest::from_json(&read("manifest.json")).unwrap();
    let weights = manifest.open(&read(&manifest.file)).unwrap();
    let answers = KnownAnswer::read(&read("known-answer.safetensors")).unwrap();
    for (name, extractor) in extractors(&weights) {
        let report = block_on(answers.ask(&extractor)).unwrap();
        assert_eq!((report.compared, report.wrong), (16 * 64, 0), "{name}");
    }

    // The test can fail: another model's codes are not these.
    for (name, extractor) in extractors(&golden_weights()) {
        let report = block_on(answers.ask(&extractor)).unwrap();
        assert!(
            !report.passed(),
            "a foreign model passed the known-answer test, {name}"
        );
    }
}

#[test]
fn empty_and_ragged_input_is_answered_in_words() {
    for (name, extractor) in extractors(&golden_weights()) {
        assert!(
            block_on(extractor.extract(&[])).unwrap().codes.is_empty(),
            "{name}"
        );
        assert!(
            block_on(extractor.extract(&vec![0.0; PIXELS + 1])).is_err(),
            "{name}"
        );
        assert!(block_on(extractor.reconstruct(&[3; 63])).is_err(), "{name}");
        let error = block_on(extractor.reconstruct(&[16; 64]))
            .unwrap_err()
            .to_string();
        assert!(error.contains("code 16"), "{name}: {error}");
    }
}

#[test]
fn all_of_golden_npz() {
    let (Some(folder), Some(golden)) = (shared("reference/golden"), golden64()) else {
        return;
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let index = read("ckpt/model.ckpt.index");
    let shard = read("ckpt/model.ckpt.data-00000-of-00001");
    let weights = Weights::from_tf(&TensorBundle::open(&index).unwrap(), |_| Some(shard.as_slice())).unwrap();
    compare(&weights, &golden);
}

/// The reference graph trained on real galaxies, imported by the real command, on simulated galaxies.
#[test]
fn the_imported_reference_gives_its_own_numbers() {
    let Some(folder) = shared("reference/pretrained") else {
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let model = scratch.path().join("model.safetensors");
    let prefix = folder.join("model.ckpt");
    succeeded(&grove(&["import-tf", text(&prefix), "-o", text(&model)]));
    let weights = Weights::from_safetensors(&std::fs::read(&model).unwrap()).unwrap();
    let npz = folder.join("golden_pretrained.npz");
    let images = read_npz::<f32>(&npz, "images");
    let codes: Vec<u8> = read_npz::<i64>(&npz, "indices")
        .into_iter()
        .map(|code| code as u8)
        .collect();
    let recon = read_npz::<f32>(&npz, "recon");
    for (name, extractor) in extractors(&weights) {
        assert_eq!(
            block_on(extractor.extract(&images)).unwrap().codes,
            codes,
            "{name}"
        );
        let painted = block_on(extractor.reconstruct(&codes)).unwrap();
        assert!(largest_difference(&painted, &recon) <= 1e-5, "{name}");
    }
}
