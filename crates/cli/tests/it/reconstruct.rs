//! `grove reconstruct`, run as a user runs it.

use galaxy_grove::bundle;
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use grove_test_support::{
    bundle_of, failed, golden_model, golden16, grove, largest_difference, succeeded, text,
};
use std::path::Path;

/// A tensor of floats of a safetensors file.
fn floats(path: &Path, name: &str) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let (words, _) = file.tensor(name).unwrap().data().as_chunks::<4>();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

#[test]
fn galaxies_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let image = golden16().images[..2 * PIXELS].to_vec();
    let names = ["spiral.png", "elliptical.png"].map(str::to_owned).to_vec();
    let set = CutoutSet::new(vec![7, 8], names, image.clone(), image).unwrap();
    let (input, table) = (
        folder.path().join("named.safetensors"),
        folder.path().join("errors.csv"),
    );
    let bytes = bundle::write(&set, None, bundle::Dtype::F32, &Default::default()).unwrap();
    std::fs::write(&input, bytes).unwrap();
    let model = golden_model();
    succeeded(&grove(&[
        "reconstruct",
        text(&input),
        "--model",
        text(&model),
        "--all",
        "--table",
        text(&table),
    ]));
    let table = std::fs::read_to_string(&table).unwrap();
    assert!(table.contains("\n7,spiral.png,"), "{table}");
    assert!(table.contains("\n8,elliptical.png,"), "{table}");
}

#[test]
fn all_galaxies_as_arrays_errors_and_figures() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 16);
    let at = |name: &str| folder.path().join(name);
    let [arrays, table, svg, png] = ["r.safetensors", "r.csv", "r.svg", "r.png"].map(at);
    let model = golden_model();
    let run = grove(&[
        "reconstruct",
        text(&input),
        "--model",
        text(&model),
        "--all",
        "--arrays",
        text(&arrays),
        "--table",
        text(&table),
        "--figure",
        text(&svg),
        "--figure",
        text(&png),
    ]);
    succeeded(&run);
    let golden = golden16();
    let painted = floats(&arrays, "reconstruction");
    assert!(largest_difference(&painted, &golden.recon) < 1e-5);
    assert_eq!(floats(&arrays, "image"), golden.images);
    let residual = floats(&arrays, "residual");
    assert!((residual[9_000] - (golden.images[9_000] - painted[9_000])).abs() < 1e-7);
    // A bundle, which every other command reads.
    let read = bundle::read(&std::fs::read(&arrays).unwrap()).unwrap();
    assert_eq!(read.codes.unwrap(), golden.codes);
    assert_eq!(read.set.len(), 16);

    let text = std::fs::read_to_string(&table).unwrap();
    let first: f64 = text
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .nth(2)
        .unwrap()
        .parse()
        .unwrap();
    let expected = golden.images[..4096]
        .iter()
        .zip(&golden.recon)
        .map(|(a, b)| f64::from(a - b).powi(2))
        .sum::<f64>()
        / 4096.0;
    assert!(
        (first - expected).abs() < 1e-6 * expected.max(1e-3),
        "{first} {expected}"
    );
    assert_eq!(text.lines().count(), 17);
    assert_eq!(
        std::fs::read_to_string(&svg).unwrap().matches("<image").count(),
        48
    );
    let picture = image::open(&png).unwrap().to_luma8();
    let dark = picture.pixels().filter(|pixel| pixel.0[0] < 100).count();
    assert!(dark > 2000, "{dark} dark pixels: the galaxies are not drawn");
}

#[test]
fn a_choice_by_count_seed_or_id() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 16);
    let arrays = folder.path().join("r.safetensors");
    let model = golden_model();
    let ids = |more: &[&str]| {
        let base = [
            "reconstruct",
            text(&input),
            "--model",
            text(&model),
            "--arrays",
            text(&arrays),
            "--force",
        ];
        succeeded(&grove(&[&base[..], more].concat()));
        bundle::read(&std::fs::read(&arrays).unwrap()).unwrap().set.ids
    };
    let five = ids(&["--count", "5"]);
    assert!(five.len() == 5 && five.is_sorted());
    assert_eq!(ids(&["--count", "5"]), five);
    assert_ne!(ids(&["--count", "5", "--seed", "1"]), five);
    assert_eq!(ids(&["--count", "100"]).len(), 16);
    assert_eq!(
        ids(&["--ids", &format!("{},{}", five[3], five[1])]),
        [five[1], five[3]]
    );
}

#[test]
fn bad_requests_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 2);
    let empty = tempfile::tempdir().unwrap();
    let none = bundle_of(empty.path(), 0);
    let model = golden_model();
    let run = |input: &Path, more: &[&str]| {
        grove(&[&["reconstruct", text(input), "--model", text(&model)], more].concat())
    };
    let table = folder.path().join("t.csv");
    failed(&run(&input, &[]), &["nothing is to be written"]);
    failed(&run(&input, &["--figure", "a.jpg"]), &["a.jpg", ".svg"]);
    failed(
        &run(&input, &["--table", text(&table), "--ids", "12"]),
        &["no galaxy 12"],
    );
    failed(&run(&none, &["--table", text(&table)]), &["no galaxies"]);
    failed(&run(&input, &["--table", text(&table), "--count", "0"]), &[]);
    failed(
        &run(&model, &["--table", text(&table)]),
        &["golden_model.safetensors"],
    );
    assert!(!table.exists());
}
