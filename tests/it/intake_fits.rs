//! FITS of every kind against what astropy makes of it (`tests/fixtures/make_fits.py`), and FITS that is damaged.

use std::{fs, io::Read, path::PathBuf};

use galaxy_grove::{
    cutout::Recipe,
    intake::{
        Answers, Codes, Content, FileReport, Limits, Picture, Question, Reading, Refusal, Verdict, decode,
        read,
    },
};
use proptest::prelude::*;

const WIDTH: usize = 40;
const HEIGHT: usize = 32;

fn path(name: &str) -> PathBuf {
    grove_test_support::fixture_path("fits").join(name)
}

fn packed(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn unpacked(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed(&format!("{name}.gz")).as_slice())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// What astropy makes of a file.
fn oracle(name: &str) -> Vec<f32> {
    let bytes = unpacked(&format!("{name}.f32"));
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

fn open(name: &str, answers: &[(&str, &str)]) -> (Result<Content, Refusal>, Vec<Question>) {
    let (limits, answers) = (Limits::default(), grove_test_support::answers(answers));
    let mut reading = Reading::new(&limits, &answers);
    let content = decode(name, &packed(&format!("{name}.fits.gz")), &mut reading);
    (content, reading.questions)
}

fn pictures(name: &str, answers: &[(&str, &str)]) -> (Vec<Picture>, Vec<String>, Vec<Question>) {
    match open(name, answers) {
        (Ok(Content::Pictures { pictures, remarks }), questions) => (pictures, remarks, questions),
        (other, _) => panic!("{name}: {other:?}"),
    }
}

#[track_caller]
fn same(name: &str, found: &[f32], wanted: &[f32], error: f32) {
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (at, (a, b)) in found.iter().zip(wanted).enumerate() {
        let near = a.is_nan() && b.is_nan() || (a - b).abs() <= error;
        assert!(near, "{name}: pixel {at} is {a}, astropy has {b}");
    }
}

#[test]
fn every_coding_of_tiles_is_as_astropy_has_it() {
    let mut tried = 0;
    for (name, error) in [
        ("rice_1_none", 2e-5),
        ("rice_1_dither1", 2e-5),
        ("rice_1_dither2", 2e-5),
        ("gzip_1_none", 2e-5),
        ("gzip_1_dither1", 2e-5),
        ("gzip_1_dither2", 2e-5),
        ("gzip_2_none", 2e-5),
        ("gzip_2_dither1", 2e-5),
        ("gzip_2_dither2", 2e-5),
        ("hcompress_1_none", 2e-5),
        ("hcompress_1_dither1", 2e-5),
        ("hcompress_1_dither2", 2e-5),
        ("hcompress_float_smooth", 2e-5),
        ("rice_u8", 0.0),
        ("rice_u16", 0.0),
        ("rice_i32", 0.0),
        ("rice_blank", 0.0),
        ("gzip1_i32", 0.0),
        ("gzip2_f64", 0.0),
        ("nocompress_i16", 0.0),
        ("plio_i16", 0.0),
        ("plio_i32", 0.0),
        ("hcompress_i16_0_0", 0.0),
        ("hcompress_i16_4_0", 0.0),
        ("hcompress_i16_4_1", 0.0),
        ("hcompress_i16_30_0", 0.0),
        ("hcompress_i16_30_1", 0.0),
        ("hcompress_i32_0_0", 0.0),
        ("hcompress_i32_30_0", 0.0),
        ("hcompress_i32_30_1", 0.0),
        ("hcompress_smooth_odd", 0.0),
    ] {
        let (found, _, questions) = pictures(name, &[]);
        assert_eq!((found.len(), questions.len()), (1, 0), "{name}");
        same(name, &found[0].frame.pixels, &oracle(name), error);
        tried += 1;
    }
    // The fixtures themselves: smoothing and blanks do something.
    assert_ne!(oracle("hcompress_i16_30_0"), oracle("hcompress_i16_30_1"));
    assert!(oracle("rice_blank").iter().any(|v| v.is_nan()));
    assert!(oracle("rice_1_dither1").iter().any(|v| v.is_nan()));
    assert!(oracle("rice_1_dither2").iter().filter(|v| **v == 0.0).count() >= 8 * WIDTH);
    assert_eq!(tried, 31);
}

#[test]
fn tiles_may_reach_through_planes() {
    let wanted = oracle("rice_cube");
    let plane = |k: usize| {
        // The oracle has the last plane first, as all its rows are turned over.
        let at = (4 - k) * WIDTH * HEIGHT;
        &wanted[at..at + WIDTH * HEIGHT]
    };
    let (found, _, questions) = pictures("rice_cube", &[]);
    assert_eq!(found.len(), 1);
    same("rice_cube", &found[0].frame.pixels, plane(2), 0.0);
    assert_eq!(questions[0].key.to_string(), "band");
    assert_eq!(questions[0].taken, 2);
    let (found, _, _) = pictures("rice_cube", &[("band", "band 5")]);
    same("rice_cube", &found[0].frame.pixels, plane(4), 0.0);
    let (found, _, _) = pictures("rice_cube", &[("band", "each plane is a galaxy")]);
    assert_eq!(found.len(), 5);
    for (k, picture) in found.iter().enumerate() {
        assert_eq!(picture.label.as_deref(), Some(format!("1:{}", k + 1).as_str()));
        same("rice_cube", &picture.frame.pixels, plane(k), 0.0);
    }
    let (found, _, _) = pictures("rice_cube", &[("band", "all bands, weighted")]);
    let mean: Vec<f32> = (0..WIDTH * HEIGHT)
        .map(|i| (0..5).map(|k| plane(k)[i]).sum::<f32>() / 5.0)
        .collect();
    same("rice_cube", &found[0].frame.pixels, &mean, 1e-3);
}

#[test]
fn unsigned_and_signed_numbers() {
    for name in ["uint16", "uint32", "uint64", "int8"] {
        let (found, remarks, _) = pictures(name, &[]);
        same(name, &found[0].frame.pixels, &oracle(name), 0.0);
        assert_eq!(found[0].label, None);
        assert!(remarks.is_empty());
    }
}

fn reported(name: &str, answers: &[(&str, &str)]) -> FileReport {
    read(
        &format!("{name}.fits"),
        &packed(&format!("{name}.fits.gz")),
        &Recipe::default(),
        &Limits::default(),
        &grove_test_support::answers(answers),
    )
}

#[test]
fn pixels_without_a_value_are_counted() {
    let (found, _, _) = pictures("infinite", &[]);
    let missing = found[0].frame.pixels.iter().filter(|v| v.is_nan()).count();
    assert_eq!(missing, 7);
    let verdict = reported("infinite", &[]).verdict().to_string();
    assert!(verdict.contains("7 pixels had no value"), "{verdict}");
}

#[test]
fn a_band_is_chosen() {
    let (found, _, questions) = pictures("grz", &[]);
    assert_eq!(
        questions[0].options,
        [
            "band 1 (g)",
            "band 2 (r)",
            "band 3 (z)",
            "all bands, weighted",
            "each plane is a galaxy"
        ]
    );
    assert_eq!(questions[0].taken, 1);
    assert_eq!(found[0].about.filter.as_deref(), Some("r"));
    let of = |answer: &str| pictures("grz", &[("band", answer)]).0.remove(0);
    let (g, z) = (of("band 1 (g)"), of("band 3"));
    assert_eq!(z.about.filter.as_deref(), Some("z"));
    for (a, b) in g.frame.pixels.iter().zip(&z.frame.pixels) {
        assert_eq!(4.0 * a, *b);
    }
    let all = of("all bands, weighted");
    assert_eq!(all.about.filter, None);
    for (a, b) in g.frame.pixels.iter().zip(&all.frame.pixels) {
        assert!((2.25 * a - b).abs() < 1e-3);
    }
    let (refused, _) = open("grz", &[("band", "y")]);
    assert!(refused.unwrap_err().reason.contains("`y` is no answer"));
    // The same as (H, W, C), as programs that turn JPEGs into FITS write it.
    let (turned, _, questions) = pictures("colours_first", &[]);
    assert_eq!(questions[0].options.len(), 5);
    assert_eq!((turned[0].frame.width, turned[0].frame.height), (WIDTH, HEIGHT));
    assert_eq!(turned[0].frame.pixels, found[0].frame.pixels);
    let (turned, _, _) = pictures("colours_first", &[("band", "each plane is a galaxy")]);
    assert_eq!(turned[2].frame.pixels, z.frame.pixels);
}

#[test]
fn a_stack_may_be_galaxies() {
    let (_, _, questions) = pictures("stack", &[]);
    assert_eq!(questions[0].options[1], "band 2 (502.5 nm)");
    assert_eq!(questions[0].taken, 9);
    let report = reported("stack", &[("band", "each plane is a galaxy")]);
    assert_eq!(report.galaxies().len(), 18);
    assert_eq!(report.galaxies()[17].name, "stack.fits[0:18]");
    assert_eq!(report.galaxies()[0].raw, report.galaxies()[6].raw, "they repeat");
    assert_ne!(report.galaxies()[0].raw, report.galaxies()[1].raw);
}

/// `x y ra dec` of a file, by astropy.
fn places(name: &str) -> Vec<[f64; 4]> {
    let text = fs::read_to_string(path("oracle.txt")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix(name));
    lines
        .map(|line| {
            let numbers: Vec<f64> = line.split_whitespace().map(|n| n.parse().unwrap()).collect();
            numbers.try_into().unwrap()
        })
        .collect()
}

#[test]
fn the_cutouts_coordinates_are_astropys() {
    let (found, _, _) = pictures("wcs_cd", &[]);
    let about = &found[0].about;
    assert_eq!(
        about.object.as_deref(),
        Some("a galaxy whose name is so long that it takes more than one card to write it, and so it does")
    );
    assert_eq!(about.filter.as_deref(), Some("F814W"));
    let whole = about.wcs.as_ref().unwrap();
    let report = reported("wcs_cd", &[]);
    let galaxy = &report.galaxies()[0];
    let cut = galaxy.about.wcs.as_ref().unwrap();
    let (x, y, half) = galaxy.square.unwrap();
    let (x, y, half) = (f64::from(x), f64::from(y), f64::from(half));
    let known = places("wcs_cd");
    assert_eq!(known.len(), 4);
    for [px, py, ra, dec] in known {
        let (found_ra, found_dec) = whole.sky(px, py).unwrap();
        assert!((found_ra - ra).abs() < 1e-9 && (found_dec - dec).abs() < 1e-9);
        // The same point in pixels of the cutout: from its left and top edge, 64 over the square.
        let right = ((px - 1.0) - (x - half)) * 32.0 / half;
        let down = ((90.0 - py) - (y - half)) * 32.0 / half;
        let (found_ra, found_dec) = cut.sky(right + 0.5, 64.5 - down).unwrap();
        assert!(
            (found_ra - ra).abs() < 1e-7 && (found_dec - dec).abs() < 1e-7,
            "{px} {py}"
        );
    }
    // The galaxy stands at about (70.5, 46.5) of the picture, which is near the cutout's centre.
    let (ra, dec) = (galaxy.about.ra.unwrap(), galaxy.about.dec.unwrap());
    let [.., near_ra, near_dec] = places("wcs_cd")[3];
    assert!(
        (ra - near_ra).abs() < 3e-3 && (dec - near_dec).abs() < 3e-3,
        "{ra} {dec}"
    );
}

#[test]
fn science_is_told_from_errors() {
    let (found, remarks, questions) = pictures("sci_err_dq", &[]);
    assert_eq!((found.len(), remarks.len()), (1, 2), "{remarks:?}");
    assert_eq!(questions[0].key.to_string(), "images");
    assert_eq!(questions[0].options[0], "only [1] SCI (40 x 32)");
    let about = &found[0].about;
    // From the primary header, which speaks for the only image taken.
    assert_eq!(about.object.as_deref(), Some("M 31"));
    assert_eq!(about.filter.as_deref(), Some("r"));
    assert_eq!(about.ra, Some(10.7));
    let wcs = about.wcs.as_ref().unwrap();
    assert_eq!(wcs.ctype[0], "RA---SIN");
    for [x, y, ra, dec] in places("sci_err_dq") {
        let (found_ra, found_dec) = wcs.sky(x, y).unwrap();
        assert!((found_ra - ra).abs() < 1e-9 && (found_dec - dec).abs() < 1e-9);
    }
    let (all, remarks, _) = pictures("sci_err_dq", &[("images", "all 3 images, errors and masks too")]);
    assert_eq!((all.len(), remarks.len()), (3, 0));
    assert_eq!(
        all[0].about.object, None,
        "the primary header does not name three"
    );
}

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

/// Cards that lie about sizes, in the place of honest ones.
#[test]
fn lying_headers_cost_nothing() {
    let huge = [
        "9223372036854775807",
        "-7",
        "4000000000",
        "0",
        "99999999999999999999",
    ];
    for name in [
        "rice_1_none",
        "rice_cube",
        "grz",
        "table_images",
        "table_arrays",
        "codes_k",
        "plio_i32",
    ] {
        let whole = unpacked(&format!("{name}.fits"));
        for key in [
            "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "ZNAXIS", "ZNAXIS1", "ZNAXIS2", "ZNAXIS3", "ZTILE1",
            "ZTILE2", "PCOUNT", "GCOUNT", "TFIELDS", "THEAP", "BITPIX", "ZBITPIX", "ZVAL1", "ZVAL2",
        ] {
            let card = format!("{key:<8}= ");
            let places = whole.chunks_exact(80).enumerate();
            for (at, _) in places.filter(|(_, found)| found.starts_with(card.as_bytes())) {
                for value in huge {
                    let mut bytes = whole.clone();
                    let lie = format!("{card}{value:>20}");
                    bytes[at * 80..at * 80 + lie.len()].copy_from_slice(lie.as_bytes());
                    verdict_of(&bytes);
                }
            }
        }
    }
}

/// Reads with narrow limits, without the net that catches panics; whatever comes keeps to the limits.
fn verdict_of(bytes: &[u8]) {
    let limits = Limits {
        pixels: 1 << 14,
        galaxies: 100,
        expanded: 1 << 22,
        ..Limits::default()
    };
    let answers = grove_test_support::answers(&[]);
    let mut reading = Reading::new(&limits, &answers);
    match decode("damaged", bytes, &mut reading) {
        Ok(Content::Pictures { pictures, .. }) => {
            assert!(!pictures.is_empty());
            for picture in pictures {
                let frame = picture.frame;
                assert_eq!(frame.pixels.len(), frame.width * frame.height);
                assert!(frame.pixels.len() <= limits.pixels);
                assert!(frame.pixels.iter().all(|v| !v.is_infinite()));
            }
        }
        Ok(Content::Codes(codes)) => assert_eq!(codes.codes.len(), codes.width() * codes.ids.len()),
        Ok(Content::Set { .. }) => panic!("FITS holds no sets"),
        Err(refusal) => assert!(
            !refusal.reason.contains("did not expect"),
            "a decoder panicked: {refusal}"
        ),
    }
}

/// Fixtures to be damaged: one of every way of reading.
const SEEDS: [&str; 14] = [
    "rice_1_dither1",
    "gzip_2_none",
    "hcompress_i16_30_1",
    "hcompress_1_dither2",
    "plio_i16",
    "nocompress_i16",
    "rice_cube",
    "grz",
    "sci_err_dq",
    "table_images",
    "table_arrays",
    "table_cubes",
    "codes_b",
    "wcs_cd",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: ProptestConfig::default().cases.max(400), ..ProptestConfig::default() })]

    #[test]
    fn damaged_fits_is_refused_or_read(
        which in 0..SEEDS.len(),
        cut in prop::option::weighted(0.2, 0.0f64..1.0),
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>(), any::<bool>()), 1..20),
    ) {
        let mut bytes = unpacked(&format!("{}.fits", SEEDS[which]));
        let length = bytes.len();
        for (place, byte, digit) in changes {
            // Half of the changes put digits where digits are: other sizes, other offsets.
            if digit {
                let start = (place * length as f64) as usize;
                let found = (start..length).find(|at| bytes[*at].is_ascii_digit());
                if let Some(at) = found {
                    bytes[at] = b'0' + byte % 10;
                }
            } else {
                bytes[(place * length as f64) as usize] = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * length as f64) as usize);
        }
        verdict_of(&bytes);
    }

    #[test]
    fn cards_of_garbage_are_refused(text in "[ -~]{0,400}") {
        let mut bytes = b"SIMPLE  =                    T".to_vec();
        bytes.resize(80, b' ');
        bytes.extend(text.as_bytes());
        bytes.resize(2880, b' ');
        verdict_of(&bytes);
        bytes[2800..2803].copy_from_slice(b"END");
        verdict_of(&bytes);
    }
}

#[test]
fn the_real_samples_are_read() {
    let shared = std::env::var_os("GROVE_SHARED")
        .map_or_else(|| grove_test_support::root().join("../shared"), PathBuf::from);
    let samples = shared.join("samples");
    if !samples.is_dir() {
        eprintln!("SKIPPED: {} is not there", samples.display());
        return;
    }
    for (name, galaxies, words) in [
        ("broken_truncated.fits", 0, "bytes are missing"),
        ("d_ext2_int32.fits.gz", 1, ""),
        ("d_float_gzip_2.fits.fz", 1, ""),
        ("d_float_rice_1.fits.fz", 1, ""),
        ("d_int16_bscale_bzero.fits", 1, ""),
        ("d_uint8.fits", 1, ""),
        ("decals_grz_cube.fits", 1, "plane 2 (r)"),
        ("field_int16_bscale.fits", 1, "a field of 75 sources"),
        ("hst_abell2744_cd_galaxy.fits.gz", 1, ""),
        ("hst_abell2744_dwarf_galaxy.fits.gz", 1, ""),
        ("hst_aegis_3hdu.fits", 3, ""),
        ("kids_r_G266662.fits", 1, ""),
        ("m13_rice.fits", 47, "a field of 404 sources"),
        ("m51_int16_512.fits", 1, ""),
        ("sdss_r_G266662.fits", 1, ""),
        ("sdss_r_G267525.fits", 1, ""),
    ] {
        let bytes = fs::read(samples.join(name)).unwrap();
        let report = read(
            name,
            &bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        );
        eprintln!("{name}: {}", report.verdict());
        for question in &report.questions {
            eprintln!(
                "    {}: {:?}, took {}",
                question.key, question.options, question.taken
            );
        }
        for galaxy in report.galaxies() {
            eprintln!("    {}: {:?}", galaxy.name, galaxy.about);
        }
        assert_eq!(report.galaxies().len(), galaxies, "{name}");
        assert!(report.verdict().to_string().contains(words), "{name}");
        assert_eq!(matches!(report.verdict(), Verdict::Refused { .. }), galaxies == 0);
    }
}
