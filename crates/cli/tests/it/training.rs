//! Training against the reference's numbers, and `grove train` run as a user runs it.

use galaxy_grove::bundle::{self, Dtype};
use galaxy_grove::checkpoint::{TensorBundle, Weights};
use galaxy_grove::cutout::{CutoutSet, PIXELS, simulate};
use grove_model::device::processor;
use grove_model::training::kmedoids::{alternate, cluster, exhaustive};
use grove_model::training::silhouette::{Distances, silhouette};
use grove_model::training::{Adam, LossWeights, Parameters, Search, gradients, metrics, step};
use grove_test_support::{fixture_path, grove, printed, read_npz, shared, stated, text, write_bundle};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::path::{Path, PathBuf};
use std::process::Output;

const ADAM: Adam = Adam {
    learning_rate: 3e-4,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
};

/// The loss weights of `golden_train.npz`.
fn golden_weights(npz: &Path) -> LossWeights {
    LossWeights {
        data_variance: f64::from(read_npz::<f32>(npz, "data_variance")[0]),
        commitment: 0.25,
        clustering: None,
        ema: false,
    }
}

/// The weights that `golden_train.npz` starts from.
fn fresh() -> Option<Parameters> {
    let folder = shared("reference/golden/ckpt_random")?;
    let bundle = TensorBundle::open(&std::fs::read(folder.join("model.ckpt.index")).unwrap()).unwrap();
    let data = std::fs::read(folder.join("model.ckpt.data-00000-of-00001")).unwrap();
    Some(Parameters::from_tf(&bundle, &data, 0.9, 0.999).unwrap())
}

/// Gradients of step 0 within 1e-5 of their largest, weights after one Adam step within 1e-7 (of numbers around 0.1).
#[test]
fn the_first_step_is_the_references() {
    let (Some(npz), Some(mut parameters)) = (shared("reference/golden/golden_train.npz"), fresh()) else {
        return;
    };
    let batch = &read_npz::<f32>(&npz, "batches")[..32 * PIXELS];
    let weights = golden_weights(&npz);
    let (losses, found, _) = gradients(&parameters, batch, &weights, &processor()).unwrap();
    let codes: Vec<u8> = read_npz::<i64>(&npz, "indices_step0")
        .iter()
        .map(|&code| code as u8)
        .collect();
    assert_eq!(losses.codes, codes);
    let trace = read_npz::<f64>(&npz, "losses");
    for (found, expected) in [
        (losses.reconstruction, trace[0]),
        (losses.quantisation, trace[1]),
        (losses.perplexity, trace[2]),
        (losses.total, trace[3]),
    ] {
        assert!((found / expected - 1.0).abs() < 1e-5, "{found} {expected}");
    }
    assert_eq!(found.len(), 35);
    for (name, gradient) in &found {
        let expected = read_npz::<f32>(&npz, &format!("grad/{name}"));
        let largest = expected.iter().fold(0.0_f32, |most, g| most.max(g.abs()));
        let off = grove_test_support::largest_difference(gradient, &expected);
        assert!(off <= 1e-5 * largest, "{name}: {off} of {largest}");
    }
    step(&mut parameters, None, batch, &weights, &ADAM, &processor()).unwrap();
    for (name, variable) in &parameters.variables {
        let expected = read_npz::<f32>(&npz, &format!("w1/{name}"));
        let off = grove_test_support::largest_difference(&variable.values, &expected);
        assert!(off <= 1e-7, "{name}: {off}");
    }
}

/// Twenty steps on fixed batches: the losses before each update within 1e-3.
#[test]
fn twenty_steps_follow_the_references() {
    let (Some(npz), Some(mut parameters)) = (shared("reference/golden/golden_train.npz"), fresh()) else {
        return;
    };
    let batches = read_npz::<f32>(&npz, "batches");
    let trace = read_npz::<f64>(&npz, "losses");
    let weights = golden_weights(&npz);
    let mut worst = 0.0_f64;
    for (number, (batch, expected)) in batches
        .chunks_exact(32 * PIXELS)
        .zip(trace.chunks_exact(4))
        .enumerate()
    {
        let losses = step(&mut parameters, None, batch, &weights, &ADAM, &processor()).unwrap();
        let found = [
            losses.reconstruction,
            losses.quantisation,
            losses.perplexity,
            losses.total,
        ];
        for (found, expected) in found.iter().zip(expected) {
            let off = (found / expected - 1.0).abs();
            worst = worst.max(off);
            assert!(off < 1e-3, "step {number}: {found} {expected}");
        }
    }
    eprintln!("20 steps: largest relative difference of a loss {worst:.1e}");
}

/// Batches of the golden file, those committed or all that are at hand.
fn medoid_files() -> Vec<PathBuf> {
    let small = fixture_path("training/kmedoids.npz");
    [Some(small), shared("reference/golden/golden_kmedoids.npz")]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn medoids_and_silhouettes_are_the_references() {
    for npz in medoid_files() {
        let codes: Vec<u8> = match npz.ends_with("tests/fixtures/training/kmedoids.npz") {
            true => read_npz::<u8>(&npz, "features"),
            false => read_npz::<i64>(&npz, "features")
                .into_iter()
                .map(|code| code as u8)
                .collect(),
        };
        let integers = |name: &str| -> Vec<usize> {
            read_npz::<i64>(&npz, name)
                .into_iter()
                .map(|value| value as usize)
                .collect()
        };
        let (best_medoids, best_labels) = (integers("best_medoids"), integers("best_labels"));
        let (start, medoids, labels) = (
            integers("alt_init"),
            integers("alt_medoids"),
            integers("alt_labels"),
        );
        let best_cost = read_npz::<f64>(&npz, "best_cost");
        let best_score = read_npz::<f64>(&npz, "best_silhouette");
        let score = read_npz::<f64>(&npz, "alt_silhouette");
        let runs = read_npz::<f64>(&npz, "kpp_runs");
        let batches = codes.len() / (32 * 64);
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for batch in 0..batches {
            let distances = Distances::hamming(&codes[batch * 2048..(batch + 1) * 2048], 64);
            let best = exhaustive(&distances);
            assert!((best.inertia - best_cost[batch]).abs() < 1e-12);
            assert_eq!(best.medoids, best_medoids[batch * 2..batch * 2 + 2]);
            assert_eq!(best.labels, best_labels[batch * 32..batch * 32 + 32]);
            assert!((silhouette(&distances, &best.labels).unwrap() - best_score[batch]).abs() < 1e-12);

            let found = alternate(&distances, start[batch * 2..batch * 2 + 2].to_vec());
            assert_eq!(found.medoids, medoids[batch * 2..batch * 2 + 2]);
            assert_eq!(found.labels, labels[batch * 32..batch * 32 + 32]);
            assert!((silhouette(&distances, &found.labels).unwrap() - score[batch]).abs() < 1e-12);

            for seed in 0..20 {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let run = cluster(&distances, 2, Search::Alternate, &mut random);
                ours.push(run.inertia / best.inertia);
                // The columns of a run: seed, inertia, silhouette, medoids.
                theirs.push(runs[(batch * 20 + seed as usize) * 5 + 1] / best.inertia);
            }
        }
        // Other random numbers, the same method: their means agree, single runs do not.
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        assert!(
            (mean(&ours) - mean(&theirs)).abs() < 0.01,
            "{} {}",
            mean(&ours),
            mean(&theirs)
        );
    }
}

fn galaxies(folder: &Path, count: usize) -> PathBuf {
    let set = simulate::simulate(3, count);
    write_bundle(folder.join("galaxies.safetensors"), &set, Dtype::F32)
}

/// A network small enough to train in a test, on settings that reach every part of the loop.
const SMALL: &[&str] = &[
    "--batch",
    "4",
    "--hidden",
    "8",
    "--residual-hidden",
    "4",
    "--residual-layers",
    "1",
    "--embedding-dim",
    "6",
    "--codes",
    "5",
    "--score-from",
    "5",
    "--save-from",
    "8",
    "--validate-all-every",
    "6",
    "--keep",
    "2",
];

fn train(data: &Path, run: &Path, more: &[&str]) -> Output {
    grove(&[&["train", text(data), "-o", text(run)], SMALL, more].concat())
}

#[test]
fn a_run_writes_all_that_it_promises_and_its_model_extracts() {
    let folder = tempfile::tempdir().unwrap();
    let data = galaxies(folder.path(), 30);
    let run = folder.path().join("run");
    let done = train(&data, &run, &["--steps", "20"]);
    assert!(done.status.success(), "{}", stated(&done));
    let printed = printed(&done);
    assert!(
        printed.contains("Number of training dataset: 27\nNumber of validation dataset: 3"),
        "{printed}"
    );

    let records = metrics::parse(&std::fs::read_to_string(run.join("metrics.csv")).unwrap());
    assert_eq!(records.len(), 20);
    assert!(
        records
            .iter()
            .all(|record| record.silhouette.is_some() == (record.step >= 5))
    );
    assert!(
        records
            .iter()
            .all(|record| record.validation.is_some() == (record.step >= 5))
    );
    assert!(
        records
            .iter()
            .all(|r| r.validation_all.is_some() == (r.step % 6 == 0 || r.step == 20))
    );
    assert!(
        std::fs::read_to_string(run.join("run.toml"))
            .unwrap()
            .contains("hidden = 8")
    );
    for name in [
        "loss.svg",
        "loss.png",
        "last.safetensors",
        "last.json",
        "last.ckpt.index",
        "best.safetensors",
    ] {
        assert!(run.join(name).exists(), "{name}");
    }
    let model = Weights::from_safetensors(&std::fs::read(run.join("last.safetensors")).unwrap()).unwrap();
    assert_eq!(model.architecture().codebook, 5);
    let steps = model
        .metadata()
        .iter()
        .find(|(key, _)| key.contains("steps"))
        .unwrap();
    assert_eq!(steps.1, "20");
    let features = folder.path().join("features.fits");
    let extracted = grove(&[
        "extract",
        text(&data),
        "--model",
        text(&run.join("last.safetensors")),
        "-o",
        text(&features),
    ]);
    assert!(extracted.status.success(), "{}", stated(&extracted));
}

#[test]
fn a_resumed_run_goes_on_as_if_it_had_never_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = galaxies(folder.path(), 30);
    let (whole, parts) = (folder.path().join("whole"), folder.path().join("parts"));
    assert!(train(&data, &whole, &["--steps", "16"]).status.success());
    // The first part ends between two validations, or the last step would add one of its own.
    assert!(train(&data, &parts, &["--steps", "12"]).status.success());
    let save = parts.join("last.json");
    let resumed = grove(&[
        "train",
        text(&data),
        "-o",
        text(&parts),
        "--resume",
        text(&save),
        "--steps",
        "16",
    ]);
    assert!(resumed.status.success(), "{}", stated(&resumed));
    let read = |run: &Path| metrics::parse(&std::fs::read_to_string(run.join("metrics.csv")).unwrap());
    assert_eq!(read(&whole), read(&parts));
    let model = |run: &Path| std::fs::read(run.join("last.safetensors")).unwrap();
    assert_eq!(model(&whole), model(&parts));
}

#[test]
fn the_same_seed_gives_the_same_run_and_running_averages_and_the_clustering_term_train_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = galaxies(folder.path(), 20);
    let mut last = Vec::new();
    for (name, more) in [
        ("a", &[][..]),
        ("b", &[]),
        ("seed", &["--seed", "1"]),
        ("ema", &["--ema"]),
        ("soft", &["--clustering-loss", "differentiable"]),
        ("epochs", &["--order", "epochs", "--search", "exhaustive"]),
    ] {
        let run = folder.path().join(name);
        let done = train(&data, &run, &[&["--steps", "8"], more].concat());
        assert!(done.status.success(), "{name}: {}", stated(&done));
        last.push(std::fs::read_to_string(run.join("metrics.csv")).unwrap());
    }
    assert_eq!(last[0], last[1]);
    for other in &last[2..] {
        assert_ne!(&last[0], other);
    }
}

#[test]
fn bad_input_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = galaxies(folder.path(), 12);
    let run = folder.path().join("run");
    let refused = |output: Output, what: &str| {
        assert!(!output.status.success());
        let stated = stated(&output);
        assert!(stated.contains(what), "{stated}");
        assert!(!stated.contains("panicked"), "{stated}");
    };
    refused(train(&folder.path().join("none.hdf5"), &run, &[]), "none.hdf5");
    refused(train(&data, &run, &["--learning-rate", "0"]), "`learning_rate`");
    refused(
        train(&data, &run, &["--settings", text(&data)]),
        "galaxies.safetensors",
    );
    let unknown = folder.path().join("unknown.toml");
    std::fs::write(&unknown, "stepz = 4\n").unwrap();
    refused(
        train(&data, &run, &["--settings", text(&unknown)]),
        "unknown.toml",
    );
    refused(train(&data, &run, &["--resume", text(&data)]), "no save of a run");
    refused(train(&galaxies(folder.path(), 1), &run, &[]), "too few");

    let mut set = simulate::simulate(3, 12);
    set.image[5 * PIXELS + 7] = f32::NAN;
    let holes = folder.path().join("holes.safetensors");
    if let Ok(bytes) = bundle::write(&set, None, Dtype::F32, &Default::default()) {
        std::fs::write(&holes, bytes).unwrap();
        refused(train(&holes, &run, &[]), "holes.safetensors");
    }
    let flat = CutoutSet::new(
        (0..12).collect(),
        Vec::new(),
        vec![0.5; 12 * PIXELS],
        vec![0.5; 12 * PIXELS],
    )
    .unwrap();
    let path = folder.path().join("flat.safetensors");
    std::fs::write(
        &path,
        bundle::write(&flat, None, Dtype::F32, &Default::default()).unwrap(),
    )
    .unwrap();
    refused(train(&path, &run, &[]), "equal");

    let data = galaxies(folder.path(), 12);
    assert!(train(&data, &run, &["--steps", "2"]).status.success());
    refused(train(&data, &run, &["--steps", "2"]), "holds a run already");
}
