//! Tables: of pictures, of codes, of neither.

use super::common::{open, path, pictures, reported, same, unpacked};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{Answers, Codes, Content, Limits, Reading, decode, read};
use std::fs;

#[test]
fn a_table_of_images_is_galaxies() {
    let (found, _, questions) = pictures("table_images", &[]);
    assert_eq!((found.len(), questions.len()), (4, 0));
    let third = &found[2];
    assert_eq!(third.id, Some(587_722_952_230_502_865));
    assert_eq!((third.frame.width, third.frame.height), (20, 20));
    let about = &third.about;
    assert_eq!(about.object.as_deref(), Some("third"));
    assert_eq!((about.ra, about.dec), (Some(359.9), Some(89.0)));
    assert_eq!(about.columns.get("CLASS").map(String::as_str), Some("3"));
    assert_eq!(about.columns.get("Z"), None, "NaN says nothing");
    assert_eq!(found[1].about.columns.get("Z").map(String::as_str), Some("0.25"));
    let report = reported("table_images", &[]);
    assert_eq!(report.galaxies()[0].id, Some(587_722_952_230_502_863));
    assert_eq!(report.galaxies()[3].name, "table_images.fits[4]");

    let (floats, _, questions) = pictures("table_two", &[]);
    assert_eq!(questions[0].key.to_string(), "column");
    assert_eq!(questions[0].options, ["IMAGE (20 x 20)", "COUNTS (20 x 20)"]);
    same("table_two", &floats[2].frame.pixels, &third.frame.pixels, 0.0);
    let (counts, _, _) = pictures("table_two", &[("column", "COUNTS")]);
    let wanted: Vec<f32> = third.frame.pixels.iter().map(|v| v + 2.0).collect();
    same("table_two", &counts[2].frame.pixels, &wanted, 6e-4);

    let (arrays, remarks, _) = pictures("table_arrays", &[]);
    let sides: Vec<usize> = arrays.iter().map(|picture| picture.frame.width).collect();
    assert_eq!(sides, [20, 18, 20, 16]);
    assert_eq!(arrays[1].id, Some(8));
    assert!(
        remarks[0].contains("row 5 was left out: its 17 values"),
        "{remarks:?}"
    );
    same("table_arrays", &arrays[2].frame.pixels, &third.frame.pixels, 0.0);

    let (cubes, _, questions) = pictures("table_cubes", &[("band", "3")]);
    assert_eq!(questions[0].key.to_string(), "band");
    let wanted: Vec<f32> = found[1].frame.pixels.iter().map(|v| v * 3.0).collect();
    same("table_cubes", &cubes[1].frame.pixels, &wanted, 0.0);
}

#[test]
fn a_table_of_codes_is_codes() {
    let wanted = Codes {
        codes: fs::read(path("codes.u8")).unwrap(),
        ids: (-2..3).map(|i| i + (1 << 60)).collect(),
    };
    assert_eq!(wanted.width(), 64);
    for name in ["codes_b", "codes_i", "codes_j", "codes_k"] {
        match open(name, &[]) {
            (Ok(Content::Codes(codes)), _) => assert_eq!(codes, wanted, "{name}"),
            (other, _) => panic!("{name}: {other:?}"),
        }
    }
    let verdict = reported("codes_k", &[]).verdict();
    assert!(verdict.is_refused());
    assert!(
        verdict.to_string().contains("it holds codes, not pictures"),
        "{verdict}"
    );
    // A value that is no code is named by row and column: the third row's f1, two integers behind its id.
    let mut bytes = unpacked("codes_k.fits");
    let id = (1i64 << 60).to_be_bytes();
    let at = 8 * bytes.chunks_exact(8).position(|word| word == id).unwrap();
    bytes[at + 8 * 2] = 1;
    let (limits, answers) = (Limits::default(), Answers::default());
    let refusal = decode("x", &bytes, &mut Reading::new(&limits, &answers)).unwrap_err();
    assert!(refusal.reason.contains("row 3 of the column `f1`"), "{refusal}");
}

/// The first unit of `image` with the tables of other files behind it.
fn with_tables(image: &str, tables: &[&str]) -> Vec<u8> {
    let mut bytes = unpacked(&format!("{image}.fits"));
    for table in tables {
        bytes.resize(bytes.len().next_multiple_of(2880), 0);
        bytes.extend_from_slice(&unpacked(&format!("{table}.fits"))[2880..]);
    }
    bytes
}

#[test]
fn tables_of_galaxies_beside_an_image_are_told_of() {
    let bytes = with_tables("int8", &["table_images", "codes_b"]);
    let (limits, answers) = (Limits::default(), Answers::default());
    let Ok(Content::Pictures { pictures, remarks }) =
        decode("x", &bytes, &mut Reading::new(&limits, &answers))
    else {
        panic!("it holds an image");
    };
    assert_eq!(pictures.len(), 1);
    let is_told = |words: &str| remarks.iter().any(|remark| remark.contains(words));
    assert!(is_told("unit 1 (4 rows) holds pictures too"), "{remarks:?}");
    assert!(is_told("unit 2 (5 rows) holds codes too"), "{remarks:?}");
}

#[test]
fn a_table_without_rows_is_a_table() {
    let mut bytes = unpacked("codes_b.fits");
    let rows = b"NAXIS2  =                    5";
    let at = bytes.windows(rows.len()).position(|card| card == rows).unwrap();
    bytes[at + rows.len() - 1] = b'0';
    let (limits, answers) = (Limits::default(), Answers::default());
    let refusal = decode("x", &bytes, &mut Reading::new(&limits, &answers)).unwrap_err();
    assert!(refusal.reason.contains("table of codes has no rows"), "{refusal}");
}

#[test]
fn files_without_pictures_are_named() {
    for (name, words) in [
        ("headers_only", "headers only"),
        ("text_table", "a table and no image"),
    ] {
        let verdict = reported(name, &[]).verdict();
        assert!(
            verdict.is_refused() && verdict.to_string().contains(words),
            "{name}: {verdict}"
        );
    }
    for cut in [2000, 2880, 7000] {
        let bytes = unpacked("table_images.fits");
        let report = read(
            "cut.fits",
            &bytes[..cut],
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        );
        assert!(report.verdict().is_refused(), "{cut}: {}", report.verdict());
    }
}

#[test]
fn tables_keep_to_the_limits() {
    let bytes = unpacked("table_images.fits");
    let answers = Answers::default();
    let few = Limits {
        galaxies: 3,
        ..Limits::default()
    };
    let refusal = decode("x", &bytes, &mut Reading::new(&few, &answers)).unwrap_err();
    assert!(refusal.reason.contains("4 galaxies; the limit is 3"), "{refusal}");
    let first = Limits {
        take: Some(2),
        ..Limits::default()
    };
    let Ok(Content::Pictures { pictures, remarks }) =
        decode("x", &bytes, &mut Reading::new(&first, &answers))
    else {
        panic!("it is a table of pictures");
    };
    assert_eq!(pictures.len(), 2);
    assert!(remarks[0].contains("first 2 of 4"), "{remarks:?}");
    let small = Limits {
        pixels: 20 * 20 - 1,
        ..Limits::default()
    };
    let refusal = decode("x", &bytes, &mut Reading::new(&small, &answers)).unwrap_err();
    assert!(refusal.reason.contains("20 x 20"), "{refusal}");
}
