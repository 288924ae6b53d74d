//! `grove extract`, run as a user runs it.

use galaxy_grove::bundle::Dtype;
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use galaxy_grove::export::{Features, read_features, read_ids_npy};
use grove_test_support::{
    bundle_of, failed, fixture_path, golden_model, golden16, grove, shared, stated, succeeded, text,
    write_bundle,
};
use std::path::{Path, PathBuf};
use std::process::Output;

fn extract(input: &Path, model: &Path, output: &Path, more: &[&str]) -> Output {
    grove(
        &[
            &["extract", text(input), "--model", text(model), "-o", text(output)],
            more,
        ]
        .concat(),
    )
}

/// A bundle of `count` galaxies: the golden ones again and again, with ids 1, 2, ...
fn many(folder: &Path, count: usize) -> PathBuf {
    let golden = golden16().images;
    let image: Vec<f32> = golden.iter().copied().cycle().take(count * PIXELS).collect();
    let set = CutoutSet::new((1..=count as i64).collect(), Vec::new(), image.clone(), image).unwrap();
    write_bundle(folder.join(format!("many{count}.safetensors")), &set, Dtype::F32)
}

fn features(path: &Path) -> Features {
    read_features(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn codes_of_a_bundle_are_the_reference_codes() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 16);
    let output = folder.path().join("features.fits");
    let run = extract(&input, &golden_model(), &output, &[]);
    succeeded(&run);
    let features = read_features(&std::fs::read(&output).unwrap()).unwrap();
    assert_eq!(features.codes, golden16().codes);
    assert_eq!(features.ids[15], 587_722_952_230_502_878);

    let again = extract(&input, &golden_model(), &output, &[]);
    assert!(!again.status.success());
    assert!(stated(&again).contains("--force"));
}

/// This program is built without support for graphics processors; one that is finds none on most machines that run tests.
#[test]
fn a_graphics_processor_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (bundle_of(folder.path(), 2), folder.path().join("f.fits"));
    failed(
        &extract(&input, &golden_model(), &output, &["--device", "gpu"]),
        &["graphics processors", "--device processor"],
    );
    assert!(!output.exists());
}

/// The parts, one behind the other, are the whole, over two inputs; what has no identifiers of its own is no input for parts.
#[test]
fn shards_make_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (bundle_of(folder.path(), 11), many(folder.path(), 5));
    let codes = |name: &str, more: &[&str]| {
        let output = folder.path().join(name);
        let (first, second, model) = (text(&first), text(&second), golden_model());
        let arguments = [
            "extract",
            first,
            second,
            "--model",
            text(&model),
            "-o",
            text(&output),
        ];
        let run = grove(&[&arguments[..], more].concat());
        succeeded(&run);
        (features(&output), stated(&run))
    };
    let (whole, _) = codes("whole.safetensors", &[]);
    let (mut ids, mut parts) = (Vec::new(), Vec::new());
    for number in 1..=3 {
        let shard = format!("{number}/3");
        let (part, shown) = codes(&format!("{number}.safetensors"), &["--shard", &shard]);
        assert!(shown.contains(&format!("(shard {shard})")), "{shown}");
        assert!((5..=6).contains(&part.ids.len()));
        ids.extend(part.ids);
        parts.extend(part.codes);
    }
    assert_eq!((ids, parts), (whole.ids, whole.codes));
    let output = folder.path().join("none.fits");
    failed(
        &extract(
            &fixture_path("fits/grz.fits.gz"),
            &golden_model(),
            &output,
            &["--shard", "1/2"],
        ),
        &["is none", "grz.fits.gz", "grove convert"],
    );
    assert!(!output.exists());
}

#[test]
fn no_galaxies_and_one_galaxy_are_fine() {
    for count in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let input = bundle_of(folder.path(), count);
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
fn any_number_of_galaxies_in_the_order_of_the_input() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("features.fits");
    let golden = golden16().codes;
    // Edges of the batches in which galaxies are read (512) and encoded (16), and the reference's stumbling blocks.
    for count in [15, 17, 499, 500, 512, 513] {
        let run = extract(
            &many(folder.path(), count),
            &golden_model(),
            &output,
            &["--force"],
        );
        succeeded(&run);
        let found = features(&output);
        assert_eq!(found.ids, (1..=count as i64).collect::<Vec<_>>());
        let expected: Vec<u8> = golden.iter().copied().cycle().take(count * 64).collect();
        assert!(found.codes == expected, "{count}");
    }
}

#[test]
fn every_format_holds_the_same_codes() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 16);
    let fits = folder.path().join("f.fits");
    succeeded(&extract(&input, &golden_model(), &fits, &[]));
    let expected = features(&fits);
    for name in ["c.fits", "f.parquet", "f.npy", "f.codes.safetensors"] {
        let output = folder.path().join(name);
        let compact: &[&str] = if name == "c.fits" { &["--compact"] } else { &[] };
        succeeded(&extract(&input, &golden_model(), &output, compact));
        let mut found = features(&output);
        if name == "f.npy" {
            found.ids = read_ids_npy(&std::fs::read(folder.path().join("f.ids.npy")).unwrap()).unwrap();
        }
        assert_eq!(found, expected, "{name}");
        // And the other commands take it.
        let merges = folder.path().join(format!("{name}.merges"));
        succeeded(&grove(&["tree", text(&output), "--merges", text(&merges)]));
        assert_eq!(std::fs::read_to_string(&merges).unwrap().lines().count(), 15);
    }
    failed(
        &extract(&input, &golden_model(), &folder.path().join("f.txt"), &[]),
        &["f.txt", "--format"],
    );
    failed(
        &extract(
            &input,
            &golden_model(),
            &folder.path().join("g.npy"),
            &["--compact"],
        ),
        &["--compact"],
    );
}

#[test]
fn pictures_and_sets_together_and_what_is_bad_is_left_out_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let pictures = folder.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    let golden = golden16();
    for galaxy in 0..3 {
        let pixels = &golden.images[galaxy * PIXELS..][..PIXELS];
        let grey: Vec<u8> = pixels.iter().map(|v| (255.0 * v).round() as u8).collect();
        let picture = image::GrayImage::from_raw(64, 64, grey).unwrap();
        picture
            .save(pictures.join(format!("galaxy_90000{galaxy}.png")))
            .unwrap();
    }
    std::fs::write(pictures.join("broken.png"), b"\x89PNG\r\n\x1a\n and no more").unwrap();
    let set = bundle_of(folder.path(), 4);
    let output = folder.path().join("f.fits");
    let model = golden_model();
    let run = grove(&[
        "extract",
        text(&pictures),
        text(&set),
        "--model",
        text(&model),
        "--no-prepare",
        "-o",
        text(&output),
    ]);
    let words = stated(&run);
    assert_eq!(run.status.code(), Some(3), "{words}");
    assert!(words.contains("broken.png: refused"), "{words}");
    let found = features(&output);
    assert_eq!(found.ids[..3], [900_000, 900_001, 900_002]);
    assert_eq!(found.codes[3 * 64..], golden.codes[..4 * 64]);

    // A galaxy that is no number, in the middle of a bundle.
    let mut bytes = std::fs::read(&set).unwrap();
    let header = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize + 8;
    let contents: serde_json::Value = serde_json::from_slice(&bytes[8..header]).unwrap();
    let image = contents["image"]["data_offsets"][0].as_u64().unwrap() as usize;
    let at = header + image + (PIXELS + 7) * 4;
    bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    std::fs::write(&set, bytes).unwrap();
    let run = extract(&set, &golden_model(), &output, &["--force"]);
    let stated = stated(&run);
    assert_eq!(run.status.code(), Some(3), "{stated}");
    assert!(
        stated.contains("galaxy 587722952230502864 (row 2) was left out"),
        "{stated}"
    );
    assert_eq!(features(&output).ids.len(), 3);
}

#[test]
fn galaxies_beside_a_set_get_other_ids_than_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("unnamed.png");
    std::fs::copy(fixture_path("intake/gray8.png"), &picture).unwrap();
    let (set, output) = (many(folder.path(), 4), folder.path().join("f.fits"));
    let run = extract(&picture, &golden_model(), &output, &[text(&set)]);
    succeeded(&run);
    assert_eq!(features(&output).ids, [5, 1, 2, 3, 4]);
}

#[test]
fn archives_and_arrays_are_read_piece_by_piece() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut archive = tar::Builder::new(std::fs::File::create(at("pictures.tar")).unwrap());
    for name in ["b_9000001.png", "a_9000001.png", "c.png"] {
        archive
            .append_path_with_name(fixture_path("intake/gray8.png"), name)
            .unwrap();
    }
    archive.into_inner().unwrap();
    // More than one batch of pictures.
    let pixels: Vec<u8> = (0..520 * PIXELS).map(|i| (i * i % 251) as u8).collect();
    let mut array = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    array.extend("{'descr': '|u1', 'fortran_order': False, 'shape': (520, 64, 64), }".bytes());
    array.resize(127, b' ');
    array.push(b'\n');
    array.extend(pixels);
    std::fs::write(at("array.npy"), array).unwrap();
    let (tar, npy, output) = (at("pictures.tar"), at("array.npy"), at("f.fits"));
    let run = extract(&tar, &golden_model(), &output, &[text(&npy), "--no-prepare"]);
    succeeded(&run);
    let stated = stated(&run);
    assert!(stated.contains("the id 9000001 is already in use"), "{stated}");
    let ids = features(&output).ids;
    assert_eq!(ids[..4], [9_000_001, 1, 2, 3]);
    assert_eq!(ids[4..], (4..523).collect::<Vec<_>>());
}

#[test]
fn no_half_file_is_left_where_reading_fails() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 16);
    let bytes = std::fs::read(&input).unwrap();
    std::fs::write(&input, &bytes[..bytes.len() - 100]).unwrap();
    let output = folder.path().join("f.fits");
    failed(
        &extract(&input, &golden_model(), &output, &[]),
        &["golden.safetensors", "cut short"],
    );
    let nowhere = folder.path().join("no/such/folder/f.fits");
    std::fs::write(&input, &bytes).unwrap();
    failed(
        &extract(&input, &golden_model(), &nowhere, &[]),
        &["f.fits", "folder"],
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn wrong_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let input = bundle_of(folder.path(), 2);
    let output = folder.path().join("features.fits");
    // A bundle in place of the model.
    let run = extract(&input, &input, &output, &[]);
    let words = stated(&run);
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
    let words = stated(&run);
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
    let straight = scratch.path().join("straight.fits");
    succeeded(&extract(&folder.join("data_gzip.hdf5"), &model, &straight, &[]));
    assert!(std::fs::read(&straight).unwrap() == std::fs::read(&output).unwrap());
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
