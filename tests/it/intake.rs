//! Every format against what made it; then everything that real users drop, and everything that is broken.

use std::{fs, path::PathBuf};

use galaxy_grove::{
    cutout::{Frame, PIXELS, Recipe, Tone},
    intake::{self, Answers, Content, FileReport, Limits, Picture, Reading, Refusal, Verdict},
};
use proptest::prelude::*;

/// Decodes with the default answers.
fn decode(name: &str, bytes: &[u8], limits: &Limits) -> Result<Content, Refusal> {
    intake::decode(name, bytes, &mut Reading::new(limits, &Answers::default()))
}

/// Reads with the default answers.
fn read(name: &str, bytes: &[u8], recipe: &Recipe, limits: &Limits) -> FileReport {
    intake::read(name, bytes, recipe, limits, &Answers::default())
}

const WIDTH: usize = 40;
const HEIGHT: usize = 32;

fn fixture(name: &str) -> Vec<u8> {
    grove_test_support::fixture(&format!("intake/{name}"))
}

fn floats(name: &str) -> Vec<f32> {
    fixture(name)
        .as_chunks::<4>()
        .0
        .iter()
        .map(|word| f32::from_le_bytes(*word))
        .collect()
}

/// Galaxy from 0 to 1, top row first.
fn original() -> Vec<f32> {
    let values = floats("original.f32");
    assert_eq!(values.len(), WIDTH * HEIGHT);
    values
}

/// The same in the unit of the FITS files.
fn flux() -> Vec<f32> {
    original().iter().map(|v| v * 250.0 - 5.0).collect()
}

fn pictures(name: &str) -> (Vec<Picture>, Vec<String>) {
    match decode(name, &fixture(name), &Limits::default()) {
        Ok(Content::Pictures { pictures, remarks }) => (pictures, remarks),
        other => panic!("{name}: {other:?}"),
    }
}

fn picture(name: &str) -> Frame {
    let (mut pictures, remarks) = pictures(name);
    assert_eq!((pictures.len(), remarks.len()), (1, 0), "{name}: {remarks:?}");
    let picture = pictures.remove(0);
    assert_eq!(picture.label, None, "{name}");
    picture.frame
}

#[track_caller]
fn check(name: &str, frame: &Frame, wanted: &[f32], error: f32) {
    grove_test_support::check_frame(name, frame, (WIDTH, HEIGHT), wanted, error);
}

#[test]
fn pictures_hold_the_original() {
    let half_byte = 0.5 / 255.0 + 1e-6;
    let half_word = 0.5 / 65_535.0 + 1e-6;
    let original = original();
    for (name, error) in [
        ("gray8.png", half_byte),
        ("gray16.png", half_word),
        ("rgba8.png", half_byte),
        ("gray8.tif", half_byte),
        ("gray16.tif", half_word),
        ("float.tif", 0.0),
        ("rgb.jpg", 0.03),
        ("gray.jpg", 0.03),
        ("turned.jpg", 0.03),
    ] {
        let frame = picture(name);
        assert_eq!(frame.tone, Tone::Stretched, "{name}");
        check(name, &frame, &original, error);
    }
    // R = B = v and G = 1 - v: 0.25 v + 0.5 (1 - v) + 0.25 v is one half everywhere. Other mixtures are not.
    check("rgb8.png", &picture("rgb8.png"), &vec![0.5; WIDTH * HEIGHT], 1e-6);
}

#[test]
fn a_tiff_of_flux_is_linear() {
    let (pictures, _) = pictures("flux.tif");
    assert_eq!(pictures[0].frame.tone, Tone::Linear);
    assert_eq!(pictures[0].remarks.len(), 1);
    let wanted: Vec<f32> = original().iter().map(|v| v * 1000.0 - 3.0).collect();
    check("flux.tif", &pictures[0].frame, &wanted, 1e-4);
}

#[test]
fn fits_of_every_bitpix_hold_the_original() {
    let flux = flux();
    for (name, error) in [
        ("u8.fits", 0.501),
        ("i32.fits", 2e-5),
        ("i64.fits", 2e-5),
        ("f64.fits", 2e-5),
    ] {
        let frame = picture(name);
        assert_eq!(frame.tone, Tone::Linear, "{name}");
        check(name, &frame, &flux, error);
    }
    // The bottom left pixel of these is BLANK or NaN: first of the last row.
    let hole = WIDTH * (HEIGHT - 1);
    for (name, error) in [("i16.fits", 0.005_1), ("f32.fits", 2e-5), ("f32.fits.gz", 2e-5)] {
        let mut frame = picture(name);
        assert!(frame.pixels[hole].is_nan(), "{name}: the hole is in its place");
        assert_eq!(frame.pixels.iter().filter(|v| v.is_nan()).count(), 1, "{name}");
        frame.pixels[hole] = flux[hole];
        check(name, &frame, &flux, error);
    }
}

#[test]
fn gzip_is_told_by_its_bytes() {
    let outcome = decode(
        "it does not say so.fits",
        &fixture("f32.fits.gz"),
        &Limits::default(),
    );
    assert!(matches!(outcome, Ok(Content::Pictures { .. })), "{outcome:?}");
}

#[test]
fn compressed_tiles_are_as_astropy_has_them() {
    let counts: Vec<f32> = flux().iter().map(|v| (v * 100.0).round()).collect();
    for (name, wanted, error) in [
        // Rounding in the script and here may differ by one count.
        ("rice_i16.fits", counts.clone(), 1.0),
        ("gzip2_i16.fits", counts.clone(), 1.0),
        ("hcompress_i16.fits", counts, 1.0),
        ("gzip1_f32.fits", flux(), 2e-5),
        ("gzip2_f32.fits", flux(), 2e-5),
        ("rice_f32.fits", floats("rice_f32.f32"), 2e-5),
        ("dither2_f32.fits", floats("dither2_f32.f32"), 2e-5),
    ] {
        check(name, &picture(name), &wanted, error);
    }
}

#[test]
fn each_image_of_a_fits_file_is_a_galaxy() {
    let (pictures, remarks) = pictures("multi.fits");
    let labels: Vec<_> = pictures.iter().map(|picture| picture.label.as_deref()).collect();
    assert_eq!(labels, [Some("1"), Some("3")]);
    check("multi.fits[1]", &pictures[0].frame, &flux(), 2e-5);
    let double: Vec<f32> = flux().iter().map(|v| v * 2.0).collect();
    check("multi.fits[3]", &pictures[1].frame, &double, 4e-5);
    assert!(
        remarks.iter().any(|remark| remark.contains("4 (DQ)")),
        "{remarks:?}"
    );
    assert!(
        remarks.iter().any(|remark| remark.contains("extension 5")),
        "{remarks:?}"
    );
    assert_eq!(remarks.len(), 2, "{remarks:?}");
}

#[test]
fn of_a_cube_the_middle_plane_is_taken() {
    let (pictures, _) = pictures("cube.fits");
    check("cube.fits", &pictures[0].frame, &flux(), 2e-5);
    assert!(
        pictures[0].remarks[0].contains("plane 2"),
        "{:?}",
        pictures[0].remarks
    );
}

#[test]
fn hdf5_of_every_layout_is_read() {
    let text = String::from_utf8(fixture("sets.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    for (name, count) in [("contiguous.hdf5", 1), ("chunked.hdf5", 3), ("newest.hdf5", 1)] {
        let report = read(name, &fixture(name), &Recipe::default(), &Limits::default());
        assert_eq!(report.verdict(), Verdict::Accepted, "{name}");
        assert!(report.is_set());
        assert_eq!(report.galaxies().len(), count, "{name}");
        for (galaxy, row) in report.galaxies().iter().zip(&rows) {
            let number = |column: usize| row[column].parse::<f64>().unwrap();
            assert_eq!(
                galaxy.id.map(|id| id.to_string()).as_deref(),
                Some(row[0]),
                "{name}: 64-bit ids are exact"
            );
            let sum = |values: &[f32]| values.iter().map(|v| f64::from(*v)).sum::<f64>();
            assert!((sum(&galaxy.raw) - number(1)).abs() < 1e-6, "{name}");
            assert!((sum(&galaxy.image) - number(2)).abs() < 1e-6, "{name}");
            assert_eq!(f64::from(galaxy.raw[2000]), number(3), "{name}");
            assert_eq!(f64::from(galaxy.image[2080]), number(4), "{name}");
        }
    }
    // Narrower numbers than the reference writes.
    let bytes = read(
        "bytes.hdf5",
        &fixture("bytes.hdf5"),
        &Recipe::default(),
        &Limits::default(),
    );
    assert_eq!(bytes.galaxies().len(), 2, "{}", bytes.verdict());
    assert!(
        bytes.verdict().to_string().contains("255 was taken for 1"),
        "{}",
        bytes.verdict()
    );
    let half = read(
        "half.hdf5",
        &fixture("half.hdf5"),
        &Recipe::default(),
        &Limits::default(),
    );
    let whole = read(
        "chunked.hdf5",
        &fixture("chunked.hdf5"),
        &Recipe::default(),
        &Limits::default(),
    );
    assert_eq!(half.galaxies().len(), 2, "{}", half.verdict());
    for (half, (whole, id)) in half.galaxies().iter().zip(whole.galaxies().iter().zip([-7, 300])) {
        assert_eq!(half.id, Some(id));
        let near = |a: &f32, b: &f32| (a - b).abs() <= b / 2048.0;
        assert!(half.raw.iter().zip(&whole.raw).all(|(a, b)| near(a, b)));
        assert!(half.image.iter().zip(&whole.image).all(|(a, b)| near(a, b)));
    }
    let few = Limits {
        take: Some(2),
        ..Limits::default()
    };
    let report = read("chunked.hdf5", &fixture("chunked.hdf5"), &Recipe::default(), &few);
    assert_eq!(report.galaxies().len(), 2);
    assert!(
        report.verdict().to_string().contains("first 2 of 3"),
        "{}",
        report.verdict()
    );
}

#[test]
fn refusals_name_the_thing_and_the_remedy() {
    for (name, word) in [
        ("truncated.fits", "120 bytes are missing"),
        ("table.fits", "holds a table and no image"),
        ("text.png", "plain text"),
        ("empty.fits", "empty"),
        ("cut.jpg", "cut short"),
        ("no_sigma.hdf5", "img_1sigma is missing"),
        ("narrow.hdf5", "img_raw has the shape (2,100)"),
    ] {
        let report = read(name, &fixture(name), &Recipe::default(), &Limits::default());
        let Verdict::Refused { reason, remedy } = &report.verdict() else {
            panic!("{name}: {}", report.verdict())
        };
        assert!(reason.contains(word), "{name}: {reason}");
        assert!(remedy.len() > 10, "{name}: {remedy}");
        assert!(report.galaxies().is_empty());
    }
}

#[test]
fn limits_hold() {
    let small = Limits {
        side: 39,
        ..Limits::default()
    };
    let few = Limits {
        pixels: WIDTH * HEIGHT - 1,
        ..Limits::default()
    };
    for name in [
        "gray8.png",
        "gray.jpg",
        "gray8.tif",
        "float.tif",
        "f32.fits",
        "rice_f32.fits",
    ] {
        for limits in [&small, &few] {
            let refusal = decode(name, &fixture(name), limits).unwrap_err();
            assert!(refusal.reason.contains("40 x 32"), "{name}: {refusal}");
        }
    }
    // Of a set that is too large a sample is read, and the verdict says so.
    let two = Limits {
        galaxies: 2,
        ..Limits::default()
    };
    let report = read("x", &fixture("chunked.hdf5"), &Recipe::default(), &two);
    assert_eq!(report.galaxies().len(), 2);
    assert!(
        report
            .verdict()
            .to_string()
            .contains("random sample of 2 (seed 0) of 3"),
        "{}",
        report.verdict()
    );
    let short = Limits {
        bytes: 100,
        ..Limits::default()
    };
    assert!(
        decode("x", &fixture("f32.fits"), &short)
            .unwrap_err()
            .reason
            .contains("the limit is 100 bytes")
    );
    let hdus = Limits {
        hdus: 2,
        ..Limits::default()
    };
    assert!(
        decode("x", &fixture("multi.fits"), &hdus)
            .unwrap_err()
            .reason
            .contains("more than 2")
    );
}

#[test]
fn prepared_pictures_have_their_shape() {
    let report = read(
        "1234567.png",
        &fixture("gray8.png"),
        &Recipe::default(),
        &Limits {
            preview: 96,
            ..Limits::default()
        },
    );
    assert_eq!(report.galaxies().len(), 1, "{}", report.verdict());
    let galaxy = &report.galaxies()[0];
    assert_eq!((galaxy.raw.len(), galaxy.image.len()), (PIXELS, PIXELS));
    assert_eq!(galaxy.id, Some(1_234_567));
    assert_eq!(galaxy.image.iter().fold(0.0f32, |top, v| top.max(*v)), 1.0);
    let preview = galaxy.preview.as_ref().unwrap();
    assert_eq!((preview.side, preview.grey.len()), (96, 96 * 96));
    assert!(preview.grey.iter().any(|v| *v > 100), "something is to be seen");
    let report = read(
        "7654321.fits",
        &fixture("multi.fits"),
        &Recipe::default(),
        &Limits::default(),
    );
    let names: Vec<&str> = report
        .galaxies()
        .iter()
        .map(|galaxy| galaxy.name.as_str())
        .collect();
    assert_eq!(names, ["7654321.fits[1]", "7654321.fits[3]"]);
    assert!(
        report.galaxies().iter().all(|galaxy| galaxy.id.is_none()),
        "one number cannot name two galaxies"
    );
}

#[test]
fn every_real_sample_gets_a_verdict() {
    let Some(folder) = grove_test_support::shared("samples") else {
        return;
    };
    let mut names: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    assert!(names.len() > 30, "the samples are there");
    let mut refused = Vec::new();
    for path in names {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let report = read(
            &name,
            &fs::read(&path).unwrap(),
            &Recipe::default(),
            &Limits::default(),
        );
        eprintln!(
            "{name}: {} ({} galaxies)",
            report.verdict(),
            report.galaxies().len()
        );
        assert_eq!(
            report.galaxies().is_empty(),
            report.verdict().is_refused(),
            "{name}"
        );
        for galaxy in report.galaxies() {
            assert!(
                galaxy
                    .image
                    .iter()
                    .chain(&galaxy.raw)
                    .all(|v| (0.0..=1.0).contains(v)),
                "{name}"
            );
        }
        if report.verdict().is_refused() {
            refused.push(name);
        } else if name == "hst_aegis_3hdu.fits" {
            assert_eq!(report.galaxies().len(), 3);
        }
    }
    assert_eq!(refused, ["README.md", "broken_truncated.fits"]);
    let broken = fs::read(folder.join("broken_truncated.fits")).unwrap();
    let refusal = decode("broken_truncated.fits", &broken, &Limits::default()).unwrap_err();
    assert!(refusal.reason.contains("bytes are missing"), "{refusal}");
    assert!(refusal.remedy.contains("download"), "{refusal}");
}

#[test]
fn the_golden_sets_are_read() {
    let Some(shared) = grove_test_support::shared("") else {
        return;
    };
    for (name, count) in [
        ("data_contiguous_20.hdf5", 20),
        ("data_latest_100.hdf5", 100),
        ("data_gzip.hdf5", 1000),
    ] {
        let bytes = fs::read(shared.join("reference/golden").join(name)).unwrap();
        let report = read(name, &bytes, &Recipe::default(), &Limits::default());
        assert_eq!(report.verdict(), Verdict::Accepted, "{name}");
        assert_eq!(report.galaxies().len(), count, "{name}");
        assert!(
            report
                .galaxies()
                .iter()
                .all(|galaxy| galaxy.id.is_some_and(|id| id > 1 << 58)),
            "{name}"
        );
    }
}

/// Fixtures to be damaged: one of every decoder.
const SEEDS: [&str; 14] = [
    "gray8.png",
    "gray16.png",
    "rgb.jpg",
    "turned.jpg",
    "gray8.tif",
    "gray16.tif",
    "float.tif",
    "f32.fits",
    "multi.fits",
    "rice_f32.fits",
    "gzip2_f32.fits",
    "hcompress_i16.fits",
    "chunked.hdf5",
    "newest.hdf5",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A panic inside a decoder is caught and would go unseen, but it is none of ours: these must only end, and give
    /// a verdict that fits the galaxies.
    #[test]
    fn damaged_files_get_a_verdict(
        which in 0..SEEDS.len(),
        cut in prop::option::of(0.0f64..1.0),
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>(), any::<bool>()), 0..12),
    ) {
        let mut bytes = fixture(SEEDS[which]);
        for (place, byte, early) in changes {
            // Half of the changes hit the beginning, where headers are.
            let reach = if early { bytes.len().min(3000) } else { bytes.len() };
            let at = (place * reach as f64) as usize;
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let limits = Limits { pixels: 1 << 20, galaxies: 100, expanded: 1 << 22, ..Limits::default() };
        let report = read(SEEDS[which], &bytes, &Recipe::default(), &limits);
        prop_assert_eq!(report.galaxies().is_empty(), report.verdict().is_refused());
        prop_assert!(!report.verdict().to_string().contains('\n'));
    }

    #[test]
    fn random_bytes_are_refused(start in 0usize..9, rest in prop::collection::vec(any::<u8>(), 0..600)) {
        const STARTS: [&[u8]; 9] = [
            b"", b"SIMPLE  =                    T", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0\x08\0\0\0",
            b"MM\0*\0\0\0\x08", b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x89HDF\r\n\x1a\n\0", b"\x10\0\0\0\0\0\0\0{\"a\":",
        ];
        let bytes = [STARTS[start], rest.as_slice()].concat();
        let report = read("random", &bytes, &Recipe::default(), &Limits::default());
        prop_assert!(report.verdict().is_refused());
    }
}
