//! Pictures, compression and archives against what made them (tests/fixtures/make_formats.py), and files that are damaged
//! at random.

use std::{collections::BTreeMap, fs, ops::ControlFlow, path::PathBuf};

use galaxy_grove::{
    cutout::{Recipe, Tone},
    intake::{self, Answers, Content, FileReport, Limits, Picture, Question, Reading, Refusal, archive},
};
use grove_test_support::{Npz, shared};
use proptest::prelude::*;

const WIDTH: usize = 40;
const HEIGHT: usize = 32;

fn folder() -> PathBuf {
    grove_test_support::fixture_path("formats")
}

fn fixture(name: &str) -> Vec<u8> {
    grove_test_support::fixture(&format!("formats/{name}"))
}

/// The pixels of each picture, as Pillow sees them.
fn expected() -> BTreeMap<String, Vec<f32>> {
    let mut npz = Npz::open(&folder().join("expected.npz"));
    let names = npz.names().into_iter();
    names
        .map(|name| {
            let pixels = npz.array(&name).into_vec().unwrap();
            (name, pixels)
        })
        .collect()
}

struct Decoded {
    pictures: Vec<Picture>,
    remarks: Vec<String>,
    questions: Vec<Question>,
}

fn decode(name: &str, bytes: &[u8], answers: &[(&str, &str)]) -> Result<Decoded, Refusal> {
    let (given, limits) = (grove_test_support::answers(answers), Limits::default());
    let mut reading = Reading::new(&limits, &given);
    match intake::decode(name, bytes, &mut reading)? {
        Content::Pictures { pictures, remarks } => Ok(Decoded {
            pictures,
            remarks,
            questions: reading.questions,
        }),
        other => panic!("{name}: {other:?}"),
    }
}

#[track_caller]
fn check(name: &str, picture: &Picture, wanted: &[f32], error: f32) {
    grove_test_support::check_frame(name, &picture.frame, (WIDTH, HEIGHT), wanted, error);
}

/// How far a picture may be from Pillow's: lossless ones by rounding, lossy ones by the decoders' arithmetic.
fn allowed(name: &str) -> f32 {
    match name {
        // Chroma is scaled up differently.
        "progressive.jpg" | "ycck.jpg" => 0.02,
        "lossy.webp" => 0.02,
        "cmyk.jpg" => 0.01,
        _ => 1e-5,
    }
}

#[test]
fn every_picture_is_as_pillow_has_it() {
    let expected = expected();
    let skipped = ["flux"];
    let mut count = 0;
    for (name, wanted) in &expected {
        if skipped.contains(&name.as_str()) {
            continue;
        }
        let decoded = decode(name, &fixture(name), &[]).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(decoded.pictures.len(), 1, "{name}");
        let numbers = wanted.iter().any(|v| !(0.0..=1.0).contains(v));
        let scale = if numbers { 1000.0 } else { 1.0 };
        check(name, &decoded.pictures[0], wanted, allowed(name) * scale);
        let tone = if numbers { Tone::Linear } else { Tone::Stretched };
        assert_eq!(decoded.pictures[0].frame.tone, tone, "{name}");
        let remarks = &decoded.pictures[0].remarks;
        match name.as_str() {
            "film.png" | "film.gif" | "film.webp" => {
                assert!(remarks[0].contains("film"), "{name}: {remarks:?}")
            }
            "bands.tif" => assert!(remarks[0].contains("channel 2"), "{name}: {remarks:?}"),
            _ => assert_eq!(remarks.len(), usize::from(numbers), "{name}: {remarks:?}"),
        }
        count += 1;
    }
    assert_eq!(count, 45);
}

#[test]
fn every_orientation_is_obeyed() {
    let upright = &expected()["film.png"];
    for orientation in 1..=8 {
        let name = format!("turned{orientation}.jpg");
        let decoded = decode(&name, &fixture(&name), &[]).unwrap();
        check(&name, &decoded.pictures[0], upright, 0.03);
    }
}

#[test]
fn pages_are_pictures() {
    let flux = &expected()["flux"];
    let decoded = decode("pages.tif", &fixture("pages.tif"), &[]).unwrap();
    assert_eq!(decoded.pictures.len(), 3);
    for (at, picture) in decoded.pictures.iter().enumerate() {
        let factor = (at + 1) as f32;
        let wanted: Vec<f32> = flux.iter().map(|v| v * factor).collect();
        check("pages.tif", picture, &wanted, 1e-3);
        assert_eq!(picture.label, Some((at + 1).to_string()));
    }
    assert!(
        decoded.remarks[0].contains("page 4 was left out"),
        "{:?}",
        decoded.remarks
    );
    let only = decode("pages.tif", &fixture("pages.tif"), &[("pages", "page 2")]).unwrap();
    assert_eq!(only.pictures.len(), 1);
    let wanted: Vec<f32> = flux.iter().map(|v| v * 2.0).collect();
    check("pages.tif", &only.pictures[0], &wanted, 1e-3);
}

#[test]
fn pages_of_different_size_are_a_question() {
    let decoded = decode("sizes.tif", &fixture("sizes.tif"), &[]).unwrap();
    assert_eq!(decoded.pictures.len(), 1);
    assert_eq!(decoded.questions[0].key.to_string(), "pages");
    assert_eq!(
        decoded.questions[0].options,
        ["all (2 pages)", "page 1 (40 x 32)", "page 2 (30 x 20)"]
    );
    assert!(decoded.remarks[0].contains("different sizes"));
    let all = decode("sizes.tif", &fixture("sizes.tif"), &[("pages", "all")]).unwrap();
    assert_eq!(all.pictures.len(), 2);
    assert!(all.remarks.is_empty(), "{:?}", all.remarks);
    let second = decode("sizes.tif", &fixture("sizes.tif"), &[("pages", "3")]).unwrap();
    assert_eq!(second.pictures[0].frame.width, 30);
}

#[test]
fn a_channel_can_be_chosen() {
    let flux = &expected()["flux"];
    for (answer, factor) in [("channel 1", 2.0), ("channel 3", 3.0), ("mean of all", 2.0)] {
        let decoded = decode("bands.tif", &fixture("bands.tif"), &[("band", answer)]).unwrap();
        let wanted: Vec<f32> = flux.iter().map(|v| v * factor).collect();
        check("bands.tif", &decoded.pictures[0], &wanted, 1e-2);
    }
}

#[test]
fn packed_files_are_unpacked() {
    let flux = &expected()["flux"];
    for name in ["flux.fits.bz2", "flux.fits.xz", "flux.fits.zst"] {
        let bytes = fixture(name);
        let decoded = decode(name, &bytes, &[]).unwrap();
        check(name, &decoded.pictures[0], flux, 1e-4);
        let cut = decode(name, &bytes[..bytes.len() / 2], &[]).err().unwrap();
        assert!(cut.reason.contains("cut short"), "{name}: {cut}");
    }
}

/// A TIFF with pages of 8 x 8 pixels of this many channels; channel `c` of a page is `c` everywhere.
fn channels(pages: &[usize]) -> Vec<u8> {
    const SIDE: usize = 8;
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for samples in pages {
        let bits = bytes.len();
        bytes.extend([8u8, 0].repeat(*samples));
        let pixels = bytes.len();
        for _ in 0..SIDE * SIDE {
            bytes.extend((0..*samples).map(|c| c as u8));
        }
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        let here = (bytes.len() as u32).to_le_bytes();
        bytes[link..link + 4].copy_from_slice(&here);
        // Tag, type (3: 16 bits, 4: 32 bits), count, value or where it is.
        let entries = [
            (256u16, 3u16, 1usize, SIDE),
            (257, 3, 1, SIDE),
            (258, 3, *samples, bits),
            (259, 3, 1, 1),
            (262, 3, 1, 1),
            (273, 4, 1, pixels),
            (277, 3, 1, *samples),
            (278, 3, 1, SIDE),
            (279, 4, 1, SIDE * SIDE * samples),
        ];
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend((count as u32).to_le_bytes());
            bytes.extend((value as u32).to_le_bytes());
        }
        link = bytes.len();
        bytes.extend([0; 4]);
    }
    bytes
}

#[test]
fn pages_of_other_channels_are_asked_about_by_themselves() {
    let channel = |picture: &Picture| (picture.frame.pixels[0] * 255.0).round() as usize + 1;
    let keys = |decoded: &Decoded| -> Vec<String> {
        let questions = decoded.questions.iter();
        questions.map(|question| question.key.to_string()).collect()
    };
    let decoded = decode("x.tif", &channels(&[7, 3, 7]), &[]).unwrap();
    assert_eq!(keys(&decoded), ["pages", "band", "band of page 2"]);
    let taken: Vec<usize> = decoded.pictures.iter().map(channel).collect();
    assert_eq!(taken, [4, 2, 4]);
    assert!(decoded.pictures[1].remarks[0].contains("3 channels without colours: channel 2"));
    let answers = [("band", "channel 6"), ("band of page 2", "channel 3")];
    let decoded = decode("x.tif", &channels(&[7, 3, 7]), &answers).unwrap();
    let taken: Vec<usize> = decoded.pictures.iter().map(channel).collect();
    assert_eq!(taken, [6, 3, 6]);
    // More channels than are listed: still one of them, not their mean.
    let decoded = decode("x.tif", &channels(&[250]), &[]).unwrap();
    assert_eq!(channel(&decoded.pictures[0]), 100);
    let remark = &decoded.pictures[0].remarks[0];
    assert!(remark.contains("channel 100 was taken"), "{remark}");
}

#[test]
fn what_is_not_read_is_named() {
    for (name, word) in [("refused.avif", "AVIF"), ("office.docx", "document")] {
        let refusal = decode(name, &fixture(name), &[]).err().unwrap();
        assert!(refusal.reason.contains(word), "{name}: {refusal}");
        assert!(refusal.remedy.len() > 10);
    }
}

fn reports(name: &str, bytes: &[u8], limits: &Limits) -> Vec<FileReport> {
    let mut reports = Vec::new();
    let walked = intake::each_file(name, bytes, limits, &mut |name, content| {
        reports.push(match content {
            Ok(bytes) => intake::read(name, bytes, &Recipe::default(), limits, &Answers::default()),
            Err(refusal) => FileReport::refused(name, refusal),
        });
        ControlFlow::Continue(())
    });
    if let Err(refusal) = walked {
        reports.push(FileReport::refused(name, refusal));
    }
    reports
}

/// Path, galaxies, and a word of the verdict, for every member.
const SET: [(&str, usize, &str); 4] = [
    ("spirals/103169.png", 1, "accepted"),
    ("fields/flux.fits.gz", 1, "accepted"),
    ("labels.csv", 0, "table"),
    ("broken.fits", 0, "bytes are missing"),
];

#[test]
fn each_member_gets_a_verdict() {
    for name in ["set.zip", "set.tar.bz2", "set.tar.xz"] {
        let reports = reports(name, &fixture(name), &Limits::default());
        assert_eq!(reports.len(), SET.len(), "{name}");
        for (report, (path, galaxies, word)) in reports.iter().zip(SET) {
            assert_eq!(report.name, format!("{name}/{path}"));
            assert_eq!(report.galaxies().len(), galaxies, "{}", report.verdict());
            assert!(
                report.verdict().to_string().contains(word),
                "{}",
                report.verdict()
            );
        }
        assert_eq!(reports[0].galaxies()[0].id, Some(103_169));
    }
}

#[test]
fn archives_in_archives_are_opened() {
    let found = reports("nested.zip", &fixture("nested.zip"), &Limits::default());
    let names: Vec<&str> = found.iter().map(|report| report.name.as_str()).collect();
    let long =
        |kind: &str, letter: &str| format!("nested.zip/inner/long.tar/{kind}/{}.png", letter.repeat(120));
    assert_eq!(names[0], long("gnu", "g"));
    assert_eq!(names[1], long("pax", "p"));
    assert_eq!(names[2], "nested.zip/set.zip/spirals/103169.png");
    assert_eq!(names.len(), 6);
    let one = Limits {
        nesting: 1,
        ..Limits::default()
    };
    let found = reports("nested.zip", &fixture("nested.zip"), &one);
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|report| report.verdict().to_string().contains("inside 1 archives"))
    );
}

#[test]
fn members_packed_otherwise_are_refused_by_name() {
    let one = |name: &str| {
        let mut reports = reports(name, &fixture(name), &Limits::default());
        assert_eq!(reports.len(), 1, "{name}");
        reports.remove(0)
    };
    assert_eq!(one("bzip2.zip").galaxies().len(), 1);
    for (name, word) in [("locked.zip", "encrypted"), ("lzma.zip", "Lzma")] {
        let report = one(name);
        assert!(
            report.verdict().to_string().contains(word),
            "{}",
            report.verdict()
        );
    }
}

#[test]
fn a_plain_file_is_one_report() {
    let reports = reports("103169.bmp", &fixture("grey.bmp"), &Limits::default());
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].galaxies()[0].id, Some(103_169));
}

/// Fixtures to be damaged.
const SEEDS: [&str; 26] = [
    "g2.png",
    "p4_clear.png",
    "woven.png",
    "film.png",
    "progressive.jpg",
    "cmyk.jpg",
    "tiled.tif",
    "planar.tif",
    "f16.tif",
    "f32_pred3.tif",
    "bits.tif",
    "palette.tif",
    "pages.tif",
    "bands.tif",
    "bigtiff.tif",
    "lossless.webp",
    "lossy.webp",
    "film.webp",
    "film.gif",
    "rgb.bmp",
    "grey16.pgm",
    "flux.fits.xz",
    "flux.fits.zst",
    "set.zip",
    "set.tar.bz2",
    "nested.zip",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged files end, give a verdict that fits the galaxies, and unpack no more than they may.
    #[test]
    fn damaged_files_get_verdicts(
        which in 0..SEEDS.len(),
        cut in prop::option::of(0.0f64..1.0),
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>(), 0u8..3), 0..12),
    ) {
        let mut bytes = fixture(SEEDS[which]);
        for (place, byte, part) in changes {
            // Headers are at the beginning, directories at the end.
            let reach = if part == 0 { bytes.len() } else { bytes.len().min(600) };
            let offset = (place * reach as f64) as usize;
            let at = if part == 2 { bytes.len() - 1 - offset } else { offset };
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let limits = Limits { pixels: 1 << 20, expanded: 1 << 22, members: 50, ..Limits::default() };
        let reports = reports(SEEDS[which], &bytes, &limits);
        prop_assert!(!reports.is_empty());
        for report in &reports {
            prop_assert_eq!(report.galaxies().is_empty(), report.verdict().is_refused());
            prop_assert!(!report.verdict().to_string().contains('\n'));
        }
        if archive::is_archive(&bytes) {
            let mut total = 0;
            let _ = archive::walk("x", &bytes, &limits, &mut |_, content| {
                total += content.map_or(0, <[u8]>::len);
                ControlFlow::Continue(())
            });
            prop_assert!(total as u64 <= limits.expanded, "{}", total);
        }
    }
}

/// The real samples, where they are at hand.
#[test]
fn every_real_sample_gets_a_verdict() {
    let Some(samples) = shared("samples") else {
        return;
    };
    let entries = fs::read_dir(samples).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_picture = [".png", ".jpg"].iter().any(|end| name.ends_with(end));
        for report in reports(&name, &fs::read(&path).unwrap(), &Limits::default()) {
            eprintln!(
                "{name}: {} ({} galaxies)",
                report.verdict(),
                report.galaxies().len()
            );
            let is_field = name == "hubble_deep_field.jpg";
            let fits = if is_field {
                report.galaxies().len() > 100
            } else {
                report.galaxies().len() == 1
            };
            assert!(!is_picture || fits, "{name}: {}", report.verdict());
        }
    }
}
