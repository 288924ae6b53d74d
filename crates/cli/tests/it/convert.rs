//! `grove convert` and `grove info`, as a user runs them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use galaxy_grove::bundle;
use grove_test_support::{printed, stated};

fn fixture(name: &str) -> PathBuf {
    grove_test_support::fixture_path("intake").join(name)
}

fn grove(arguments: &[&str], folder: &Path) -> Output {
    grove_test_support::grove_in(folder, arguments)
}

fn path(name: &str) -> String {
    fixture(name).to_str().unwrap().to_owned()
}

#[test]
fn hdf5_becomes_a_bundle_and_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let output = grove(
        &[
            "convert",
            &path("chunked.hdf5"),
            "-o",
            "out.safetensors",
            "--credit",
            "simulated",
        ],
        folder.path(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    let bundle = bundle::read(&fs::read(folder.path().join("out.safetensors")).unwrap()).unwrap();
    assert_eq!(bundle.set.ids[0], 588_712_276_550_734_243);
    assert_eq!(bundle.set.len(), 3);
    assert_eq!(bundle.set.image_of(0)[2080], 0.767_511_8);
    assert_eq!(bundle.metadata["credit"], "simulated");
    assert_eq!(bundle.metadata["source"], "chunked.hdf5");
    assert!(!folder.path().join("out.safetensors.part").exists());

    // A second pass through u8, with the credit kept.
    let output = grove(
        &[
            "convert",
            "out.safetensors",
            "-o",
            "u8.safetensors",
            "--dtype",
            "u8",
            "--limit",
            "2",
        ],
        folder.path(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    let small = bundle::read(&fs::read(folder.path().join("u8.safetensors")).unwrap()).unwrap();
    assert_eq!(small.set.ids, bundle.set.ids[..2]);
    assert_eq!(small.metadata["credit"], "simulated");
    for (a, b) in small.set.image.iter().zip(&bundle.set.image) {
        assert!((a - b).abs() <= 0.5 / 255.0 + 1e-6);
    }
}

#[test]
fn a_folder_is_walked_and_every_refusal_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = folder.path().join("in/deep");
    fs::create_dir_all(&inputs).unwrap();
    fs::copy(fixture("gray8.png"), folder.path().join("in/b_1234567.png")).unwrap();
    fs::copy(fixture("gray16.png"), folder.path().join("in/c_1234567.png")).unwrap();
    fs::copy(fixture("f32.fits"), inputs.join("a.fits")).unwrap();
    fs::copy(fixture("truncated.fits"), inputs.join("cut.fits")).unwrap();
    fs::write(folder.path().join("in/.hidden"), "x").unwrap();
    let arguments = [
        "convert",
        "in",
        "-o",
        "in/out.safetensors",
        "--verdicts",
        "in/v.csv",
    ];
    let output = grove(&arguments, folder.path());
    assert_eq!(output.status.code(), Some(3), "{}", stated(&output));
    assert!(
        stated(&output).contains("120 bytes are missing"),
        "{}",
        stated(&output)
    );
    assert!(
        stated(&output).contains("the id 1234567 is already in use"),
        "{}",
        stated(&output)
    );
    let bundle = bundle::read(&fs::read(folder.path().join("in/out.safetensors")).unwrap()).unwrap();
    assert_eq!(
        bundle.set.names,
        ["b_1234567.png", "c_1234567.png", "deep/a.fits"]
    );
    assert_eq!(bundle.set.ids, [1_234_567, 1, 2]);
    let table = fs::read_to_string(folder.path().join("in/v.csv")).unwrap();
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(table.contains("cut.fits,refused,0,"), "{table}");

    // Nothing is replaced unless asked for; and the bundle in the folder is no input of itself.
    let output = grove(&arguments, folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(stated(&output).contains("--force"), "{}", stated(&output));
    let output = grove(&[arguments.as_slice(), &["--force"]].concat(), folder.path());
    assert_eq!(output.status.code(), Some(3), "{}", stated(&output));
    let again = bundle::read(&fs::read(folder.path().join("in/out.safetensors")).unwrap()).unwrap();
    assert_eq!(again.set, bundle.set);
    let again = fs::read_to_string(folder.path().join("in/v.csv")).unwrap();
    assert_eq!(again, table);
}

#[test]
fn questions_are_told_and_answers_that_nobody_wants_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("cube.fits"), folder.path().join("again.fits")).unwrap();
    let run = |choice: &str| {
        let output = grove(
            &[
                "convert",
                &path("cube.fits"),
                "again.fits",
                "-o",
                "out.safetensors",
                "--force",
                "--choose",
                choice,
            ],
            folder.path(),
        );
        stated(&output)
    };
    let slip = run("bnad=2");
    assert!(slip.contains("no file asked for `bnad`"), "{slip}");
    assert_eq!(slip.matches("With --choose band=N").count(), 1, "{slip}");
    assert!(slip.contains("`band`: another file asks the same"), "{slip}");
    for choice in ["band=2", "band=99"] {
        let words = run(choice);
        assert!(!words.contains("no file asked"), "{words}");
    }
}

#[test]
fn tables_behind_the_limit_are_joined() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png"] {
        fs::copy(fixture("gray8.png"), folder.path().join(name)).unwrap();
    }
    fs::write(
        folder.path().join("labels.csv"),
        "file,label\na.png,Sbc\nb.png,E\n",
    )
    .unwrap();
    let arguments = [
        "convert",
        "a.png",
        "b.png",
        "labels.csv",
        "-o",
        "o.safetensors",
        "--limit",
        "1",
    ];
    let output = grove(&arguments, folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    let set = bundle::read(&fs::read(folder.path().join("o.safetensors")).unwrap())
        .unwrap()
        .set;
    assert_eq!(set.names, ["a.png"]);
    assert_eq!(set.about[0].columns["label"], "Sbc");
    assert!(
        stated(&output).contains("1 file not read because of --limit"),
        "{}",
        stated(&output)
    );
}

#[test]
fn failures_have_their_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let none = grove(
        &[
            "convert",
            &path("truncated.fits"),
            "absent.png",
            "-o",
            "o.safetensors",
        ],
        folder.path(),
    );
    assert_eq!(none.status.code(), Some(1), "{}", stated(&none));
    assert!(
        stated(&none).contains("absent.png: refused: it cannot be opened"),
        "{}",
        stated(&none)
    );
    assert!(!folder.path().join("o.safetensors").exists());
    let usage = grove(
        &["convert", "a.png", "-o", "o.safetensors", "--dtype", "f99"],
        folder.path(),
    );
    assert_eq!(usage.status.code(), Some(2));
    assert!(
        stated(&usage).contains("choose f32, f16 or u8"),
        "{}",
        stated(&usage)
    );
    let lost = grove(
        &[
            "convert",
            &path("chunked.hdf5"),
            "-o",
            "no/such/folder/o.safetensors",
        ],
        folder.path(),
    );
    assert_eq!(lost.status.code(), Some(1));
    assert!(
        stated(&lost).contains("check that the folder exists"),
        "{}",
        stated(&lost)
    );
    let help = grove(&["convert", "--help"], folder.path());
    assert!(printed(&help).contains("Examples:"));
}

#[test]
fn equal_inputs_give_equal_files() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        let output = grove(
            &[
                "convert",
                &path("chunked.hdf5"),
                &path("gray8.png"),
                "-o",
                name,
                "--dtype",
                "f16",
            ],
            folder.path(),
        );
        assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    }
    assert_eq!(
        fs::read(folder.path().join("a")).unwrap(),
        fs::read(folder.path().join("b")).unwrap()
    );
}

#[test]
fn info_tells_what_files_hold() {
    let folder = tempfile::tempdir().unwrap();
    let made = grove(
        &["convert", &path("chunked.hdf5"), "-o", "o.safetensors"],
        folder.path(),
    );
    assert_eq!(made.status.code(), Some(0), "{}", stated(&made));
    let names = ["chunked.hdf5", "multi.fits", "gray16.png", "f32.fits.gz"].map(path);
    let files: Vec<&str> = ["info", "o.safetensors"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    let output = grove(&files, folder.path());
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "Galaxy Grove bundle",
        "SHA-256",
        "tensor    raw: f32 3 x 64 x 64",
        "3 with ids from 587881516332887511 to 588712276550734243",
        "dataset   img_raw: float32 3 x 4096, chunks of 2 x 1000",
        "HDU 2     table",
        "image, 40 x 32 (BITPIX -32) SCI",
        "40 x 32 pixels, L16",
        "compressed with gzip",
        ": prepared",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let output = grove(
        &["info", "--json", "o.safetensors", &path("text.png")],
        folder.path(),
    );
    assert_eq!(output.status.code(), Some(1), "one file cannot be read");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json[0]["galaxies"]["largest_id"], 588_712_276_550_734_243_i64);
    assert_eq!(json[0]["tensors"][1]["shape"], serde_json::json!([3, 64, 64]));
    assert!(
        json[1]["refused"]["reason"]
            .as_str()
            .unwrap()
            .contains("plain text")
    );
}

#[test]
fn info_reads_hdf5_larger_than_memory() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("large.hdf5");
    fs::copy(fixture("chunked.hdf5"), &name).unwrap();
    // A hole behind the data: it takes no room on the disk.
    let file = fs::File::options().write(true).open(&name).unwrap();
    file.set_len(40 << 30).unwrap();
    let output = grove(&["info", "large.hdf5"], folder.path());
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.contains("3 with ids from 587881516332887511 to 588712276550734243"),
        "{text}"
    );
}

#[test]
fn duplicates_are_told_of_and_left_out_on_request() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(fixture("gray8.png"), folder.path().join("one.png")).unwrap();
    fs::copy(fixture("gray8.png"), folder.path().join("two.png")).unwrap();
    fs::copy(fixture("turned.jpg"), folder.path().join("three.jpg")).unwrap();
    let run = |more: &[&str]| {
        let mut arguments = vec![
            "convert",
            "one.png",
            "two.png",
            "three.jpg",
            "-o",
            "out.safetensors",
        ];
        arguments.extend(more);
        let output = grove(&arguments, folder.path());
        assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
        let set = bundle::read(&fs::read(folder.path().join("out.safetensors")).unwrap())
            .unwrap()
            .set;
        (set, stated(&output))
    };
    let (set, words) = run(&[]);
    assert_eq!(set.names, ["one.png", "two.png", "three.jpg"]);
    assert!(words.contains("two.png shows the same as one.png"), "{words}");
    assert!(words.contains("duplicates: 1 (--unique"), "{words}");
    assert_eq!(set.about[1].columns["grove_duplicate_of"], set.ids[0].to_string());
    assert!(set.about[0].is_empty());

    let (set, words) = run(&["--unique", "--force"]);
    assert_eq!(set.names, ["one.png", "three.jpg"]);
    assert!(
        words.contains("shows the same as one.png and was left out"),
        "{words}"
    );
    assert!(words.contains("left out as duplicates: 1"), "{words}");
}
